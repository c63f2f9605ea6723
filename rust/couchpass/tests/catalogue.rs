//! Adobe's whole catalogue of errors for REST v1, and what an app meets when a call answers with each.
//!
//! The tables are Adobe's: which code comes with which statuses, and which action it asks for. What the app should do
//! follows from the action alone; the older bodies have none, there it follows from the status.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use couchpass::{Api, Report};
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};
use support::{
    Stage,
    outcome::{DETAILS, Outcome, TRACE, assert_kept, enhanced_json, of_beginning, of_denial, of_error},
    resource,
};

/// Action, code, statuses: the list "REST API v1" of Adobe's page "Enhanced Error Codes".
const CATALOGUE: &[(&str, &str, &[u16])] = &[
    ("none", "invalid_requestor", &[400]),
    ("none", "invalid_device_info", &[400]),
    ("none", "invalid_device_id", &[400]),
    ("none", "missing_resource", &[400, 412]),
    ("none", "malformed_authz_request", &[400, 412]),
    ("none", "preauthorization_denied_by_mvpd", &[403]),
    ("none", "authorization_denied_by_mvpd", &[403]),
    ("none", "authorization_denied_by_parental_controls", &[403]),
    ("none", "internal_error", &[400, 405, 500]),
    ("configuration", "unknown_integration", &[400, 412]),
    ("configuration", "too_many_resources", &[403]),
    ("authentication", "authentication_session_issuer_mismatch", &[400]),
    ("authentication", "authorization_denied_by_hba_policies", &[403]),
    ("authentication", "authorization_denied_by_session_invalidated", &[403]),
    ("authentication", "identity_not_recognized_by_mvpd", &[403]),
    ("authentication", "authentication_session_invalidated", &[403]),
    ("authentication", "authentication_session_missing", &[403, 412]),
    ("authentication", "authentication_session_expired", &[403, 412]),
    ("authentication", "preauthorization_authentication_session_missing", &[412]),
    ("authentication", "preauthorization_authentication_session_expired", &[412]),
    ("authorization", "authorization_not_found", &[403, 404]),
    ("authorization", "authorization_expired", &[410]),
    ("retry", "network_received_error", &[403]),
    ("retry", "network_connection_timeout", &[403]),
    ("retry", "maximum_execution_time_exceeded", &[403]),
];

/// `None` asks for nothing that an app could do: with a 403 it is a plain no, with another 4xx the request itself is not in
/// order, and a server that has failed may have recovered later. A value that is named invalid is its developer's to mend.
fn on_authorize(code: &str, action: &str, status: u16) -> Outcome {
    match (action, status) {
        ("none", 400) if code.starts_with("invalid_") => Outcome::FixConfiguration,
        ("none", 403) | ("authorization", _) => Outcome::Deny,
        ("none", 500) => Outcome::RetryLater,
        ("none", _) => Outcome::Support,
        ("configuration", _) => Outcome::FixConfiguration,
        ("authentication", _) => Outcome::SignInAgain,
        ("retry", _) => Outcome::RetryLater,
        _ => panic!("{action} is not in the catalogue"),
    }
}

/// Whether somebody is signed in: there is nothing to permit or deny, and that nobody is, is an answer.
fn on_authentication(code: &str, action: &str, status: u16) -> Outcome {
    match on_authorize(code, action, status) {
        Outcome::SignInAgain => Outcome::Code,
        Outcome::Deny if matches!(status, 404 | 410) => Outcome::Code,
        Outcome::Deny => Outcome::TellViewer,
        outcome => outcome,
    }
}

/// A stage where every call of this endpoint ends like this.
async fn stage(endpoint: Endpoint, effect: Effect) -> Stage {
    let stage = Stage::with(Api::V1, |sandbox| sandbox.enhanced_errors(true)).await;
    stage.sandbox.faults().add(Fault::new(effect).on(endpoint).always());
    stage
}

/// What a viewer's playback comes to, and what it reports.
async fn authorize(effect: Effect) -> (Outcome, Option<Report>) {
    let stage = stage(Endpoint::Authorize, effect).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    match client.authorize(&resource("LanternOne")).await {
        Ok(decision) => of_denial(decision.denial.expect("the sandbox never gets to permit anything")),
        Err(error) => of_error(&error),
    }
}

/// What the beginning of a sign-in comes to, and what it reports.
async fn begin_sign_in(effect: Effect) -> (Outcome, Option<Report>) {
    let stage = stage(Endpoint::AuthnToken, effect).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    of_beginning(&client).await
}

/// An answer of this status, as a program would see it from Adobe.
fn answer(status: u16, body: &str) -> Effect {
    let is_xml = body.starts_with('<');
    let content_type = if is_xml { "application/xml" } else { "application/json" };
    Effect::Answer { status, content_type: content_type.into(), body: body.into() }
}

fn enhanced(action: &str, code: &str, status: u16) -> [Effect; 2] {
    let json = enhanced_json(action, code, status);
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><error><action>{action}</action><status>{status}</status>\
         <code>{code}</code><message>A sentence.</message><details>Call 555-0100 &amp; ask for &lt;Lantern&gt;</details>\
         <helpUrl>https://help.example/</helpUrl><trace>{TRACE}</trace></error>"
    );
    [answer(status, &json), answer(status, &xml)]
}

#[tokio::test]
async fn every_code_in_either_format_leads_to_what_its_action_asks_for() {
    for (action, code, statuses) in CATALOGUE {
        for status in *statuses {
            for effect in enhanced(action, code, *status) {
                let (outcome, report) = authorize(effect.clone()).await;
                assert_eq!(outcome, on_authorize(code, action, *status), "authorize: {code} {status}");
                assert_kept(report, code);
                let (outcome, report) = begin_sign_in(effect).await;
                assert_eq!(
                    outcome,
                    on_authentication(code, action, *status),
                    "tokens/authn: {code} {status}"
                );
                assert_kept(report, code);
            }
        }
    }
}

#[tokio::test]
async fn the_sandbox_s_own_catalogue_says_the_same() {
    let of_v1 = |code: &&ErrorCode| code.action() != "application-registration";
    assert_eq!(ErrorCode::V1.iter().filter(of_v1).count(), CATALOGUE.len());
    for (action, code, statuses) in CATALOGUE {
        let known = ErrorCode::V1.iter().find(|known| known.code() == *code).unwrap();
        assert_eq!(known.action(), *action, "{code}");
        assert!(statuses.contains(&known.status()), "{code}");
        let effect = Effect::Error { code: *known, status: None, details: Some(DETAILS.into()) };
        let (outcome, report) = authorize(effect).await;
        assert_eq!(outcome, on_authorize(code, action, known.status()), "{code}");
        let report = report.unwrap();
        assert_eq!(report.code.as_deref(), Some(*code));
        assert_eq!(report.details.as_deref(), Some(DETAILS), "{code}");
        assert!(report.trace.is_some_and(|trace| trace.len() == 36), "{code}");
        assert!(report.message.ends_with('.'), "{code}: {}", report.message);
    }
}

#[tokio::test]
async fn a_code_that_nobody_knows_is_known_by_its_action() {
    for (action, _, statuses) in CATALOGUE {
        for status in *statuses {
            for effect in enhanced(action, "something_new", *status) {
                let (outcome, report) = authorize(effect).await;
                assert_eq!(outcome, on_authorize("something_new", action, *status), "{action} {status}");
                assert_kept(report, "something_new");
            }
        }
    }
}

#[tokio::test]
async fn an_action_that_nobody_knows_asks_for_nothing_and_loses_nothing() {
    for (status, expected) in [
        (400, Outcome::Support),
        (403, Outcome::TellViewer),
        (404, Outcome::TellViewer),
        (451, Outcome::TellViewer),
        (500, Outcome::RetryLater),
    ] {
        for effect in enhanced("dance", "something_new", status) {
            let (outcome, report) = authorize(effect).await;
            assert_eq!(outcome, expected, "{status}");
            assert_kept(report, "something_new");
        }
    }
}

#[tokio::test]
async fn a_registration_that_has_ended_is_renewed_once_and_the_viewer_signs_in_again() {
    for status in [401, 403] {
        for effect in enhanced("application-registration", "something_new", status) {
            let stage = Stage::with(Api::V1, |sandbox| sandbox.enhanced_errors(true)).await;
            let client = stage.television("tv-1").build().unwrap();
            stage.sign_in_by_code(&client, "everything").await;
            // A 401 may be about the token alone: a fresh one is tried first.
            let refused = if status == 401 { 2 } else { 1 };
            stage.sandbox.faults().add(Fault::new(effect.clone()).on(Endpoint::Authorize).first(refused));
            let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
            assert_eq!(of_error(&error).0, Outcome::SignInAgain, "{status}: {error}");
            assert_eq!(stage.sandbox.registrations(), 2, "{status}");

            // Where that does not help either, it is not tried in a loop.
            let (outcome, report) = authorize(effect).await;
            assert_eq!(outcome, Outcome::FixConfiguration, "{status}");
            assert_kept(report, "something_new");
        }
    }
}

#[tokio::test]
async fn the_older_bodies_are_known_by_their_status() {
    for (status, playback, sign_in) in [
        (400, Outcome::FixConfiguration, Outcome::FixConfiguration),
        (401, Outcome::FixConfiguration, Outcome::FixConfiguration),
        // The viewer is signed in, as checkauthn says when it is asked: so it is the resource that is refused.
        (403, Outcome::Deny, Outcome::TellViewer),
        (404, Outcome::Support, Outcome::Code),
        (405, Outcome::Support, Outcome::Support),
        (412, Outcome::SignInAgain, Outcome::Code),
        (451, Outcome::TellViewer, Outcome::TellViewer),
        (500, Outcome::RetryLater, Outcome::RetryLater),
    ] {
        let details = DETAILS.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let json =
            serde_json::json!({"status": status, "message": "A sentence.", "details": DETAILS}).to_string();
        let xml = format!(
            "<error><status>{status}</status><message>A sentence.</message><details>{details}</details></error>"
        );
        for body in [json, xml] {
            let (outcome, report) = authorize(answer(status, &body)).await;
            assert_eq!(outcome, playback, "authorize: {body}");
            let report = report.unwrap();
            assert_eq!((report.message.as_str(), report.code), ("A sentence.", None), "{body}");
            assert_eq!(report.details.as_deref(), Some(DETAILS), "{body}");
            assert_eq!(begin_sign_in(answer(status, &body)).await.0, sign_in, "tokens/authn: {body}");
        }
    }
}

#[tokio::test]
async fn an_item_of_a_list_keeps_its_reason_and_only_retry_is_asked_again() {
    for (action, code, _) in CATALOGUE {
        let known = ErrorCode::V1.iter().find(|known| known.code() == *code).unwrap();
        let stage = Stage::with(Api::V1, |sandbox| sandbox.enhanced_errors(true)).await;
        stage.sandbox.refuse(Refusal::of("LanternNews", *known).details(DETAILS));
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        let answers = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
        assert!(answers[0].authorized && !answers[1].authorized, "{code}");
        let denial = answers[1].denial.clone().unwrap();
        assert_eq!(denial.code.as_deref(), Some(*code));
        assert_eq!(denial.details.as_deref(), Some(DETAILS), "{code}");
        assert!(denial.trace.is_some_and(|trace| trace.len() == 36), "{code}");
        assert!(denial.message.ends_with('.'), "{code}");
        let asked = stage.sandbox.recorder().count(Endpoint::Preauthorize);
        assert_eq!(asked, if *action == "retry" { 3 } else { 1 }, "{code}");
    }
}

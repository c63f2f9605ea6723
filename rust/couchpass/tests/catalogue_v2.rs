//! Adobe's whole catalogue of errors for REST v2, and what an app meets: at the item of a decision, and in place of an answer.
//!
//! The table is Adobe's: which code comes with which status, and which action it asks for. What the app should do follows
//! from the action alone.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use couchpass::{Api, Client, Report};
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};
use support::{
    Stage, answer,
    outcome::{DETAILS, Outcome, assert_kept, enhanced_json, of_beginning, of_denial, of_error},
    resource,
};

/// Action, status, codes: the list "REST API v2" of Adobe's page "Enhanced Error Codes".
const CATALOGUE: &[(&str, u16, &[&str])] = &[
    (
        "none",
        400,
        &[
            "invalid_parameter_service_provider",
            "invalid_parameter_mvpd",
            "invalid_parameter_code",
            "invalid_parameter_resources",
            "invalid_parameter_redirect_url",
            "invalid_parameter_partner",
            "invalid_parameter_saml_response",
            "invalid_header_device_info",
            "invalid_header_device_identifier",
            "invalid_header_identity_for_temporary_access",
            "invalid_header_pfs_permission_access_not_present",
            "invalid_header_pfs_permission_access_not_determined",
            "invalid_header_pfs_permission_access_not_granted",
            "invalid_header_pfs_provider_id_not_determined",
            "invalid_header_pfs_provider_id_mismatch",
            "invalid_header_pfs_provider_info_expired",
            "invalid_integration",
            "invalid_authentication_session",
        ],
    ),
    (
        "none",
        403,
        &[
            "preauthorization_denied_by_mvpd",
            "authorization_denied_by_mvpd",
            "authorization_denied_by_parental_controls",
            "authorization_denied_by_degradation_rule",
        ],
    ),
    ("none", 500, &["internal_server_error"]),
    ("configuration", 403, &["too_many_resources"]),
    (
        "configuration",
        500,
        &[
            "invalid_configuration_user_metadata_certificate",
            "invalid_configuration_temporary_access",
            "invalid_configuration_platform",
            "invalid_configuration_platform_id",
            "invalid_configuration_platform_trait",
            "invalid_configuration_platform_category_trait",
            "invalid_configuration_platform_services",
            "invalid_configuration_mvpd_platform",
            "invalid_configuration_mvpd_platform_boarding_status",
            "invalid_configuration_mvpd_platform_profile_exchange",
        ],
    ),
    (
        "authentication",
        403,
        &[
            "authenticated_profile_missing",
            "authenticated_profile_expired",
            "authenticated_profile_invalidated",
            "temporary_access_duration_limit_exceeded",
            "temporary_access_resources_limit_exceeded",
            "authorization_denied_by_hba_policies",
            "authorization_denied_by_session_invalidated",
            "identity_not_recognized_by_mvpd",
        ],
    ),
    (
        "retry",
        403,
        &["network_received_error", "network_connection_timeout", "maximum_execution_time_exceeded"],
    ),
];

const REGISTRATION: [&str; 2] =
    ["invalid_access_token_service_provider", "invalid_access_token_client_application"];

/// Each code with its action and status.
fn catalogue() -> impl Iterator<Item = (&'static str, u16, &'static str)> {
    CATALOGUE.iter().flat_map(|(action, status, codes)| codes.iter().map(|code| (*action, *status, *code)))
}

/// `none` asks for nothing that an app could do: a plain no with a 403, its developer's to mend with a 400, and a server that
/// has failed may have recovered later.
fn expected(action: &str, status: u16) -> Outcome {
    match (action, status) {
        ("none", 403) => Outcome::Deny,
        ("none", 400) | ("configuration", _) => Outcome::FixConfiguration,
        ("none", 500) | ("retry", _) => Outcome::RetryLater,
        ("authentication", _) => Outcome::SignInAgain,
        other => panic!("{other:?} is not in the catalogue"),
    }
}

/// A decision about one resource that is refused with this.
fn item(error: &str) -> String {
    format!(
        r#"{{"decisions": [{{"resource": "LanternOne", "serviceProvider": "LANTERN", "mvpd": "Northwind", "source": "mvpd", "authorized": false, "error": {error}}}]}}"#
    )
}

/// A television on which somebody has signed in, where every call of this endpoint ends like this.
async fn at_home(endpoint: Endpoint, effect: Effect) -> (Stage, Client) {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    stage.sandbox.faults().add(Fault::new(effect).on(endpoint).always());
    (stage, client)
}

/// What a viewer's playback comes to, and what it reports.
async fn authorize(effect: Effect) -> (Outcome, Option<Report>, usize) {
    let (stage, client) = at_home(Endpoint::AuthorizeDecisions, effect).await;
    let outcome = client.authorize(&resource("LanternOne")).await;
    let asked = stage.sandbox.recorder().count(Endpoint::AuthorizeDecisions);
    let (outcome, report) = match outcome {
        Ok(decision) => of_denial(decision.denial.expect("the sandbox never gets to permit anything")),
        Err(error) => of_error(&error),
    };
    (outcome, report, asked)
}

/// What the beginning of a sign-in comes to, and what it reports.
async fn begin_sign_in(effect: Effect) -> (Outcome, Option<Report>) {
    let stage = Stage::new(Api::V2).await;
    stage.sandbox.faults().add(Fault::new(effect).on(Endpoint::Profiles).always());
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    of_beginning(&client).await
}

#[tokio::test]
async fn every_code_at_an_item_and_at_the_top_leads_to_what_its_action_asks_for() {
    for (action, status, code) in catalogue() {
        let error = enhanced_json(action, code, status);
        for (place, effect) in [("item", answer(200, &item(&error))), ("top", answer(status, &error))] {
            let (outcome, report, asked) = authorize(effect).await;
            assert_eq!(outcome, expected(action, status), "{place}: {code}");
            assert_kept(report, code);
            let is_worth_repeating = action == "retry";
            assert_eq!(asked, if is_worth_repeating { 3 } else { 1 }, "{place}: {code}");
        }
    }
}

#[tokio::test]
async fn a_code_that_nobody_knows_is_known_by_its_action() {
    for (action, status, _) in CATALOGUE {
        let error = enhanced_json(action, "something_new", *status);
        for effect in [answer(200, &item(&error)), answer(*status, &error)] {
            let (outcome, report, _) = authorize(effect).await;
            // Its name would have told that the request is the developer's to mend.
            let is_nameless = (*action, *status) == ("none", 400);
            let expected = if is_nameless { Outcome::Support } else { expected(action, *status) };
            assert_eq!(outcome, expected, "{action} {status}");
            assert_kept(report, "something_new");
        }
    }
}

#[tokio::test]
async fn a_denial_without_a_word_is_a_denial() {
    let body = r#"{"decisions": [{"resource": "LanternOne", "authorized": false}]}"#;
    assert_eq!(authorize(answer(200, body)).await.0, Outcome::Deny);
    let body = r#"{"decisions": [{"resource": "LanternOne", "authorized": false, "error": {"status": 403, "code": "denied_by_the_moon", "action": "look-at-the-sky"}}]}"#;
    assert_eq!(authorize(answer(200, body)).await.0, Outcome::Deny);
}

#[tokio::test]
async fn the_beginning_of_a_sign_in_is_held_up_by_nothing_but_what_matters() {
    for (action, status, code) in catalogue() {
        let (outcome, report) = begin_sign_in(answer(status, &enhanced_json(action, code, status))).await;
        let expected = match expected(action, status) {
            // That nobody is signed in is an answer.
            Outcome::SignInAgain => Outcome::Code,
            Outcome::Deny => Outcome::TellViewer,
            outcome => outcome,
        };
        assert_eq!(outcome, expected, "{code}");
        assert_kept(report, code);
    }
}

#[tokio::test]
async fn a_registration_that_has_ended_is_renewed_once_and_the_viewer_signs_in_again() {
    for code in REGISTRATION {
        let effect = answer(401, &enhanced_json("application-registration", code, 401));
        let stage = Stage::new(Api::V2).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        // A 401 may be about the token alone: a fresh one is tried first.
        stage.sandbox.faults().add(Fault::new(effect.clone()).on(Endpoint::AuthorizeDecisions).first(2));
        let failed = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert_eq!(of_error(&failed).0, Outcome::SignInAgain, "{code}: {failed}");
        assert_eq!(stage.sandbox.registrations(), 2, "{code}");

        // Where that does not help either, it is not tried in a loop.
        let (outcome, report, _) = authorize(effect).await;
        assert_eq!(outcome, Outcome::FixConfiguration, "{code}");
        assert_kept(report, code);
    }
}

#[tokio::test]
async fn the_sandbox_s_own_catalogue_says_the_same() {
    let of_registration = |code: &&ErrorCode| code.action() == "application-registration";
    assert_eq!(ErrorCode::V2.iter().filter(|code| !of_registration(code)).count(), catalogue().count());
    for (action, status, code) in catalogue() {
        let known = ErrorCode::V2.iter().find(|known| known.code() == code).unwrap();
        assert_eq!((known.action(), known.status()), (action, status), "{code}");
    }
}

#[tokio::test]
async fn an_item_of_a_list_keeps_its_reason_and_only_retry_is_asked_again() {
    for (action, _, code) in catalogue() {
        let known = ErrorCode::V2.iter().find(|known| known.code() == code).unwrap();
        let stage = Stage::new(Api::V2).await;
        stage.sandbox.refuse(Refusal::of("LanternNews", *known).details(DETAILS));
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        let answers = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await;
        // These say nothing of a resource.
        if code.starts_with("authenticated_profile_") || code == "temporary_access_duration_limit_exceeded" {
            assert_eq!(of_error(&answers.unwrap_err()).0, Outcome::SignInAgain, "{code}");
            continue;
        }
        let answers = answers.unwrap();
        assert!(answers[0].authorized && !answers[1].authorized, "{code}");
        let denial = answers[1].denial.clone().unwrap();
        assert_eq!(denial.code.as_deref(), Some(code));
        assert_eq!(denial.details.as_deref(), Some(DETAILS), "{code}");
        let asked = stage.sandbox.recorder().count(Endpoint::PreauthorizeDecisions);
        assert_eq!(asked, if action == "retry" { 3 } else { 1 }, "{code}");
        assert_eq!(client.profiles().await.unwrap().len(), 1, "one item signs nobody out: {code}");
    }
}

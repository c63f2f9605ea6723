//! Whatever goes wrong: one handler, few repetitions, and a word about what to do next.

use std::{mem::discriminant, time::Duration};

use couchpass::{Client, Decision, Error};
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};

use crate::{
    answer, count, error, gaps,
    support::{Stage, assert_permitted, code_of, resource},
    times,
};

/// A television on which somebody has signed in.
async fn at_home(enhanced: bool, account: &str) -> (Stage, Client) {
    let stage = Stage::with(|sandbox| sandbox.enhanced_errors(enhanced)).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, account).await;
    stage.clear_record();
    (stage, client)
}

/// What comes of an authorization, in a word.
fn in_a_word(outcome: &Result<Decision, Error>) -> &'static str {
    match outcome {
        Ok(decision) if decision.authorized => "permit",
        Ok(_) => "deny",
        Err(Error::RetryLater { .. }) => "retry later",
        Err(Error::SignInAgain { .. }) => "sign in again",
        Err(Error::TellViewer { .. }) => "tell the viewer",
        Err(Error::FixConfiguration { .. }) => "fix configuration",
        Err(Error::Support { .. }) => "support",
        Err(_) => "cancelled",
    }
}

#[tokio::test]
async fn m21_the_action_decides_what_happens_next() {
    for (action, word) in [
        ("none", "deny"),
        ("authorization", "deny"),
        ("configuration", "fix configuration"),
        ("authentication", "sign in again"),
        ("retry", "retry later"),
    ] {
        let (stage, client) = at_home(true, "everything").await;
        // All else is the same: the action is obeyed, not the status, not the code.
        let body = error(403, "a_code", action);
        stage.sandbox.faults().add(Fault::new(answer(403, &body)).on(Endpoint::Authorize).always());
        let outcome = client.authorize(&resource("LanternOne")).await;
        assert_eq!(in_a_word(&outcome), word, "{action}");
    }
}

#[tokio::test]
async fn m21_a_registration_is_renewed_where_the_action_asks_for_it() {
    let (stage, client) = at_home(true, "everything").await;
    let body = error(403, "a_code", "application-registration");
    stage.sandbox.faults().add(Fault::new(answer(403, &body)).on(Endpoint::Authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(stage.sandbox.registrations(), 2);
    assert_eq!(in_a_word(&outcome), "sign in again", "another registration has no authentication");
}

#[tokio::test]
async fn m22_a_success_that_carries_an_error_is_none() {
    let (stage, client) = at_home(true, "everything").await;
    let faults = stage.sandbox.faults();
    let denied = Fault::new(answer(200, &error(403, "authorization_denied_by_mvpd", "none")));
    faults.add(denied.on(Endpoint::Authorize).first(1));
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert!(!decision.authorized);
    assert_eq!(decision.denial.unwrap().details.as_deref(), Some("Call us."));

    let failed = || Fault::new(answer(200, &error(500, "internal_error", "none")));
    faults.add(failed().on(Endpoint::UserMetadata).first(1));
    client.user_metadata().await.expect_err("an error is no metadata");
    assert!(!client.user_metadata().await.unwrap().values.is_empty(), "and was not remembered as such");
    faults.add(failed().on(Endpoint::Preauthorize).first(1));
    client.preauthorize(&[resource("LanternOne")]).await.expect_err("an error is no list of denials");
    faults.add(failed().on(Endpoint::ProviderList).first(1));
    client.providers().await.expect_err("an error is no empty picker");
    let ended = Fault::new(answer(200, &error(403, "authentication_session_expired", "authentication")));
    faults.add(ended.on(Endpoint::Authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(in_a_word(&outcome), "sign in again");
}

#[tokio::test]
async fn m25_a_429_costs_time_and_no_call() {
    let (stage, client) = at_home(false, "everything").await;
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(Endpoint::Authorize).first(1));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(stage.calls(), [Endpoint::Authorize, Endpoint::Authorize, Endpoint::MediaToken]);
}

#[tokio::test]
async fn m30_a_429_is_followed_by_a_second_of_silence_whoever_calls() {
    let (stage, client) = at_home(false, "everything").await;
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(Endpoint::Authorize).first(1));
    let one = resource("LanternOne");
    let channels = [resource("LanternNews")];
    let (decision, marks, metadata) =
        tokio::join!(client.authorize(&one), client.preauthorize(&channels), client.user_metadata());
    assert_permitted(&decision.unwrap());
    assert!(marks.unwrap()[0].authorized && !metadata.unwrap().values.is_empty());

    let requests = stage.device_requests();
    let refused = requests.iter().find(|request| request.status == Some(429)).unwrap();
    let later: Vec<_> = requests.iter().filter(|request| request.at > refused.at).collect();
    assert!(!later.is_empty());
    for request in later {
        assert!(request.at - refused.at >= 1_000, "only {} ms of silence", request.at - refused.at);
    }
}

#[tokio::test]
async fn m32_one_handler_serves_the_whole_catalogue() {
    for code in ErrorCode::V1 {
        let (stage, client) = at_home(true, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", *code).details("Call us."));
        let outcome = client.authorize(&resource("LanternNews")).await;
        let expected = match (code.action(), code.status()) {
            ("none", 403) | ("authorization", _) => "deny",
            ("none", 400) if code.code().starts_with("invalid_") => "fix configuration",
            ("none", 400) => "support",
            ("none", 500..) => "retry later",
            ("authentication", _) => "sign in again",
            ("retry", _) => "retry later",
            ("configuration", _) => "fix configuration",
            // It is registered again, once, and the new registration has no authentication.
            ("application-registration", _) => "sign in again",
            (action, status) => panic!("{code:?} has a new action: {action} {status}"),
        };
        assert_eq!(in_a_word(&outcome), expected, "{code:?}: {outcome:?}");
        let told = match outcome {
            Ok(decision) => decision.denial.unwrap().code,
            Err(error) => error.report().unwrap().code.clone(),
        };
        if code.action() != "application-registration" {
            assert_eq!(told.as_deref(), Some(code.code()));
        }
    }
}

#[tokio::test]
async fn m33_an_error_is_read_at_the_top_and_at_an_item() {
    let (stage, client) = at_home(true, "everything").await;
    let channels = [resource("LanternOne"), resource("LanternNews")];
    let item = error(403, "preauthorization_denied_by_mvpd", "none");
    let body = format!(
        r#"{{"resources": [{{"id": "LanternOne", "authorized": true}}, {{"id": "LanternNews", "authorized": false, "error": {item}}}]}}"#
    );
    stage.sandbox.faults().add(Fault::new(answer(200, &body)).on(Endpoint::Preauthorize).first(1));
    let marks = client.preauthorize(&channels).await.unwrap();
    assert!(marks[0].authorized && marks[0].denial.is_none());
    let denial = marks[1].denial.clone().unwrap();

    stage.sandbox.faults().add(Fault::new(answer(403, &item)).on(Endpoint::Preauthorize).first(1));
    let top = client.preauthorize(&channels).await.unwrap_err();
    assert!(matches!(top, Error::TellViewer { .. }), "{top}");
    let report = top.report().unwrap();
    assert_eq!(
        (&denial.code, &denial.details, &denial.trace),
        (&report.code, &report.details, &report.trace)
    );
    assert_eq!(denial.message, report.message);
}

#[tokio::test]
async fn m34_the_status_of_http_and_that_of_the_error_are_both_looked_at() {
    let expired = "authentication_session_expired";
    for (status, body, word) in [
        // The same error by two statuses.
        (403, error(403, expired, "authentication"), "sign in again"),
        (412, error(412, expired, "authentication"), "sign in again"),
        // One that says more than HTTP does.
        (400, error(403, expired, "authentication"), "sign in again"),
        // No word of its own: HTTP's status is all there is.
        (
            412,
            r#"{"status": 412, "message": "User not authenticated", "details": null}"#.into(),
            "sign in again",
        ),
        (403, r#"{"status": 403, "message": "User not authorized", "details": null}"#.into(), "deny"),
        (400, r#"{"status": 400, "message": "Bad request", "details": null}"#.into(), "fix configuration"),
        (451, String::new(), "tell the viewer"),
        (500, String::new(), "retry later"),
        // A success that is none.
        (200, error(500, "internal_error", "none"), "retry later"),
    ] {
        let (stage, client) = at_home(true, "everything").await;
        stage.sandbox.faults().add(Fault::new(answer(status, &body)).on(Endpoint::Authorize).always());
        let outcome = client.authorize(&resource("LanternOne")).await;
        assert_eq!(in_a_word(&outcome), word, "HTTP {status}: {body}");
    }
}

#[tokio::test]
async fn m35_repetitions_are_few_and_further_and_further_apart() {
    for effect in [Effect::Drop, Effect::Garbage, answer(503, ""), answer(403, &error(403, "x", "retry"))] {
        let (stage, client) = at_home(true, "everything").await;
        stage.sandbox.faults().add(Fault::new(effect.clone()).on(Endpoint::UserMetadata).always());
        client.user_metadata().await.unwrap_err();
        let gaps = gaps(&times(&stage, Endpoint::UserMetadata));
        assert!(gaps.len() <= 2, "{effect:?}: {gaps:?}");
        assert!(gaps.first().is_none_or(|gap| *gap >= 1_000), "{effect:?}: {gaps:?}");
        assert!(gaps.windows(2).all(|pair| pair[1] > pair[0]), "{effect:?}: {gaps:?}");
    }
}

#[tokio::test]
async fn m35_only_the_items_marked_retry_are_sent_again() {
    let (stage, client) = at_home(true, "basic").await;
    stage.sandbox.refuse(Refusal::of("LanternNews", ErrorCode::NetworkReceivedError).times(1));
    let channels = ["LanternOne", "LanternNews", "LanternCinema"].map(resource);
    let marks = client.preauthorize(&channels).await.unwrap();
    assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [true, true, false]);
    let asked: Vec<_> =
        stage.device_requests().iter().map(|request| request.parameters["resource"].clone()).collect();
    assert_eq!(asked, ["LanternOne,LanternNews,LanternCinema", "LanternNews"]);
}

#[tokio::test]
async fn m36_what_is_not_known_yet_breaks_nothing() {
    let (stage, client) = at_home(true, "everything").await;
    let faults = stage.sandbox.faults();
    let new = Fault::new(answer(403, &error(403, "denied_by_the_moon", "look-at-the-sky")));
    faults.add(new.on(Endpoint::Authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(in_a_word(&outcome), "tell the viewer");
    assert_eq!(client.profiles().await.unwrap().len(), 1, "nobody is signed out by it");

    let item = error(799, "denied_by_the_moon", "look-at-the-sky");
    let list = format!(
        r#"{{"resources": [{{"id": "LanternOne", "authorized": true, "mood": {{}}}}, {{"id": "LanternNews", "authorized": false, "error": {item}}}], "next": null}}"#
    );
    faults.add(Fault::new(answer(200, &list)).on(Endpoint::Preauthorize).first(1));
    let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
    assert!(marks[0].authorized);
    assert_eq!(marks[1].denial.as_ref().unwrap().code.as_deref(), Some("denied_by_the_moon"));

    let provider = r#"{"requestor": {"mvpds": [{"id": "New", "boardingStatus": "LEVITATING", "enablePlatformServices": "perhaps"}]}}"#;
    faults.add(Fault::new(answer(200, provider)).on(Endpoint::ProviderList).first(1));
    assert_eq!(client.providers().await.unwrap()[0].id.as_str(), "New");
}

#[tokio::test]
async fn m37_authentication_prompts_a_new_sign_in() {
    let (stage, client) = at_home(true, "everything").await;
    stage.sandbox.sign_out_everyone();
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    // The old profile is in nobody's way: what follows is a code, not the memory of it.
    stage.clock.hold();
    code_of(&mut client.sign_in()).await;
}

/// The same deeds, with and without enhanced errors.
async fn taxonomy(enhanced: bool) -> Vec<String> {
    let (stage, client) = at_home(enhanced, "basic").await;
    let mut seen = Vec::new();
    let cinema = client.authorize(&resource("LanternCinema")).await;
    let details = cinema.as_ref().unwrap().denial.clone().unwrap().details;
    seen.push(format!("{} {details:?}", in_a_word(&cinema)));
    let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternCinema")]).await.unwrap();
    seen.push(format!("{:?}", marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>()));
    let channels: Vec<_> = (0..6).map(|n| resource(&format!("Lantern{n}"))).collect();
    seen.push(format!("{:?}", client.preauthorize(&channels).await.map(|marks| marks.len())));

    for code in [ErrorCode::InternalError, ErrorCode::InvalidDeviceId, ErrorCode::AuthorizationNotFound] {
        let fault = Effect::Error { code, status: None, details: None };
        stage.sandbox.faults().add(Fault::new(fault).on(Endpoint::UserMetadata).first(3));
        let outcome = client.user_metadata().await.map(|metadata| metadata.values.len());
        seen.push(format!("{code:?}: {:?}", outcome.as_ref().map_err(discriminant)));
        stage.sandbox.faults().clear();
    }
    for call in ["authorize", "preauthorize", "metadata", "permit"] {
        stage.sandbox.sign_out_everyone();
        let error = match call {
            "authorize" => client.authorize(&resource("LanternOne")).await.map(drop).unwrap_err(),
            "preauthorize" => client.preauthorize(&[resource("LanternNews")]).await.map(drop).unwrap_err(),
            "metadata" => client.user_metadata().await.map(drop).unwrap_err(),
            _ => client.remembered_permit(&resource("LanternOne")).await.map(drop).unwrap_err(),
        };
        seen.push(format!("{call}: {:?}", discriminant(&error)));
        assert!(matches!(error, Error::SignInAgain { .. }), "{call}, enhanced: {enhanced}: {error:?}");
        stage.clock.advance(Duration::from_secs(60));
        stage.sign_in_by_code(&client, "basic").await;
    }
    seen
}

#[tokio::test]
async fn m38_without_enhanced_errors_the_taxonomy_is_the_same() {
    let (old, enhanced) = (taxonomy(false).await, taxonomy(true).await);
    assert_eq!(old, enhanced);
}

#[tokio::test]
async fn m39_the_trace_reaches_the_app() {
    let (stage, client) = at_home(true, "basic").await;
    let denial = client.authorize(&resource("LanternCinema")).await.unwrap().denial.unwrap();
    assert!(denial.trace.is_some());
    let body = error(400, "unknown_integration", "configuration");
    stage.sandbox.faults().add(Fault::new(answer(400, &body)).on(Endpoint::Authorize).always());
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert_eq!(error.report().unwrap().trace.as_deref(), Some("t-1"));
    assert!(error.to_string().contains("trace t-1"), "also in what is logged: {error}");
    assert_eq!(count(&stage, Endpoint::Authorize), 2);
}

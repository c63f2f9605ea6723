//! Whatever goes wrong: one handler, and a word about what to do next.

use std::{mem::discriminant, time::Duration};

use couchpass::{Api, Denial, Error, ProfileType, SignInEvent};
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};

use crate::{
    answer, at_home, count, denying, error, hold, in_a_word, list, on_both_apis,
    support::{Stage, code_of, resource, signed_in},
};

on_both_apis! {
    m21_the_action_decides_what_happens_next,
    m21_a_registration_is_renewed_where_the_action_asks_for_it,
    m22_a_success_that_carries_an_error_is_none,
    m32_one_handler_serves_the_whole_catalogue,
    m33_an_error_is_read_at_the_top_and_at_an_item,
    m34_the_status_of_http_and_that_of_the_error_are_both_looked_at,
    m36_what_is_not_known_yet_breaks_nothing,
    m37_authentication_prompts_a_new_sign_in,
    m39_the_trace_reaches_the_app,
}

async fn m21_the_action_decides_what_happens_next(api: Api) {
    // An action that v1 alone has.
    let unauthorized = match api {
        Api::V1 => "deny",
        Api::V2 => "tell the viewer",
    };
    for (action, word) in [
        ("none", "deny"),
        ("authorization", unauthorized),
        ("configuration", "fix configuration"),
        ("authentication", "sign in again"),
        ("retry", "retry later"),
    ] {
        let (stage, client) = at_home(api, true, "everything").await;
        // All else is the same: the action is obeyed, not the status, not the code.
        let body = error(403, "a_code", action);
        stage.sandbox.faults().add(Fault::new(answer(403, &body)).on(stage.parts().authorize).always());
        let outcome = client.authorize(&resource("LanternOne")).await;
        assert_eq!(in_a_word(&outcome), word, "{action}");
    }
}

async fn m21_a_registration_is_renewed_where_the_action_asks_for_it(api: Api) {
    let (stage, client) = at_home(api, true, "everything").await;
    let body = error(403, "a_code", "application-registration");
    stage.sandbox.faults().add(Fault::new(answer(403, &body)).on(stage.parts().authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(stage.sandbox.registrations(), 2);
    assert_eq!(in_a_word(&outcome), "sign in again", "another registration has no authentication");
}

async fn m22_a_success_that_carries_an_error_is_none(api: Api) {
    let (stage, client) = at_home(api, true, "everything").await;
    let (faults, parts) = (stage.sandbox.faults(), stage.parts());
    // As the whole of a success, and at an item of one, where v2 has it.
    let body = error(403, "authorization_denied_by_mvpd", "none");
    for denied in [answer(200, &body), denying(api, "LanternOne", &body)] {
        faults.add(Fault::new(denied).on(parts.authorize).first(1));
        let decision = client.authorize(&resource("LanternOne")).await.unwrap();
        assert!(!decision.authorized);
        assert_eq!(decision.denial.unwrap().details.as_deref(), Some("Call us."));
    }

    let failed = || Fault::new(answer(200, &error(500, "internal_error", "none")));
    faults.add(failed().on(parts.metadata).first(1));
    client.user_metadata().await.expect_err("an error is no metadata");
    assert!(!client.user_metadata().await.unwrap().values.is_empty(), "and was not remembered as such");
    faults.add(failed().on(parts.preauthorize).first(1));
    client.preauthorize(&[resource("LanternOne")]).await.expect_err("an error is no list of denials");
    faults.add(failed().on(parts.providers).first(1));
    client.providers().await.expect_err("an error is no empty picker");
    faults.add(failed().on(parts.authorize).first(1));
    client.authorize(&resource("LanternOne")).await.expect_err("an error is no permit");
    let ended = error(403, "authentication_session_expired", "authentication");
    faults.add(Fault::new(answer(200, &ended)).on(parts.authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(in_a_word(&outcome), "sign in again");
}

/// The codes of this API's catalogue. v2 has those that are about a resource at its item.
async fn m32_one_handler_serves_the_whole_catalogue(api: Api) {
    let catalogue = match api {
        Api::V1 => ErrorCode::V1,
        Api::V2 => ErrorCode::V2,
    };
    assert!(catalogue.len() > 25);
    for code in catalogue {
        let (stage, client) = at_home(api, true, "everything").await;
        stage.sandbox.refuse(Refusal::of("LanternNews", *code).details("Call us."));
        let outcome = client.authorize(&resource("LanternNews")).await;
        let expected = in_the_catalogue(api, *code);
        assert_eq!(in_a_word(&outcome), expected, "{code:?}: {outcome:?}");
        let told = match outcome {
            Ok(decision) => decision.denial.unwrap().code,
            Err(error) => error.report().unwrap().code.clone(),
        };
        if (api, code.action()) != (Api::V1, "application-registration") {
            assert_eq!(told.as_deref(), Some(code.code()));
        }
    }
}

fn in_the_catalogue(api: Api, code: ErrorCode) -> &'static str {
    match (code.action(), code.status()) {
        ("none", 403) | ("authorization", _) => "deny",
        ("none", 400) if code.code().starts_with("invalid_") => "fix configuration",
        ("none", 400) => "support",
        ("none", 500..) => "retry later",
        ("authentication", _) => "sign in again",
        ("retry", _) => "retry later",
        ("configuration", _) => "fix configuration",
        // It is registered again, once, and the new registration has no authentication.
        ("application-registration", _) if api == Api::V1 => "sign in again",
        // An item says so of one resource, while the call as a whole was accepted.
        ("application-registration", _) => "fix configuration",
        (action, status) => panic!("{code:?} has a new action: {action} {status}"),
    }
}

async fn m33_an_error_is_read_at_the_top_and_at_an_item(api: Api) {
    let (stage, client) = at_home(api, true, "everything").await;
    let (faults, parts) = (stage.sandbox.faults(), stage.parts());
    let channels = [resource("LanternOne"), resource("LanternNews")];
    let item = error(403, "preauthorization_denied_by_mvpd", "none");
    let body = list(api, &[("LanternOne", Ok(())), ("LanternNews", Err(&item))]);
    faults.add(Fault::new(answer(200, &body)).on(parts.preauthorize).first(1));
    let marks = client.preauthorize(&channels).await.unwrap();
    assert!(marks[0].authorized && marks[0].denial.is_none());
    faults.add(Fault::new(answer(403, &item)).on(parts.preauthorize).first(1));
    let top = client.preauthorize(&channels).await.unwrap_err();
    assert!(matches!(top, Error::TellViewer { .. }), "{top}");
    assert_alike(marks[1].denial.as_ref().unwrap(), &top);

    // What v1 cannot say of an item before a playback, it says of the call.
    faults.add(Fault::new(denying(api, "LanternNews", &item)).on(parts.authorize).first(1));
    let denied = client.authorize(&channels[1]).await.unwrap().denial.unwrap();
    assert_alike(&denied, &top);
}

fn assert_alike(denial: &Denial, error: &Error) {
    let report = error.report().unwrap();
    let words =
        [(&denial.code, &report.code), (&denial.details, &report.details), (&denial.trace, &report.trace)];
    for (at_item, at_top) in words {
        assert!(at_item.is_some() && at_item == at_top, "{at_item:?} {at_top:?}");
    }
    assert_eq!(denial.message, report.message);
}

async fn m34_the_status_of_http_and_that_of_the_error_are_both_looked_at(api: Api) {
    let expired = "authentication_session_expired";
    let older = |status: u16| format!(r#"{{"status": {status}, "message": "Not now", "details": null}}"#);
    let item = |error: String| list(Api::V2, &[("LanternOne", Err(&error))]);
    let mut cases = vec![
        // The same error by two statuses.
        (403, error(403, expired, "authentication"), "sign in again"),
        (412, error(412, expired, "authentication"), "sign in again"),
        // One that says more than HTTP does.
        (400, error(403, expired, "authentication"), "sign in again"),
        // No word of its own: HTTP's status is all there is.
        (400, older(400), "fix configuration"),
        (451, String::new(), "tell the viewer"),
        (500, String::new(), "retry later"),
        // A success that is none.
        (200, error(500, "internal_error", "none"), "retry later"),
    ];
    match api {
        Api::V1 => cases.extend([(403, older(403), "deny"), (412, older(412), "sign in again")]),
        // A success with items that are none: their status stands in the place of HTTP's.
        Api::V2 => cases.extend([
            (403, older(403), "tell the viewer"),
            (412, older(412), "support"),
            (200, item(error(403, "a_code", "none")), "deny"),
            (200, item(error(400, "a_code", "none")), "support"),
            (200, item(error(400, "invalid_parameter_resources", "none")), "fix configuration"),
            (200, item(error(500, "a_code", "none")), "retry later"),
            (200, item(older(403)), "deny"),
        ]),
    }
    for (status, body, word) in cases {
        let (stage, client) = at_home(api, true, "everything").await;
        stage.sandbox.faults().add(Fault::new(answer(status, &body)).on(stage.parts().authorize).always());
        let outcome = client.authorize(&resource("LanternOne")).await;
        assert_eq!(in_a_word(&outcome), word, "HTTP {status}: {body}");
    }
}

async fn m36_what_is_not_known_yet_breaks_nothing(api: Api) {
    let (stage, client) = at_home(api, true, "everything").await;
    let (faults, parts) = (stage.sandbox.faults(), stage.parts());
    let new = error(403, "denied_by_the_moon", "look-at-the-sky");
    faults.add(Fault::new(answer(403, &new)).on(parts.authorize).first(1));
    let outcome = client.authorize(&resource("LanternOne")).await;
    assert_eq!(in_a_word(&outcome), "tell the viewer");
    assert_eq!(client.profiles().await.unwrap().len(), 1, "nobody is signed out by it");

    let item = error(799, "denied_by_the_moon", "look-at-the-sky");
    let body = list(api, &[("LanternOne", Ok(())), ("LanternNews", Err(&item))]);
    faults.add(Fault::new(answer(200, &body)).on(parts.preauthorize).first(1));
    let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
    assert!(marks[0].authorized);
    assert_eq!(marks[1].denial.as_ref().unwrap().code.as_deref(), Some("denied_by_the_moon"));

    let provider = r#"{"requestor": {"mvpds": [{"id": "New", "boardingStatus": "LEVITATING", "enablePlatformServices": "perhaps"}]}}"#;
    faults.add(Fault::new(answer(200, provider)).on(parts.providers).first(1));
    assert_eq!(client.providers().await.unwrap()[0].id.as_str(), "New");
}

async fn m37_authentication_prompts_a_new_sign_in(api: Api) {
    for call in ["authorize", "preauthorize", "metadata"] {
        let (stage, client) = at_home(api, true, "everything").await;
        stage.sandbox.sign_out_everyone();
        let error = match call {
            "authorize" => client.authorize(&resource("LanternOne")).await.map(drop).unwrap_err(),
            "preauthorize" => client.preauthorize(&[resource("LanternNews")]).await.map(drop).unwrap_err(),
            _ => client.user_metadata().await.map(drop).unwrap_err(),
        };
        assert!(matches!(error, Error::SignInAgain { .. }), "{call}: {error}");
        // The old profile is in nobody's way: what follows is a code, not the memory of it.
        hold(&stage);
        code_of(&mut client.sign_in()).await;
    }
}

async fn m39_the_trace_reaches_the_app(api: Api) {
    let (stage, client) = at_home(api, true, "basic").await;
    let denial = client.authorize(&resource("LanternCinema")).await.unwrap().denial.unwrap();
    assert!(denial.trace.is_some());
    let authorize = stage.parts().authorize;
    let body = error(400, "unknown_integration", "configuration");
    let effects = [answer(400, &body), denying(api, "LanternOne", &body)];
    for (tries, effect) in effects.into_iter().enumerate() {
        stage.sandbox.faults().clear();
        stage.sandbox.faults().add(Fault::new(effect).on(authorize).always());
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert_eq!(error.report().unwrap().trace.as_deref(), Some("t-1"));
        assert!(error.to_string().contains("trace t-1"), "also in what is logged: {error}");
        assert_eq!(count(&stage, authorize), 2 + tries);
    }
}

/// v2 knows no other errors than the enhanced ones.
mod v1_alone {
    use super::*;

    /// The same deeds, with and without enhanced errors.
    async fn taxonomy(enhanced: bool) -> Vec<String> {
        let (stage, client) = at_home(Api::V1, enhanced, "basic").await;
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
                "preauthorize" => {
                    client.preauthorize(&[resource("LanternNews")]).await.map(drop).unwrap_err()
                }
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
}

mod v2_alone {
    use super::*;

    /// The action at an item decides as that of a refused call does, but for a registration: the call was accepted.
    #[tokio::test]
    async fn m21_the_action_of_an_item_decides_what_happens_next() {
        for (action, word) in [
            ("none", "deny"),
            ("authorization", "deny"),
            ("configuration", "fix configuration"),
            ("application-registration", "fix configuration"),
            ("authentication", "sign in again"),
            ("retry", "retry later"),
            ("look-at-the-sky", "deny"),
        ] {
            let (stage, client) = at_home(Api::V2, true, "everything").await;
            let effect = denying(Api::V2, "LanternOne", &error(403, "a_code", action));
            stage.sandbox.faults().add(Fault::new(effect).on(Endpoint::AuthorizeDecisions).always());
            let outcome = client.authorize(&resource("LanternOne")).await;
            assert_eq!(in_a_word(&outcome), word, "{action}");
            let is_signed_in = !client.profiles().await.unwrap().is_empty();
            assert_eq!(is_signed_in, word != "sign in again", "{action}");
        }
    }

    /// The same code may refuse the call as a whole.
    #[tokio::test]
    async fn m32_one_handler_serves_the_catalogue_at_the_top_too() {
        for code in ErrorCode::V2 {
            let (stage, client) = at_home(Api::V2, true, "everything").await;
            let fault = Effect::Error { code: *code, status: None, details: Some("Call us.".into()) };
            stage.sandbox.faults().add(Fault::new(fault).on(Endpoint::AuthorizeDecisions).always());
            let outcome = client.authorize(&resource("LanternNews")).await;
            assert_eq!(in_a_word(&outcome), in_the_catalogue(Api::V2, *code), "{code:?}: {outcome:?}");
            let told = match outcome {
                Ok(decision) => decision.denial.unwrap().code,
                Err(error) => error.report().unwrap().code.clone(),
            };
            assert_eq!(told.as_deref(), Some(code.code()));
        }
    }

    #[tokio::test]
    async fn m36_profiles_and_sessions_of_a_new_kind_break_nothing() {
        let stage = Stage::new(Api::V2).await;
        let ends = crate::support::START + 3_600_000;
        let lunar = format!(
            r#"{{"profiles": {{"Moon": {{"notBefore": 1, "notAfter": {ends}, "issuer": "Moon", "type": "lunarSSO", "phase": [],
            "attributes": {{"userID": {{"value": "u", "state": "waxing"}}, "tide": {{"value": null}}, "odd": 3}}}}}}, "next": 1}}"#
        );
        stage.sandbox.faults().add(Fault::new(answer(200, &lunar)).on(Endpoint::Profiles).first(1));
        let client = stage.television("tv-1").build().unwrap();
        let profile = signed_in(&mut client.sign_in()).await;
        assert_eq!(profile.profile_type, ProfileType::Other("lunarSSO".to_owned()));
        assert_eq!(profile.user_id.as_deref(), Some("u"));

        // An action that is not known yet, with what it takes to show a code.
        let session = format!(
            r#"{{"actionName": "ponder", "actionType": "telepathic", "reasonType": "tides", "code": "M00N", "sessionId": "s",
            "notBefore": "1", "notAfter": "{ends}", "missingParameters": ["phase"]}}"#
        );
        stage.sandbox.faults().add(Fault::new(answer(200, &session)).on(Endpoint::CreateSession).first(1));
        let other = stage.television("tv-2").build().unwrap();
        let mut sign_in = other.sign_in();
        assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
        assert_eq!(code_of(&mut sign_in).await.code, "M00N");
    }
}

//! What REST v2 alone has: several profiles, a login in this device's own browser, degradation, and what becomes of all that.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{
    Api, Client, DecisionSource, Error, Login, LoginPage, LoginStep, MvpdId, ProfileSelection, ProfileType,
    PromotionalIdentity, SignIn, SignInEvent, SignInWith, SignOutAction,
};
use couchpass_sandbox::{Degradation, DegradationRule, Effect, Endpoint, Fault};
use support::{Stage, assert_permitted, code_of, last_event, resource, signed_in, store};

const DONE: &str = "https://lantern.example/done?from=tv";

on_both_apis! {
    a_viewer_signs_in_in_the_device_s_own_browser,
    a_viewer_who_chose_on_the_television_signs_in_on_the_phone,
    another_way_to_sign_in_replaces_the_one_under_way,
}

fn northwind() -> Login {
    Login::new(MvpdId::new("Northwind"), "lantern.example", DONE).unwrap()
}

async fn page_of(sign_in: &mut SignIn) -> LoginPage {
    loop {
        match sign_in.next().await {
            Some(SignInEvent::Checking) => {}
            Some(SignInEvent::Page(page)) => return page,
            other => panic!("expected a page, not {other:?}"),
        }
    }
}

/// Signs in with another TV provider than the first time, beside it.
async fn sign_in_with(stage: &Stage, client: &Client, login: Login, account: &str) -> SignInEvent {
    stage.clock.hold();
    let mut sign_in = client.sign_in_with(SignInWith::Browser(login));
    let page = page_of(&mut sign_in).await;
    stage.sandbox.viewer(account).approve_at(&page.url).await.unwrap();
    stage.let_time_run();
    client.redirect_reached();
    last_event(&mut sign_in).await
}

async fn a_viewer_signs_in_in_the_device_s_own_browser(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in_with(SignInWith::Browser(northwind()));
    let page = page_of(&mut sign_in).await;
    assert_eq!(page.redirect_url, DONE);
    let reached = stage.sandbox.viewer("everything").approve_at(&page.url).await.unwrap();
    assert_eq!(reached, DONE);
    let asked = |stage: &Stage| stage.sandbox.recorder().count(stage.parts().poll);
    let before = asked(&stage);
    stage.clock.advance(Duration::from_secs(60));
    assert_eq!(asked(&stage), before, "nobody has said that the browser is done");
    client.redirect_reached();
    let profile = signed_in(&mut sign_in).await;
    assert_eq!((profile.mvpd.as_str(), profile.profile_type), ("Northwind", ProfileType::Regular));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
}

async fn a_viewer_who_chose_on_the_television_signs_in_on_the_phone(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in_with(SignInWith::CodeFor(northwind()));
    let code = code_of(&mut sign_in).await;
    let record = client.second_screen().look_up(&code.code).await.unwrap().unwrap();
    assert_eq!(record.mvpd.unwrap().as_str(), "Northwind");
    // v1 wants the domain and the redirect URL named on the second screen.
    assert_eq!(record.is_complete, api == Api::V2);
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.mvpd.as_str(), "Northwind");
}

async fn another_way_to_sign_in_replaces_the_one_under_way(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut by_code = client.sign_in();
    let code = code_of(&mut by_code).await;
    let mut by_browser = client.sign_in_with(SignInWith::Browser(northwind()));
    assert_eq!(last_event(&mut by_code).await, SignInEvent::Cancelled);
    page_of(&mut by_browser).await;
    assert!(stage.sandbox.live_codes().iter().all(|live| live.code != code.code));
    assert_eq!(stage.sandbox.live_codes().len(), 1);
}

#[tokio::test]
async fn the_second_screen_names_what_the_television_has_not() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    let screen = client.second_screen();
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    let record = screen.look_up(&code.code).await.unwrap().unwrap();
    assert!(!record.is_complete && record.mvpd.is_none());
    let LoginStep::Open(url) = screen.log_in(&record, &northwind(), None).await.unwrap() else { panic!() };
    assert_eq!(stage.sandbox.viewer("everything").approve_at(&url).await.unwrap(), DONE);
    stage.let_time_run();
    signed_in(&mut sign_in).await;
    let error = screen.log_in(&record, &northwind(), Some("{}")).await.unwrap_err();
    assert!(matches!(error, Error::FixConfiguration { .. }), "{error}");
}

/// Signed in with Northwind, an hour later with Harborlight too.
async fn with_two_profiles(stage: &Stage, client: &Client) {
    stage.sign_in_by_code(client, "everything").await;
    stage.clock.advance(Duration::from_secs(3_600));
    let harborlight = Login::new(MvpdId::new("Harborlight"), "lantern.example", DONE).unwrap();
    let event = sign_in_with(stage, client, harborlight, "basic").await;
    assert!(matches!(event, SignInEvent::SignedIn(_)), "{event:?}");
}

async fn mvpds(client: &Client) -> Vec<String> {
    client.profiles().await.unwrap().into_iter().map(|profile| profile.mvpd.to_string()).collect()
}

#[tokio::test]
async fn profiles_of_several_providers_live_side_by_side_and_outlive_the_process() {
    let stage = Stage::new(Api::V2).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    with_two_profiles(&stage, &client).await;
    assert_eq!(mvpds(&client).await, ["Harborlight", "Northwind"]);
    // Harborlight's viewer has no cinema, Northwind's has.
    assert!(!client.authorize(&resource("LanternCinema")).await.unwrap().authorized);
    assert!(!client.preauthorize(&[resource("LanternCinema")]).await.unwrap()[0].authorized);
    let household = client.user_metadata().await.unwrap();

    let chosen = client.select_profile(&MvpdId::new("Northwind")).await.unwrap();
    assert_eq!(chosen.mvpd.as_str(), "Northwind");
    assert_permitted(&client.authorize(&resource("LanternCinema")).await.unwrap());
    assert!(client.preauthorize(&[resource("LanternCinema")]).await.unwrap()[0].authorized);
    assert!(client.user_metadata().await.unwrap() != household);
    let error = client.select_profile(&MvpdId::new("Cedar")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");

    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(mvpds(&restarted).await, ["Northwind", "Harborlight"]);
    // Who chooses a provider gets that one, without signing in again.
    let harborlight = Login::new(MvpdId::new("Harborlight"), "lantern.example", DONE).unwrap();
    let profile = signed_in(&mut restarted.sign_in_with(SignInWith::CodeFor(harborlight))).await;
    assert_eq!(profile.mvpd.as_str(), "Harborlight");
    assert_eq!(mvpds(&restarted).await, ["Harborlight", "Northwind"]);
}

#[tokio::test]
async fn of_several_profiles_that_are_found_the_policy_chooses() {
    for (selection, expected) in
        [(ProfileSelection::LongestValidity, "Harborlight"), (ProfileSelection::LastProvider, "Northwind")]
    {
        let stage = Stage::new(Api::V2).await;
        let kept = store();
        let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
        with_two_profiles(&stage, &client).await;
        let providers = client.providers().await.unwrap();
        let northwind = providers.iter().find(|provider| provider.id.as_str() == "Northwind").unwrap();
        client.remember_provider(northwind);
        // What was remembered of the sign-in is lost, as after an answer that said so; Adobe still has it.
        let gone = r#"{"decisions": [{"resource": "LanternOne", "authorized": false, "error": {"status": 403, "code": "authenticated_profile_missing", "action": "authentication"}}]}"#;
        let gone = Effect::Answer { status: 200, content_type: "application/json".into(), body: gone.into() };
        stage.sandbox.faults().add(Fault::new(gone).on(Endpoint::AuthorizeDecisions).first(2));
        for _ in 0..2 {
            client.authorize(&resource("LanternOne")).await.unwrap_err();
        }
        assert!(client.profiles().await.unwrap().is_empty());
        drop(client);
        let client = stage.television("tv-1").store(kept).profile_selection(selection).build().unwrap();
        assert_eq!(signed_in(&mut client.sign_in()).await.mvpd.as_str(), expected);
        assert_eq!(client.profiles().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn another_profile_takes_over_where_the_current_one_ends() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    with_two_profiles(&stage, &client).await;
    client.select_profile(&MvpdId::new("Northwind")).await.unwrap();
    let profiles = client.profiles().await.unwrap();
    stage.clock.advance(client.time_left(&profiles[0]));
    assert_eq!(mvpds(&client).await, ["Harborlight"]);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
}

#[tokio::test]
async fn a_sign_out_ends_all_profiles_and_says_what_is_left() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").redirect_url(DONE).build().unwrap();
    with_two_profiles(&stage, &client).await;
    let left = client.sign_out().await.unwrap();
    assert!(!left.is_empty());
    for action in &left {
        let SignOutAction::OpenUrl { url, .. } = action else { panic!("{action:?}") };
        assert_eq!(stage.sandbox.viewer("everything").open_at(url).await.unwrap(), DONE);
    }
    assert!(client.profiles().await.unwrap().is_empty());
    assert!(stage.sandbox.authentications().is_empty());
}

#[tokio::test]
async fn a_sign_out_that_remembers_nobody_asks_who_is_there() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    client.providers().await.unwrap();
    stage.clear_record();
    assert_eq!(client.sign_out().await.unwrap(), []);
    assert_eq!(stage.calls(), [Endpoint::Profiles]);
}

#[tokio::test]
async fn degradation_is_visible_and_lets_watch() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    let degrade = |rule| stage.sandbox.degrade(Degradation::new("LANTERN", "Northwind", rule));
    degrade(DegradationRule::AuthNAll);
    let profile = signed_in(&mut client.sign_in_with(SignInWith::CodeFor(northwind()))).await;
    assert_eq!(profile.profile_type, ProfileType::Degraded);
    assert!(profile.user_id.unwrap().starts_with("95cf93bcd183214a"));
    let decision = client.authorize(&resource("LanternCinema")).await.unwrap();
    assert_permitted(&decision);
    assert_eq!(decision.source, DecisionSource::Degradation);

    // When it is over, so is what came of it.
    stage.sandbox.stop_degrading();
    let error = client.authorize(&resource("LanternCinema")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
}

#[tokio::test]
async fn degradation_of_decisions_has_its_own_source() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    stage.sandbox.degrade(Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthZAll));
    let decision = client.authorize(&resource("LanternCinema")).await.unwrap();
    assert_permitted(&decision);
    assert_eq!(decision.source, DecisionSource::Degradation);
    stage.sandbox.stop_degrading();
    let mut none = Degradation::new("LANTERN", "Harborlight", DegradationRule::AuthZNone);
    none.message = Some("Back at nine.".into());
    stage.sandbox.degrade(none);
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert!(!decision.authorized);
    assert_eq!(decision.source, DecisionSource::Degradation);
    let denial = decision.denial.unwrap();
    assert_eq!(denial.code.as_deref(), Some("authorization_denied_by_degradation_rule"));
    assert_eq!(denial.details.as_deref(), Some("Back at nine."));
    assert_eq!(client.profiles().await.unwrap().len(), 1);
}

#[tokio::test]
async fn degradation_found_on_the_second_screen_ends_the_code() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sandbox.degrade(Degradation::new("LANTERN", "Northwind", DegradationRule::AuthNAll));
    let screen = client.second_screen();
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    let record = screen.look_up(&code.code).await.unwrap().unwrap();
    assert_eq!(screen.log_in(&record, &northwind(), None).await.unwrap(), LoginStep::Done);
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.profile_type, ProfileType::Degraded);
}

#[tokio::test]
async fn a_promotional_trial_goes_with_its_identity_on_every_playback() {
    let stage = Stage::new(Api::V2).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.let_time_run();
    let gift = MvpdId::new("LanternGift");
    let without = client.temporary_access(&gift, "lantern.example", None).await.unwrap_err();
    assert!(matches!(without, Error::FixConfiguration { .. }), "{without}");
    let identity = PromotionalIdentity::new("email", "2f3a").unwrap();
    let profile = client.temporary_access(&gift, "lantern.example", Some(&identity)).await.unwrap();
    assert_eq!(profile.profile_type, ProfileType::Temporary);
    drop(client);
    // The identity outlives the process: it belongs to the trial.
    let client = stage.television("tv-1").store(kept).build().unwrap();
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert_permitted(&decision);
    assert_eq!(decision.source, DecisionSource::TempPass);
    let metadata = client.user_metadata().await.unwrap();
    assert!(metadata.values.contains_key("remaining_resources"), "{metadata:?}");
    assert_eq!(metadata.values["used_assets"].value.as_list(), ["LanternOne"]);
    for id in ["LanternNews", "LanternSports", "LanternCinema", "LanternKids"] {
        match client.authorize(&resource(id)).await {
            Ok(decision) => assert_permitted(&decision),
            Err(error) => {
                assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
                assert!(error.to_string().contains("temporary_access_resources_limit_exceeded"), "{error}");
                return;
            }
        }
    }
    panic!("the gift never ends");
}

#[tokio::test]
async fn a_code_that_the_service_has_ended_is_replaced_at_once() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    let first = code_of(&mut sign_in).await;
    let gone =
        r#"{"status": 400, "code": "invalid_authentication_session", "message": "No.", "action": "none"}"#;
    let gone = Effect::Answer { status: 400, content_type: "application/json".into(), body: gone.into() };
    stage.sandbox.faults().add(Fault::new(gone).on(Endpoint::CodeProfile).first(1));
    stage.clock.advance(stage.clock.next_sleep().await);
    assert_eq!(sign_in.next().await, Some(SignInEvent::CodeExpired));
    assert_ne!(code_of(&mut sign_in).await, first);
}

#[tokio::test]
async fn a_login_page_elsewhere_than_by_tls_is_not_opened() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let body = format!(
        r#"{{"actionName": "authenticate", "actionType": "interactive", "reasonType": "none", "code": "ABCDEFG", "url": "http://elsewhere.example/", "notAfter": "{}", "sessionId": "s", "serviceProvider": "LANTERN"}}"#,
        support::START + 1_800_000
    );
    let fault = Effect::Answer { status: 200, content_type: "application/json".into(), body };
    stage.sandbox.faults().add(Fault::new(fault).on(Endpoint::CreateSession).always());
    let last = last_event(&mut client.sign_in_with(SignInWith::Browser(northwind()))).await;
    assert!(matches!(last, SignInEvent::Failed(_)), "{last:?}");
}

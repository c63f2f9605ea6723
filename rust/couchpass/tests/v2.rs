//! What REST v2 alone has: several profiles, a login in this device's own browser, degradation, and what becomes of all that.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{
    Api, Client, ClientCredentials, DecisionSource, Error, Login, LoginPage, LoginStep, MvpdId,
    ProfileSelection, ProfileType, PromotionalIdentity, SignIn, SignInEvent, SignInWith, SignOutAction,
};
use couchpass_sandbox::{Degradation, DegradationRule, Effect, Endpoint, ErrorCode, Fault, Refusal};
use support::{Stage, answer, assert_permitted, code_of, last_event, resource, signed_in, store};

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
        let client = stage.television("tv-1").build().unwrap();
        with_two_profiles(&stage, &client).await;
        let providers = client.providers().await.unwrap();
        let northwind = providers.iter().find(|provider| provider.id.as_str() == "Northwind").unwrap();
        drop(client);
        // Adobe remembers what this store does not: it is another app's on the same registration.
        let (id, secret) = stage.sandbox.credentials().pop().unwrap();
        let imported = ClientCredentials::new(id, secret).unwrap();
        let television = stage.television("tv-1").store(store()).import_credentials(imported);
        let client = television.profile_selection(selection).build().unwrap();
        client.remember_provider(northwind);
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
    let gone = answer(400, gone);
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
    let fault = answer(200, &body);
    stage.sandbox.faults().add(Fault::new(fault).on(Endpoint::CreateSession).always());
    let last = last_event(&mut client.sign_in_with(SignInWith::Browser(northwind()))).await;
    assert!(matches!(last, SignInEvent::Failed(_)), "{last:?}");
}

fn refusal(status: u16, code: &str, action: &str) -> Effect {
    let body = format!(r#"{{"status": {status}, "code": "{code}", "message": "No.", "action": "{action}"}}"#);
    answer(status, &body)
}

fn item(code: &str, action: &str) -> Effect {
    item_of("LanternOne", code, action)
}

fn item_of(resource: &str, code: &str, action: &str) -> Effect {
    let body = format!(
        r#"{{"decisions": [{{"resource": "{resource}", "authorized": false, "error": {{"status": 403, "code": "{code}", "action": "{action}"}}}}]}}"#
    );
    answer(200, &body)
}

/// The parents have signed in; now the platform vouches for the children.
async fn children_after_parents(stage: &Stage) -> Client {
    let kept = store();
    let of = |subject: &str| {
        stage.television("tv-1").store(kept.clone()).platform_tokens(stage.token(subject)).build().unwrap()
    };
    let parents = of("parents");
    stage.sign_in_by_code(&parents, "everything").await;
    drop(parents);
    stage.clock.hold();
    stage.clock.advance(Duration::from_secs(60));
    of("children")
}

#[tokio::test]
async fn nobody_is_signed_in_as_somebody_else_even_where_the_other_cannot_be_signed_out() {
    let stage = Stage::new(Api::V2).await;
    let children = children_after_parents(&stage).await;
    stage.let_time_run();
    let stuck = Fault::new(refusal(503, "internal_server_error", "none")).on(Endpoint::MvpdLogout).always();
    let stuck = stage.sandbox.faults().add(stuck);
    let last = last_event(&mut children.sign_in_with(SignInWith::CodeFor(northwind()))).await;
    assert!(matches!(last, SignInEvent::Failed(Error::RetryLater { .. })), "{last:?}");
    assert!(children.profiles().await.unwrap().is_empty());

    // With another provider nobody is in the way, and the parents stay signed in.
    let harborlight = Login::new(MvpdId::new("Harborlight"), "lantern.example", DONE).unwrap();
    let event = sign_in_with(&stage, &children, harborlight, "basic").await;
    assert!(matches!(event, SignInEvent::SignedIn(_)), "{event:?}");
    assert_eq!(mvpds(&children).await, ["Harborlight"]);
    assert!(stage.sandbox.authentications().iter().any(|known| known.mvpd == "Northwind"));
    stage.sandbox.faults().remove(stuck);
    children.sign_out().await.unwrap();
    assert!(
        stage.sandbox.authentications().iter().any(|known| known.mvpd == "Northwind"),
        "not theirs to end"
    );
}

#[tokio::test]
async fn a_sign_out_ends_what_a_cancelled_code_has_brought() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clock.hold();
    let harborlight = Login::new(MvpdId::new("Harborlight"), "lantern.example", DONE).unwrap();
    let code = code_of(&mut client.sign_in_with(SignInWith::CodeFor(harborlight))).await;
    client.cancel_sign_in().await;
    stage.sandbox.viewer("basic").approve(&code.code).await.unwrap();
    stage.let_time_run();
    client.sign_out().await.unwrap();
    assert!(stage.sandbox.authentications().is_empty());
    stage.clock.hold();
    code_of(&mut client.sign_in()).await;
}

#[tokio::test]
async fn a_sign_out_that_fails_for_one_provider_loses_nothing_of_the_other() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").redirect_url(DONE).build().unwrap();
    with_two_profiles(&stage, &client).await;
    client.select_profile(&MvpdId::new("Northwind")).await.unwrap();
    // The first one works, the second does not: three times for one call.
    let faults = stage.sandbox.faults();
    let hold = Fault::new(Effect::Hold { name: "first".into() }).on(Endpoint::MvpdLogout).first(1);
    faults.add(hold);
    let asking = client.clone();
    let signing_out = tokio::spawn(async move { asking.sign_out().await });
    faults.held("first").await;
    faults.add(Fault::new(refusal(503, "internal_server_error", "none")).on(Endpoint::MvpdLogout).always());
    faults.release("first");
    let error = signing_out.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::RetryLater { .. }), "{error}");
    assert_eq!(mvpds(&client).await, ["Harborlight"]);
    stage.sandbox.faults().clear();
    let left = client.sign_out().await.unwrap();
    let of = |action: &SignOutAction| match action {
        SignOutAction::OpenUrl { mvpd, .. } => mvpd.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(left.iter().map(of).collect::<Vec<_>>(), ["Northwind", "Harborlight"]);
}

#[tokio::test]
async fn an_integration_that_was_taken_down_keeps_nobody_signed_in() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    with_two_profiles(&stage, &client).await;
    let gone = Fault::new(refusal(400, "invalid_integration", "none")).on(Endpoint::MvpdLogout).first(1);
    stage.sandbox.faults().add(gone);
    assert_eq!(client.sign_out().await.unwrap().len(), 1);
    assert!(client.profiles().await.unwrap().is_empty());
}

#[tokio::test]
async fn permits_of_one_profile_are_none_of_another() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    with_two_profiles(&stage, &client).await;
    let cinema = [resource("LanternCinema")];
    client.select_profile(&MvpdId::new("Northwind")).await.unwrap();
    assert!(client.preauthorize(&cinema).await.unwrap()[0].authorized);
    client.authorize(&cinema[0]).await.unwrap();
    client.select_profile(&MvpdId::new("Harborlight")).await.unwrap();
    assert!(!client.preauthorize(&cinema).await.unwrap()[0].authorized);
    assert_eq!(client.remembered_permit(&cinema[0]).await.unwrap(), None);

    // Nor where the service, and not the app, has made the change.
    client.select_profile(&MvpdId::new("Northwind")).await.unwrap();
    assert!(client.preauthorize(&cinema).await.unwrap()[0].authorized);
    let profiles = client.profiles().await.unwrap();
    stage.clock.advance(client.time_left(&profiles[0]));
    assert!(!client.preauthorize(&cinema).await.unwrap()[0].authorized);
}

#[tokio::test]
async fn a_profile_that_the_service_wants_renewed_is_renewed_by_the_viewer() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    let first = stage.sign_in_by_code(&client, "everything").await;
    let refused = item("authorization_denied_by_hba_policies", "authentication");
    stage.sandbox.faults().add(Fault::new(refused).on(Endpoint::AuthorizeDecisions).first(1));
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    // Adobe still lists it; who signs in again gets another one, at the second code at the latest.
    stage.clock.advance(Duration::from_secs(60));
    let second = stage.sign_in_anew(&client, "everything").await;
    assert!(second.not_after > first.not_after);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
}

#[tokio::test]
async fn a_code_is_shown_again_only_to_whom_it_was_made_for() {
    let stage = Stage::new(Api::V2).await;
    let kept = store();
    let television = || stage.television("tv-1").store(kept.clone());
    let client = television().build().unwrap();
    let harborlight = Login::new(MvpdId::new("Harborlight"), "lantern.example", DONE).unwrap();
    let first = code_of(&mut client.sign_in_with(SignInWith::CodeFor(northwind()))).await;
    // As after a process death: nothing is cancelled.
    std::mem::forget(client);
    let client = television().build().unwrap();
    let mut again = client.sign_in_with(SignInWith::CodeFor(northwind()));
    assert_eq!(code_of(&mut again).await, first);
    std::mem::forget(client);
    let client = television().build().unwrap();
    assert_ne!(code_of(&mut client.sign_in_with(SignInWith::CodeFor(harborlight))).await, first);
    let client = television().build().unwrap();
    assert_ne!(code_of(&mut client.sign_in()).await, first);
}

#[tokio::test]
async fn a_trial_ends_when_the_service_says_so() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let preview = MvpdId::new("LanternPreview");
    let profile = client.temporary_access(&preview, "lantern.example", None).await.unwrap();
    // Its time runs from the first playback, which comes late.
    let whole = client.time_left(&profile);
    stage.clock.advance(whole / 2);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    stage.clock.advance(whole * 3 / 4);
    assert_eq!(client.time_left(&profile), Duration::ZERO);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    stage.clock.advance(whole / 2);
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
}

#[tokio::test]
async fn a_trial_that_is_used_up_is_over_whatever_action_comes_with_that() {
    for action in ["none", "authentication"] {
        let stage = Stage::new(Api::V2).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.let_time_run();
        let preview = MvpdId::new("LanternPreview");
        client.temporary_access(&preview, "lantern.example", None).await.unwrap();
        let up = item("temporary_access_duration_limit_exceeded", action);
        stage.sandbox.faults().add(Fault::new(up).on(Endpoint::AuthorizeDecisions).first(1));
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{action}: {error}");
        let up = refusal(403, "temporary_access_duration_limit_exceeded", action);
        stage.sandbox.faults().add(Fault::new(up).on(Endpoint::MvpdProfile).first(1));
        let error = client.temporary_access(&preview, "lantern.example", None).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{action}: {error}");
    }
}

#[tokio::test]
async fn one_resource_of_a_list_signs_nobody_out() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").preauthorized_at_once(1).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.sandbox.refuse(Refusal::of("LanternNews", ErrorCode::IdentityNotRecognizedByMvpd));
    let marks = client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
    assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [true, false]);
    assert_eq!(client.profiles().await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_question_is_sent_three_times_whatever_the_reasons() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    let faults = stage.sandbox.faults();
    let again = Fault::new(item("network_received_error", "retry")).on(Endpoint::AuthorizeDecisions).always();
    let broken = Fault::new(refusal(503, "", "retry")).on(Endpoint::AuthorizeDecisions).first(2);
    faults.add(broken);
    faults.add(again);
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::RetryLater { .. }), "{error}");
    assert_eq!(stage.calls().len(), 3);
}

#[tokio::test]
async fn a_sign_in_that_was_cancelled_in_time_signs_nobody_in() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sandbox.degrade(Degradation::new("LANTERN", "Northwind", DegradationRule::AuthNAll));
    let hold = Fault::new(Effect::Hold { name: "late".into() }).on(Endpoint::CreateSession).after_serving();
    stage.sandbox.faults().add(hold.first(1));
    let mut sign_in = client.sign_in_with(SignInWith::CodeFor(northwind()));
    stage.sandbox.faults().held("late").await;
    let cancelling = client.clone();
    let cancelled = tokio::spawn(async move { cancelling.cancel_sign_in().await });
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    assert_eq!(sign_in.next().await, Some(SignInEvent::Cancelled));
    stage.sandbox.faults().release("late");
    cancelled.await.unwrap();
    assert!(client.profiles().await.unwrap().is_empty());
}

#[tokio::test]
async fn no_profile_of_another_person_comes_forward() {
    let stage = Stage::new(Api::V2).await;
    let kept = store();
    let of = |subject: &str| {
        stage.television("tv-1").store(kept.clone()).platform_tokens(stage.token(subject)).build().unwrap()
    };
    let parents = of("parents");
    with_two_profiles(&stage, &parents).await;
    drop(parents);
    stage.clock.advance(Duration::from_secs(60));
    let children = of("children");
    assert_eq!(mvpds(&children).await, [""; 0]);
    stage.clock.hold();
    code_of(&mut children.sign_in()).await;
    children.cancel_sign_in().await;
    drop(children);
    // Nothing has happened to them.
    stage.clock.advance(Duration::from_secs(60));
    let parents = of("parents");
    signed_in(&mut parents.sign_in()).await;
    assert_eq!(parents.profiles().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_profile_that_was_not_found_for_a_moment_is_as_good_as_before() {
    let stage = Stage::new(Api::V2).await;
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    let second = stage.second_app("tv-2").platform_tokens(stage.token("amazon-1")).build().unwrap();
    let profile = signed_in(&mut second.sign_in()).await;
    assert_eq!(profile.profile_type, ProfileType::PlatformSso);
    for code in ["authenticated_profile_missing", "authorization_denied_by_session_invalidated"] {
        let missing = item_of("MeridianPrime", code, "authentication");
        stage.sandbox.faults().add(Fault::new(missing).on(Endpoint::AuthorizeDecisions).first(1));
        let error = second.authorize(&resource("MeridianPrime")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
        assert_eq!(signed_in(&mut second.sign_in()).await, profile, "{code}");
        stage.clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn who_signs_out_signs_out_nobody_else() {
    let stage = Stage::new(Api::V2).await;
    let children = children_after_parents(&stage).await;
    // The first thing they do.
    stage.let_time_run();
    assert_eq!(children.sign_out().await.unwrap(), []);
    assert!(stage.sandbox.authentications().iter().any(|known| known.mvpd == "Northwind"));
}

#[tokio::test]
async fn a_sign_out_needs_no_list_of_profiles() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.sandbox.faults().add(Fault::new(Effect::Garbage).on(Endpoint::Profiles).always());
    assert_eq!(client.sign_out().await.unwrap().len(), 1);
    assert!(stage.sandbox.authentications().is_empty() && client.profiles().await.unwrap().is_empty());
}

#[tokio::test]
async fn that_a_trial_is_over_is_asked_once() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let preview = MvpdId::new("LanternPreview");
    client.temporary_access(&preview, "lantern.example", None).await.unwrap();
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    stage.clock.advance(Duration::from_secs(3_600));
    stage.clear_record();
    for _ in 0..3 {
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    }
    assert_eq!(stage.calls(), [Endpoint::MvpdProfile]);
}

#[tokio::test]
async fn a_trial_that_is_used_up_on_the_second_screen_ends_the_code() {
    let stage = Stage::new(Api::V2).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.let_time_run();
    let up = refusal(403, "temporary_access_duration_limit_exceeded", "none");
    stage.sandbox.faults().add(Fault::new(up).on(Endpoint::CodeProfile).first(1));
    let last = last_event(&mut client.sign_in()).await;
    let SignInEvent::Denied(report) = last else { panic!("{last:?}") };
    assert_eq!(report.code.as_deref(), Some("temporary_access_duration_limit_exceeded"));
}

//! The main job, from the sofa: sign in once by code, then everywhere by the platform token, and watch.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use couchpass::{Error, ProfileType, SignInEvent, SsoOutcome};
use couchpass_sandbox::Endpoint;
use support::{Stage, assert_permitted, code_of, last_event, resource, signed_in, store};

#[tokio::test]
async fn a_viewer_signs_in_by_code_and_watches() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(profile.mvpd.as_str(), "Northwind");
    assert_eq!(profile.profile_type, ProfileType::Regular);

    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert_permitted(&decision);
    assert_eq!(decision.mvpd.unwrap().as_str(), "Northwind");
    assert_eq!(client.profiles().await.unwrap(), [profile]);
    stage.assert_no_429();
}

#[tokio::test]
async fn a_second_app_is_signed_in_by_the_platform_token_alone() {
    let stage = Stage::new().await;
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;

    let second = stage.second_app("tv-1-other-id").platform_tokens(stage.token("amazon-1")).build().unwrap();
    let mut sign_in = second.sign_in();
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    let profile = signed_in(&mut sign_in).await;
    assert_eq!(profile.profile_type, ProfileType::PlatformSso);
    assert_eq!(second.sso_report().outcome, SsoOutcome::Sent { honoured: Some(true) });
    assert_permitted(&second.authorize(&resource("MeridianPrime")).await.unwrap());
    stage.assert_no_429();
}

#[tokio::test]
async fn another_subject_signs_nobody_in() {
    let stage = Stage::new().await;
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    let second = stage.second_app("tv-2").platform_tokens(stage.token("amazon-2")).build().unwrap();
    stage.clock.hold();
    code_of(&mut second.sign_in()).await;
    assert_eq!(second.sso_report().outcome, SsoOutcome::Sent { honoured: Some(false) });
}

#[tokio::test]
async fn a_session_is_restored_without_a_request() {
    let stage = Stage::new().await;
    let kept = store();
    let first = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let profile = stage.sign_in_by_code(&first, "everything").await;
    drop(first);
    stage.clear_record();
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(restarted.sign_in().next().await, Some(SignInEvent::SignedIn(profile)));
    assert!(stage.calls().is_empty());
}

#[tokio::test]
async fn a_deny_is_a_decision_with_the_providers_own_words() {
    for enhanced in [false, true] {
        let stage = Stage::with(|sandbox| sandbox.enhanced_errors(enhanced)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "basic").await;
        let decision = client.authorize(&resource("LanternCinema")).await.unwrap();
        assert!(!decision.authorized && decision.media_token.is_none());
        let denial = decision.denial.unwrap();
        assert!(denial.details.unwrap().contains("harborlight.example/channels"), "enhanced: {enhanced}");
        assert_eq!(denial.code.is_some(), enhanced);
        assert_eq!(denial.trace.is_some(), enhanced);
        // Still signed in: a deny says nothing of the authentication.
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
}

#[tokio::test]
async fn nobody_watches_without_signing_in() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    assert!(stage.calls().is_empty());
}

#[tokio::test]
async fn an_authentication_that_the_provider_ended_is_noticed_at_the_next_playback() {
    for enhanced in [false, true] {
        let stage = Stage::with(|sandbox| sandbox.enhanced_errors(enhanced)).await;
        let client = stage.television("tv-1").build().unwrap();
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.sign_out_everyone();
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
        assert!(client.profiles().await.unwrap().is_empty());
        stage.sign_in_by_code(&client, "everything").await;
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
}

#[tokio::test]
async fn signing_out_ends_it_here_and_the_platform_token_waits_to_be_asked() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(client.sign_out().await.unwrap(), []);
    assert!(client.profiles().await.unwrap().is_empty());
    stage.clear_record();
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(error.to_string().contains("signed out"), "{error}");
    assert!(stage.calls().is_empty());
}

#[tokio::test]
async fn an_expired_code_is_replaced_and_in_the_end_given_up() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    let mut codes = Vec::new();
    let last = loop {
        match sign_in.next().await.unwrap() {
            SignInEvent::Code(code) => codes.push(code),
            SignInEvent::Checking | SignInEvent::CodeExpired => {}
            last => break last,
        }
    };
    assert_eq!(last, SignInEvent::Expired);
    assert_eq!(codes.len(), 3);
    assert!(stage.sandbox.live_codes().is_empty());
    stage.assert_no_429();
    let mut polls: Vec<_> = stage.device_requests();
    polls.retain(|request| request.endpoint == Some(Endpoint::AuthnToken));
    for pair in polls.windows(2).skip(1) {
        assert!(pair[1].at - pair[0].at >= 3_000, "asked again after {} ms", pair[1].at - pair[0].at);
    }
}

#[tokio::test]
async fn cancelling_releases_the_code() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    code_of(&mut sign_in).await;
    assert_eq!(stage.sandbox.live_codes().len(), 1);
    client.cancel_sign_in().await;
    assert!(stage.sandbox.live_codes().is_empty());
    assert_eq!(last_event(&mut sign_in).await, SignInEvent::Cancelled);
    let calls = stage.calls();
    assert_eq!(calls.last(), Some(&Endpoint::DeleteCode));
}

#[tokio::test]
async fn the_last_client_to_go_releases_the_code() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    code_of(&mut sign_in).await;
    drop(client);
    assert_eq!(last_event(&mut sign_in).await, SignInEvent::Cancelled);
    let requests = stage.sandbox.recorder();
    requests
        .wait_until(|requests| {
            requests.iter().any(|r| r.endpoint == Some(Endpoint::DeleteCode) && r.status.is_some())
        })
        .await;
    assert!(stage.sandbox.live_codes().is_empty());
}

#[tokio::test]
async fn a_screen_that_is_recreated_goes_on_with_the_same_code() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let mut first = client.sign_in();
    let code = code_of(&mut first).await;
    drop(first);
    let mut second = client.sign_in();
    assert_eq!(second.next().await, Some(SignInEvent::Code(code.clone())));
    let mut third = client.sign_in();
    assert_eq!(third.next().await, Some(SignInEvent::Code(code.clone())));
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    let profile = signed_in(&mut second).await;
    assert_eq!(signed_in(&mut third).await, profile);
}

#[tokio::test]
async fn another_code_replaces_the_one_that_is_shown() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    let first = code_of(&mut sign_in).await;
    client.new_code();
    let second = code_of(&mut sign_in).await;
    assert_ne!(first.code, second.code);
    let requests = stage.sandbox.recorder();
    requests
        .wait_until(|requests| {
            requests.iter().any(|r| r.endpoint == Some(Endpoint::DeleteCode) && r.status.is_some())
        })
        .await;
    let live: Vec<_> = stage.sandbox.live_codes().into_iter().map(|live| live.code).collect();
    assert_eq!(live, [second.code]);
}

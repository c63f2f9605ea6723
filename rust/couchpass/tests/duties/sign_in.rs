//! From the code to the profile, and its end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use couchpass::{Absence, Error, MvpdId, PlatformTokenFuture, ProfileType, SignInEvent, SsoOutcome};
use couchpass_sandbox::{Endpoint, SecretKind, fingerprint};
use device_auth::Secret;

use crate::{
    count, gaps,
    support::{Stage, assert_permitted, code_of, last_event, resource, signed_in, store},
    times,
};

#[tokio::test]
async fn m04_the_configuration_is_fetched_for_a_picker_alone() {
    let stage = Stage::new().await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    client.authorize(&resource("LanternOne")).await.unwrap();
    client.preauthorize(&[resource("LanternNews")]).await.unwrap();
    client.user_metadata().await.unwrap();
    client.sign_out().await.unwrap();
    drop(client);
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    stage.sign_in_by_code(&restarted, "basic").await;
    assert_eq!(count(&stage, Endpoint::ProviderList), 0);
    restarted.providers().await.unwrap();
    assert_eq!(count(&stage, Endpoint::ProviderList), 1);
}

#[tokio::test]
async fn m05_the_chosen_provider_is_remembered_with_name_and_logo() {
    let stage = Stage::new().await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let providers = client.providers().await.unwrap();
    let chosen = providers.iter().find(|provider| provider.id.as_str() == "Harborlight").unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    drop(client);
    stage.clear_record();
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    let remembered = restarted.remembered_provider().unwrap();
    assert_eq!(remembered, *chosen);
    assert_eq!(remembered.display_name, "Harborlight Fiber");
    assert!(remembered.logo_url.is_some());
    assert!(stage.calls().is_empty());
}

#[tokio::test]
async fn m06_polling_starts_as_soon_as_the_code_is_there() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let mut sign_in = client.sign_in();
    code_of(&mut sign_in).await;
    // Nobody has told it anything since; the first question is one interval away.
    let until_first = stage.clock.next_sleep().await;
    assert!((3..=5).contains(&until_first.as_secs()), "{until_first:?}");
    stage.clock.advance(until_first);
    let asked = |stage: &Stage| times(stage, Endpoint::AuthnToken);
    stage
        .sandbox
        .recorder()
        .wait_until(|requests| {
            requests.iter().filter(|request| request.endpoint == Some(Endpoint::AuthnToken)).count() == 2
        })
        .await;
    let issued = times(&stage, Endpoint::CreateCode)[0];
    assert!(asked(&stage)[1] - issued <= 5_000);
}

/// Makes other calls over a minute, so that whoever still polled would have been heard.
async fn a_minute_later(stage: &Stage, client: &couchpass::Client) -> usize {
    stage.clear_record();
    for _ in 0..6 {
        stage.clock.advance(Duration::from_secs(10));
        client.second_screen().look_up("NOSUCH").await.unwrap();
    }
    assert_eq!(count(stage, Endpoint::ReadCode), 6);
    count(stage, Endpoint::AuthnToken)
}

#[tokio::test]
async fn m07_polling_stops_on_success() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(a_minute_later(&stage, &client).await, 0);
}

#[tokio::test]
async fn m07_polling_stops_on_expiry() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let client = stage.television("tv-1").code_lifetime(Duration::from_secs(60)).build().unwrap();
    assert_eq!(last_event(&mut client.sign_in()).await, SignInEvent::Expired);
    assert_eq!(a_minute_later(&stage, &client).await, 0);
}

#[tokio::test]
async fn m07_a_new_code_ends_the_polling_for_the_old_one() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").code_lifetime(Duration::from_secs(60)).build().unwrap();
    let mut sign_in = client.sign_in();
    let first = code_of(&mut sign_in).await;
    client.new_code();
    let second = code_of(&mut sign_in).await;
    assert_ne!(first, second);
    stage.let_time_run();
    // Two that polled side by side would come closer than one alone may.
    last_event(&mut sign_in).await;
    let gaps = gaps(&times(&stage, Endpoint::AuthnToken));
    assert!(gaps.len() > 10 && gaps.iter().all(|gap| *gap >= 3_000), "{gaps:?}");
}

#[tokio::test]
async fn m08_polls_no_faster_than_every_3_seconds() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let client = stage.television("tv-1").code_lifetime(Duration::from_secs(300)).build().unwrap();
    let mut sign_in = client.sign_in();
    loop {
        match sign_in.next().await.unwrap() {
            SignInEvent::CodeExpired => break,
            SignInEvent::Checking | SignInEvent::Code(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let asked = times(&stage, Endpoint::AuthnToken);
    let issued = times(&stage, Endpoint::CreateCode)[0];
    let of_this_code: Vec<_> =
        asked.into_iter().filter(|at| (issued + 1..issued + 300_000).contains(at)).collect();
    let gaps = gaps(&of_this_code);
    assert!(gaps.len() >= 50, "{gaps:?}");
    assert!(gaps.iter().all(|gap| (3_000..=5_000).contains(gap)), "{gaps:?}");
}

#[tokio::test]
async fn m09_the_profile_and_its_attributes_outlive_the_process() {
    let stage = Stage::new().await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    let metadata = client.user_metadata().await.unwrap();
    assert!(!metadata.values.contains_key("allowMirroring"));
    drop(client);
    stage.clear_record();

    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_eq!(restarted.profiles().await.unwrap(), [profile]);
    assert_eq!(restarted.user_metadata().await.unwrap(), metadata);
    assert!(stage.calls().is_empty());
    // This provider tells one thing more at an authorization.
    restarted.authorize(&resource("LanternOne")).await.unwrap();
    assert!(restarted.user_metadata().await.unwrap().values.contains_key("allowMirroring"));
}

#[tokio::test]
async fn m24_whatever_became_of_the_profile_the_viewer_can_sign_in_again() {
    for why in ["missing", "expired", "invalidated"] {
        let stage = Stage::new().await;
        let client = stage.television("tv-1").build().unwrap();
        if why != "missing" {
            let profile = stage.sign_in_by_code(&client, "everything").await;
            match why {
                "expired" => stage.clock.advance(
                    profile.not_after.since(device_auth::Timestamp::from_millis(crate::support::START)),
                ),
                _ => stage.sandbox.sign_out_everyone(),
            }
        }
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{why}: {error}");
        assert!(client.profiles().await.unwrap().is_empty(), "{why}");
        stage.sign_in_by_code(&client, "everything").await;
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
}

#[tokio::test]
async fn m26_signing_out_ends_the_authentication_here_and_at_adobe() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(stage.sandbox.authentications().len(), 1);
    client.sign_out().await.unwrap();
    assert_eq!(count(&stage, Endpoint::Logout), 1);
    assert!(stage.sandbox.authentications().is_empty());
    assert!(client.profiles().await.unwrap().is_empty());
}

#[tokio::test]
async fn m29_an_expired_profile_is_renewed_by_the_viewer_alone() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    let profile = stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    stage.clock.advance(profile.not_after.since(device_auth::Timestamp::from_millis(crate::support::START)));
    for _ in 0..3 {
        assert!(client.profiles().await.unwrap().is_empty());
        let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    }
    assert!(stage.calls().is_empty(), "nobody has asked to be signed in");
    stage.clock.hold();
    code_of(&mut client.sign_in()).await;
}

#[tokio::test]
async fn m43_without_a_companion_or_a_token_there_is_a_code() {
    for absence in [Absence::LibraryAbsent, Absence::Refused { code: None, description: "no".into() }] {
        let stage = Stage::new().await;
        let answer = absence.clone();
        let source = move || -> PlatformTokenFuture {
            let answer = answer.clone();
            Box::pin(async move { Err(answer) })
        };
        let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
        let profile = stage.sign_in_by_code(&client, "everything").await;
        assert_eq!(profile.profile_type, ProfileType::Regular);
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
        assert_eq!(client.sso_report().outcome, SsoOutcome::Absent(absence));
        assert!(stage.device_requests().iter().all(|request| request.platform_token_carriers().is_empty()));
    }
}

#[tokio::test]
async fn m45_a_platform_token_that_runs_out_is_replaced_before_the_next_call() {
    let stage = Stage::new().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let tokens = [60, 86_400]
        .map(|seconds| stage.sandbox.platform_token_builder("amazon-1").lives_for(seconds).build());
    let expected = tokens.clone().map(|token| fingerprint(&token));
    let turn = Arc::clone(&asked);
    let source = move || -> PlatformTokenFuture {
        let token = Secret::new(tokens[turn.fetch_add(1, Ordering::Relaxed).min(1)].clone());
        Box::pin(async move { Ok(token) })
    };
    let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    stage.clock.advance(Duration::from_secs(60));
    client.authorize(&resource("LanternOne")).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    for request in stage.device_requests() {
        let Some(sent) = request.fingerprint(SecretKind::PlatformToken) else { continue };
        let is_old = request.at < crate::support::START as u64 + 60_000;
        assert_eq!(sent, expected[usize::from(!is_old)], "{request:#?}");
    }
}

#[tokio::test]
async fn m45_a_token_that_is_unsigned_or_expired_is_not_sent() {
    let stage = Stage::new().await;
    let of = |subject: &str| stage.sandbox.platform_token_builder(subject);
    for (token, outcome) in [
        (of("a").unsigned().build(), SsoOutcome::Unsigned),
        (of("a").expired().build(), SsoOutcome::Expired),
        (of("a").malformed(), SsoOutcome::Malformed),
    ] {
        stage.clock.hold();
        stage.clock.advance(Duration::from_secs(60));
        stage.clear_record();
        let source = move || -> PlatformTokenFuture {
            let token = Secret::new(token.clone());
            Box::pin(async move { Ok(token) })
        };
        let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
        let mut sign_in = client.sign_in();
        code_of(&mut sign_in).await;
        assert_eq!(client.sso_report().outcome, outcome);
        let requests = stage.device_requests();
        assert!(requests.iter().any(|request| request.endpoint == Some(Endpoint::AuthnToken)));
        assert!(requests.iter().all(|request| request.platform_token_carriers().is_empty()));
        client.cancel_sign_in().await;
    }
}

#[tokio::test]
async fn m47_the_app_is_told_when_the_time_of_a_trial_is_up() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    let begun = stage.sandbox.clock().now();
    let trial = MvpdId::new("LanternPreview");
    let profile = client.temporary_access(&trial, "lantern.example", None).await.unwrap();
    assert_eq!(profile.profile_type, ProfileType::Temporary);
    let ends = u64::try_from(profile.not_after.as_millis()).unwrap();
    assert!((600_000..605_000).contains(&(ends - begun)), "it ends {} ms after it began", ends - begun);
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());

    stage.clock.advance(Duration::from_secs(540));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    stage.clock.advance(Duration::from_secs(61));
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(
        matches!(error, Error::SignInAgain { .. }) && error.to_string().contains("trial is up"),
        "{error}"
    );
    assert!(client.profiles().await.unwrap().is_empty());
    // Nor can it be begun anew.
    let error = client.temporary_access(&trial, "lantern.example", None).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    signed_in_afterwards(&stage, &client).await;
}

async fn signed_in_afterwards(stage: &Stage, client: &couchpass::Client) {
    stage.clock.hold();
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await;
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.profile_type, ProfileType::Regular);
}

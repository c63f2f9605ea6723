//! Whatever the platform does instead of handing out a token, the viewer gets a code, and nobody waits.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use couchpass::{Absence, Api, PlatformTokenFuture, ProfileType, SignInEvent, SsoOutcome};
use couchpass_sandbox::Endpoint;
use device_auth::{Clock as _, Secret};
use support::{Stage, code_of, signed_in};
use tokio::sync::oneshot;

on_both_apis! {
    every_way_to_have_no_token_ends_in_a_code_at_once,
    a_silent_platform_delays_the_code_by_three_seconds_at_most,
    a_late_token_is_tried_once_and_ends_the_code,
    a_late_token_that_is_not_honoured_leaves_the_code_alone,
    the_platform_is_asked_once_for_all,
}

fn answering(answer: Result<String, Absence>) -> impl Fn() -> PlatformTokenFuture + Send + Sync {
    move || {
        let answer = answer.clone().map(Secret::new);
        Box::pin(async move { answer })
    }
}

/// A source whose answer comes when the test sends it.
fn answering_later() -> (oneshot::Sender<String>, impl Fn() -> PlatformTokenFuture + Send + Sync) {
    let (sender, receiver) = oneshot::channel::<String>();
    let receiver = Mutex::new(Some(receiver));
    let source = move || -> PlatformTokenFuture {
        let receiver = receiver.lock().unwrap().take().expect("the source is asked once");
        Box::pin(async move {
            match receiver.await {
                Ok(token) => Ok(Secret::new(token)),
                Err(_) => std::future::pending().await,
            }
        })
    };
    (sender, source)
}

async fn every_way_to_have_no_token_ends_in_a_code_at_once(api: Api) {
    let stage = Stage::new(api).await;
    let sandbox = &stage.sandbox;
    let refused = Absence::Refused { code: Some(7), description: "not allowed".into() };
    let cases = [
        (answering(Err(Absence::LibraryAbsent)), SsoOutcome::Absent(Absence::LibraryAbsent)),
        (answering(Err(refused.clone())), SsoOutcome::Absent(refused)),
        (answering(Ok(String::new())), SsoOutcome::Malformed),
        (answering(Ok(sandbox.platform_token_builder("a").malformed())), SsoOutcome::Malformed),
        (answering(Ok(sandbox.platform_token_builder("a").unsigned().build())), SsoOutcome::Unsigned),
        (answering(Ok(sandbox.platform_token_builder("a").expired().build())), SsoOutcome::Expired),
    ];
    for (number, (source, outcome)) in cases.into_iter().enumerate() {
        stage.clock.advance(Duration::from_secs(60));
        let before = stage.clock.now();
        let client = stage.television(&format!("tv-{number}")).platform_tokens(source).build().unwrap();
        code_of(&mut client.sign_in()).await;
        assert_eq!(client.sso_report().outcome, outcome);
        assert_eq!(stage.clock.now(), before, "it waited");
    }
    assert!(stage.device_requests().iter().all(|request| request.platform_token_carriers().is_empty()));
}

async fn a_silent_platform_delays_the_code_by_three_seconds_at_most(api: Api) {
    let stage = Stage::new(api).await;
    let (_silent, source) = answering_later();
    let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
    let mut sign_in = client.sign_in();
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    // Registration goes on meanwhile.
    stage.sandbox.recorder().wait_until(|r| r.iter().any(|r| r.endpoint == Some(Endpoint::Token))).await;
    assert_eq!(stage.clock.next_timeout().await, Duration::from_secs(3));
    assert_eq!(client.sso_report().outcome, SsoOutcome::Waiting { timed_out: false });
    stage.clock.advance(Duration::from_secs(3));
    code_of(&mut sign_in).await;
    assert_eq!(client.sso_report().outcome, SsoOutcome::Waiting { timed_out: true });
}

async fn a_late_token_is_tried_once_and_ends_the_code(api: Api) {
    let stage = Stage::new(api).await;
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    stage.clock.hold();
    stage.clock.advance(Duration::from_secs(60));

    let (late, source) = answering_later();
    let second = stage.second_app("tv-2").platform_tokens(source).build().unwrap();
    let mut sign_in = second.sign_in();
    assert_eq!(sign_in.next().await, Some(SignInEvent::Checking));
    stage.clock.next_timeout().await;
    stage.clock.advance(Duration::from_secs(3));
    let code = code_of(&mut sign_in).await;
    late.send(stage.sandbox.platform_token("amazon-1")).unwrap();
    let profile = signed_in(&mut sign_in).await;
    assert_eq!(profile.mvpd.as_str(), "Northwind");
    assert_eq!(second.sso_report().outcome, SsoOutcome::Sent { honoured: Some(true) });
    second.cancel_sign_in().await;
    if api == Api::V1 {
        stage.code_deleted().await;
        assert!(stage.sandbox.live_codes().iter().all(|live| live.code != code.code));
    }
}

async fn a_late_token_that_is_not_honoured_leaves_the_code_alone(api: Api) {
    let stage = Stage::new(api).await;
    let (late, source) = answering_later();
    let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
    let mut sign_in = client.sign_in();
    sign_in.next().await;
    stage.clock.next_timeout().await;
    stage.clock.advance(Duration::from_secs(3));
    let code = code_of(&mut sign_in).await;
    stage.clear_record();
    late.send(stage.sandbox.platform_token("nobody")).unwrap();
    stage.sandbox.recorder().wait_until(|r| r.iter().any(|r| r.status.is_some())).await;
    assert_eq!(stage.calls(), [stage.parts().find]);
    assert_eq!(stage.sandbox.live_codes().len(), 1);
    // The viewer's own sign-in still counts.
    stage.sandbox.viewer("everything").approve(&code.code).await.unwrap();
    stage.let_time_run();
    assert_eq!(signed_in(&mut sign_in).await.profile_type, ProfileType::Regular);
}

async fn the_platform_is_asked_once_for_all(api: Api) {
    let stage = Stage::new(api).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, token) = (Arc::clone(&asked), stage.sandbox.platform_token("amazon-1"));
    let source = move || -> PlatformTokenFuture {
        count.fetch_add(1, Ordering::Relaxed);
        let token = Secret::new(token.clone());
        Box::pin(async move { Ok(token) })
    };
    let client = stage.television("tv-1").platform_tokens(source).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    client.authorize(&support::resource("LanternOne")).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

//! An app instance registers once, and its bearer token is refreshed once for all who wait for it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{Api, Error};
use couchpass_sandbox::{Effect, Endpoint, Fault};
use futures_util::future::join_all;
use support::{Stage, assert_permitted, resource, store};

on_both_apis! {
    an_app_registers_once_however_often_it_starts,
    concurrent_callers_share_one_registration_and_one_refresh,
    a_bearer_token_is_refreshed_before_it_expires,
    a_token_that_is_refused_even_when_fresh_is_no_reason_to_go_on,
    a_forgotten_registration_is_renewed_once_and_the_viewer_signs_in_again,
    credentials_that_are_refused_again_and_again_lead_to_no_loop,
    a_caller_that_gives_up_leaves_no_registration_behind,
}

fn count(stage: &Stage, endpoint: Endpoint) -> usize {
    stage.sandbox.recorder().count(endpoint)
}

async fn an_app_registers_once_however_often_it_starts(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    for _ in 0..3 {
        // Longer than a bearer token lives.
        stage.clock.advance(Duration::from_secs(30 * 3_600));
        let restarted = stage.television("tv-1").store(kept.clone()).build().unwrap();
        restarted.authorize(&resource("LanternOne")).await.ok();
    }
    assert_eq!(stage.sandbox.registrations(), 1);
    stage.assert_no_429();
}

async fn concurrent_callers_share_one_registration_and_one_refresh(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!((count(&stage, Endpoint::Register), count(&stage, Endpoint::Token)), (1, 1));

    stage.clock.advance(Duration::from_secs(60));
    stage.sandbox.expire_bearers();
    let resource = resource("LanternOne");
    let decisions = join_all((0..4).map(|_| client.authorize(&resource))).await;
    decisions.into_iter().for_each(|decision| assert_permitted(&decision.unwrap()));
    assert_eq!((count(&stage, Endpoint::Register), count(&stage, Endpoint::Token)), (1, 2));
}

async fn a_bearer_token_is_refreshed_before_it_expires(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    let lifetime = stage.sandbox.config().lifetimes.bearer_s;
    stage.clock.advance(Duration::from_secs(lifetime - 40));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(count(&stage, Endpoint::Token), 2);
    assert!(stage.device_requests().iter().all(|request| request.status != Some(401)));
}

async fn a_token_that_is_refused_even_when_fresh_is_no_reason_to_go_on(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    stage.sandbox.faults().add(Fault::new(Effect::BearerExpired).on(stage.parts().authorize).always());
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::FixConfiguration { .. }), "{error}");
    assert_eq!(stage.sandbox.registrations(), 1);
    assert!(count(&stage, stage.parts().authorize) <= 3 && count(&stage, Endpoint::Token) <= 2);
    // The session is not lost by it.
    stage.sandbox.faults().clear();
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
}

async fn a_forgotten_registration_is_renewed_once_and_the_viewer_signs_in_again(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clock.advance(Duration::from_secs(60));
    stage.sandbox.forget_clients();
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    assert!(matches!(error, Error::SignInAgain { .. }), "{error}");
    assert_eq!(stage.sandbox.registrations(), 2);
    stage.sign_in_by_code(&client, "everything").await;
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(stage.sandbox.registrations(), 2);
}

async fn credentials_that_are_refused_again_and_again_lead_to_no_loop(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let refusal = Effect::Answer {
        status: 400,
        content_type: "application/json".into(),
        body: r#"{"error":"invalid_client"}"#.into(),
    };
    stage.sandbox.faults().add(Fault::new(refusal).on(Endpoint::Token).always());
    let client = stage.television("tv-1").build().unwrap();
    for _ in 0..3 {
        let last = support::last_event(&mut client.sign_in()).await;
        let couchpass::SignInEvent::Failed(error) = last else { panic!("{last:?}") };
        assert!(matches!(error, Error::FixConfiguration { .. }), "{error}");
    }
    assert_eq!(stage.sandbox.registrations(), 2);
}

async fn a_caller_that_gives_up_leaves_no_registration_behind(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let client = stage.television("tv-1").build().unwrap();
    stage
        .sandbox
        .faults()
        .add(Fault::new(Effect::Hold { name: "slow".into() }).on(Endpoint::Register).after_serving());
    let mut sign_in = client.sign_in();
    sign_in.next().await;
    stage.sandbox.faults().held("slow").await;
    client.cancel_sign_in().await;
    stage.sandbox.faults().release("slow");
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(stage.sandbox.registrations(), 1);
}

//! Within Adobe's rate, and quiet when told to be.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{Api, Error};
use couchpass_sandbox::{Effect, Fault, Throttling};
use support::{Stage, assert_permitted, resource, store};

on_both_apis! {
    a_busy_evening_earns_no_429,
    a_restart_in_the_middle_of_a_burst_earns_no_429,
    where_the_burst_is_granted_once_a_429_costs_a_second_and_no_call,
    a_storm_of_429s_ends_in_an_error_that_says_when,
    a_restart_does_not_forget_a_429,
}

async fn a_busy_evening_earns_no_429(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    for _ in 0..30 {
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
    stage.assert_no_429();
}

async fn a_restart_in_the_middle_of_a_burst_earns_no_429(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);
    for _ in 0..4 {
        // Each with a governor of its own, as a new process has.
        let restarted =
            stage.television("tv-1").store(kept.clone()).governor(Stage::new_governor(&stage.clock));
        let restarted = restarted.build().unwrap();
        for _ in 0..6 {
            restarted.authorize(&resource("LanternOne")).await.unwrap();
        }
    }
    stage.assert_no_429();
}

async fn where_the_burst_is_granted_once_a_429_costs_a_second_and_no_call(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.throttling(Throttling::Strict)).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clock.advance(Duration::from_secs(60));
    for _ in 0..20 {
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
    let requests = stage.device_requests();
    let refused: Vec<_> = requests.iter().filter(|request| request.status == Some(429)).collect();
    assert_eq!(refused.len(), 1, "it learns from the first one");
    for refusal in refused {
        let next = requests.iter().find(|request| request.number > refusal.number).unwrap();
        assert!(next.at - refusal.at >= 1_000, "only {} ms of silence", next.at - refusal.at);
    }
}

async fn a_storm_of_429s_ends_in_an_error_that_says_when(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(stage.parts().authorize).always());
    let error = client.authorize(&resource("LanternOne")).await.unwrap_err();
    let Error::RetryLater { after, .. } = error else { panic!("{error}") };
    assert!(after >= Duration::from_secs(1));
    let requests = stage.device_requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.windows(2).all(|pair| pair[1].at - pair[0].at >= 1_000));
    // The session has survived it.
    assert_eq!(client.profiles().await.unwrap().len(), 1);
}

async fn a_restart_does_not_forget_a_429(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(client.diagnosis().refused_at, None);
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(stage.parts().authorize).nth(1));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    let refused = client.diagnosis().refused_at.unwrap();
    drop(client);

    // Long enough for a whole burst, had nobody refused anything.
    stage.clock.advance(Duration::from_secs(60));
    stage.clear_record();
    let restarted =
        stage.television("tv-1").store(kept).governor(Stage::new_governor(&stage.clock)).build().unwrap();
    assert_eq!(restarted.diagnosis().refused_at, Some(refused));
    for _ in 0..4 {
        assert_permitted(&restarted.authorize(&resource("LanternOne")).await.unwrap());
    }
    let requests = stage.device_requests();
    assert!(requests.windows(2).all(|pair| pair[1].at - pair[0].at >= 1_000), "{requests:?}");
}

//! Lists of channels: in portions, remembered while they permit, asked again only where the answer says so.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{Api, Error, Preauthorization, Resource};
use couchpass_sandbox::{Effect, Endpoint, Fault};
use support::{Stage, assert_permitted, resource};

on_both_apis! {
    a_long_list_is_asked_for_in_portions_and_answered_in_order,
    permits_are_remembered_and_denials_asked_again,
    only_what_is_marked_retry_is_sent_again_and_three_times_at_most,
    mrss_is_a_resource_like_any_other,
    a_list_without_an_authentication_asks_to_sign_in,
    a_remembered_permit_is_told_without_asking_the_provider,
}

const ALL: [&str; 6] =
    ["LanternOne", "LanternNews", "LanternSports", "LanternCinema", "LanternKids", "LanternNight"];

fn resources(ids: &[&str]) -> Vec<Resource> {
    ids.iter().map(|id| resource(id)).collect()
}

fn permitted(answers: &[Preauthorization]) -> Vec<&str> {
    answers.iter().filter(|answer| answer.authorized).map(|answer| answer.resource.as_str()).collect()
}

/// The resources of each preauthorization that was sent.
fn asked(stage: &Stage) -> Vec<String> {
    let (endpoint, parameter) = match stage.api {
        Api::V1 => (Endpoint::Preauthorize, "resource"),
        _ => (Endpoint::PreauthorizeDecisions, "resources"),
    };
    let requests = stage.device_requests().into_iter().filter(|r| r.endpoint == Some(endpoint));
    requests.map(|request| request.parameters[parameter].clone()).collect()
}

/// An answer with these items, each the rest of an object that begins with its resource.
fn answer(api: Api, items: &[(&str, &str)]) -> Effect {
    let (list, id) = match api {
        Api::V1 => ("resources", "id"),
        _ => ("decisions", "resource"),
    };
    let items: Vec<_> =
        items.iter().map(|(resource, rest)| format!(r#"{{"{id}": "{resource}", {rest}}}"#)).collect();
    let body = format!(r#"{{"{list}": [{}]}}"#, items.join(", "));
    support::answer(200, &body)
}

async fn a_long_list_is_asked_for_in_portions_and_answered_in_order(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    let answers = client.preauthorize(&resources(&ALL)).await.unwrap();
    let ids: Vec<_> = answers.iter().map(|answer| answer.resource.as_str()).collect();
    assert_eq!(ids, ALL);
    assert_eq!(permitted(&answers), ["LanternOne", "LanternNews"]);
    let denial = answers[3].denial.as_ref().unwrap();
    assert!(denial.details.as_ref().unwrap().contains("harborlight.example"));
    assert!(denial.trace.is_some());
    assert_eq!(asked(&stage).iter().map(|list| list.split(',').count()).collect::<Vec<_>>(), [5, 1]);
}

async fn permits_are_remembered_and_denials_asked_again(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "basic").await;
    client.preauthorize(&resources(&ALL[..4])).await.unwrap();
    stage.clear_record();
    let answers = client.preauthorize(&resources(&ALL[..4])).await.unwrap();
    assert_eq!(permitted(&answers), ["LanternOne", "LanternNews"]);
    assert_eq!(asked(&stage), ["LanternSports,LanternCinema"]);

    // Another viewer's permits are not this one's.
    client.sign_out().await.unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    client.preauthorize(&resources(&ALL[..2])).await.unwrap();
    assert_eq!(asked(&stage), ["LanternOne,LanternNews"]);
}

async fn only_what_is_marked_retry_is_sent_again_and_three_times_at_most(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    let preauthorize = stage.parts().preauthorize;
    let mixed = answer(
        api,
        &[
            ("LanternOne", r#""authorized": true"#),
            (
                "LanternNews",
                r#""authorized": false, "error": {"status": 403, "code": "network_received_error", "action": "retry"}"#,
            ),
            (
                "LanternKids",
                r#""authorized": false, "error": {"status": 403, "code": "something_new", "action": "none"}"#,
            ),
        ],
    );
    stage.sandbox.faults().add(Fault::new(mixed).on(preauthorize).first(1));
    let answers =
        client.preauthorize(&resources(&["LanternOne", "LanternNews", "LanternKids"])).await.unwrap();
    assert_eq!(permitted(&answers), ["LanternOne", "LanternNews"]);
    assert_eq!(asked(&stage), ["LanternOne,LanternNews,LanternKids", "LanternNews"]);

    stage.clear_record();
    let stubborn = answer(api, &[("LanternKids", r#""authorized": false, "error": {"action": "retry"}"#)]);
    stage.sandbox.faults().add(Fault::new(stubborn).on(preauthorize).always());
    let answers = client.preauthorize(&resources(&["LanternKids"])).await.unwrap();
    assert!(permitted(&answers).is_empty());
    assert_eq!(asked(&stage).len(), 3);
}

#[tokio::test]
async fn a_comma_in_an_id_is_refused_before_it_is_mistaken_for_two() {
    let stage = Stage::new(Api::V1).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    stage.clear_record();
    let error = client.preauthorize(&resources(&["Lantern,One"])).await.unwrap_err();
    assert!(
        matches!(error, Error::FixConfiguration { .. }) && error.to_string().contains("comma"),
        "{error}"
    );
    assert!(stage.calls().is_empty());
}

async fn mrss_is_a_resource_like_any_other(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    let mrss = "<rss version=\"2.0\"><channel><title>LanternOne</title><item><title>Cats, dogs &amp; rats</title></item></channel></rss>";
    assert_permitted(&client.authorize(&resource(mrss)).await.unwrap());
    let answers = client.preauthorize(&resources(&["LanternNews", mrss])).await.unwrap();
    assert_eq!(permitted(&answers), ["LanternNews", mrss]);
}

async fn a_list_without_an_authentication_asks_to_sign_in(api: Api) {
    for enhanced in [false, true] {
        let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(enhanced)).await;
        let client = stage.television("tv-1").build().unwrap();
        assert!(matches!(client.preauthorize(&resources(&ALL)).await, Err(Error::SignInAgain { .. })));
        stage.sign_in_by_code(&client, "everything").await;
        stage.sandbox.sign_out_everyone();
        let error = client.preauthorize(&resources(&ALL)).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain { .. }), "{error:?}");
        assert!(client.profiles().await.unwrap().is_empty());
    }
}

async fn a_remembered_permit_is_told_without_asking_the_provider(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    assert_eq!(client.remembered_permit(&resource("LanternOne")).await.unwrap(), None);
    let decision = client.authorize(&resource("LanternOne")).await.unwrap();
    assert_eq!(client.remembered_permit(&resource("LanternOne")).await.unwrap(), decision.not_after);
    let now = i64::try_from(stage.sandbox.clock().now()).unwrap();
    let left = u64::try_from(decision.not_after.unwrap().as_millis() - now).unwrap();
    stage.clock.advance(Duration::from_millis(left + 1_000));
    assert_eq!(client.remembered_permit(&resource("LanternOne")).await.unwrap(), None);
}

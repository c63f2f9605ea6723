//! How often something is tried again, and how soon.

use couchpass::Api;
use couchpass_sandbox::{Effect, Endpoint, ErrorCode, Fault, Refusal};

use crate::{
    answer, at_home, error, gaps, on_both_apis,
    support::{assert_permitted, resource},
    times,
};

on_both_apis! {
    m25_a_429_costs_time_and_no_call,
    m30_a_429_is_followed_by_a_second_of_silence_whoever_calls,
    m35_repetitions_are_few_and_further_and_further_apart,
    m35_an_authorization_is_repeated_further_and_further_apart,
    m35_only_the_items_marked_retry_are_sent_again,
}

async fn m25_a_429_costs_time_and_no_call(api: Api) {
    let (stage, client) = at_home(api, false, "everything").await;
    let authorize = stage.parts().authorize;
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(authorize).first(1));
    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    let expected: &[Endpoint] = match api {
        Api::V1 => &[Endpoint::Authorize, Endpoint::Authorize, Endpoint::MediaToken],
        Api::V2 => &[Endpoint::AuthorizeDecisions, Endpoint::AuthorizeDecisions],
    };
    assert_eq!(stage.calls(), expected);
}

async fn m30_a_429_is_followed_by_a_second_of_silence_whoever_calls(api: Api) {
    let (stage, client) = at_home(api, false, "everything").await;
    let parts = stage.parts();
    stage.sandbox.faults().add(Fault::new(Effect::TooManyRequests).on(parts.authorize).first(1));
    let one = resource("LanternOne");
    let channels = [resource("LanternNews")];
    let (decision, marks, metadata) =
        tokio::join!(client.authorize(&one), client.preauthorize(&channels), client.user_metadata());
    assert_permitted(&decision.unwrap());
    assert!(marks.unwrap()[0].authorized && !metadata.unwrap().values.is_empty());

    let requests = stage.device_requests();
    for part in [parts.authorize, parts.preauthorize, parts.metadata] {
        assert!(requests.iter().any(|request| request.endpoint == Some(part)), "{part}");
    }
    let refused = requests.iter().find(|request| request.status == Some(429)).unwrap();
    let later: Vec<_> = requests.iter().filter(|request| request.at > refused.at).collect();
    assert!(!later.is_empty());
    for request in later {
        assert!(request.at - refused.at >= 1_000, "only {} ms of silence", request.at - refused.at);
    }
}

async fn m35_repetitions_are_few_and_further_and_further_apart(api: Api) {
    for (effect, tries) in [
        (Effect::Drop, 3),
        (Effect::Garbage, 1),
        (answer(503, ""), 3),
        (answer(403, &error(403, "x", "retry")), 3),
        (answer(403, &error(403, "x", "none")), 1),
    ] {
        let (stage, client) = at_home(api, true, "everything").await;
        let metadata = stage.parts().metadata;
        stage.sandbox.faults().add(Fault::new(effect.clone()).on(metadata).always());
        client.user_metadata().await.unwrap_err();
        assert_apart(&times(&stage, metadata), tries, &format!("{effect:?}"));
    }
}

/// v2 has the reason at the item of an answer that is a success.
async fn m35_an_authorization_is_repeated_further_and_further_apart(api: Api) {
    let (stage, client) = at_home(api, true, "everything").await;
    stage.sandbox.refuse(Refusal::of("LanternNews", ErrorCode::NetworkConnectionTimeout));
    client.authorize(&resource("LanternNews")).await.unwrap_err();
    assert_apart(&times(&stage, stage.parts().authorize), 3, "authorize");
}

fn assert_apart(times: &[u64], tries: usize, what: &str) {
    let gaps = gaps(times);
    assert_eq!(times.len(), tries, "{what}: {gaps:?}");
    assert!(gaps.first().is_none_or(|gap| *gap >= 1_000), "{what}: {gaps:?}");
    assert!(gaps.windows(2).all(|pair| pair[1] > pair[0]), "{what}: {gaps:?}");
}

async fn m35_only_the_items_marked_retry_are_sent_again(api: Api) {
    let (stage, client) = at_home(api, true, "basic").await;
    stage.sandbox.refuse(Refusal::of("LanternNews", ErrorCode::NetworkReceivedError).times(1));
    let channels = ["LanternOne", "LanternNews", "LanternCinema"].map(resource);
    let marks = client.preauthorize(&channels).await.unwrap();
    assert_eq!(marks.iter().map(|mark| mark.authorized).collect::<Vec<_>>(), [true, true, false]);
    let parameter = match api {
        Api::V1 => "resource",
        Api::V2 => "resources",
    };
    let asked: Vec<_> =
        stage.device_requests().iter().map(|request| request.parameters[parameter].clone()).collect();
    assert_eq!(asked, ["LanternOne,LanternNews,LanternCinema", "LanternNews"]);
}

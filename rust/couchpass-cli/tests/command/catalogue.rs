//! What surrounds watching: providers to choose from, lists to mark, what is told of the viewer, trials.

use couchpass_sandbox::Sandbox;
use serde_json::json;

use crate::support::{Api, Bench, on_both_apis};

on_both_apis! {
    providers_and_trials_are_listed_apart,
    a_list_of_channels_is_marked,
    what_is_told_of_the_viewer_is_shown_to_who_asks,
    a_basic_trial_begins_goes_on_and_ends,
    a_promotional_trial_belongs_to_whom_it_was_given,
    what_is_no_trial_is_told_from_one,
    whoever_is_signed_out_is_told_so,
}

async fn providers_and_trials_are_listed_apart(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let listed = bench.run(&["providers", "--json"]).await;
    assert_eq!(listed.code, 0, "{listed:?}");
    let providers = listed.event()["providers"].as_array().unwrap().clone();
    let of = |id: &str| providers.iter().find(|provider| provider["id"] == id).unwrap().clone();
    assert_eq!(providers.len(), 6);
    assert_eq!(of("Harborlight")["display_name"], "Harborlight Fiber");
    assert!(of("Harborlight")["logo_url"].as_str().unwrap().ends_with(".svg"));
    assert_eq!(
        (&of("Northwind")["platform_sso"], &of("SoloCable")["platform_sso"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        (&of("Northwind")["temp_pass"], &of("LanternPreview")["temp_pass"]),
        (&json!(false), &json!(true))
    );

    let told = bench.run(&["providers"]).await;
    let (to_choose, trials) = told.out.split_once("Trials").unwrap();
    assert!(
        to_choose.starts_with("4 TV providers:") && to_choose.contains("Harborlight Fiber  (single sign-on"),
        "{told:?}"
    );
    assert!(trials.contains("LanternPreview") && !trials.contains("Harborlight"), "{told:?}");
}

async fn a_list_of_channels_is_marked(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    bench.sign_in_as(&sandbox, "basic").await;
    let list = [
        "preauthorize",
        "LanternOne",
        "LanternCinema",
        "LanternNews",
        "LanternSports",
        "LanternKids",
        "LanternNight",
    ];
    sandbox.recorder().clear();
    let marked = bench.run(&[list.as_slice(), &["--json"]].concat()).await;
    assert_eq!(marked.code, 0, "{marked:?}");
    let permits: Vec<_> = marked.event()["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["resource"].as_str().unwrap().to_owned(), item["authorized"].as_bool().unwrap()))
        .collect();
    let expected = [true, false, true, false, false, false];
    assert_eq!(permits, list[1..].iter().map(|id| (*id).to_owned()).zip(expected).collect::<Vec<_>>());
    let asked = sandbox.recorder().count(api.mark());
    assert_eq!(asked, 2, "five at once, and one more");

    let one_by_one = bench.run(&[list.as_slice(), &["--at-once", "1"]].concat()).await;
    assert_eq!(sandbox.recorder().count(api.mark()) - asked, 6);
    assert!(one_by_one.out.starts_with("permit  LanternOne\ndeny    LanternCinema"), "{one_by_one:?}");
    assert!(one_by_one.out.contains("before a playback, couchpass authorize decides"), "{one_by_one:?}");

    assert_eq!(bench.run(&["preauthorize", "LanternCinema"]).await.code, 1, "none of them");
    assert_eq!(bench.run(&["preauthorize"]).await.code, 2);
    bench.run(&["preauthorize", "<rss>"]).await.assert_refused(4, &["MRSS"]);
}

async fn what_is_told_of_the_viewer_is_shown_to_who_asks(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    bench.sign_in_as(&sandbox, "everything").await;
    let metadata = bench.run(&["metadata", "--json"]).await;
    assert_eq!(metadata.code, 0, "{metadata:?}");
    let values = &metadata.event()["values"];
    assert_eq!(values["maxRating"]["value"]["VCHIP"], "TV-MA");
    assert_eq!(values["channelID"]["value"][0], "LanternOne");
    assert_eq!(values["householdID"], json!({ "value": "household-everything", "encrypted": false }));
    assert_eq!(values["zip"]["encrypted"], true);

    let told = bench.run(&["metadata"]).await;
    assert!(told.out.contains("household-everything") && told.out.contains("VCHIP: TV-MA"), "{told:?}");
    let zip = values["encryptedZip"]["value"].as_str().unwrap();
    assert!(!told.out.contains(zip) && told.out.contains("your backend has the key"), "{told:?}");
}

async fn a_basic_trial_begins_goes_on_and_ends(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let trial = ["temporary-access", "LanternPreview", "--domain", "lantern.example"];
    let begun = bench.run(&[trial.as_slice(), &["--json"]].concat()).await;
    assert_eq!(begun.code, 0, "{begun:?}");
    assert_eq!(begun.event()["profile"]["type"], "temporary");
    let left = begun.event()["time_left_ms"].as_u64().unwrap();
    assert!((1..=600_000).contains(&left), "{left}");
    let told = bench.run(&trial).await;
    assert!(
        told.out.contains("On trial with LanternPreview until") && told.out.contains("for another"),
        "{told:?}"
    );
    assert_eq!(bench.run(&["authorize", "LanternOne"]).await.code, 0);
    assert_eq!(bench.run(&["status", "--json"]).await.event()["profile"]["type"], "temporary");

    sandbox.clock().advance(std::time::Duration::from_secs(601));
    bench.run(&trial).await.assert_refused(3, &["is up", "couchpass sign-in"]);
}

async fn a_promotional_trial_belongs_to_whom_it_was_given(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let trial =
        ["temporary-access", "LanternGift", "--domain", "lantern.example", "--promotion-key", "email"];
    bench.run(&trial).await.assert_refused(4, &["no value", "COUCHPASS_PROMOTION_VALUE"]);
    assert!(sandbox.recorder().requests().is_empty());

    let email = "somebody@lantern.example";
    let file = bench.file("email", &format!("{email}\n")).to_str().unwrap().to_owned();
    let begun =
        bench.run(&[trial.as_slice(), &["--promotion-value", &file, "--json", "-vvv"]].concat()).await;
    assert_eq!(begun.code, 0, "{begun:?}");
    assert_eq!(begun.event()["profile"]["mvpd"], "LanternGift");
    assert_eq!(bench.run(&["authorize", "LanternOne"]).await.code, 0);
    bench.assert_unseen(&[email.to_owned()]);

    // On another device it is the same trial, hashed here or by the backend already; with another value it is another's.
    let ends = async |bench: &Bench, more: &[&str]| {
        let found = bench.run(&[trial.as_slice(), &["--json"], more].concat()).await;
        assert_eq!(found.code, 0, "{found:?}");
        found.event()["profile"]["not_after"].as_i64().unwrap()
    };
    let end = ends(&bench, &["--promotion-value", &file]).await;
    let hash = bench.run_elsewhere("sha256sum", email);
    let other =
        Bench::at(&sandbox, api).set("COUCHPASS_PROMOTION_VALUE", hash.split_whitespace().next().unwrap());
    assert_eq!(ends(&other, &["--promotion-hashed"]).await, end);
    let third = Bench::at(&sandbox, api).set("COUCHPASS_PROMOTION_VALUE", "another@lantern.example");
    assert!(ends(&third, &[]).await > end);
}

async fn whoever_is_signed_out_is_told_so(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    for command in [["preauthorize", "LanternOne"].as_slice(), &["metadata"]] {
        bench.run(command).await.assert_refused(3, &["not signed in", "couchpass sign-in"]);
    }
    assert!(sandbox.recorder().requests().is_empty());
}

async fn what_is_no_trial_is_told_from_one(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let begin = async |id: &str| bench.run(&["temporary-access", id, "--domain", "lantern.example"]).await;
    for id in ["Northwind", "Nobody"] {
        let refused = begin(id).await;
        assert!(refused.err.contains("couchpass providers"), "{id}: {refused:?}");
    }
    assert!(begin("LanternGift").await.err.contains("--promotion-key"));
}

#[tokio::test]
async fn on_v1_a_trial_needs_a_domain() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let trial = ["temporary-access", "LanternPreview"];
    Bench::at(&sandbox, Api::V1).run(&trial).await.assert_refused(2, &["--domain"]);
    assert!(sandbox.recorder().requests().is_empty());
    assert_eq!(Bench::at(&sandbox, Api::V2).run(&trial).await.code, 0);
}

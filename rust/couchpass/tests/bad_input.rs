//! A mistake in the set-up is answered with its remedy, and loses nothing.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use couchpass::{
    Api, Client, DeviceId, DeviceInfo, Environment, Error, Resource, SignInEvent, SoftwareStatement,
};
use couchpass_sandbox::{SecretKind, fingerprint};
use support::{Stage, assert_permitted, last_event, resource, store};

on_both_apis! {
    what_is_missing_is_named,
    a_device_id_that_changed_is_refused_and_nothing_is_lost,
    a_device_without_an_id_gets_one_for_good,
}

#[track_caller]
fn assert_remedy(error: &Error, words: &[&str]) {
    let Error::FixConfiguration { remedy, .. } = error else { panic!("{error:?}") };
    assert!(!remedy.is_empty());
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}

async fn what_is_missing_is_named(api: Api) {
    let stage = Stage::new(api).await;
    let error = Client::builder().build().unwrap_err();
    assert_remedy(&error, &["API", "Api::V2"]);
    let error = Client::builder().api(Api::V2).build().unwrap_err();
    assert_remedy(&error, &["environment"]);
    let error = Client::builder().api(Api::V2).environment(stage.environment()).build().unwrap_err();
    assert_remedy(&error, &["requestor"]);
    assert_remedy(&stage.television("tv").requestor("").build().unwrap_err(), &["requestor", "REF30"]);
    assert_remedy(&Environment::named("stage").unwrap_err(), &["stage", "release-staging"]);
    assert_remedy(&SoftwareStatement::from_file("/nowhere").unwrap_err(), &["/nowhere"]);
    assert_remedy(&Resource::new("<rss>").unwrap_err(), &["MRSS"]);
    let info = DeviceInfo::new("", "Android", "9");
    assert_remedy(&stage.television("tv").device_info(info).build().unwrap_err(), &["model"]);
    assert_remedy(&stage.television("tv").add_tls_root("x").build().unwrap_err(), &["PEM"]);
    assert!(stage.calls().is_empty());
}

#[test]
fn without_a_runtime_it_says_so() {
    let error = Client::builder()
        .api(Api::V2)
        .environment(Environment::named("release-staging").unwrap())
        .requestor("REF30")
        .software_statement(SoftwareStatement::new("e30.e30.c2ln").unwrap())
        .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
        .build()
        .unwrap_err();
    assert_remedy(&error, &["tokio"]);
}

#[tokio::test]
async fn a_code_cannot_live_longer_than_adobe_allows() {
    let stage = Stage::new(Api::V1).await;
    let too_long = stage.television("tv").code_lifetime(Duration::from_secs(36_001));
    assert_remedy(&too_long.build().unwrap_err(), &["36001", "36000"]);
    let client = stage.television("tv").code_lifetime(Duration::from_secs(36_000)).build().unwrap();
    let code = support::code_of(&mut client.sign_in()).await;
    assert_eq!(code.expires.as_millis(), support::START + 36_000_000);
}

#[tokio::test]
async fn limits_that_would_only_look_like_trouble_are_refused() {
    let stage = Stage::new(Api::V2).await;
    let tv = || stage.television("tv");
    assert_remedy(&tv().answer_within(Duration::ZERO).build().unwrap_err(), &["no time at all", "15"]);
    let patient = tv().platform_token_patience(Duration::from_secs(3600));
    assert_remedy(&patient.build().unwrap_err(), &["3600", "600 seconds at most"]);
    assert_remedy(&tv().preauthorized_at_once(0).build().unwrap_err(), &["name a resource"]);
}

#[tokio::test]
async fn a_proxy_is_an_address_and_its_password_is_nobodys_business() {
    let stage = Stage::new(Api::V2).await;
    for address in ["", "10.0.0.5:8888", "socks5://me:hunter2@10.0.0.5", "http://", "http://me:hunter2@"] {
        let error = stage.television("tv").proxy(address).build().unwrap_err();
        assert_remedy(&error, &["proxy", "http://host:port"]);
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let builder = stage.television("tv").proxy("http://me:hunter2@10.0.0.5:8888");
    assert!(!format!("{builder:?}").contains("hunter2"));
}

async fn a_device_id_that_changed_is_refused_and_nothing_is_lost(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);
    assert_remedy(&stage.television("tv-2").store(kept.clone()).build().unwrap_err(), &["device id"]);
    let same = stage.television("tv-1").store(kept).build().unwrap();
    assert_permitted(&same.authorize(&resource("LanternOne")).await.unwrap());
}

async fn a_device_without_an_id_gets_one_for_good(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let describe = || {
        let described = Client::builder()
            .api(Api::V1)
            .environment(stage.environment())
            .requestor("LANTERN")
            .software_statement(stage.statement("Lantern TV"))
            .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
            .clock(std::sync::Arc::new(stage.clock.clone()));
        described.store(kept.clone())
    };
    let client = describe().build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);
    assert_permitted(&describe().build().unwrap().authorize(&resource("LanternOne")).await.unwrap());
    assert_remedy(&describe().device_id(DeviceId::new("mine").unwrap()).build().unwrap_err(), &["device id"]);
}

#[tokio::test]
async fn an_initial_device_id_is_for_a_store_that_knows_none() {
    let stage = Stage::new(Api::V2).await;
    let kept = store();
    for offered in ["as-installed", "after-an-update-of-the-system"] {
        let described = Client::builder()
            .api(Api::V2)
            .environment(stage.environment())
            .requestor("LANTERN")
            .software_statement(stage.statement("Lantern TV"))
            .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
            .clock(std::sync::Arc::new(stage.clock.clone()))
            .store(kept.clone())
            .initial_device_id(DeviceId::new(offered).unwrap());
        described.build().unwrap().providers().await.unwrap();
    }
    let requests = stage.device_requests();
    let seen: Vec<_> = requests.iter().filter_map(|r| r.fingerprint(SecretKind::DeviceId)).collect();
    let first = fingerprint("as-installed");
    assert!(seen.len() == 2 && seen.iter().all(|seen| *seen == first), "{seen:?}");
}

#[tokio::test]
async fn statements_that_do_not_work_are_told_apart() {
    let stage = Stage::new(Api::V1).await;
    stage.let_time_run();
    for (app, words) in [("revoked", ["revoked"].as_slice()), ("v2 only", &["api:client:v2"])] {
        let client = stage.television(app).software_statement(stage.statement(app)).build().unwrap();
        let SignInEvent::Failed(error) = last_event(&mut client.sign_in()).await else { panic!("{app}") };
        assert_remedy(&error, words);
    }
    let foreign = SoftwareStatement::new("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln").unwrap();
    let client = stage.television("foreign").software_statement(foreign).build().unwrap();
    let SignInEvent::Failed(error) = last_event(&mut client.sign_in()).await else {
        panic!("it is not Adobe's")
    };
    assert_remedy(&error, &["statement"]);
}

//! Who the app is to Adobe, and on which device.

use std::{sync::Arc, time::Duration};

use couchpass::{Api, Client, DeviceInfo, Environment, Error, SignInEvent};
use couchpass_sandbox::{Endpoint, SecretKind};
use device_auth::{FileStore, StoreKey};
use futures_util::future::join;

use crate::{
    count,
    support::{Stage, assert_permitted, last_event, resource, store},
};

#[tokio::test]
async fn m01_a_statement_that_does_not_cover_the_api_is_named_as_the_cause() {
    let stage = Stage::new().await;
    stage.let_time_run();
    for (app, words) in [("v2 only", "api:client:v2"), ("Meridian only", "requestor")] {
        let client = stage.television(app).software_statement(stage.statement(app)).build().unwrap();
        let SignInEvent::Failed(error) = last_event(&mut client.sign_in()).await else { panic!("{app}") };
        let Error::FixConfiguration { remedy, .. } = error else { panic!("{error:?}") };
        assert!(remedy.contains("software statement") && remedy.contains(words), "{app}: {remedy}");
    }
}

#[tokio::test]
async fn m02_client_credentials_outlive_the_process() {
    let stage = Stage::new().await;
    let kept = store();
    let client = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);
    // Longer than a bearer token lives, so that the credentials are needed again.
    stage.clock.advance(Duration::from_secs(30 * 3_600));
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    restarted.authorize(&resource("LanternOne")).await.unwrap();

    let clients: Vec<_> = stage
        .device_requests()
        .iter()
        .filter(|request| request.endpoint == Some(Endpoint::Token))
        .map(|request| request.fingerprint(SecretKind::ClientId).unwrap().to_owned())
        .collect();
    assert_eq!(clients.len(), 2);
    assert_eq!(clients[0], clients[1]);
    assert_eq!(stage.sandbox.registrations(), 1);
}

#[tokio::test]
async fn m03_the_access_token_outlives_the_process_until_it_expires() {
    let stage = Stage::new().await;
    let kept = store();
    let start = || stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&start(), "everything").await;
    stage.clear_record();
    assert_permitted(&start().authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(count(&stage, Endpoint::Token), 0);

    stage.clock.advance(Duration::from_secs(stage.sandbox.config().lifetimes.bearer_s));
    assert_permitted(&start().authorize(&resource("LanternOne")).await.unwrap());
    assert_permitted(&start().authorize(&resource("LanternOne")).await.unwrap());
    assert_eq!(count(&stage, Endpoint::Token), 1);
}

#[tokio::test]
async fn m19_the_device_id_survives_restart_update_and_reboot() {
    let stage = Stage::new().await;
    let directory = tempfile::tempdir().unwrap();
    let start = |version: &str| {
        let file = FileStore::open(directory.path().join("state"), StoreKey::new([3; 32])).unwrap();
        Client::builder()
            .api(Api::V1)
            .environment(stage.environment())
            .requestor("LANTERN")
            .software_statement(stage.statement("Lantern TV"))
            .device_info(DeviceInfo::new("AFTKA", "Android", version))
            .clock(Arc::new(stage.clock.clone()))
            .store(Arc::new(file))
            .build()
            .unwrap()
    };
    let client = start("9");
    stage.sign_in_by_code(&client, "everything").await;
    drop(client);
    // A day off, and a new version of the system.
    stage.clock.advance(Duration::from_secs(86_400));
    assert_permitted(&start("11").authorize(&resource("LanternOne")).await.unwrap());
    let requests = stage.device_requests();
    let mut ids: Vec<_> = requests.iter().filter_map(|r| r.fingerprint(SecretKind::DeviceId)).collect();
    assert!(ids.len() > 3);
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn m23_every_environment_is_selectable_by_name() {
    for (name, api, sp) in [
        ("release-production", "api.auth.adobe.com", "sp.auth.adobe.com"),
        ("release-staging", "api.auth-staging.adobe.com", "sp.auth-staging.adobe.com"),
        ("prequal-production", "sp-prequal.auth.adobe.com", "sp-prequal.auth.adobe.com"),
        ("prequal-staging", "sp-prequal.auth-staging.adobe.com", "sp-prequal.auth-staging.adobe.com"),
    ] {
        let environment = Environment::named(name).unwrap();
        assert_eq!((environment.api().scheme(), environment.sp().scheme()), ("https", "https"));
        assert_eq!((environment.api().host_str(), environment.sp().host_str()), (Some(api), Some(sp)));
    }
}

#[tokio::test]
async fn m40_a_refresh_is_no_reason_to_register_again() {
    let stage = Stage::new().await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    for _ in 0..4 {
        stage.clock.advance(Duration::from_secs(60));
        stage.sandbox.expire_bearers();
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
    assert_eq!((count(&stage, Endpoint::Register), count(&stage, Endpoint::Token)), (1, 5));
}

#[tokio::test]
async fn m41_each_installation_has_one_pair_of_credentials() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let kept = store();
    // Two channels in one app: two clients, built before either has registered, over one store.
    let lantern = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let meridian = stage.television("tv-1").requestor("MERIDIAN").store(kept.clone()).build().unwrap();
    lantern.providers().await.unwrap();
    meridian.providers().await.unwrap();
    assert_eq!(stage.sandbox.registrations(), 1);

    // Another installation is another instance.
    let elsewhere = stage.television("tv-2").build().unwrap();
    elsewhere.providers().await.unwrap();
    assert_eq!(stage.sandbox.registrations(), 2);
}

#[tokio::test]
async fn m41_clients_that_start_together_still_share_one_pair() {
    let stage = Stage::new().await;
    stage.let_time_run();
    let kept = store();
    let lantern = stage.television("tv-1").store(kept.clone()).build().unwrap();
    let meridian = stage.television("tv-1").requestor("MERIDIAN").store(kept).build().unwrap();
    let (one, other) = join(lantern.providers(), meridian.providers()).await;
    one.unwrap();
    other.unwrap();

    stage.clear_record();
    stage.clock.advance(Duration::from_secs(600));
    stage.sandbox.expire_bearers();
    lantern.providers().await.unwrap();
    stage.clock.advance(Duration::from_secs(600));
    stage.sandbox.expire_bearers();
    meridian.providers().await.unwrap();
    let requests = stage.device_requests();
    let clients: Vec<_> = requests.iter().filter_map(|r| r.fingerprint(SecretKind::ClientId)).collect();
    assert!(
        clients.len() == 2 && clients[0] == clients[1],
        "one installation goes by two names: {clients:?}"
    );
}

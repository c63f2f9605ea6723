//! Who the app is to Adobe, and on which device.

use std::{sync::Arc, time::Duration};

use couchpass::{Api, Client, DeviceInfo, Environment, Error, SignInEvent};
use couchpass_sandbox::{App, Endpoint, SCOPE_V1, SecretKind};
use device_auth::{FileStore, StoreKey};
use futures_util::future::join;

use crate::{
    count, on_both_apis,
    support::{Stage, assert_permitted, last_event, resource, store},
};

on_both_apis! {
    m01_a_statement_that_does_not_cover_the_api_is_named_as_the_cause,
    m02_client_credentials_outlive_the_process,
    m03_the_access_token_outlives_the_process_until_it_expires,
    m19_the_device_id_survives_restart_update_and_reboot,
    m23_every_environment_is_selectable_by_name,
    m40_a_refresh_is_no_reason_to_register_again,
    m41_each_installation_has_one_pair_of_credentials,
    m41_clients_that_start_together_still_share_one_pair,
}

async fn m01_a_statement_that_does_not_cover_the_api_is_named_as_the_cause(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    stage.sandbox.software_statement(App::named("v1 only").scopes([SCOPE_V1]));
    let uncovered = match api {
        Api::V1 => ("v2 only", "api:client:v2"),
        Api::V2 => ("v1 only", "api:client:v1"),
    };
    for (app, words) in [uncovered, ("Meridian only", "requestor")] {
        let client = stage.television(app).software_statement(stage.statement(app)).build().unwrap();
        let SignInEvent::Failed(error) = last_event(&mut client.sign_in()).await else { panic!("{app}") };
        assert!(matches!(error, Error::FixConfiguration { .. }), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("software statement") && told.contains(words), "{app}: {told}");
    }
}

async fn m02_client_credentials_outlive_the_process(api: Api) {
    let stage = Stage::new(api).await;
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

async fn m03_the_access_token_outlives_the_process_until_it_expires(api: Api) {
    let stage = Stage::new(api).await;
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

async fn m19_the_device_id_survives_restart_update_and_reboot(api: Api) {
    let stage = Stage::new(api).await;
    let directory = tempfile::tempdir().unwrap();
    let start = |version: &str| {
        let file = FileStore::open(directory.path().join("state"), StoreKey::new([3; 32])).unwrap();
        Client::builder()
            .api(api)
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

async fn m23_every_environment_is_selectable_by_name(api: Api) {
    for (name, v1, sp) in [
        ("release-production", "api.auth.adobe.com", "sp.auth.adobe.com"),
        ("release-staging", "api.auth-staging.adobe.com", "sp.auth-staging.adobe.com"),
        ("prequal-production", "sp-prequal.auth.adobe.com", "sp-prequal.auth.adobe.com"),
        ("prequal-staging", "sp-prequal.auth-staging.adobe.com", "sp-prequal.auth-staging.adobe.com"),
    ] {
        let environment = Environment::named(name).unwrap();
        // v1 is served by both hosts, v2 by the second alone.
        let hosts = match api {
            Api::V1 => vec![(environment.api(), v1), (environment.sp(), sp)],
            Api::V2 => vec![(environment.sp(), sp)],
        };
        for (address, host) in hosts {
            assert_eq!((address.scheme(), address.host_str()), ("https", Some(host)), "{name}");
        }
    }
}

async fn m40_a_refresh_is_no_reason_to_register_again(api: Api) {
    let stage = Stage::new(api).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    for _ in 0..4 {
        stage.clock.advance(Duration::from_secs(60));
        stage.sandbox.expire_bearers();
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    }
    assert_eq!((count(&stage, Endpoint::Register), count(&stage, Endpoint::Token)), (1, 5));
}

async fn m41_each_installation_has_one_pair_of_credentials(api: Api) {
    let stage = Stage::new(api).await;
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

async fn m41_clients_that_start_together_still_share_one_pair(api: Api) {
    let stage = Stage::new(api).await;
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

mod v2_alone {
    use super::*;

    /// The other way round is M01 on v1.
    #[tokio::test]
    async fn m42_a_statement_for_v1_is_refused_before_a_call_is_wasted() {
        let stage = Stage::new(Api::V2).await;
        stage.let_time_run();
        stage.sandbox.software_statement(App::named("v1 only").scopes([SCOPE_V1]));
        let kept = store();
        let start = || {
            let described = stage.television("tv-1").software_statement(stage.statement("v1 only"));
            described.store(kept.clone()).build().unwrap()
        };
        let client = start();
        let SignInEvent::Failed(error) = last_event(&mut client.sign_in()).await else { panic!() };
        let errors = [error, client.providers().await.unwrap_err(), start().providers().await.unwrap_err()];
        for error in errors {
            let Error::FixConfiguration { remedy, report } = error else { panic!("{error:?}") };
            let (has, needs) = (report.message.find("api:client:v1"), report.message.find("api:client:v2"));
            assert!(has.is_some() && has < needs, "{report}");
            assert!(remedy.contains("software statement") && !remedy.contains("  "), "{remedy}");
        }
        // One registration, whose answer told all; v2 has heard nothing of it.
        let heard = stage.calls().into_iter().filter(|call| !matches!(call, Endpoint::Token));
        assert_eq!(heard.collect::<Vec<_>>(), [Endpoint::Register]);
    }
}

//! The record of what came.

use couchpass_sandbox::{Carrier, Endpoint, Origin, SecretKind, fingerprint};

use crate::support::{Ask, DEVICE_INFO, Device, start};

#[tokio::test]
async fn requests_stand_in_the_order_of_their_arrival_with_what_they_carried() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "the-device-id", "LANTERN").await;
    device.get("/api/v1/authorize", &[("resource", "LanternOne")]).await;
    let requests = sandbox.recorder().requests();
    let endpoints: Vec<_> = requests.iter().map(|request| request.endpoint.unwrap()).collect();
    assert_eq!(endpoints, [Endpoint::Register, Endpoint::Token, Endpoint::Authorize]);
    let origins: Vec<_> = requests.iter().map(|request| request.origin).collect();
    assert_eq!(origins, [Origin::Sp, Origin::Sp, Origin::Api]);
    let authorize = &requests[2];
    assert_eq!((authorize.status, authorize.method.as_str()), (Some(403), "GET"));
    assert_eq!(authorize.query, ["deviceId", "requestor", "resource"]);
    assert_eq!(authorize.parameters["resource"], "LanternOne");
    assert_eq!(authorize.fingerprint(SecretKind::DeviceId), Some(fingerprint("the-device-id").as_str()));
    assert_eq!(authorize.fingerprint(SecretKind::Bearer), Some(fingerprint(&device.bearer).as_str()));
    assert!(authorize.headers.contains(&"x-device-info".to_owned()));
    assert!(authorize.platform_token_carriers().is_empty());
}

#[tokio::test]
async fn no_secret_shows_in_the_record() {
    let sandbox = start().await;
    let token = sandbox.platform_token("amazon-profile");
    let device =
        Device::register(&sandbox, "the-device-id", "LANTERN").await.with_platform_token(token.clone());
    device.sign_in(&sandbox, "everything").await;
    device.get("/api/v1/checkauthn", &[("ast", &token), ("device_info", DEVICE_INFO)]).await;
    Ask::new("GET", format!("{}/api/v1/checkauthn?{token}", sandbox.api_url())).answer().await;
    let requests = sandbox.recorder().requests();
    let printed = format!("{requests:?} {}", serde_json::to_string(&requests).unwrap());
    let statement = sandbox.software_statement(couchpass_sandbox::App::default());
    for secret in [
        &token,
        &device.bearer,
        &device.client_id,
        &device.client_secret,
        &statement,
        "the-device-id",
        "sandbox-everything",
        DEVICE_INFO,
    ] {
        assert!(!printed.contains(secret), "{secret}");
    }
    let last = requests.iter().rev().find(|request| !request.secrets.is_empty()).unwrap();
    assert_eq!(last.platform_token_carriers(), [Carrier::Header, Carrier::Query]);
}

#[tokio::test]
async fn a_test_can_wait_for_a_request_and_listen_to_all() {
    let sandbox = start().await;
    let mut notices = sandbox.recorder().subscribe();
    let recorder = sandbox.recorder().clone();
    let waiting = tokio::spawn(async move {
        recorder.wait_until(|requests| requests.iter().any(|request| request.status == Some(201))).await
    });
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    assert_eq!(waiting.await.unwrap()[0].endpoint, Some(Endpoint::Register));
    let (came, answered) = (notices.recv().await.unwrap(), notices.recv().await.unwrap());
    assert_eq!((came.number, came.status), (0, None));
    assert_eq!((answered.number, answered.status), (0, Some(201)));
    sandbox.recorder().clear();
    device.get("/api/v1/checkauthn", &[]).await;
    assert_eq!(sandbox.recorder().requests()[0].number, 2);
}

#[tokio::test]
async fn the_browsers_requests_are_told_from_the_devices() {
    let sandbox = start().await;
    let device = Device::register(&sandbox, "tv", "LANTERN").await;
    device.sign_in(&sandbox, "everything").await;
    let by_device: Vec<_> =
        sandbox.recorder().device_requests().iter().map(|request| request.endpoint).collect();
    assert_eq!(by_device, [Some(Endpoint::Register), Some(Endpoint::Token), Some(Endpoint::CreateCode)]);
    assert!(sandbox.recorder().requests().len() > 8);
}

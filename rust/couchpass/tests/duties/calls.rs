//! What every request carries, and what none does.

use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

use couchpass::{ClientBuilder, MvpdId, PlatformTokenCarrier, PromotionalIdentity};
use couchpass_sandbox::{Carrier, Endpoint, Origin, RecordedRequest, SecretKind, fingerprint};

use crate::support::{Stage, assert_permitted, code_of, resource, signed_in};

/// One endpoint: whether it is the device's own (and so names it), the parameters it must and the ones it may have.
type Expected = (Endpoint, bool, &'static [&'static str], &'static [&'static str]);

/// Adobe's tables of parameters, in the query unless it is a registration.
const EXPECTED: [Expected; 18] = [
    (Endpoint::Register, false, &[], &[]),
    (Endpoint::Token, false, &[], &[]),
    (Endpoint::CreateCode, true, &[], &["mvpd", "ttl"]),
    (Endpoint::ReadCode, false, &[], &[]),
    (Endpoint::DeleteCode, false, &[], &[]),
    (Endpoint::ProviderList, false, &[], &["deviceType"]),
    (Endpoint::CheckAuthn, true, &["requestor"], &[]),
    (Endpoint::CheckAuthnCode, false, &["requestor"], &[]),
    (Endpoint::AuthnToken, true, &["requestor"], &[]),
    (Endpoint::AuthenticateCode, false, &["requestor"], &[]),
    (Endpoint::FreePreview, true, &["requestor_id", "mso_id", "domain_name"], &["generic_data"]),
    (Endpoint::Authorize, true, &["requestor", "resource"], &["generic_data"]),
    (Endpoint::AuthzToken, true, &["requestor", "resource"], &[]),
    (Endpoint::MediaToken, true, &["requestor", "resource"], &[]),
    (Endpoint::Preauthorize, true, &["requestor", "resource"], &[]),
    (Endpoint::PreauthorizeCode, false, &["requestor", "resource"], &[]),
    (Endpoint::UserMetadata, true, &["requestor"], &[]),
    (Endpoint::Logout, true, &["requestor"], &[]),
];

/// Every call that the client can make, at least once.
async fn tour(describe: impl Fn(ClientBuilder) -> ClientBuilder) -> (Stage, Vec<RecordedRequest>) {
    let stage = Stage::new().await;
    stage.let_time_run();
    let described = stage.television("tv-1").platform_tokens(stage.token("amazon-1"));
    let client = describe(described.code_lifetime(Duration::from_secs(600))).build().unwrap();
    let screen = client.second_screen();
    client.providers().await.unwrap();
    let identity = PromotionalIdentity::new("email", "2f3a").unwrap();
    client.temporary_access(&MvpdId::new("LanternGift"), "lantern.example", Some(&identity)).await.unwrap();

    stage.clock.hold();
    code_of(&mut client.sign_in()).await;
    client.cancel_sign_in().await;
    let mut sign_in = client.sign_in();
    let code = code_of(&mut sign_in).await.code;
    stage.let_time_run();
    screen.look_up(&code).await.unwrap();
    stage.sandbox.viewer("basic").approve(&code).await.unwrap();
    signed_in(&mut sign_in).await;
    assert!(screen.is_authenticated(&code).await.unwrap());
    screen.profile(&code).await.unwrap();
    screen.preauthorize(&code, &[resource("LanternOne")]).await.unwrap();

    assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
    assert!(!client.authorize(&resource("LanternCinema")).await.unwrap().authorized);
    client.remembered_permit(&resource("LanternOne")).await.unwrap();
    client.preauthorize(&[resource("LanternOne"), resource("LanternNews")]).await.unwrap();
    client.user_metadata().await.unwrap();
    client.sign_out().await.unwrap();

    let requests = stage.device_requests();
    for (endpoint, ..) in EXPECTED {
        assert!(requests.iter().any(|request| request.endpoint == Some(endpoint)), "no {endpoint}");
    }
    (stage, requests)
}

#[tokio::test]
async fn m16_every_call_but_registrations_has_an_access_token() {
    let (_stage, requests) = tour(|client| client).await;
    for request in requests {
        let has_token = request.fingerprint(SecretKind::Bearer).is_some();
        assert_eq!(has_token, request.origin == Origin::Api, "{request:#?}");
        assert_ne!(request.status, Some(401), "{request:#?}");
    }
}

#[tokio::test]
async fn m17_every_call_of_a_device_names_the_device() {
    let (_stage, requests) = tour(|client| client).await;
    let device = fingerprint("tv-1");
    for request in requests {
        let (endpoint, of_device, ..) =
            EXPECTED.into_iter().find(|(endpoint, ..)| Some(*endpoint) == request.endpoint).unwrap();
        let expected = of_device.then_some(device.as_str());
        assert_eq!(request.fingerprint(SecretKind::DeviceId), expected, "{endpoint}");
    }
}

#[tokio::test]
async fn m18_every_call_tells_what_the_device_is() {
    let (_stage, requests) = tour(|client| client).await;
    let told: BTreeSet<_> = requests.iter().map(|r| r.fingerprint(SecretKind::DeviceInfo)).collect();
    assert!(told.len() == 1 && !told.contains(&None), "{told:?}");
    assert!(requests.iter().all(|request| request.headers.iter().any(|name| name == "x-device-info")));
}

#[tokio::test]
async fn m20_calls_have_the_expected_parameters_and_headers_alone() {
    let (_stage, requests) = tour(|client| client).await;
    let headers = [
        "accept",
        "adobe-subject-token",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-device-info",
    ];
    for request in requests {
        let (endpoint, of_device, must, may) =
            EXPECTED.into_iter().find(|(endpoint, ..)| Some(*endpoint) == request.endpoint).unwrap();
        let mut must: BTreeSet<_> = must.iter().copied().collect();
        must.extend(of_device.then_some("deviceId"));
        let names: BTreeSet<_> = request.query.iter().map(String::as_str).collect();
        assert_eq!(names.len(), request.query.len(), "{endpoint}: a parameter comes twice");
        assert!(names.is_superset(&must), "{endpoint}: {names:?}");
        let surplus: Vec<_> = names.difference(&must).filter(|name| !may.contains(name)).collect();
        assert!(surplus.is_empty(), "{endpoint}: {surplus:?}");

        let form: &[&str] = match endpoint {
            Endpoint::Token => &["grant_type", "client_id", "client_secret"],
            _ => &[],
        };
        assert_eq!(request.form, form, "{endpoint}");
        let surplus: Vec<_> =
            request.headers.iter().filter(|name| !headers.contains(&name.as_str())).collect();
        assert!(surplus.is_empty(), "{endpoint}: {surplus:?}");
    }
}

#[tokio::test]
async fn m31_a_server_forwards_the_address_of_its_device_on_every_call() {
    let (_stage, requests) = tour(|client| client.forwarded_for(Ipv4Addr::new(203, 0, 113, 9).into())).await;
    for request in requests {
        assert_eq!(request.forwarded_for.as_deref(), Some("203.0.113.9"), "{request:#?}");
    }
    let (_stage, requests) = tour(|client| client).await;
    assert!(requests.iter().all(|request| request.forwarded_for.is_none()), "a device forwards nothing");
}

#[tokio::test]
async fn m44_the_platform_token_is_on_all_calls_of_the_api() {
    for (carrier, place) in
        [(PlatformTokenCarrier::Header, Carrier::Header), (PlatformTokenCarrier::Query, Carrier::Query)]
    {
        let (_stage, requests) = tour(|client| client.platform_token_carrier(carrier)).await;
        let mut tokens = BTreeSet::new();
        for request in requests {
            let expected = if request.origin == Origin::Api { vec![place] } else { vec![] };
            assert_eq!(request.platform_token_carriers(), expected, "{request:#?}");
            tokens.extend(request.fingerprint(SecretKind::PlatformToken).map(str::to_owned));
        }
        assert_eq!(tokens.len(), 1);
    }
}

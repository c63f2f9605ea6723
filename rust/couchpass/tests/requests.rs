//! How many requests a start takes, and what they carry.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{io::ErrorKind, net::TcpListener};

use couchpass::{Api, PlatformTokenCarrier};
use couchpass_sandbox::{Carrier, Effect, Endpoint, Fault, Origin, SecretKind, fingerprint};
use support::{Stage, assert_permitted, resource, signed_in, store};

on_both_apis! {
    a_cold_platform_sso_start_to_the_media_token,
    a_warm_start_with_a_live_bearer_to_a_decision_is_one_request,
    a_warm_start_to_a_deny_is_one_request_with_enhanced_errors,
    no_redirect_leads_to_a_third_host,
}

async fn a_cold_platform_sso_start_to_the_media_token(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let first = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&first, "everything").await;
    stage.clear_record();

    let second = stage.second_app("tv-2").platform_tokens(stage.token("amazon-1")).build().unwrap();
    signed_in(&mut second.sign_in()).await;
    assert_permitted(&second.authorize(&resource("MeridianPrime")).await.unwrap());
    let beginning = [Endpoint::Register, Endpoint::Token, stage.parts().find, stage.parts().authorize];
    match api {
        Api::V1 => assert_eq!(stage.calls(), [beginning.as_slice(), &[Endpoint::MediaToken]].concat()),
        _ => assert_eq!(stage.calls(), beginning),
    }
}

async fn a_warm_start_with_a_live_bearer_to_a_decision_is_one_request(api: Api) {
    let stage = Stage::new(api).await;
    let kept = store();
    let first = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&first, "basic").await;
    drop(first);
    stage.clear_record();

    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert_permitted(&restarted.authorize(&resource("LanternOne")).await.unwrap());
    match api {
        // The permit is decided by the first; its media token is a second one.
        Api::V1 => assert_eq!(stage.calls(), [Endpoint::Authorize, Endpoint::MediaToken]),
        _ => assert_eq!(stage.calls(), [Endpoint::AuthorizeDecisions]),
    }
}

async fn a_warm_start_to_a_deny_is_one_request_with_enhanced_errors(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(true)).await;
    let kept = store();
    let first = stage.television("tv-1").store(kept.clone()).build().unwrap();
    stage.sign_in_by_code(&first, "basic").await;
    stage.clear_record();
    let restarted = stage.television("tv-1").store(kept).build().unwrap();
    assert!(!restarted.authorize(&resource("LanternCinema")).await.unwrap().authorized);
    assert_eq!(stage.calls(), [stage.parts().authorize]);
}

#[tokio::test]
async fn the_platform_token_is_on_every_call_but_registrations_by_each_carrier() {
    for carrier in [PlatformTokenCarrier::Header, PlatformTokenCarrier::Query, PlatformTokenCarrier::Post] {
        let stage = Stage::new(Api::V1).await;
        let token = fingerprint(&stage.sandbox.platform_token("amazon-1"));
        let client = stage
            .television("tv-1")
            .platform_tokens(stage.token("amazon-1"))
            .platform_token_carrier(carrier)
            .build()
            .unwrap();
        // Every call that there is: with a cancelled code, a deny and a sign-out.
        support::code_of(&mut client.sign_in()).await;
        client.cancel_sign_in().await;
        stage.sign_in_by_code(&client, "basic").await;
        assert_permitted(&client.authorize(&resource("LanternOne")).await.unwrap());
        client.authorize(&resource("LanternCinema")).await.unwrap();
        client.sign_out().await.unwrap();

        let requests = stage.device_requests();
        for request in &requests {
            let expected = match (request.origin, carrier) {
                (Origin::Sp, _) => vec![],
                (_, PlatformTokenCarrier::Query) => vec![Carrier::Query],
                (_, PlatformTokenCarrier::Post) if request.method == "POST" => vec![Carrier::Form],
                _ => vec![Carrier::Header],
            };
            assert_eq!(request.platform_token_carriers(), expected, "{carrier:?} {request:#?}");
            if request.origin == Origin::Api {
                assert_eq!(request.fingerprint(SecretKind::PlatformToken), Some(token.as_str()));
                assert!(request.fingerprint(SecretKind::Bearer).is_some(), "{request:#?}");
            }
            assert!(request.fingerprint(SecretKind::DeviceInfo).is_some(), "{request:#?}");
        }
        let called: Vec<_> = requests.iter().filter_map(|request| request.endpoint).collect();
        for endpoint in [
            Endpoint::Register,
            Endpoint::Token,
            Endpoint::AuthnToken,
            Endpoint::CreateCode,
            Endpoint::DeleteCode,
            Endpoint::Authorize,
            Endpoint::MediaToken,
            Endpoint::CheckAuthn,
            Endpoint::Logout,
        ] {
            assert!(called.contains(&endpoint), "{endpoint:?} was not called");
        }
        stage.assert_no_429();
    }
}

async fn no_redirect_leads_to_a_third_host(api: Api) {
    let stage = Stage::new(api).await;
    stage.let_time_run();
    let third = TcpListener::bind("127.0.0.1:0").unwrap();
    third.set_nonblocking(true).unwrap();
    let client = stage.television("tv-1").platform_tokens(stage.token("amazon-1")).build().unwrap();
    stage.sign_in_by_code(&client, "everything").await;
    let to = format!("http://{}/stolen", third.local_addr().unwrap());
    for status in [301, 302, 303, 307, 308] {
        let redirect =
            Fault::new(Effect::Redirect { status, to: to.clone() }).on(stage.parts().authorize).always();
        let fault = stage.sandbox.faults().add(redirect);
        assert!(client.authorize(&resource("LanternOne")).await.is_err());
        stage.sandbox.faults().remove(fault);
    }
    let arrival = third.accept().map_err(|error| error.kind());
    assert_eq!(arrival.unwrap_err(), ErrorKind::WouldBlock, "a redirect was followed");
}

//! TLS with the roots that the app trusts, and with no others.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use couchpass::{Api, Environment, Error, Reached, SignInEvent};
use support::{Stage, code_of, last_event};

on_both_apis! {
    an_added_root_is_trusted_and_an_unknown_one_is_not,
}

async fn an_added_root_is_trusted_and_an_unknown_one_is_not(api: Api) {
    let stage = Stage::with(api, |sandbox| sandbox.tls(true)).await;
    let (api, sp) = (stage.sandbox.api_tls_url().unwrap(), stage.sandbox.sp_tls_url().unwrap());
    let environment = Environment::at(&api, &sp).unwrap();

    let trusting = stage.television("tv-1").environment(environment.clone());
    let trusting = trusting.add_tls_root(stage.sandbox.root_certificate_pem().unwrap()).build().unwrap();
    code_of(&mut trusting.sign_in()).await;

    trusting.cancel_sign_in().await;
    stage.clear_record();
    stage.let_time_run();
    let wary = stage.television("tv-2").environment(environment).build().unwrap();
    let SignInEvent::Failed(error) = last_event(&mut wary.sign_in()).await else {
        panic!("it trusts anybody")
    };
    assert!(
        matches!(&error, Error::FixConfiguration { remedy, .. } if remedy.contains("add_tls_root")),
        "{error}"
    );
    assert!(stage.calls().is_empty(), "a request was sent to a server that nobody vouches for");
}

#[tokio::test]
async fn the_way_to_the_hosts_is_tried_without_a_request() {
    let stage = Stage::with(Api::V2, |sandbox| sandbox.tls(true)).await;
    let sandbox = &stage.sandbox;
    let (api, sp) = (sandbox.api_tls_url().unwrap(), sandbox.sp_tls_url().unwrap());
    let secure = Environment::at(&api, &sp).unwrap();
    let root = sandbox.root_certificate_pem().unwrap().to_owned();
    for reach in secure.reach(&[root]).await.unwrap() {
        assert_eq!(reach.reached, Reached::Service, "{}", reach.host);
    }
    let doubted = secure.reach(&[]).await.unwrap();
    assert_eq!(doubted.len(), 2);
    for reach in doubted {
        assert!(matches!(reach.reached, Reached::Untrusted { is_out_of_date: false, .. }), "{reach:?}");
        assert!(api.contains(&reach.host) || sp.contains(&reach.host), "{}", reach.host);
    }
    let plain = Environment::at(&sandbox.api_url(), &sandbox.api_url()).unwrap();
    assert_eq!(plain.reach(&[]).await.unwrap().len(), 1, "one host is tried once");
    // Somebody answers, but does not speak TLS.
    let deaf = sandbox.web_url().replace("http:", "https:");
    let broken = Environment::at(&deaf, &deaf).unwrap().reach(&[]).await.unwrap();
    assert!(matches!(broken[0].reached, Reached::Broken(_)), "{broken:?}");
    assert!(stage.calls().is_empty());

    let gone = plain.clone();
    drop(stage);
    assert!(matches!(gone.reach(&[]).await.unwrap()[0].reached, Reached::NoConnection(_)));
}

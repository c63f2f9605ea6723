//! TLS with the roots that the app trusts, and with no others.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use couchpass::{Api, Environment, Error, SignInEvent};
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

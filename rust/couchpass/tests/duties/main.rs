//! The integrator's duties: what an app gets without writing code, on both of Adobe's APIs.
//!
//! Each test is named after its row of `docs/duties.md` and stands in a module named after the API it speaks; `./test duties`
//! joins the two. What makes sense on one API alone is in a module `v1_alone` or `v2_alone`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod endings;
mod errors;
mod platform;
mod registration;
mod retries;
mod sign_in;
#[path = "../support/mod.rs"]
mod support;
mod watching;

use std::time::Duration;

use couchpass::{Api, Client, Decision, Error};
use couchpass_sandbox::{Effect, Endpoint};
use support::{Stage, answer};

/// How often an endpoint was called.
fn count(stage: &Stage, endpoint: Endpoint) -> usize {
    stage.sandbox.recorder().count(endpoint)
}

/// When an endpoint was called, in milliseconds since 1970.
fn times(stage: &Stage, endpoint: Endpoint) -> Vec<u64> {
    let requests = stage.device_requests().into_iter().filter(|request| request.endpoint == Some(endpoint));
    requests.map(|request| request.at).collect()
}

/// The gaps between calls, in milliseconds.
fn gaps(times: &[u64]) -> Vec<u64> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// A television on which somebody has signed in, and watched: what v2 has told with the profile is stale then, as on v1.
async fn at_home(api: Api, enhanced: bool, account: &str) -> (Stage, Client) {
    let stage = Stage::with(api, |sandbox| sandbox.enhanced_errors(enhanced)).await;
    let client = stage.television("tv-1").build().unwrap();
    stage.sign_in_by_code(&client, account).await;
    client.authorize(&support::resource("LanternOne")).await.unwrap();
    stage.clear_record();
    (stage, client)
}

/// Holds time still, after a pause in which the rate recovers: nobody waits for their turn while it stands.
fn hold(stage: &Stage) {
    stage.clock.hold();
    stage.clock.advance(Duration::from_secs(60));
}

/// What comes of an authorization, in a word.
fn in_a_word(outcome: &Result<Decision, Error>) -> &'static str {
    match outcome {
        Ok(decision) if decision.authorized => "permit",
        Ok(_) => "deny",
        Err(Error::RetryLater { .. }) => "retry later",
        Err(Error::SignInAgain { .. }) => "sign in again",
        Err(Error::TellViewer { .. }) => "tell the viewer",
        Err(Error::FixConfiguration { .. }) => "fix configuration",
        Err(Error::Support { .. }) => "support",
        Err(_) => "cancelled",
    }
}

/// An enhanced error that stands for itself.
fn error(status: u16, code: &str, action: &str) -> String {
    format!(
        r#"{{"status": {status}, "code": "{code}", "message": "No.", "details": "Call us.", "trace": "t-1", "action": "{action}"}}"#
    )
}

/// Where an API tells the reason of a deny before a playback: v1 refuses the call, v2 has it at the item of a success.
fn denying(api: Api, resource: &str, error: &str) -> Effect {
    match api {
        Api::V1 => answer(403, error),
        Api::V2 => answer(200, &list(api, &[(resource, Err(error))])),
    }
}

/// An answer about several resources, each permitted or not for this reason.
fn list(api: Api, items: &[(&str, Result<(), &str>)]) -> String {
    let (all, id) = match api {
        Api::V1 => ("resources", "id"),
        Api::V2 => ("decisions", "resource"),
    };
    let items = items.iter().map(|(resource, decision)| {
        let reason = decision.err().map(|error| format!(r#", "error": {error}"#)).unwrap_or_default();
        format!(r#"{{"{id}": "{resource}", "mood": {{}}, "authorized": {}{reason}}}"#, decision.is_ok())
    });
    format!(r#"{{"{all}": [{}], "next": null}}"#, items.collect::<Vec<_>>().join(", "))
}

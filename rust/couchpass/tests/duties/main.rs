//! The integrator's duties, as far as they apply to REST v1: what an app gets without writing code.
//!
//! Each test is named after its row of `docs/duties.md`; `./test duties` joins the two.

#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod errors;
mod registration;
mod sign_in;
#[path = "../support/mod.rs"]
mod support;
mod watching;

use couchpass_sandbox::{Effect, Endpoint};
use support::Stage;

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

/// An answer in JSON.
fn answer(status: u16, body: &str) -> Effect {
    Effect::Answer { status, content_type: "application/json".into(), body: body.into() }
}

/// An enhanced error that stands for itself.
fn error(status: u16, code: &str, action: &str) -> String {
    format!(
        r#"{{"status": {status}, "code": "{code}", "message": "No.", "details": "Call us.", "trace": "t-1", "action": "{action}"}}"#
    )
}

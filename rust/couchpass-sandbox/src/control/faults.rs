//! What goes wrong on purpose: faults, holds and refusals.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::config::Refusal;
use crate::fault::Fault;

/// How long a call waits when it does not say, and the longest that it may say, in milliseconds.
const PATIENCE_MS: u64 = 10_000;
const MOST_PATIENCE_MS: u64 = 600_000;

/// How long to wait, by the machine's clock: nobody wants to wait for a frozen one.
pub(super) fn patience(timeout_ms: Option<u64>) -> Duration {
    Duration::from_millis(timeout_ms.unwrap_or(PATIENCE_MS).min(MOST_PATIENCE_MS))
}

pub(super) fn list(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "faults": call.service.faults.list() }))
}

pub(super) fn add(call: &ControlCall) -> Outcome {
    let fault: Fault = call.body()?;
    if let Some(flaw) = fault.flaw() {
        return Err(ControlError::bad(flaw));
    }
    Done::created(&json!({ "id": call.service.faults.add(fault) }))
}

pub(super) fn clear(call: &ControlCall) -> Outcome {
    call.service.faults.clear();
    Done::silent()
}

pub(super) fn remove(call: &ControlCall, id: &str) -> Outcome {
    let known = serde_json::from_str(id).is_ok_and(|id| call.service.faults.remove(id));
    if known { Done::silent() } else { Err(ControlError::absent(format!("there is no fault {id}"))) }
}

pub(super) fn holds(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "holds": call.service.faults.holding() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    timeout_ms: Option<u64>,
}

pub(super) async fn wait(call: &ControlCall, name: &str) -> Outcome {
    let wait: Wait = call.body()?;
    let held = tokio::time::timeout(patience(wait.timeout_ms), call.service.faults.held(name)).await;
    Done::ok(&json!({ "held": held.is_ok() }))
}

pub(super) fn release(call: &ControlCall, name: &str) -> Outcome {
    call.service.faults.release(name);
    Done::silent()
}

pub(super) fn refusals(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "refusals": call.service.state().config.refusals }))
}

pub(super) fn refuse(call: &ControlCall) -> Outcome {
    let refusal: Refusal = call.body()?;
    let mut state = call.service.state();
    let known = |id: &str| state.config.requestors.iter().any(|r| r.resources.iter().any(|r| r.id == id));
    if !known(&refusal.resource) {
        return Err(ControlError::bad(format!("there is no resource '{}'", refusal.resource)));
    }
    state.config.refusals.push(refusal);
    Done::silent()
}

pub(super) fn stop_refusing(call: &ControlCall) -> Outcome {
    call.service.state().config.refusals.clear();
    Done::silent()
}

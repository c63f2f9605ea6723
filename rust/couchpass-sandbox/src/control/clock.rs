//! Reading and moving the clock.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, Done, Outcome};
use crate::clock::Millis;

/// Carried out in this order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    frozen: Option<bool>,
    now: Option<Millis>,
    advance_ms: Option<Millis>,
}

pub(super) fn read(call: &ControlCall) -> Outcome {
    let clock = &call.service.clock;
    Done::ok(&json!({ "now": clock.now(), "frozen": clock.is_frozen() }))
}

pub(super) fn change(call: &ControlCall) -> Outcome {
    let change: Change = call.body()?;
    let clock = &call.service.clock;
    match change.frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.run(),
        None => {}
    }
    if let Some(now) = change.now {
        clock.set(now);
    }
    if let Some(by) = change.advance_ms {
        clock.advance(Duration::from_millis(by));
    }
    read(call)
}

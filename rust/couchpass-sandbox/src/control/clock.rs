//! Reading and moving the clock.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::clock::Millis;

/// The end of the year 9999. Later instants have no date in HTTP, and browsers know none at all before long.
const END: Millis = 253_402_300_799_999;

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
    let is_moved = change.now.is_some() || change.advance_ms.is_some();
    let begin = change.now.unwrap_or_else(|| clock.now());
    if is_moved && begin.checked_add(change.advance_ms.unwrap_or_default()).is_none_or(|end| end > END) {
        return Err(ControlError::bad("the clock goes no further than the year 9999"));
    }
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

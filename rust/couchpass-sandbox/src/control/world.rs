//! Who is registered and signed in, and what becomes of them; the viewer's part; the settings.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::throttle::{Throttle, Throttling};
use crate::viewer::{Viewer, ViewerError};

pub(super) fn codes(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "codes": call.service.state().live_codes(call.service.clock.now()) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    account: String,
}

/// Plays the viewer, page by page: what the pages would refuse, this refuses.
pub(super) async fn answer(call: &ControlCall, code: &str, allow: bool) -> Outcome {
    let Answer { account } = call.body()?;
    let viewer = {
        let state = call.service.state();
        let known = state.config.account(&account);
        let known = known.ok_or_else(|| ControlError::absent(format!("there is no account '{account}'")))?;
        Viewer::new(&call.service.addresses, known)
    };
    let done = if allow { viewer.approve(code).await } else { viewer.deny(code).await };
    match done {
        Ok(()) => Done::silent(),
        Err(error @ ViewerError::CodeRefused(_)) => Err(ControlError::absent(error.to_string())),
        Err(error) => Err(ControlError { status: 409, error: "refused", message: error.to_string() }),
    }
}

pub(super) fn authentications(call: &ControlCall) -> Outcome {
    let live = call.service.state().live_authentications(call.service.clock.now());
    Done::ok(&json!({ "authentications": live }))
}

pub(super) fn sign_out_everyone(call: &ControlCall) -> Outcome {
    call.service.state().sign_out_everyone();
    Done::silent()
}

pub(super) fn expire_authorizations(call: &ControlCall) -> Outcome {
    call.service.state().expire_authorizations(call.service.clock.now());
    Done::silent()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trials {
    mvpd: Option<String>,
    device_id: Option<String>,
}

pub(super) fn reset_temp_passes(call: &ControlCall) -> Outcome {
    let trials: Trials = call.body()?;
    call.service.state().reset_trials(trials.mvpd.as_deref(), trials.device_id.as_deref());
    Done::silent()
}

pub(super) fn clients(call: &ControlCall) -> Outcome {
    let state = call.service.state();
    Done::ok(&json!({ "registrations": state.registrations, "clients": state.known_clients() }))
}

pub(super) fn forget_clients(call: &ControlCall) -> Outcome {
    call.service.state().forget_clients();
    Done::silent()
}

pub(super) fn forget_client(call: &ControlCall, id: &str) -> Outcome {
    let known = call.service.state().forget_client(id);
    if known { Done::silent() } else { Err(ControlError::absent("there is no such client")) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    throttling: Option<Throttling>,
    enhanced_errors: Option<bool>,
}

pub(super) fn settings(call: &ControlCall) -> Outcome {
    let throttling = call.service.throttle().mode();
    Done::ok(&json!({ "throttling": throttling, "enhanced_errors": call.service.state().enhanced }))
}

pub(super) fn change_settings(call: &ControlCall) -> Outcome {
    let change: Settings = call.body()?;
    if let Some(mode) = change.throttling {
        *call.service.throttle() = Throttle::new(mode);
    }
    if let Some(enhanced) = change.enhanced_errors {
        call.service.state().enhanced = enhanced;
    }
    settings(call)
}

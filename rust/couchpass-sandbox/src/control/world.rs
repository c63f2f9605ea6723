//! Who is registered and signed in, and what becomes of them; degradations; the settings.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::config::Degradation;
use crate::throttle::{Throttle, Throttling};

pub(super) fn codes(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "codes": call.service.state().live_codes(call.service.clock.now()) }))
}

pub(super) fn degradations(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "degradations": call.service.state().config.degradations }))
}

pub(super) fn degrade(call: &ControlCall) -> Outcome {
    let degradation: Degradation = call.body()?;
    let mut state = call.service.state();
    if state.config.integration(&degradation.requestor, &degradation.mvpd).is_none() {
        let Degradation { requestor, mvpd, .. } = &degradation;
        return Err(ControlError::bad(format!("'{requestor}' is not integrated with '{mvpd}'")));
    }
    state.config.degradations.push(degradation);
    Done::silent()
}

pub(super) fn stop_degrading(call: &ControlCall) -> Outcome {
    call.service.state().config.degradations.clear();
    Done::silent()
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

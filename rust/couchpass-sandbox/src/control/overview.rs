//! Everything at a glance, and waiting until it is not as it was: what a dashboard lives on.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, Done, Outcome};
use super::faults::patience;

/// Everything that the other calls tell, in one answer, and how often it has changed.
pub(super) fn world(call: &ControlCall) -> Outcome {
    let service = &call.service;
    // Before the rest is looked at: a change in between is seen at the next look.
    let version = *service.changes.borrow();
    let now = service.clock.now();
    let throttle = service.throttle();
    let (throttling, buckets) = (throttle.mode(), throttle.buckets(now));
    drop(throttle);
    let state = service.state();
    let config = &state.config;
    Done::ok(&json!({
        "version": version,
        "first_request": service.recorder.first(),
        "addresses": {
            "api": service.addresses.api,
            "sp": service.addresses.sp,
            "web": service.addresses.web,
            "activate": format!("{}/activate", service.addresses.web),
        },
        "clock": { "now": now, "frozen": service.clock.is_frozen() },
        "settings": { "throttling": throttling, "enhanced_errors": state.enhanced },
        "buckets": buckets,
        "requestors": config.requestors,
        "mvpds": config.mvpds,
        "accounts": config.accounts,
        "codes": state.live_codes(now),
        "authentications": state.live_authentications(now),
        "registrations": state.registrations,
        "clients": state.known_clients(),
        "trials": state.live_trials(),
        "faults": service.faults.list(),
        "holds": service.faults.holding(),
        "refusals": config.refusals,
        "degradations": config.degradations,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    since: u64,
    timeout_ms: Option<u64>,
}

/// Answers as soon as the version is another than `since`, or when patience is at its end.
pub(super) async fn wait(call: &ControlCall) -> Outcome {
    let wait: Wait = call.body()?;
    let mut changes = call.service.changes.subscribe();
    let changed = changes.wait_for(|version| *version != wait.since);
    let changed = tokio::time::timeout(patience(wait.timeout_ms), changed).await.is_ok();
    Done::ok(&json!({ "changed": changed, "version": *call.service.changes.borrow() }))
}

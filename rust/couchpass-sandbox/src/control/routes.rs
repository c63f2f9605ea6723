//! The routes of the control API.

use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use super::{cases, clock, faults, overview, requests, tokens, visits, world};

/// Finds the route of a call and takes it.
pub(super) async fn route(call: &ControlCall) -> Outcome {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", []) => index(call),
        ("GET", ["world"]) => overview::world(call),
        ("POST", ["changes", "wait"]) => overview::wait(call).await,
        ("GET", ["har"]) => cases::har(call),
        ("GET", ["case"]) => cases::case(call),
        ("POST", ["replay"]) => cases::replay(call).await,
        ("POST", ["reset"]) => {
            call.service.reset();
            Done::silent()
        }
        ("GET", ["settings"]) => world::settings(call),
        ("PUT", ["settings"]) => world::change_settings(call),

        ("GET", ["clock"]) => clock::read(call),
        ("PUT", ["clock"]) => clock::change(call),

        ("GET", ["faults"]) => faults::list(call),
        ("POST", ["faults"]) => faults::add(call),
        ("DELETE", ["faults"]) => faults::clear(call),
        ("DELETE", ["faults", id]) => faults::remove(call, id),
        ("GET", ["holds"]) => faults::holds(call),
        ("POST", ["holds", name, "wait"]) => faults::wait(call, name).await,
        ("POST", ["holds", name, "release"]) => faults::release(call, name),
        ("GET", ["refusals"]) => faults::refusals(call),
        ("POST", ["refusals"]) => faults::refuse(call),
        ("DELETE", ["refusals"]) => faults::stop_refusing(call),

        ("GET", ["degradations"]) => world::degradations(call),
        ("POST", ["degradations"]) => world::degrade(call),
        ("DELETE", ["degradations"]) => world::stop_degrading(call),

        ("GET", ["requests"]) => requests::list(call),
        ("DELETE", ["requests"]) => requests::clear(call),
        ("POST", ["requests", "wait"]) => requests::wait(call).await,

        ("GET", ["codes"]) => world::codes(call),
        ("POST", ["codes", code, "approve"]) => visits::answer(call, code, true).await,
        ("POST", ["codes", code, "deny"]) => visits::answer(call, code, false).await,
        ("POST", ["visits"]) => visits::visit(call).await,
        ("GET", ["authentications"]) => world::authentications(call),
        ("DELETE", ["authentications"]) => world::sign_out_everyone(call),
        ("POST", ["authorizations", "expire"]) => world::expire_authorizations(call),
        ("POST", ["temp-passes", "reset"]) => world::reset_temp_passes(call),
        ("GET", ["clients"]) => world::clients(call),
        ("DELETE", ["clients"]) => world::forget_clients(call),
        ("DELETE", ["clients", id]) => world::forget_client(call, id),

        ("POST", ["bearers", "expire"]) => tokens::expire_bearers(call),
        ("GET", ["secrets"]) => tokens::secrets(call),
        ("POST", ["statements"]) => tokens::statement(call),
        ("POST", ["statements", "revoke"]) => tokens::revoke(call),
        ("POST", ["platform-tokens"]) => tokens::platform_token(call),
        (method, _) => {
            let message = format!("there is no {method} /{}; see docs/sandbox.md", path.join("/"));
            Err(ControlError::absent(message))
        }
    }
}

/// Where everything is.
fn index(call: &ControlCall) -> Outcome {
    let addresses = &call.service.addresses;
    Done::ok(&json!({
        "api": addresses.api,
        "sp": addresses.sp,
        "web": addresses.web,
        "activate": format!("{}/activate", addresses.web),
    }))
}

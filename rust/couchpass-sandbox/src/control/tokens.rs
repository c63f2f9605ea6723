//! Statements, bearer tokens and platform tokens.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::config::App;
use crate::platform::PlatformTokenBuilder;

pub(super) fn expire_bearers(call: &ControlCall) -> Outcome {
    call.service.state().expire_bearers();
    Done::silent()
}

/// In clear: for a test that looks for them where they must not be.
pub(super) fn secrets(call: &ControlCall) -> Outcome {
    Done::ok(&json!({ "secrets": call.service.state().secrets() }))
}

/// An app by its name, or a new one in full.
#[derive(Deserialize)]
#[serde(untagged, expecting = "the name of an app, or an app in full, is due")]
enum Named {
    Known(String),
    New(App),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    app: Named,
}

pub(super) fn statement(call: &ControlCall) -> Outcome {
    let Statement { app } = call.body()?;
    let mut state = call.service.state();
    let app = match app {
        Named::New(app) => app,
        Named::Known(name) => state.app_named(&name).cloned().ok_or_else(|| unknown(&name))?,
    };
    Done::created(&json!({ "software_statement": state.statement(&app) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    app: String,
}

pub(super) fn revoke(call: &ControlCall) -> Outcome {
    let Revocation { app } = call.body()?;
    let mut state = call.service.state();
    state.app_named(&app).ok_or_else(|| unknown(&app))?;
    state.revoke(&app);
    Done::silent()
}

fn unknown(app: &str) -> ControlError {
    ControlError::absent(format!("there is no app '{app}'"))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Flaw {
    Expired,
    Unsigned,
    Malformed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    subject: String,
    lives_s: Option<u64>,
    flaw: Option<Flaw>,
}

pub(super) fn platform_token(call: &ControlCall) -> Outcome {
    let wanted: Wanted = call.body()?;
    let key = call.service.state().key.clone();
    let mut builder = PlatformTokenBuilder::new(key, &call.service.clock, &wanted.subject);
    if let Some(seconds) = wanted.lives_s {
        builder = builder.lives_for(seconds);
    }
    let token = match wanted.flaw {
        None => builder.build(),
        Some(Flaw::Expired) => builder.expired().build(),
        Some(Flaw::Unsigned) => builder.unsigned().build(),
        Some(Flaw::Malformed) => builder.malformed(),
    };
    Done::created(&json!({ "token": token }))
}

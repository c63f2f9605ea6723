//! The viewer's part: on the second screen, and in the TV's own browser.

use serde::Deserialize;
use serde_json::json;

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::browser::Browser;
use crate::viewer::{Viewer, ViewerError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    account: String,
}

/// Plays the viewer, page by page: what the pages would refuse, this refuses.
pub(super) async fn answer(call: &ControlCall, code: &str, allow: bool) -> Outcome {
    let Answer { account } = call.body()?;
    let viewer = viewer(call, &account)?;
    let done = if allow { viewer.approve(code).await } else { viewer.deny(code).await };
    done.map_err(refused)?;
    Done::silent()
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Consent {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visit {
    url: String,
    account: Option<String>,
    answer: Option<Consent>,
}

/// Opens an address in a browser, signs in there if an account is named, and tells where the browser ends.
pub(super) async fn visit(call: &ControlCall) -> Outcome {
    let Visit { url, account, answer } = call.body()?;
    let location = match account {
        None => Browser::new(&call.service.addresses).open(&url).await.and_then(|page| page.ended()),
        Some(account) => {
            let viewer = viewer(call, &account)?;
            match answer.unwrap_or(Consent::Allow) {
                Consent::Allow => viewer.approve_at(&url).await,
                Consent::Deny => viewer.deny_at(&url).await,
            }
        }
    };
    Done::ok(&json!({ "location": location.map_err(refused)? }))
}

fn viewer(call: &ControlCall, account: &str) -> Result<Viewer, ControlError> {
    let state = call.service.state();
    let known = state.config.account(account);
    let known = known.ok_or_else(|| ControlError::absent(format!("there is no account '{account}'")))?;
    Ok(Viewer::new(&call.service.addresses, known))
}

fn refused(error: ViewerError) -> ControlError {
    match error {
        ViewerError::CodeRefused(_) => ControlError::absent(error.to_string()),
        error => ControlError { status: 409, error: "refused", message: error.to_string() },
    }
}

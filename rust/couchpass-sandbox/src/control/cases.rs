//! What has happened, as files: an HTTP Archive, and a case that can be replayed.

use serde_json::{Value, json};

use super::call::{ControlCall, ControlError, Done, Outcome};
use crate::case::{Case, CaseError};
use crate::har;
use crate::journal::Kept;
use crate::replay;

fn kept(call: &ControlCall) -> Kept {
    call.service.journal.as_ref().map(|journal| journal.kept()).unwrap_or_default()
}

/// With names in the place of secrets, unless somebody asks for them in clear.
pub(super) fn har(call: &ControlCall) -> Outcome {
    let clear = match call.query::<String>("secrets")?.as_deref() {
        None | Some("covered") => false,
        Some("clear") => true,
        Some(_) => return Err(ControlError::bad("secrets: 'covered' or 'clear' is due")),
    };
    Done::ok(&har::archive(kept(call), &call.service.addresses, clear))
}

pub(super) fn case(call: &ControlCall) -> Outcome {
    let kept = kept(call);
    if kept.world.is_none() {
        return Err(ControlError::absent("nothing has happened yet"));
    }
    Done::ok(&Case::of(kept, &call.service.addresses).map_err(refused)?)
}

/// The sandbox forgets all that it knows, and lives through the case, or through what was set in it alone.
pub(super) async fn replay(call: &ControlCall) -> Outcome {
    let case: Value = call.body()?;
    let case = Case::of_value(case).map_err(refused)?;
    match call.query::<String>("requests")?.as_deref() {
        None | Some("all") => {}
        Some("none") => {
            replay::set_up(&call.service, &case).await.map_err(ControlError::bad)?;
            return Done::silent();
        }
        Some(_) => return Err(ControlError::bad("requests: 'all' or 'none' is due")),
    }
    let replayed = replay::replay(&call.service, &case).await.map_err(refused)?;
    Done::ok(&json!({
        "same": replayed.same(),
        "requests": replayed.requests,
        "differences": replayed.differences,
    }))
}

fn refused(error: CaseError) -> ControlError {
    match error {
        CaseError::TooLong => ControlError { status: 409, error: "refused", message: error.to_string() },
        error => ControlError::bad(error.to_string()),
    }
}

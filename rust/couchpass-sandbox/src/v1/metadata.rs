//! What the MVPD shares about the viewer.
//!
//! Adobe's page: "User Metadata".

use super::session;
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::metadata::{of_account, of_trial};
use crate::problem::Problem;
use crate::render::{Document, Node, map};

/// `GET /api/v1/tokens/usermetadata`
pub(super) fn user_metadata(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(412, session(why), "User not authenticated").detailed(None))?;
    let known = match authentication.account.as_deref() {
        Some(account) => Some(of_account(call.state, &authentication, account)),
        None => call
            .state
            .config
            .mvpd(&authentication.mvpd)
            .and_then(|mvpd| call.state.trial_report(&holder, mvpd, call.now))
            .and_then(|report| of_trial(&report)),
    };
    let known = known.filter(|known| !known.data.is_empty());
    let known =
        known.ok_or_else(|| Problem::new(404, ErrorCode::InternalError, "Not Found").detailed(None))?;
    let mut data = vec![("userID".into(), authentication.user_id.as_str().into())];
    data.extend(known.data);
    let node = map([
        ("updated", (authentication.enriched.unwrap_or(authentication.issued) / 1000).into()),
        ("encrypted", Node::List("value", known.encrypted.into_iter().map(Node::from).collect())),
        ("data", Node::Map(data)),
    ]);
    Reply::ok(Document::new("metadata", node))
}

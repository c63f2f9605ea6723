//! What the MVPD shares about the viewer.
//!
//! Adobe's page: "User Metadata".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::session;
use crate::call::{Call, Outcome, Reply};
use crate::problem::{Code, Problem};
use crate::render::{Document, Node, map};

/// `GET /api/v1/tokens/usermetadata`
pub(super) fn user_metadata(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(412, session(why), "User not authenticated").detailed(None))?;
    let account = authentication.account.as_deref().and_then(|name| call.state.config.account(name));
    let account = account.filter(|account| !account.metadata.is_empty());
    let account =
        account.ok_or_else(|| Problem::new(404, Code::InternalError, "Not Found").detailed(None))?;
    let mut data = vec![("userID".into(), authentication.user_id.as_str().into())];
    for (name, value) in &account.metadata {
        let value = if account.encrypted.contains(name) {
            // Only the programmer's private key could read it; here nobody's can.
            let signed = call.state.key.signature(&value.to_string());
            STANDARD.encode(signed).into()
        } else {
            Node::from(value)
        };
        data.push((name.clone().into(), value));
    }
    let encrypted = account.encrypted.iter().map(|name| name.as_str().into()).collect();
    let node = map([
        ("updated", (authentication.issued / 1000).into()),
        ("encrypted", Node::List("value", encrypted)),
        ("data", Node::Map(data)),
    ]);
    Reply::ok(Document::new("metadata", node))
}

//! What the MVPD shares about the viewer.
//!
//! Adobe's page: "User Metadata".

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::session;
use crate::call::{Call, Outcome, Reply};
use crate::catalogue::ErrorCode;
use crate::problem::Problem;
use crate::render::{Document, Node, map};
use crate::state::{Authentication, Holder};

/// The length of what 2048-bit RSA yields.
const RSA_BYTES: u16 = 256;

/// `GET /api/v1/tokens/usermetadata`
pub(super) fn user_metadata(call: &mut Call<'_>) -> Outcome {
    let holder = call.holder()?;
    let authentication = call
        .authentication(&holder)
        .map_err(|why| Problem::new(412, session(why), "User not authenticated").detailed(None))?;
    let known = match authentication.account.as_deref() {
        Some(account) => of_account(call, &authentication, account),
        None => of_trial(call, &holder, &authentication),
    };
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

/// Properties, and which of them are encrypted.
struct Known {
    data: Vec<(Cow<'static, str>, Node)>,
    encrypted: Vec<String>,
}

/// What the MVPD shares; `None` where it shares nothing.
fn of_account(call: &Call<'_>, authentication: &Authentication, name: &str) -> Option<Known> {
    let account = call.state.config.account(name)?;
    let later = account.metadata_on_authorization.iter().filter(|_| authentication.enriched.is_some());
    let mut known = Known { data: Vec::new(), encrypted: Vec::new() };
    for (property, value) in account.metadata.iter().chain(later) {
        let value = if account.encrypted.contains(property) {
            known.encrypted.push(property.clone());
            ciphertext(call, name, property).into()
        } else {
            Node::from(value)
        };
        known.data.push((property.clone().into(), value));
    }
    (!known.data.is_empty()).then_some(known)
}

/// What a promotional TempPass tells about itself. A basic one tells nothing.
fn of_trial(call: &Call<'_>, holder: &Holder, authentication: &Authentication) -> Option<Known> {
    let mvpd = call.state.config.mvpd(&authentication.mvpd)?;
    let report = call.state.trial_report(holder, mvpd, call.now)?;
    let used = report.used.into_iter().map(Node::from).collect();
    let data = vec![
        ("expiration_date".into(), report.ends.into()),
        ("remaining_resources".into(), (report.remaining as u64).into()),
        ("used_assets".into(), Node::List("value", used)),
    ];
    Some(Known { data, encrypted: Vec::new() })
}

/// What a device sees of an encrypted property: Base64 of as many bytes as 2048-bit RSA yields. No RSA is in them, and
/// nobody can decrypt them; but they stay the same from call to call, as Adobe's do.
fn ciphertext(call: &Call<'_>, account: &str, property: &str) -> String {
    let block = |n: u16| call.state.key.mac(&format!("{account}\n{property}\n{n}"));
    let bytes: Vec<u8> = (0..RSA_BYTES / 32).flat_map(block).collect();
    STANDARD.encode(bytes)
}

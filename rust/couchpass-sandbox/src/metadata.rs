//! What the MVPD shares about the viewer, and a TempPass about itself.
//!
//! Adobe's pages: "User Metadata", "TempPass Feature".

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::render::Node;
use crate::state::{Authentication, State, TrialReport};

/// The length of what 2048-bit RSA yields.
const RSA_BYTES: u16 = 256;

/// Properties, and which of them are encrypted.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) data: Vec<(Cow<'static, str>, Node)>,
    pub(crate) encrypted: Vec<String>,
}

/// What the MVPD shares about an account, some of it only once something has been authorized.
pub(crate) fn of_account(state: &State, authentication: &Authentication, name: &str) -> Known {
    let mut known = Known::default();
    let Some(account) = state.config.account(name) else { return known };
    let later = account.metadata_on_authorization.iter().filter(|_| authentication.enriched.is_some());
    for (property, value) in account.metadata.iter().chain(later) {
        let value = if account.encrypted.contains(property) {
            known.encrypted.push(property.clone());
            ciphertext(state, name, property).into()
        } else {
            Node::from(value)
        };
        known.data.push((property.clone().into(), value));
    }
    known
}

/// What a promotional TempPass tells about itself; `None` of a basic one.
pub(crate) fn of_trial(report: &TrialReport) -> Option<Known> {
    let remaining = report.remaining?;
    let used = report.used.iter().cloned().map(Node::from).collect();
    let data = vec![
        ("expiration_date".into(), report.ends.into()),
        ("remaining_resources".into(), (remaining as u64).into()),
        ("used_assets".into(), Node::List("value", used)),
    ];
    Some(Known { data, encrypted: Vec::new() })
}

/// What a device sees of an encrypted property: Base64 of as many bytes as 2048-bit RSA yields. No RSA is in them, and
/// nobody can decrypt them; but they stay the same from call to call, as Adobe's do.
fn ciphertext(state: &State, account: &str, property: &str) -> String {
    let block = |n: u16| state.key.mac(&format!("{account}\n{property}\n{n}"));
    let bytes: Vec<u8> = (0..RSA_BYTES / 32).flat_map(block).collect();
    STANDARD.encode(bytes)
}

//! Refusals on purpose, so that a test can meet every code of Adobe's catalogue on the resource of its choice.

use serde::{Deserialize, Serialize};

use crate::catalogue::ErrorCode;

/// A resource that is refused, whoever asks: by authorize with the code's status, by preauthorize as an item of the
/// list.
///
/// A refusal comes before everything that an account may watch and before Adobe's cache of authorizations. Where
/// enhanced errors are off, authorize shows the older body, and preauthorize says no without a reason.
///
/// ```
/// use couchpass_sandbox::{ErrorCode, Refusal};
///
/// // Twice the MVPD does not answer in time, then it does.
/// let refusal = Refusal::of("LanternNews", ErrorCode::NetworkConnectionTimeout).times(2);
/// # let _ = refusal;
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct Refusal {
    /// The resource id.
    pub resource: String,
    /// Why it is refused.
    pub code: ErrorCode,
    /// A text for the viewer, in the MVPD's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// How many more times; `None` for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

impl Refusal {
    /// This resource is always refused, for this reason.
    pub fn of(resource: &str, code: ErrorCode) -> Self {
        Self { resource: resource.to_owned(), code, details: None, times: None }
    }

    /// With this text for the viewer.
    pub fn details(mut self, text: &str) -> Self {
        self.details = Some(text.to_owned());
        self
    }

    /// So many times and no more.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }
}

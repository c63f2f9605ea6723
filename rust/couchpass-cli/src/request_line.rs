//! A request that has reached the sandbox, as it is shown: where to, how it ended, and how the platform token came along.

use couchpass_sandbox::{Carrier, Origin, RecordedRequest};
use serde::Serialize;

use crate::style::Style;

/// One line about a request. The record it is made of holds fingerprints in the place of secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RequestLine {
    at: u64,
    pub(crate) origin: Origin,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Nothing for a connection that was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Where the platform token was: `header`, `query`, `form`; empty without one.
    platform_token: Vec<&'static str>,
    /// The fault that was injected.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'static str>,
}

impl From<&RecordedRequest> for RequestLine {
    fn from(request: &RecordedRequest) -> Self {
        Self {
            at: request.at,
            origin: request.origin,
            method: request.method.clone(),
            path: request.path.clone(),
            status: request.status,
            platform_token: request.platform_token_carriers().into_iter().map(name).collect(),
            fault: request.fault,
        }
    }
}

impl RequestLine {
    /// Whether it looks the same, but for its time.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        Self { at: other.at, ..self.clone() } == *other
    }

    /// The line, for a request that came `times` times in a row; the path is padded to `width`.
    pub(crate) fn in_words(&self, times: usize, width: usize, style: Style) -> String {
        let status = self.status.map_or_else(|| "cut".to_owned(), |status| status.to_string());
        let mut line = format!("{:<6} {:<width$} {status}", self.method, self.path);
        if !self.platform_token.is_empty() {
            line += &format!("  token: {}", self.platform_token.join(", "));
        }
        if let Some(fault) = self.fault {
            line += &format!("  fault: {fault}");
        }
        if times > 1 {
            line += &format!("  ({times} times)");
        }
        style.faint(&line)
    }
}

/// A carrier, by the name it has on the command line; a form field is what `post` makes of it.
pub(crate) fn name(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Header => "header",
        Carrier::Query => "query",
        Carrier::Form => "form",
    }
}

//! What has come of the platform token, in words and as JSON.

use couchpass::{Absence, SsoOutcome, SsoReport};
use serde::Serialize;

/// The client's report in a flat shape.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sso {
    outcome: &'static str,
    /// Whether an authentication was found by the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    honoured: Option<bool>,
    /// The platform's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<SsoReport> for Sso {
    fn from(report: SsoReport) -> Self {
        let (outcome, honoured, reason) = match report.outcome {
            SsoOutcome::NotAsked => ("not_asked", None, None),
            SsoOutcome::Waiting { timed_out: false } => ("waiting", None, None),
            SsoOutcome::Waiting { timed_out: true } => ("timed_out", None, None),
            SsoOutcome::Absent(Absence::LibraryAbsent) => ("library_absent", None, None),
            SsoOutcome::Absent(Absence::Disabled) => ("disabled", None, None),
            SsoOutcome::Absent(Absence::Unusable(reason)) => ("unusable", None, Some(reason)),
            SsoOutcome::Absent(Absence::Refused { description, .. }) => ("refused", None, Some(description)),
            SsoOutcome::Malformed => ("malformed", None, None),
            SsoOutcome::Unsigned => ("unsigned", None, None),
            SsoOutcome::Expired => ("expired", None, None),
            SsoOutcome::Sent { honoured } => ("sent", honoured, None),
            _ => ("unknown", None, None),
        };
        Self { outcome, honoured, reason }
    }
}

impl Sso {
    /// A sentence about a token that was given.
    pub(crate) fn in_words(&self) -> &'static str {
        match (self.outcome, self.honoured) {
            ("sent", Some(true)) => "The platform token was sent, and an authentication was found by it.",
            ("sent", Some(false)) => "The platform token was sent; nobody has been recognised by it alone.",
            ("sent", None) => "The platform token was sent; whether it is understood shows at a sign-in.",
            ("malformed", _) => "The platform token is not a JWS or JWE, so it was not sent.",
            ("unsigned", _) => "The platform token is not signed, so it was not sent.",
            ("expired", _) => "The platform token has expired, so it was not sent.",
            ("not_asked", _) => "No call has needed the platform token.",
            _ => "The platform token was not sent.",
        }
    }
}

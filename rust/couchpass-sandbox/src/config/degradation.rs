//! Degradation: an MVPD is bypassed for a while, or shut off.
//!
//! Adobe's pages: "Degradation Feature", "Degraded access flows".

use serde::{Deserialize, Serialize};

/// What a degradation does. The names are Adobe's.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum DegradationRule {
    /// Everybody counts as signed in, and everything is permitted.
    AuthNAll,
    /// Everything is permitted.
    AuthZAll,
    /// Nothing is permitted.
    AuthZNone,
}

/// A rule that a programmer has set for one MVPD. It acts on REST API v2.
///
/// ```
/// use couchpass_sandbox::{Degradation, DegradationRule};
///
/// let everyone = Degradation::new("LANTERN", "Northwind", DegradationRule::AuthNAll);
/// let nobody = Degradation::new("LANTERN", "Northwind", DegradationRule::AuthZNone)
///     .resource("LanternSports")
///     .message("The match is shown on free television tonight.");
/// # let _ = (everyone, nobody);
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct Degradation {
    /// The requestor (v2: service provider).
    pub requestor: String,
    /// The MVPD.
    pub mvpd: String,
    /// What it does.
    pub rule: DegradationRule,
    /// The resource ids that it is about; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// What a viewer is told whom it denies something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Degradation {
    /// A rule for all resources.
    pub fn new(requestor: &str, mvpd: &str, rule: DegradationRule) -> Self {
        Self {
            requestor: requestor.to_owned(),
            mvpd: mvpd.to_owned(),
            rule,
            resources: Vec::new(),
            message: None,
        }
    }

    /// For this resource, and others that are named likewise, alone.
    pub fn resource(mut self, id: &str) -> Self {
        self.resources.push(id.to_owned());
        self
    }

    /// With this text for viewers to whom something is denied.
    pub fn message(mut self, text: &str) -> Self {
        self.message = Some(text.to_owned());
        self
    }
}

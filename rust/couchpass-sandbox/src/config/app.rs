//! Applications as they are registered with Adobe.

use serde::{Deserialize, Serialize};

/// The scope of a client that may call REST API v1. The name is ours: Adobe prints only v2's.
pub const SCOPE_V1: &str = "api:client:v1";

/// The scope of a client that may call REST API v2.
pub const SCOPE_V2: &str = "api:client:v2";

/// A registered application: what stands in its software statement, and what Adobe knows about it.
///
/// ```
/// use couchpass_sandbox::App;
///
/// let app = App::named("My TV app").scopes(["api:client:v2"]);
/// assert_eq!(app.software_id, "app-my-tv-app");
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The name in the TVE Dashboard.
    pub name: String,
    /// The `software_id` of its statement.
    pub software_id: String,
    /// What its clients may call: [`SCOPE_V1`], [`SCOPE_V2`].
    pub scopes: Vec<String>,
    /// The requestors it may name; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requestors: Vec<String>,
    /// Whether its statement has been revoked.
    #[serde(default)]
    pub revoked: bool,
}

impl Default for App {
    /// An app for all requestors and both APIs.
    fn default() -> Self {
        Self::named("Couchpass")
    }
}

impl App {
    /// An app of this name, for all requestors and both APIs.
    pub fn named(name: &str) -> Self {
        let slug: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        Self {
            name: name.to_owned(),
            software_id: format!("app-{slug}"),
            scopes: vec![SCOPE_V1.into(), SCOPE_V2.into()],
            requestors: Vec::new(),
            revoked: false,
        }
    }

    /// The same app with these scopes alone.
    #[must_use]
    pub fn scopes<'a>(mut self, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        self.scopes = scopes.into_iter().map(str::to_owned).collect();
        self
    }

    /// The same app, bound to these requestors.
    #[must_use]
    pub fn requestors<'a>(mut self, requestors: impl IntoIterator<Item = &'a str>) -> Self {
        self.requestors = requestors.into_iter().map(str::to_owned).collect();
        self
    }

    /// The same app with a revoked statement.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.revoked = true;
        self
    }
}

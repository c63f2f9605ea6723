//! TV providers as a viewer chooses from them, and the trial that needs none.

use std::fmt;

use device_auth::{Secret, stored};
use serde::{Deserialize, Serialize};

use crate::{Error, MvpdId, RegistrationCode, Result, wire::Record};

/// A TV provider in the picker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Provider {
    /// Its id.
    pub id: MvpdId,
    /// Its name for viewers; its id where no name is known.
    pub display_name: String,
    /// Its logo.
    pub logo_url: Option<String>,
    /// Whether it stands for a trial and is no TV provider: such a one belongs in no picker.
    pub is_temp_pass: bool,
    /// Whether it takes part in the platform's single sign-on.
    pub platform_sso: bool,
}

impl Provider {
    /// From a list of either API; `None` without an id.
    pub(crate) fn read(record: &Record<'_>) -> Option<Self> {
        let id = record.text("id")?;
        Some(Self {
            display_name: record.text("displayName").unwrap_or_else(|| id.clone()),
            id: MvpdId::new(id),
            logo_url: record.text("logoUrl"),
            is_temp_pass: record.flag("isTempPass"),
            platform_sso: record.flag("enablePlatformServices"),
        })
    }

    /// A provider of which nothing but the id is known.
    pub(crate) fn unnamed(id: &MvpdId) -> Self {
        Self {
            id: id.clone(),
            display_name: id.to_string(),
            logo_url: None,
            is_temp_pass: false,
            platform_sso: false,
        }
    }
}

/// Whom a promotional trial belongs to, besides the device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionalIdentity {
    key: String,
    #[serde(with = "stored")]
    value: Secret,
}

impl PromotionalIdentity {
    /// An identity by the key that is configured with Adobe, such as `email`. Hash the value (SHA-256) before: Adobe needs it
    /// to be the same each time, not to be readable.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an empty key or value.
    pub fn new(key: impl Into<String>, hashed_value: impl Into<String>) -> Result<Self> {
        let (key, value) = (key.into(), Secret::new(hashed_value));
        if key.is_empty() || value.is_empty() {
            return Err(Error::fix(
                "the promotional identity is empty",
                "pass the configured key and the hashed value",
            ));
        }
        Ok(Self { key, value })
    }

    pub(crate) fn json(&self) -> Secret {
        Secret::new(serde_json::json!({ self.key.as_str(): self.value.expose() }).to_string())
    }
}

impl fmt::Debug for PromotionalIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PromotionalIdentity").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a second screen learns of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeRecord {
    /// The code.
    pub code: RegistrationCode,
    /// The TV provider, where the device has chosen one already.
    pub mvpd: Option<MvpdId>,
    /// Whether the device has named all that a login needs. REST v1 always wants it named again.
    pub is_complete: bool,
}

/// What a second screen does next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginStep {
    /// Send the viewer's browser there; it ends at the login's redirect URL.
    Open(String),
    /// Nothing: the viewer is signed in already, or the TV provider is out of order and the programmer lets everybody in.
    Done,
}

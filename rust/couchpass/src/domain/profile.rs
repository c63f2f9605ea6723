//! Who the viewer is to a TV provider, for how long, and how that came about.

use device_auth::Timestamp;
use serde::{Deserialize, Serialize};

use crate::MvpdId;

/// A viewer's authentication with a TV provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Profile {
    /// The TV provider.
    pub mvpd: MvpdId,
    /// The viewer's id at the TV provider, scrambled by Adobe. Absent where the answer had none.
    pub user_id: Option<String>,
    /// When the authentication ends. It is never prolonged silently: the viewer signs in again.
    pub not_after: Timestamp,
    /// How it came about.
    pub profile_type: ProfileType,
}

/// How a profile came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ProfileType {
    /// By signing in with the TV provider in this app.
    Regular,
    /// By the platform token: the viewer has signed in elsewhere on this device.
    #[serde(rename = "platformSSO")]
    PlatformSso,
    /// By a trial (TempPass), without a TV provider.
    Temporary,
}

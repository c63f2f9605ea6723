//! Who the viewer is to a TV provider, for how long, and how that came about.

use device_auth::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{MvpdId, UserMetadata};

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileType {
    /// By signing in with the TV provider in this app.
    Regular,
    /// By the platform token: the viewer has signed in elsewhere on this device.
    PlatformSso,
    /// By a trial (TempPass), without a TV provider.
    Temporary,
    /// By a rule of the programmer while a TV provider is out of order: nobody has signed in. REST v2 alone tells.
    Degraded,
    /// In another way, as REST v2 names it.
    Other(String),
}

impl ProfileType {
    /// REST v2's name for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Regular => "regular",
            Self::PlatformSso => "platformSSO",
            Self::Temporary => "temporary",
            Self::Degraded => "degraded",
            Self::Other(name) => name,
        }
    }

    /// By v2's name, an open set.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "regular" => Self::Regular,
            "platformSSO" => Self::PlatformSso,
            "temporary" => Self::Temporary,
            "degraded" => Self::Degraded,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Serialize for ProfileType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ProfileType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::named(&String::deserialize(deserializer)?))
    }
}

/// A profile as the service tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) profile: Profile,
    /// What the TV provider tells of the viewer, where it comes with the profile.
    pub(crate) metadata: Option<UserMetadata>,
}

/// What has become of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ByCode {
    /// The viewer has finished.
    Used(Found),
    /// Not yet.
    Open,
    /// It works no longer, or never did.
    Gone,
}

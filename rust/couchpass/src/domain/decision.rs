//! May this viewer watch this resource: the answer, its reason, and the token that proves it.

use std::fmt;

use device_auth::{Secret, Timestamp};

use super::login::without_query;
use crate::{MvpdId, Resource};

/// What the TV provider has decided about one resource.
///
/// A denial is an answer, not an error: [`Decision::denial`] holds the text that the viewer should see.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The resource that was asked for.
    pub resource: Resource,
    /// Permit or deny.
    pub authorized: bool,
    /// The TV provider that decided, where the answer names it.
    pub mvpd: Option<MvpdId>,
    /// Who decided.
    pub source: DecisionSource,
    /// How long Adobe keeps a permit; asking again until then costs the TV provider nothing.
    pub not_after: Option<Timestamp>,
    /// The proof of a permit, for the app's backend.
    pub media_token: Option<MediaToken>,
    /// Why not, for a deny.
    pub denial: Option<Denial>,
}

/// Who has made a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecisionSource {
    /// The TV provider.
    Mvpd,
    /// The rules of a trial.
    TempPass,
    /// A rule of the programmer while a TV provider is out of order. REST v2 alone tells.
    Degradation,
    /// Somebody else, as REST v2 names them.
    Other(String),
}

impl DecisionSource {
    /// By v2's name, an open set.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "mvpd" => Self::Mvpd,
            "temppass" => Self::TempPass,
            "degradation" => Self::Degradation,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Whether a resource is probably watchable: for a list of channels, never for playback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preauthorization {
    /// The resource that was asked for.
    pub resource: Resource,
    /// Permit or deny. A TV provider that does not answer denies.
    pub authorized: bool,
    /// Why not, where the answer says so.
    pub denial: Option<Denial>,
}

/// Why a decision is a deny.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial {
    /// Adobe's code, where enhanced error codes are on; an open set.
    pub code: Option<String>,
    /// A short text.
    pub message: String,
    /// The TV provider's own words for the viewer, such as how to upgrade.
    pub details: Option<String>,
    /// Adobe's trace id, for support.
    pub trace: Option<String>,
}

/// The short-lived proof of a permit. It is for one use: hand it untouched to the backend that validates it, never keep or
/// parse it, and let playback go on when it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MediaToken {
    /// The token as Adobe has serialised it.
    pub serialized: Secret,
    /// When it stops being accepted.
    pub not_after: Timestamp,
}

/// What is left for the app to do after a sign-out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOutAction {
    /// Open this page, where the app has a browser, to end the TV provider's own session. It ends at the client's redirect URL.
    OpenUrl {
        /// The TV provider.
        mvpd: MvpdId,
        /// Its page.
        url: String,
    },
}

/// Adobe writes the device's id, among others, into the query of the page.
impl fmt::Debug for SignOutAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenUrl { mvpd, url } => {
                let page = without_query(url);
                f.debug_struct("OpenUrl").field("mvpd", mvpd).field("page", &page).finish_non_exhaustive()
            }
        }
    }
}

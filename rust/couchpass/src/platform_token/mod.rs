//! The platform token: what a device's own sign-in service says of the viewer, asked for once and never waited for long.
//!
//! Adobe's pages: "Amazon SSO Cookbook", "Adobe-Subject-Token". A missing or bad token is never an error: Adobe serves the
//! call without single sign-on, and the viewer signs in with a code.

mod asking;
mod inspection;

use std::{future::Future, pin::Pin};

use device_auth::{Secret, Timestamp};

pub(crate) use self::asking::PlatformTokens;
#[cfg(feature = "fuzzing")]
pub(crate) use self::inspection::inspect;

/// How a platform token is asked for. Implemented by the adapter of a platform's own library.
pub trait PlatformTokenSource: Send + Sync {
    /// Asks the platform. It may take as long as it takes: nobody waits for it longer than the configured patience, and an
    /// answer that comes later is still used.
    fn token(&self) -> PlatformTokenFuture;
}

/// The answer of a [`PlatformTokenSource`], under way.
pub type PlatformTokenFuture = Pin<Box<dyn Future<Output = Result<Secret, Absence>> + Send>>;

impl<F: Fn() -> PlatformTokenFuture + Send + Sync> PlatformTokenSource for F {
    fn token(&self) -> PlatformTokenFuture {
        self()
    }
}

/// Why a platform has no token to give. Each ends in signing in with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Absence {
    /// The platform's library is not on this device.
    LibraryAbsent,
    /// It is there, but its companion app is disabled or removed.
    Disabled,
    /// It is there, but cannot be used as it is: another shape than expected, an exception, no instance.
    Unusable(String),
    /// It has answered with a refusal, whose code is passed through as it came.
    Refused {
        /// The platform's own number.
        code: Option<i64>,
        /// The platform's own words.
        description: String,
    },
}

/// Where the platform token sits in a request; the app chooses, the header is Adobe's first choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlatformTokenCarrier {
    /// The header `Adobe-Subject-Token`.
    #[default]
    Header,
    /// The query parameter `ast`. Long tokens may make the URL too long for something on the way.
    Query,
    /// The form field `ast` on calls that have a form; the header elsewhere.
    Post,
}

/// What has come of the platform token, for the app's diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SsoReport {
    /// What has happened.
    pub outcome: SsoOutcome,
    /// When the platform was asked.
    pub asked: Option<Timestamp>,
    /// When it answered.
    pub answered: Option<Timestamp>,
}

/// What has come of the platform token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SsoOutcome {
    /// No call has needed it yet, or the app has no source.
    NotAsked,
    /// The platform has not answered yet. `timed_out`: calls go without it meanwhile.
    Waiting {
        /// Whether the patience is at its end.
        timed_out: bool,
    },
    /// The platform has none to give.
    Absent(Absence),
    /// What it gave is not a JWS or JWE.
    Malformed,
    /// What it gave is not signed.
    Unsigned,
    /// What it gave has expired.
    Expired,
    /// It is sent on every call. Adobe never says that it has understood it: only an authentication found by it proves that.
    Sent {
        /// Whether an authentication was found by it; `None` before anybody has looked.
        honoured: Option<bool>,
    },
}

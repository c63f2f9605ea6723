//! Platform tokens: what Amazon's library would hand to an app on a Fire TV.
//!
//! Adobe's page: "Amazon SSO Cookbook (REST API V1)". Neither Adobe nor Amazon publishes the token's claims; these are
//! the ones that Adobe's sample token shows.

use serde::{Deserialize, Serialize};

use crate::clock::{Millis, SandboxClock};
use crate::jwt::{self, SigningKey};

const ISSUER: &str = "couchpass-sandbox-platform";

#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    /// Seconds since 1970, as JWT has it.
    iat: u64,
    /// Seconds since 1970.
    exp: u64,
}

/// Makes platform tokens for one subject: one Amazon profile on one device or platform.
///
/// Without further wishes the token is signed and lives for a day of the sandbox's clock.
#[derive(Clone, Debug)]
#[must_use]
pub struct PlatformTokenBuilder {
    key: SigningKey,
    subject: String,
    now: Millis,
    lives_s: u64,
    unsigned: bool,
    expired: bool,
}

impl PlatformTokenBuilder {
    pub(crate) fn new(key: SigningKey, clock: &SandboxClock, subject: &str) -> Self {
        Self {
            key,
            subject: subject.to_owned(),
            now: clock.now(),
            lives_s: 24 * 60 * 60,
            unsigned: false,
            expired: false,
        }
    }

    /// How long the token lives from now, in seconds.
    pub fn lives_for(mut self, seconds: u64) -> Self {
        self.lives_s = seconds;
        self
    }

    /// A token that ended an hour ago.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// A token with `alg: none` and an empty signature.
    pub fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// The token.
    pub fn build(self) -> String {
        let now = self.now / 1000;
        let (iat, exp) = if self.expired {
            (now.saturating_sub(7200), now.saturating_sub(3600))
        } else {
            (now, now.saturating_add(self.lives_s))
        };
        let claims = Claims { iss: ISSUER.into(), aud: "adobe".into(), sub: self.subject, iat, exp };
        if self.unsigned { jwt::unsigned(&claims) } else { self.key.sign(&claims) }
    }

    /// A text that is no token at all.
    pub fn malformed(self) -> String {
        format!("not-a-token-{}", self.subject.len())
    }
}

/// The subject of a valid token at `now`; `None` for one that is unsigned, expired, malformed or someone else's.
/// There is no error: Adobe serves such a call as if no token had come.
pub(crate) fn subject(key: &SigningKey, token: &str, now: Millis) -> Option<String> {
    let claims: Claims = key.read(token)?;
    (claims.iss == ISSUER && claims.exp > now / 1000 && !claims.sub.is_empty()).then_some(claims.sub)
}

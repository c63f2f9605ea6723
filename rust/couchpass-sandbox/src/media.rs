//! Media tokens: what a player shows before it plays.
//!
//! Adobe's page: "Media tokens". The same token serves both versions of the API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::Millis;
use crate::random;
use crate::state::{State, seconds};

/// A media token and its end.
pub(crate) struct MediaToken {
    pub(crate) serialized: String,
    pub(crate) expires: Millis,
}

/// A new one, different from all others.
pub(crate) fn token(state: &State, requestor: &str, now: Millis) -> MediaToken {
    let expires = now.saturating_add(seconds(state.config.lifetimes.media_s));
    let token = format!(
        "<shortAuthorizationToken><sessionGUID>{}</sessionGUID><requestorID>{requestor}</requestorID>\
         <issueTime>{now}</issueTime><ttl>{expires}</ttl></shortAuthorizationToken>",
        random::uuid(),
    );
    let signature = state.key.signature(&token);
    let serialized = STANDARD.encode(format!("<signatureInfo>{signature}</signatureInfo>{token}"));
    MediaToken { serialized, expires }
}

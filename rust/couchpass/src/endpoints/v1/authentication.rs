//! Whether this device's viewer is authenticated, by whom, and the end of it.
//!
//! Adobe's pages: "Retrieve Authentication Token", "Check Authentication Token", "Initiate Logout".

use device_auth::{Priority, Timestamp};
use reqwest::Method;

use super::{Call, Caller, Endpoint, Response};
use crate::{MvpdId, failure::Failure, wire::Record};

/// `GET /api/v1/tokens/authn`: the authentication, where there is one.
pub(crate) struct AuthenticationToken<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) priority: Priority,
}

/// What v1 tells of an authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authentication {
    pub(crate) mvpd: MvpdId,
    pub(crate) user_id: Option<String>,
    pub(crate) expires: Timestamp,
}

/// Reads an authentication, wherever it comes from.
pub(super) fn authentication(record: &Record<'_>) -> Result<Authentication, String> {
    Ok(Authentication {
        mvpd: MvpdId::new(record.required("mvpd")?),
        user_id: record.text("userId"),
        expires: record.instant("expires")?,
    })
}

impl Endpoint for AuthenticationToken<'_> {
    type Answer = Option<Authentication>;

    fn call(&self) -> Call {
        Call {
            priority: self.priority,
            ..Call::v1_get("tokens/authn", &["api", "v1", "tokens", "authn"]).of(self.caller)
        }
    }

    fn read(&self, response: &Response) -> Result<Option<Authentication>, Failure> {
        match response.refused_with() {
            // Not found, expired: there is none.
            Some(404 | 410) => Ok(None),
            Some(_) if response.refusal().is_unauthenticated() => Ok(None),
            _ => response.read(authentication).map(Some),
        }
    }
}

/// `GET /api/v1/checkauthn`: whether there is an authentication, and nothing else.
pub(crate) struct CheckAuthentication<'a> {
    pub(crate) caller: &'a Caller,
}

impl Endpoint for CheckAuthentication<'_> {
    type Answer = bool;

    fn call(&self) -> Call {
        Call::v1_get("checkauthn", &["api", "v1", "checkauthn"]).of(self.caller)
    }

    fn read(&self, response: &Response) -> Result<bool, Failure> {
        match response.refused_with() {
            Some(403) => Ok(false),
            _ => response.acknowledged().map(|()| true),
        }
    }
}

/// `DELETE /api/v1/logout`: ends this app's authentication on this device. The TV provider's own session stays.
pub(crate) struct Logout<'a> {
    pub(crate) caller: &'a Caller,
}

impl Endpoint for Logout<'_> {
    type Answer = ();

    fn call(&self) -> Call {
        Call::v1("logout", Method::DELETE, &["api", "v1", "logout"]).of(self.caller)
    }

    fn read(&self, response: &Response) -> Result<(), Failure> {
        response.acknowledged()
    }
}

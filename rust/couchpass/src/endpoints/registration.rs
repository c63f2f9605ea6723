//! Dynamic Client Registration: an app instance's own credentials, and bearer tokens by them.
//!
//! Adobe's pages: "Retrieve client credentials", "Retrieve access token".

use std::time::Duration;

use device_auth::{Secret, Timestamp};
use reqwest::Method;

use super::{Body, CLIENT_SECRET, Call, Endpoint, Origin, Response};
use crate::{SoftwareStatement, failure::Failure};

/// `POST /o/client/register`: new credentials for this app instance.
pub(crate) struct Register<'a> {
    pub(crate) statement: &'a SoftwareStatement,
}

/// What a registration gives, for good.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) scopes: Vec<String>,
}

fn open_call(name: &'static str, path: &[&str]) -> Call {
    Call { protected: false, ..Call::new(name, Method::POST, Origin::Sp, path) }
}

impl Endpoint for Register<'_> {
    type Answer = Registered;

    fn call(&self) -> Call {
        let json = serde_json::json!({ "software_statement": self.statement.secret().expose() });
        // Sent twice it would make two registrations, and an app instance is to have one.
        let call = open_call("register", &["o", "client", "register"]);
        Call { body: Body::Json(Secret::new(json.to_string())), repeatable: false, ..call }
    }

    fn read(&self, response: &Response) -> Result<Registered, Failure> {
        response.read(|record| {
            Ok(Registered {
                client_id: record.required("client_id")?,
                client_secret: record.secret("client_secret")?,
                scopes: record.texts("scopes"),
            })
        })
    }
}

/// `POST /o/client/token`: a bearer token for registered credentials.
pub(crate) struct AccessToken<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a Secret,
    pub(crate) now: Timestamp,
}

/// A bearer token.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub(crate) token: Secret,
    pub(crate) expires: Timestamp,
}

impl Endpoint for AccessToken<'_> {
    type Answer = Bearer;

    fn call(&self) -> Call {
        let mut call = open_call("token", &["o", "client", "token"]);
        call.body = Body::Form(vec![
            ("grant_type", Secret::new("client_credentials")),
            ("client_id", Secret::new(self.client_id)),
        ]);
        call.carry(CLIENT_SECRET, self.client_secret);
        call
    }

    fn read(&self, response: &Response) -> Result<Bearer, Failure> {
        response.read(|record| {
            // `created_at` is the service's clock; ours decides when to ask again, so it counts from now.
            let lifetime = u64::try_from(record.number("expires_in")?).unwrap_or(0);
            let token = record.secret("access_token")?;
            // It goes into a header from now on; the app that would be told of it then can do nothing about it.
            if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err("access_token has characters that no header may have".to_owned());
            }
            Ok(Bearer { token, expires: self.now.plus(Duration::from_secs(lifetime)) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_that_no_header_may_hold_is_an_unreadable_answer() {
        let secret = Secret::new("secret");
        let read = |token: &str| {
            let body = format!(r#"{{"access_token": "{token}", "expires_in": 60}}"#).into_bytes();
            let response = Response { call: "token", status: 200, date: None, body };
            AccessToken { client_id: "id", client_secret: &secret, now: Timestamp::default() }.read(&response)
        };
        assert!(read("a.b-c_d~+/=").is_ok());
        for bad in ["a\\nb", "a b", "\\u0000", "é"] {
            assert!(matches!(read(bad), Err(Failure::Unreadable { .. })), "{bad}");
        }
    }
}

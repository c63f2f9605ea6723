//! What a sandbox serves, and at which address.
//!
//! Adobe's pages: "REST API Reference" (v1), "Dynamic Client Registration", and "Throttling mechanism" for what is
//! limited.

use std::fmt;

use hyper::Method;
use serde::{Deserialize, Serialize};

use crate::render::Format;

/// The three hosts of a sandbox.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// `api.auth.adobe.com`: REST API v1 and the registration codes.
    Api,
    /// `sp.auth.adobe.com`: Dynamic Client Registration.
    Sp,
    /// The second screen: the programmer's login page and the MVPDs' own pages.
    Web,
}

/// One call of the API.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /o/client/register`
    Register,
    /// `POST /o/client/token`
    Token,
    /// `POST /reggie/v1/{requestor}/regcode`
    CreateCode,
    /// `GET /reggie/v1/{requestor}/regcode/{code}`
    ReadCode,
    /// `DELETE /reggie/v1/{requestor}/regcode/{code}`
    DeleteCode,
    /// `GET /api/v1/config/{requestor}`
    ProviderList,
    /// `GET /api/v1/authenticate`, by a browser
    Authenticate,
    /// `GET /api/v1/authenticate/{code}`
    AuthenticateCode,
    /// `POST /api/v1/authenticate/freepreview`
    FreePreview,
    /// `GET /api/v1/checkauthn`
    CheckAuthn,
    /// `GET /api/v1/checkauthn/{code}`
    CheckAuthnCode,
    /// `GET /api/v1/tokens/authn`
    AuthnToken,
    /// `GET /api/v1/authorize`
    Authorize,
    /// `GET /api/v1/tokens/authz`
    AuthzToken,
    /// `GET /api/v1/tokens/media` and `GET /api/v1/mediatoken`
    MediaToken,
    /// `GET /api/v1/preauthorize`
    Preauthorize,
    /// `GET /api/v1/preauthorize/{code}`
    PreauthorizeCode,
    /// `GET /api/v1/tokens/usermetadata`
    UserMetadata,
    /// `DELETE /api/v1/logout`
    Logout,
    /// A page of the second screen.
    Page,
}

impl Endpoint {
    /// Whether calls of it count for the throttling.
    pub(crate) fn limited(self) -> bool {
        !self.by_browser()
    }

    /// Whether a browser calls it, and so no device and without a bearer token.
    pub(crate) fn by_browser(self) -> bool {
        matches!(self, Self::Authenticate | Self::Page)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Register => "POST /o/client/register",
            Self::Token => "POST /o/client/token",
            Self::CreateCode => "POST /reggie/v1/{requestor}/regcode",
            Self::ReadCode => "GET /reggie/v1/{requestor}/regcode/{code}",
            Self::DeleteCode => "DELETE /reggie/v1/{requestor}/regcode/{code}",
            Self::ProviderList => "GET /api/v1/config/{requestor}",
            Self::Authenticate => "GET /api/v1/authenticate",
            Self::AuthenticateCode => "GET /api/v1/authenticate/{code}",
            Self::FreePreview => "POST /api/v1/authenticate/freepreview",
            Self::CheckAuthn => "GET /api/v1/checkauthn",
            Self::CheckAuthnCode => "GET /api/v1/checkauthn/{code}",
            Self::AuthnToken => "GET /api/v1/tokens/authn",
            Self::Authorize => "GET /api/v1/authorize",
            Self::AuthzToken => "GET /api/v1/tokens/authz",
            Self::MediaToken => "GET /api/v1/tokens/media",
            Self::Preauthorize => "GET /api/v1/preauthorize",
            Self::PreauthorizeCode => "GET /api/v1/preauthorize/{code}",
            Self::UserMetadata => "GET /api/v1/tokens/usermetadata",
            Self::Logout => "DELETE /api/v1/logout",
            Self::Page => "a page of the second screen",
        })
    }
}

/// Where an address leads.
#[derive(Debug)]
pub(crate) enum Route {
    /// To this endpoint.
    To(Target),
    /// To an endpoint, but not with this method.
    WrongMethod,
    /// Nowhere.
    Unknown,
}

/// An endpoint, and what the path said beyond its name.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) endpoint: Endpoint,
    /// The `{requestor}` of the path.
    pub(crate) requestor: Option<String>,
    /// The `{code}` of the path.
    pub(crate) code: Option<String>,
    /// The format that a suffix asked for.
    pub(crate) suffix: Option<Format>,
}

/// Finds the endpoint of an address.
pub(crate) fn route(origin: Origin, method: &Method, path: &str) -> Route {
    if origin == Origin::Web {
        return to(Endpoint::Page, None, None, None);
    }
    let (path, suffix) = Format::split_suffix(path);
    let mut segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (endpoint, requestor, code) = match (origin, method.as_str(), segments.as_slice()) {
        (Origin::Sp, "POST", ["o", "client", "register"]) => (Endpoint::Register, None, None),
        (Origin::Sp, "POST", ["o", "client", "token"]) => (Endpoint::Token, None, None),
        (Origin::Sp, _, ["o", "client", "register" | "token"]) => return Route::WrongMethod,
        (Origin::Api, "POST", ["reggie", "v1", r, "regcode"]) => (Endpoint::CreateCode, Some(*r), None),
        (Origin::Api, "GET", ["reggie", "v1", r, "regcode", c]) => (Endpoint::ReadCode, Some(*r), Some(*c)),
        (Origin::Api, "DELETE", ["reggie", "v1", r, "regcode", c]) => {
            (Endpoint::DeleteCode, Some(*r), Some(*c))
        }
        (Origin::Api, _, ["reggie", "v1", _, "regcode"] | ["reggie", "v1", _, "regcode", _]) => {
            return Route::WrongMethod;
        }
        (Origin::Api, method, ["api", "v1", rest @ ..]) => match v1(method, rest) {
            Some((expected, endpoint, requestor, code)) if expected == method => (endpoint, requestor, code),
            Some(_) => return Route::WrongMethod,
            None => return Route::Unknown,
        },
        _ => return Route::Unknown,
    };
    to(endpoint, requestor, code, suffix)
}

type Found<'a> = (&'static str, Endpoint, Option<&'a str>, Option<&'a str>);

/// What stands under `/api/v1`: the method, the endpoint, the requestor, the code.
fn v1<'a>(method: &str, path: &[&'a str]) -> Option<Found<'a>> {
    Some(match path {
        ["config", r] => ("GET", Endpoint::ProviderList, Some(*r), None),
        ["authenticate"] => ("GET", Endpoint::Authenticate, None, None),
        // A registration code has at most seven characters: this word cannot be one.
        ["authenticate", "freepreview"] => ("POST", Endpoint::FreePreview, None, None),
        ["authenticate", c] => ("GET", Endpoint::AuthenticateCode, None, Some(*c)),
        ["checkauthn"] => ("GET", Endpoint::CheckAuthn, None, None),
        ["checkauthn", c] => ("GET", Endpoint::CheckAuthnCode, None, Some(*c)),
        // POST is the exchange of an Apple profile, which no Fire TV sends.
        ["tokens", "authn"] if method != "POST" => ("GET", Endpoint::AuthnToken, None, None),
        ["tokens", "authz"] => ("GET", Endpoint::AuthzToken, None, None),
        ["tokens", "media"] | ["mediatoken"] => ("GET", Endpoint::MediaToken, None, None),
        ["tokens", "usermetadata"] => ("GET", Endpoint::UserMetadata, None, None),
        ["authorize"] => ("GET", Endpoint::Authorize, None, None),
        ["preauthorize"] => ("GET", Endpoint::Preauthorize, None, None),
        ["preauthorize", c] => ("GET", Endpoint::PreauthorizeCode, None, Some(*c)),
        ["logout"] => ("DELETE", Endpoint::Logout, None, None),
        _ => return None,
    })
}

fn to(endpoint: Endpoint, requestor: Option<&str>, code: Option<&str>, suffix: Option<Format>) -> Route {
    let (requestor, code) = (requestor.map(str::to_owned), code.map(str::to_owned));
    Route::To(Target { endpoint, requestor, code, suffix })
}

/// A path segment with its percent escapes resolved.
pub(crate) fn decoded(segment: &str) -> String {
    // A form treats `+` as a space, a path does not.
    let escaped = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

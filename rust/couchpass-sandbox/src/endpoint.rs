//! What a sandbox serves.
//!
//! Adobe's pages: "REST API Reference" (v1), "REST API V2 - APIs Overview", "Dynamic Client Registration", and
//! "Throttling mechanism" for what is limited.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The three hosts of a sandbox.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// `api.auth.adobe.com`: REST API v1 and the registration codes.
    Api,
    /// `sp.auth.adobe.com`: Dynamic Client Registration and REST API v2.
    Sp,
    /// The second screen: the programmer's login page and the MVPDs' own pages.
    Web,
}

/// The version of the API that something belongs to. What is made in one does not show in the other.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// REST API v1.
    V1,
    /// REST API v2.
    V2,
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
    /// `GET /api/v2/{serviceProvider}/configuration`
    Configuration,
    /// `POST /api/v2/{serviceProvider}/sessions`
    CreateSession,
    /// `GET /api/v2/{serviceProvider}/sessions/{code}`
    ReadSession,
    /// `POST /api/v2/{serviceProvider}/sessions/{code}`
    ResumeSession,
    /// `GET /api/v2/authenticate/{serviceProvider}/{code}`, by a browser
    AuthenticateSession,
    /// `GET /api/v2/{serviceProvider}/profiles`
    Profiles,
    /// `GET /api/v2/{serviceProvider}/profiles/{mvpd}`
    MvpdProfile,
    /// `GET /api/v2/{serviceProvider}/profiles/code/{code}`
    CodeProfile,
    /// `POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}`
    PreauthorizeDecisions,
    /// `POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}`
    AuthorizeDecisions,
    /// `GET /api/v2/{serviceProvider}/logout/{mvpd}`
    MvpdLogout,
    /// `GET /adobe-services/logout`, by a browser: where the `url` of v2's logout leads
    BrowserLogout,
    /// A page of the second screen.
    Page,
    /// What the pages of the second screen are made with: stylesheet, script, logos.
    Asset,
}

impl Endpoint {
    /// Whether calls of it count for the throttling.
    pub(crate) fn limited(self) -> bool {
        !self.by_browser()
    }

    /// Whether a browser calls it, and so no device and without a bearer token.
    pub(crate) fn by_browser(self) -> bool {
        matches!(
            self,
            Self::Authenticate | Self::AuthenticateSession | Self::BrowserLogout | Self::Page | Self::Asset
        )
    }

    /// Whether it answers a device in the manner of REST API v2: in JSON, with enhanced errors.
    pub(crate) fn is_v2(self) -> bool {
        matches!(
            self,
            Self::Configuration
                | Self::CreateSession
                | Self::ReadSession
                | Self::ResumeSession
                | Self::Profiles
                | Self::MvpdProfile
                | Self::CodeProfile
                | Self::PreauthorizeDecisions
                | Self::AuthorizeDecisions
                | Self::MvpdLogout
        )
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
            Self::Configuration => "GET /api/v2/{serviceProvider}/configuration",
            Self::CreateSession => "POST /api/v2/{serviceProvider}/sessions",
            Self::ReadSession => "GET /api/v2/{serviceProvider}/sessions/{code}",
            Self::ResumeSession => "POST /api/v2/{serviceProvider}/sessions/{code}",
            Self::AuthenticateSession => "GET /api/v2/authenticate/{serviceProvider}/{code}",
            Self::Profiles => "GET /api/v2/{serviceProvider}/profiles",
            Self::MvpdProfile => "GET /api/v2/{serviceProvider}/profiles/{mvpd}",
            Self::CodeProfile => "GET /api/v2/{serviceProvider}/profiles/code/{code}",
            Self::PreauthorizeDecisions => "POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}",
            Self::AuthorizeDecisions => "POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}",
            Self::MvpdLogout => "GET /api/v2/{serviceProvider}/logout/{mvpd}",
            Self::BrowserLogout => "GET /adobe-services/logout",
            Self::Page => "a page of the second screen",
            Self::Asset => "a stylesheet, script or logo of the second screen",
        })
    }
}

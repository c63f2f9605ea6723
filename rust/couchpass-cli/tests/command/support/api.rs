//! The two APIs: a test for each, and which endpoint of the sandbox does what there.

use couchpass_sandbox::Endpoint;

/// Every test named, once on each API: as `v1::name` and `v2::name`.
macro_rules! on_both_apis {
    ($($name:ident),+ $(,)?) => {
        mod v1 {
            $(#[tokio::test] async fn $name() { super::$name(crate::support::Api::V1).await })+
        }
        mod v2 {
            $(#[tokio::test] async fn $name() { super::$name(crate::support::Api::V2).await })+
        }
    };
}
pub(crate) use on_both_apis;

/// Which of Adobe's APIs a test is about, and which endpoint of the sandbox does what there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    V1,
    V2,
}

impl Api {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// Finds what Adobe knows of the device.
    pub(crate) fn find(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::AuthnToken,
            Self::V2 => Endpoint::Profiles,
        }
    }

    /// Brings a code.
    pub(crate) fn open(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::CreateCode,
            Self::V2 => Endpoint::CreateSession,
        }
    }

    /// Asks whether the code has been used, and the number of the first such call in a sign-in.
    pub(crate) fn poll(self) -> (Endpoint, u64) {
        match self {
            Self::V1 => (Endpoint::AuthnToken, 2),
            Self::V2 => (Endpoint::CodeProfile, 1),
        }
    }

    /// What it takes to a media token.
    pub(crate) fn watch(self) -> &'static [Endpoint] {
        match self {
            Self::V1 => &[Endpoint::Authorize, Endpoint::MediaToken],
            Self::V2 => &[Endpoint::AuthorizeDecisions],
        }
    }

    /// Lists the TV providers.
    pub(crate) fn list(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::ProviderList,
            Self::V2 => Endpoint::Configuration,
        }
    }

    /// Marks a list of channels.
    pub(crate) fn mark(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::Preauthorize,
            Self::V2 => Endpoint::PreauthorizeDecisions,
        }
    }

    pub(crate) fn log_out(self) -> Endpoint {
        match self {
            Self::V1 => Endpoint::Logout,
            Self::V2 => Endpoint::MvpdLogout,
        }
    }
}

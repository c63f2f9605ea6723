//! Who and what a sandbox knows: requestors, MVPDs, accounts, apps, lifetimes and limits.

mod app;
mod check;
mod degradation;
mod error;
mod refusal;

use std::collections::BTreeMap;
use std::fmt;

pub use app::{App, SCOPE_V1, SCOPE_V2};
pub use degradation::{Degradation, DegradationRule};
pub use error::ConfigError;
pub use refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that a sandbox knows before its first request. It reads and writes JSON, which `docs/sandbox.md`
/// describes; the default is `default-config.json` beside this file, and a good start for one's own.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Signs software statements, platform tokens and media tokens, so that those of one sandbox work in the next.
    pub signing_key: String,
    /// The programmers' channels (v2: service providers).
    pub requestors: Vec<Requestor>,
    /// The TV providers, TempPass included.
    pub mvpds: Vec<Mvpd>,
    /// The viewers' accounts with their TV provider.
    pub accounts: Vec<Account>,
    /// The registered applications, each with a software statement.
    pub apps: Vec<App>,
    /// What is refused on purpose, whoever asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Which MVPDs are bypassed, or shut off, in REST API v2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub degradations: Vec<Degradation>,
    /// How v2 writes what Adobe's pages write in two ways.
    #[serde(default)]
    pub spelling: Spelling,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// What is too much.
    #[serde(default)]
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self::from_json(include_str!("default-config.json")).expect("a test reads the built-in configuration")
    }
}

/// The size of it. The signing key and the passwords stay out.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("requestors", &self.requestors.len())
            .field("mvpds", &self.mvpds.len())
            .field("accounts", &self.accounts)
            .field("apps", &self.apps.len())
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads a configuration, and checks that what it refers to is there.
    ///
    /// # Errors
    ///
    /// If the text is no JSON, a field is missing, misspelt or of the wrong kind, or a name leads nowhere. The error
    /// names the field and says what to do.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let config: Self = serde_path_to_error::deserialize(&mut json).map_err(ConfigError::of)?;
        json.end().map_err(|error| ConfigError::after_the_end(&error))?;
        config.check()?;
        Ok(config)
    }

    /// Checks that what it refers to is there, wherever it was read from.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        check::check(self)
    }

    pub(crate) fn requestor(&self, id: &str) -> Option<&Requestor> {
        self.requestors.iter().find(|requestor| requestor.id == id)
    }

    pub(crate) fn mvpd(&self, id: &str) -> Option<&Mvpd> {
        self.mvpds.iter().find(|mvpd| mvpd.id == id)
    }

    pub(crate) fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The MVPD, if it is integrated with the requestor.
    pub(crate) fn integration(&self, requestor: &str, mvpd: &str) -> Option<&Mvpd> {
        self.requestor(requestor)?.mvpds.iter().find(|id| *id == mvpd).and_then(|id| self.mvpd(id))
    }
}

/// A channel or brand of a programmer, under whose name an app calls.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requestor {
    /// The requestor id.
    pub id: String,
    /// The name that viewers see.
    pub name: String,
    /// The domains of its login page, as registered with Adobe.
    pub domains: Vec<String>,
    /// The ids of the MVPDs that are integrated with it.
    pub mvpds: Vec<String>,
    /// What can be watched.
    pub resources: Vec<Resource>,
}

/// A protected channel.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The plain resource id.
    pub id: String,
    /// The name that viewers see; an MRSS fragment names the channel by id or by title.
    pub title: String,
    /// A V-CHIP or MPAA rating, for parental controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
}

/// A TV provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mvpd {
    /// The MVPD id.
    pub id: String,
    /// The name that viewers see.
    pub display_name: String,
    /// Where its logo is; without one, the sandbox draws a plain one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// Whether a platform token signs other apps in with it.
    pub platform_sso: bool,
    /// Set when the MVPD answers through a proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_mvpd: Option<String>,
    /// Set when its login page may be shown inside a frame, and how large that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iframe: Option<Iframe>,
    /// Whether the platform's own picker shows it although it does not take part in its sign-in (`PICKER`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub platform_picker_only: bool,
    /// Set on a TempPass: how long each device may watch, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temp_pass_s: Option<u64>,
    /// Set on a promotional TempPass, beside `temp_pass_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
    /// Whether it has no logout page of its own, so that v2's logout is complete without a browser.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_logout_page: bool,
    /// What a viewer is told who has not subscribed to a channel.
    #[serde(default)]
    pub upgrade: String,
}

/// The size of a login page's frame, in pixels.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Iframe {
    /// Its width.
    pub width: u64,
    /// Its height.
    pub height: u64,
}

/// What a promotional TempPass asks of viewers, and what it gives them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The key of `generic_data` under which an app sends who the viewer is, for instance `email`.
    pub key: String,
    /// How many different resources each viewer may watch.
    pub resources: usize,
}

/// A household's account with its TV provider.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The name to sign in with.
    pub name: String,
    /// The password.
    pub password: String,
    /// The MVPD it is with.
    pub mvpd: String,
    /// What it has subscribed to.
    pub channels: Channels,
    /// The highest rating that its parental controls let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rating: Option<String>,
    /// The user metadata that the MVPD shares. `userID` is added by the sandbox.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Value>,
    /// What the MVPD shares only once a resource has been authorized; `updated` then moves on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata_on_authorization: BTreeMap<String, Value>,
    /// Which of the metadata are encrypted for the programmer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encrypted: Vec<String>,
}

/// Whose it is. The password and what the MVPD knows about them stay out.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("name", &self.name).field("mvpd", &self.mvpd).finish_non_exhaustive()
    }
}

/// The channels of an account: `"all"`, or a list of resource ids.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "\"all\" or a list of resource ids is due")]
pub enum Channels {
    /// The word `all`.
    All(All),
    /// These resource ids.
    Some(Vec<String>),
}

/// The word `all`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// Every channel.
    All,
}

impl Channels {
    pub(crate) fn include(&self, resource: &str) -> bool {
        match self {
            Self::All(All::All) => true,
            Self::Some(ids) => ids.iter().any(|id| id == resource),
        }
    }
}

/// How v2 writes what Adobe's pages write in two ways, so that a client can be tested on both.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spelling {
    /// Whether `url` is an absolute address, as in one sample of a logout, and not a path, as in all the others.
    pub absolute_urls: bool,
    /// Whether `domainName` is called `domain` among the missing and the existing parameters, as in some samples.
    pub short_domain: bool,
}

/// How long things live, in seconds of the sandbox's clock.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lifetimes {
    /// A bearer token: the `expires_in` of Adobe's sample.
    pub bearer_s: u64,
    /// A registration code without a `ttl` of its own.
    pub code_s: u64,
    /// An authentication.
    pub authentication_s: u64,
    /// An authentication on a platform that the device information does not make known.
    pub unknown_platform_s: u64,
    /// An authorization, while which Adobe answers from its cache.
    pub authorization_s: u64,
    /// A media token.
    pub media_s: u64,
    /// A degraded profile, and the decisions that come of it.
    pub degradation_s: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            bearer_s: 21_600,
            code_s: 1800,
            authentication_s: 30 * 24 * 60 * 60,
            unknown_platform_s: 6 * 60 * 60,
            authorization_s: 24 * 60 * 60,
            media_s: 420,
            degradation_s: 60 * 60,
        }
    }
}

/// What is too much.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The longest `ttl` of a registration code, in seconds.
    pub code_ttl_s: u64,
    /// Resources in one preauthorization.
    pub preauthorized_resources: usize,
    /// Resources in one call of v2's authorization.
    pub authorized_resources: usize,
    /// Bytes of path and query; a longer address is refused with 414.
    pub address_bytes: usize,
    /// Bytes of a request's body; a longer one is refused with 413.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_ttl_s: 36_000,
            preauthorized_resources: 5,
            authorized_resources: 5,
            address_bytes: 8192,
            body_bytes: 64 * 1024,
        }
    }
}

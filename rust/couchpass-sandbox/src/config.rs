//! Who and what a sandbox knows: requestors, MVPDs, accounts, apps, lifetimes and limits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The scope of a client that may call REST API v1. The name is ours: Adobe prints only v2's.
pub const SCOPE_V1: &str = "api:client:v1";

/// The scope of a client that may call REST API v2.
pub const SCOPE_V2: &str = "api:client:v2";

/// Everything that a sandbox knows before its first request. It reads and writes JSON; the default is
/// `default-config.json` beside this file, and a good start for one's own.
#[derive(Clone, Debug, Deserialize, Serialize)]
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

impl Config {
    /// Reads a configuration. The error names the line and what is wrong there.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
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
    /// Set on a TempPass: how long each device may watch, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temp_pass_s: Option<u64>,
    /// What a viewer is told who has not subscribed to a channel.
    #[serde(default)]
    pub upgrade: String,
}

/// A household's account with its TV provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
    /// Which of the metadata are encrypted for the programmer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encrypted: Vec<String>,
}

/// The channels of an account: `"all"`, or a list of resource ids.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
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

/// A registered application: what stands in its software statement, and what Adobe knows about it.
///
/// ```
/// use couchpass_sandbox::App;
///
/// let app = App::named("My TV app").scopes(["api:client:v2"]);
/// assert_eq!(app.software_id, "app-my-tv-app");
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The name in the TVE Dashboard.
    pub name: String,
    /// The `software_id` of its statement.
    pub software_id: String,
    /// What its clients may call: [`SCOPE_V1`], [`SCOPE_V2`].
    pub scopes: Vec<String>,
    /// The requestors it may name; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requestors: Vec<String>,
    /// Whether its statement has been revoked.
    #[serde(default)]
    pub revoked: bool,
}

impl Default for App {
    /// An app for all requestors and both APIs.
    fn default() -> Self {
        Self::named("Couchpass")
    }
}

impl App {
    /// An app of this name, for all requestors and both APIs.
    pub fn named(name: &str) -> Self {
        let slug: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        Self {
            name: name.to_owned(),
            software_id: format!("app-{slug}"),
            scopes: vec![SCOPE_V1.into(), SCOPE_V2.into()],
            requestors: Vec::new(),
            revoked: false,
        }
    }

    /// The same app with these scopes alone.
    #[must_use]
    pub fn scopes<'a>(mut self, scopes: impl IntoIterator<Item = &'a str>) -> Self {
        self.scopes = scopes.into_iter().map(str::to_owned).collect();
        self
    }

    /// The same app, bound to these requestors.
    #[must_use]
    pub fn requestors<'a>(mut self, requestors: impl IntoIterator<Item = &'a str>) -> Self {
        self.requestors = requestors.into_iter().map(str::to_owned).collect();
        self
    }

    /// The same app with a revoked statement.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.revoked = true;
        self
    }
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
    /// Bytes of path and query; a longer address is refused with 414.
    pub address_bytes: usize,
    /// Bytes of a request's body; a longer one is refused with 413.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { code_ttl_s: 36_000, preauthorized_resources: 5, address_bytes: 8192, body_bytes: 64 * 1024 }
    }
}

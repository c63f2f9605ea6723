//! What Adobe's cloud remembers, in memory.

mod authentications;
mod authorizations;
mod clients;
mod codes;
mod degradations;
mod logins;
mod profiles;
mod refusals;
mod trials;

use std::collections::HashMap;

pub use authentications::Authentication;
pub(crate) use authentications::{Holder, NoAuthentication};
pub(crate) use authorizations::NoAuthorization;
pub(crate) use clients::Caller;
pub use clients::KnownClient;
pub(crate) use codes::{CodeRecord, Destination, NewCode, meant};
pub use codes::{CodeState, LiveCode};
pub(crate) use logins::Login;
pub(crate) use trials::TrialReport;

use crate::clock::Millis;
use crate::config::Config;
use crate::jwt::SigningKey;

/// There are secrets in all of it, so it does not print.
pub(crate) struct State {
    /// Whether errors are the enhanced ones.
    pub(crate) enhanced: bool,
    pub(crate) config: Config,
    pub(crate) key: SigningKey,
    clients: HashMap<String, clients::Client>,
    bearers: HashMap<String, clients::Bearer>,
    /// How many registrations there have been, forgotten ones included.
    pub(crate) registrations: usize,
    codes: HashMap<String, CodeRecord>,
    authentications: HashMap<Holder, Authentication>,
    profiles: HashMap<(Holder, String), Authentication>,
    platform_profiles: HashMap<(String, String), Authentication>,
    /// By holder, MVPD and resource.
    authorizations: HashMap<(Holder, String, String), authorizations::Authorization>,
    logins: HashMap<String, Login>,
    trials: Vec<trials::Trial>,
}

impl State {
    pub(crate) fn new(config: Config, enhanced: bool) -> Self {
        Self {
            enhanced,
            key: SigningKey::new(&config.signing_key),
            config,
            clients: HashMap::new(),
            bearers: HashMap::new(),
            registrations: 0,
            codes: HashMap::new(),
            authentications: HashMap::new(),
            profiles: HashMap::new(),
            platform_profiles: HashMap::new(),
            authorizations: HashMap::new(),
            logins: HashMap::new(),
            trials: Vec::new(),
        }
    }
}

/// Milliseconds in so many seconds.
pub(crate) const fn seconds(seconds: u64) -> Millis {
    seconds.saturating_mul(1000)
}

//! What a client knows of its own footing: for tools that look for what is wrong with a set-up. Holds no secret.

use device_auth::Timestamp;

use crate::core::Core;

/// A client's footing, as far as it is known without asking anybody. From [`Client::diagnosis`].
///
/// [`Client::diagnosis`]: crate::Client::diagnosis
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Whether this installation of the app is registered.
    pub is_registered: bool,
    /// What the registration allows, as the service has put it; empty where it has named nothing.
    pub scopes: Vec<String>,
    /// Until when the bearer token that is kept may be used, by this device's clock.
    pub bearer_until: Option<Timestamp>,
    /// How far the service's clock is ahead of this device's, in milliseconds; negative where it is behind, 0 where the
    /// difference is below five seconds or nothing is known yet.
    pub clock_ahead_millis: i64,
    /// When the whole allowance of requests is there again, by this device's clock.
    pub allowance_whole_at: Timestamp,
    /// When the service has last refused a request for the rate (429), by this device's clock.
    pub refused_at: Option<Timestamp>,
}

impl Core {
    pub(crate) fn diagnosis(&self) -> Diagnosis {
        let (bearers, courier) = (&self.pipeline.bearers, &self.pipeline.courier);
        Diagnosis {
            is_registered: bearers.client_id().is_some(),
            scopes: bearers.scopes(),
            bearer_until: bearers.token_until(),
            clock_ahead_millis: self.server_time.ahead_millis(),
            allowance_whole_at: courier.governor.whole_at(),
            refused_at: courier.refused.get(),
        }
    }
}

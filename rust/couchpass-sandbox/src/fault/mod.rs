//! Faults on demand: what goes wrong, at which call, before or after the call has been served.

mod effect;
mod rules;

pub use effect::{Effect, Encoding};
pub use rules::{FaultId, Faults, StandingFault};
use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;

/// When, in the life of a call, a fault strikes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the call is served: it has no effect on the sandbox.
    #[default]
    Before,
    /// When the call has been served: it took effect, and the client does not learn of it.
    After,
}

/// Which of the calls that a fault could strike it does strike.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Calls {
    /// The n-th from now on, from 1.
    Nth(u64),
    /// The first n from now on.
    First(u64),
    /// All that come within so many milliseconds of the sandbox's clock, from when the rule was added.
    During(u64),
    /// All.
    Always,
}

/// A rule: this goes wrong, there, then.
///
/// ```
/// use couchpass_sandbox::{Effect, Endpoint, Fault};
///
/// // The second authorization takes effect, but its answer is lost.
/// let fault = Fault::new(Effect::Drop).on(Endpoint::Authorize).nth(2).after_serving();
/// # let _ = fault;
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct Fault {
    /// What goes wrong.
    pub effect: Effect,
    /// Where; `None` for every call of a device.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Which calls.
    #[serde(default = "next_call")]
    pub calls: Calls,
    /// Before or after the call is served. What changes the true answer, as [`Effect::Truncate`] does, always strikes
    /// after.
    #[serde(default)]
    pub phase: Phase,
}

fn next_call() -> Calls {
    Calls::First(1)
}

impl Fault {
    /// This goes wrong at the next call of a device, before it is served.
    pub fn new(effect: Effect) -> Self {
        let phase = if effect.alters() { Phase::After } else { Phase::Before };
        Self { effect, endpoint: None, calls: next_call(), phase }
    }

    /// Only at this endpoint.
    pub fn on(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Only at the n-th call from now on, counted from 1.
    pub fn nth(mut self, n: u64) -> Self {
        self.calls = Calls::Nth(n);
        self
    }

    /// At the first n calls from now on.
    pub fn first(mut self, n: u64) -> Self {
        self.calls = Calls::First(n);
        self
    }

    /// At every call within so many milliseconds of the sandbox's clock from now on.
    pub fn during(mut self, millis: u64) -> Self {
        self.calls = Calls::During(millis);
        self
    }

    /// At every call.
    pub fn always(mut self) -> Self {
        self.calls = Calls::Always;
        self
    }

    /// Once the call has been served.
    pub fn after_serving(mut self) -> Self {
        self.phase = Phase::After;
        self
    }

    fn phase(&self) -> Phase {
        if self.effect.alters() { Phase::After } else { self.phase }
    }

    /// What is wrong with a rule that came from outside, if anything.
    pub(crate) fn flaw(&self) -> Option<String> {
        let status = self.effect.status().filter(|status| !(200..=599).contains(status));
        if let Some(status) = status {
            return Some(format!("{status} is no status of an answer: 200 to 599 are"));
        }
        matches!(self.effect, Effect::Drip { bytes: 0, .. }).then(|| "a piece has at least one byte".into())
    }
}

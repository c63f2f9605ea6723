//! Faults on demand: what goes wrong, at which call, before or after the call has been served.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::endpoint::Endpoint;

/// What goes wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// This answer instead.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The media type of the body.
        content_type: String,
        /// The body.
        body: String,
    },
    /// So many milliseconds of the sandbox's clock pass before the call goes on.
    Delay {
        /// Milliseconds.
        millis: u64,
    },
    /// The call stands still until [`Faults::release`] is called with this name.
    Hold {
        /// A name for the hold.
        name: String,
    },
    /// The connection is closed without an answer.
    Drop,
    /// The connection is reset (TCP RST) without an answer.
    Reset,
    /// The answer breaks off after so many bytes of its body.
    Truncate {
        /// Bytes that still come.
        keep: usize,
    },
    /// The true answer, under another media type.
    ContentType {
        /// The media type.
        is: String,
    },
    /// A redirection.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The address to go to.
        to: String,
    },
    /// 200 with bytes that are neither JSON nor XML, under the media type of the true answer.
    Garbage,
    /// 200 with no body.
    Empty,
    /// 200 with so many bytes of white space, unannounced.
    Oversized {
        /// Bytes.
        bytes: u64,
    },
    /// 429 with the HTML page of Adobe's throttling. With [`Fault::always`], a storm.
    TooManyRequests,
    /// 401, as for a bearer token that has expired.
    BearerExpired,
}

impl Effect {
    /// The name under which the recorder notes it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Delay { .. } => "delay",
            Self::Hold { .. } => "hold",
            Self::Drop => "drop",
            Self::Reset => "reset",
            Self::Truncate { .. } => "truncate",
            Self::ContentType { .. } => "content_type",
            Self::Redirect { .. } => "redirect",
            Self::Garbage => "garbage",
            Self::Empty => "empty",
            Self::Oversized { .. } => "oversized",
            Self::TooManyRequests => "too_many_requests",
            Self::BearerExpired => "bearer_expired",
        }
    }
}

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
    /// Before or after the call is served. [`Effect::Truncate`] and [`Effect::ContentType`] change the true answer, and
    /// so always strike after.
    #[serde(default)]
    pub phase: Phase,
}

fn next_call() -> Calls {
    Calls::First(1)
}

impl Fault {
    /// This goes wrong at the next call of a device, before it is served.
    pub fn new(effect: Effect) -> Self {
        let phase = match effect {
            Effect::Truncate { .. } | Effect::ContentType { .. } => Phase::After,
            _ => Phase::Before,
        };
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
        match self.effect {
            Effect::Truncate { .. } | Effect::ContentType { .. } => Phase::After,
            _ => self.phase,
        }
    }
}

/// Names one rule among those of a sandbox.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FaultId(u64);

#[derive(Debug, Default)]
struct Rules {
    next: u64,
    rules: Vec<(FaultId, Fault, u64)>,
}

#[derive(Clone, Debug, Default)]
struct Holds {
    standing: BTreeSet<String>,
    released: BTreeSet<String>,
}

impl Holds {
    fn forget(&mut self, name: &str) {
        self.standing.remove(name);
        self.released.remove(name);
    }
}

/// The faults of a sandbox. Clones share them.
#[derive(Clone, Debug)]
pub struct Faults {
    rules: Arc<Mutex<Rules>>,
    holds: Arc<watch::Sender<Holds>>,
}

impl Faults {
    pub(crate) fn new() -> Self {
        Self { rules: Arc::default(), holds: Arc::new(watch::Sender::new(Holds::default())) }
    }

    /// Adds a rule. Among several that fit a call, the oldest strikes; all of them count the call.
    pub fn add(&self, fault: Fault) -> FaultId {
        if let Effect::Hold { name } = &fault.effect {
            self.holds.send_modify(|holds| holds.forget(name));
        }
        let mut rules = self.rules.lock().expect("no rule panics");
        let id = FaultId(rules.next);
        rules.next += 1;
        rules.rules.push((id, fault, 0));
        id
    }

    /// Takes a rule away.
    pub fn remove(&self, id: FaultId) {
        self.rules.lock().expect("no rule panics").rules.retain(|(have, ..)| *have != id);
    }

    /// Takes all rules away and releases what is held.
    pub fn clear(&self) {
        self.rules.lock().expect("no rule panics").rules.clear();
        self.holds.send_modify(|holds| holds.released.append(&mut holds.standing));
    }

    /// Lets the calls go on that [`Effect::Hold`] holds under this name, now and until a
    /// rule holds by it again.
    pub fn release(&self, name: &str) {
        self.holds.send_modify(|holds| _ = holds.released.insert(name.to_owned()));
    }

    /// Returns once a call stands still under this name.
    pub async fn held(&self, name: &str) {
        let mut holds = self.holds.subscribe();
        let _ = holds.wait_for(|holds| holds.standing.contains(name)).await;
    }

    /// The fault that strikes this call, if any.
    pub(crate) fn strike(&self, endpoint: Option<Endpoint>) -> Option<(Effect, Phase)> {
        let mut struck = None;
        for (_, fault, count) in &mut self.rules.lock().expect("no rule panics").rules {
            let fits = match fault.endpoint {
                Some(wanted) => endpoint == Some(wanted),
                None => !endpoint.is_some_and(Endpoint::by_browser),
            };
            if !fits {
                continue;
            }
            *count += 1;
            let strikes = match fault.calls {
                Calls::Nth(n) => *count == n,
                Calls::First(n) => *count <= n,
                Calls::Always => true,
            };
            if strikes && struck.is_none() {
                struck = Some((fault.effect.clone(), fault.phase()));
            }
        }
        struck
    }

    pub(crate) async fn hold(&self, name: &str) {
        let mut holds = self.holds.subscribe();
        self.holds.send_modify(|holds| _ = holds.standing.insert(name.to_owned()));
        let _ = holds.wait_for(|holds| holds.released.contains(name)).await;
    }
}

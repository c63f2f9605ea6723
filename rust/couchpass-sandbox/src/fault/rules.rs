//! The rules of a sandbox, the count of the calls that they saw, and what stands still by them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Calls, Effect, Fault, Phase};
use crate::clock::{Millis, SandboxClock};
use crate::endpoint::Endpoint;

/// Names one rule among those of a sandbox.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct FaultId(u64);

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A rule that stands, and how it has fared.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StandingFault {
    /// Its name.
    pub id: FaultId,
    /// The rule.
    pub fault: Fault,
    /// How many calls it could have struck.
    pub seen: u64,
    /// How many it has struck.
    pub struck: u64,
}

#[derive(Debug, Default)]
struct Rules {
    next: u64,
    rules: Vec<(Millis, StandingFault)>,
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
    clock: SandboxClock,
}

impl Faults {
    pub(crate) fn new(clock: SandboxClock) -> Self {
        Self { rules: Arc::default(), holds: Arc::new(watch::Sender::new(Holds::default())), clock }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().expect("no rule panics")
    }

    /// Adds a rule. Among several that fit a call, the oldest strikes; all of them count the call.
    pub fn add(&self, fault: Fault) -> FaultId {
        if let Some(name) = fault.effect.hold() {
            self.holds.send_modify(|holds| holds.forget(name));
        }
        let mut rules = self.rules();
        let id = FaultId(rules.next);
        rules.next += 1;
        rules.rules.push((self.clock.now(), StandingFault { id, fault, seen: 0, struck: 0 }));
        id
    }

    /// The rules that stand, oldest first.
    pub fn list(&self) -> Vec<StandingFault> {
        self.rules().rules.iter().map(|(_, rule)| rule.clone()).collect()
    }

    /// Takes a rule away; `false` if there is none of this name. What it holds stays held until it is released.
    pub fn remove(&self, id: FaultId) -> bool {
        let rules = &mut self.rules().rules;
        let before = rules.len();
        rules.retain(|(_, rule)| rule.id != id);
        rules.len() < before
    }

    /// Takes all rules away and releases what is held.
    pub fn clear(&self) {
        self.rules().rules.clear();
        self.holds.send_modify(|holds| holds.released.append(&mut holds.standing));
    }

    /// As [`clear`](Self::clear), and counts from the beginning again.
    pub(crate) fn reset(&self) {
        self.clear();
        self.rules().next = 0;
    }

    /// Lets the calls go on that [`Effect::Hold`] or [`Effect::Stall`] holds under this name, now and until a
    /// rule holds by it again.
    pub fn release(&self, name: &str) {
        self.holds.send_modify(|holds| _ = holds.released.insert(name.to_owned()));
    }

    /// Returns once a call stands still under this name.
    pub async fn held(&self, name: &str) {
        let mut holds = self.holds.subscribe();
        let _ = holds.wait_for(|holds| holds.standing.contains(name)).await;
    }

    /// The names under which calls stand still now.
    pub fn holding(&self) -> Vec<String> {
        let holds = self.holds.borrow();
        holds.standing.difference(&holds.released).cloned().collect()
    }

    /// The fault that strikes this call, if any.
    pub(crate) fn strike(&self, endpoint: Option<Endpoint>, now: Millis) -> Option<(Effect, Phase)> {
        let mut struck = None;
        for (since, rule) in &mut self.rules().rules {
            let fits = match rule.fault.endpoint {
                Some(wanted) => endpoint == Some(wanted),
                None => !endpoint.is_some_and(Endpoint::by_browser),
            };
            if !fits {
                continue;
            }
            rule.seen += 1;
            let strikes = match rule.fault.calls {
                Calls::Nth(n) => rule.seen == n,
                Calls::First(n) => rule.seen <= n,
                Calls::During(millis) => now.saturating_sub(*since) < millis,
                Calls::Always => true,
            };
            if strikes && struck.is_none() {
                rule.struck += 1;
                struck = Some((rule.fault.effect.clone(), rule.fault.phase()));
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

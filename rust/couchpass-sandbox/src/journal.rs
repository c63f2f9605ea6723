//! The journal: what a sandbox has been asked, told and set to since its start, in memory, for those who want it as a file.
//!
//! It is kept where there is a control API, by which alone it can be had.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::clock::Millis;
use crate::config::Config;
use crate::throttle::Throttling;

/// The most exchanges that are kept. A case cannot leave out its beginning, so what comes after them is lost.
const MOST: usize = 5_000;

/// How a sandbox was when its first call came.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) at: Millis,
    pub(crate) frozen: bool,
    pub(crate) config: Config,
    pub(crate) enhanced: bool,
    pub(crate) throttling: Throttling,
}

/// What happened.
#[derive(Clone)]
pub(crate) enum Happened {
    /// A request came, and was taken for that of this client by the throttling.
    Came { number: usize, client: String, entry: Value },
    /// It was answered, or cut; the entry is the whole exchange.
    Ended { number: usize, entry: Value },
    /// The control API has changed something.
    Control { method: String, path: String, body: Value },
}

#[derive(Default)]
pub(crate) struct Journal {
    kept: Mutex<Kept>,
}

/// What is kept.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(crate) world: Option<World>,
    pub(crate) events: Vec<(Millis, Happened)>,
    /// Whether something came for which there was no room.
    pub(crate) full: bool,
}

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an event. `world` is asked at the first one, before it has changed anything.
    pub(crate) fn note(&self, at: Millis, happened: Happened, world: impl FnOnce() -> World) {
        let mut kept = self.lock();
        if kept.world.is_none() {
            kept.world = Some(world());
        }
        // The end of what has begun always has room.
        if kept.events.len() < 2 * MOST || matches!(happened, Happened::Ended { .. }) && !kept.full {
            kept.events.push((at, happened));
        } else {
            kept.full = true;
        }
    }

    /// Takes back the last change by the control API: it was refused, and so was none.
    pub(crate) fn retract(&self) {
        let events = &mut self.lock().events;
        if let Some(at) = events.iter().rposition(|(_, one)| matches!(one, Happened::Control { .. })) {
            events.remove(at);
        }
    }

    /// The exchange of this number, once it has ended.
    pub(crate) fn ended(&self, wanted: usize) -> Option<Value> {
        self.lock().events.iter().rev().find_map(|(_, happened)| match happened {
            Happened::Ended { number, entry } if *number == wanted => Some(entry.clone()),
            _ => None,
        })
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Kept::default();
    }

    pub(crate) fn kept(&self) -> Kept {
        self.lock().clone()
    }
}

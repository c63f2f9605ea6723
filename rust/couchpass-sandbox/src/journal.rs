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

/// Tells an event from all others of a journal, those that it has forgotten included.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct EventId(u64);

/// What happened.
#[derive(Clone)]
pub(crate) enum Happened {
    /// A request came, and was taken for that of this client by the throttling.
    Came { number: usize, client: String, entry: Value },
    /// It was answered, or cut; the entry is the whole exchange. `came` is the event of its coming.
    Ended { number: usize, came: EventId, entry: Value },
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
    pub(crate) events: Vec<Event>,
    /// Whether something came for which there was no room.
    pub(crate) full: bool,
    /// The id of the next event. A journal that has been cleared goes on counting.
    next: u64,
    /// That of the first event since it was cleared.
    first: u64,
}

/// An event, and its instant by the sandbox's clock.
#[derive(Clone)]
pub(crate) struct Event {
    id: EventId,
    pub(crate) at: Millis,
    pub(crate) happened: Happened,
}

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an event. `world` is asked at the first one, before it has changed anything. `None` if it is not kept.
    pub(crate) fn note(
        &self,
        at: Millis,
        happened: Happened,
        world: impl FnOnce() -> World,
    ) -> Option<EventId> {
        let mut kept = self.lock();
        let ends = match &happened {
            // It began in what has been forgotten since.
            Happened::Ended { came, .. } if came.0 < kept.first => return None,
            Happened::Ended { .. } => true,
            _ => false,
        };
        if kept.world.is_none() {
            kept.world = Some(world());
        }
        // The end of what has begun always has room.
        if kept.events.len() >= 2 * MOST && (!ends || kept.full) {
            kept.full = true;
            return None;
        }
        let id = EventId(kept.next);
        kept.next += 1;
        kept.events.push(Event { id, at, happened });
        Some(id)
    }

    /// Takes an event back: a change by the control API that was refused, and so was none.
    pub(crate) fn retract(&self, id: EventId) {
        self.lock().events.retain(|event| event.id != id);
    }

    /// The exchange of this number, once it has ended.
    pub(crate) fn ended(&self, wanted: usize) -> Option<Value> {
        self.lock().events.iter().rev().find_map(|event| match &event.happened {
            Happened::Ended { number, entry, .. } if *number == wanted => Some(entry.clone()),
            _ => None,
        })
    }

    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        let next = kept.next;
        *kept = Kept { next, first: next, ..Kept::default() };
    }

    pub(crate) fn kept(&self) -> Kept {
        self.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(journal: &Journal, happened: Happened) -> Option<EventId> {
        let world = || World {
            at: 0,
            frozen: true,
            config: Config::default(),
            enhanced: false,
            throttling: Throttling::Off,
        };
        journal.note(0, happened, world)
    }

    fn change(path: &str) -> Happened {
        Happened::Control { method: "POST".into(), path: path.into(), body: Value::Null }
    }

    #[test]
    fn a_change_that_was_refused_is_taken_back_and_no_other() {
        let journal = Journal::default();
        let refused = note(&journal, change("/refused")).unwrap();
        note(&journal, change("/done")).unwrap();
        journal.retract(refused);
        let paths: Vec<_> = journal.kept().events.into_iter().map(|event| event.happened).collect();
        assert!(matches!(paths.as_slice(), [Happened::Control { path, .. }] if path == "/done"));
    }

    #[test]
    fn the_end_of_what_has_been_forgotten_is_not_kept() {
        let journal = Journal::default();
        let came = || Happened::Came { number: 0, client: "tv".into(), entry: Value::Null };
        let ended = |came| Happened::Ended { number: 0, came, entry: Value::Null };
        let before = note(&journal, came()).unwrap();
        journal.clear();
        assert_eq!(note(&journal, ended(before)), None);
        assert!(journal.kept().world.is_none() && journal.kept().events.is_empty());
        let since = note(&journal, came()).unwrap();
        assert!(note(&journal, ended(since)).is_some());
        assert_eq!(journal.kept().events.len(), 2);
    }
}

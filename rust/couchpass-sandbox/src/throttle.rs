//! Throttling, per client address.
//!
//! Adobe's page: "Throttling mechanism". One call per second and a burst of ten. The text grants the burst once, the
//! `openresty` in its sample answer is known to give it back, so both are here.
//!
//! At first contact eleven calls pass at once in either mode, not ten: in the timetable at the page's end the call at
//! second 0 is charged to the limit, and ten more are marked as burst before the first 429.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// Calls beyond the rate that a client may make at once.
const BURST: u64 = 10;

/// How strictly a sandbox throttles.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Throttling {
    /// A leaking bucket, as openresty has it: the burst of ten comes back, one call a second.
    #[default]
    Leaking,
    /// Adobe's timetable to the letter: every whole second since the client's first call admits one call, any further
    /// call draws on ten that are granted once and never come back.
    Strict,
    /// Everything is admitted.
    Off,
}

/// What is left of a client's burst.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bucket {
    pub(crate) client: String,
    /// How many calls would be let in at once now.
    pub(crate) left: u64,
    /// How many are let in at once at best.
    pub(crate) most: u64,
}

#[derive(Debug)]
pub(crate) struct Throttle {
    mode: Throttling,
    clients: HashMap<String, Client>,
}

#[derive(Debug)]
struct Client {
    first: Millis,
    last: Millis,
    /// Leaking: calls above the rate, in thousandths. Strict: calls drawn from the burst.
    excess: u64,
    /// Strict: the last whole second whose own call is spent.
    second: Option<u64>,
}

impl Throttle {
    pub(crate) fn new(mode: Throttling) -> Self {
        Self { mode, clients: HashMap::new() }
    }

    pub(crate) fn mode(&self) -> Throttling {
        self.mode
    }

    /// How the clients stand at `now`, in the order of their addresses.
    pub(crate) fn buckets(&self, now: Millis) -> Vec<Bucket> {
        let left = |client: &Client| match self.mode {
            Throttling::Off => BURST + 1,
            Throttling::Leaking => {
                let excess = client.excess.saturating_sub(now.saturating_sub(client.last));
                BURST.saturating_sub(excess.div_ceil(1000)) + u64::from(excess == 0 && now > client.last)
            }
            Throttling::Strict => {
                let second = now.saturating_sub(client.first) / 1000;
                BURST - client.excess + u64::from(client.second != Some(second))
            }
        };
        let mut buckets: Vec<_> = self
            .clients
            .iter()
            .map(|(name, client)| Bucket { client: name.clone(), left: left(client), most: BURST + 1 })
            .collect();
        buckets.sort_by(|a, b| a.client.cmp(&b.client));
        buckets
    }

    /// Whether a call of this client is let in at `now`. A refused call costs nothing.
    pub(crate) fn admits(&mut self, client: &str, now: Millis) -> bool {
        match self.mode {
            Throttling::Off => true,
            Throttling::Leaking => self.leaks(client, now),
            Throttling::Strict => self.counts(client, now),
        }
    }

    fn leaks(&mut self, client: &str, now: Millis) -> bool {
        let Some(client) = self.clients.get_mut(client) else {
            self.meet(client, now, None);
            return true;
        };
        // One call leaks away per 1000 ms, that is one thousandth per millisecond.
        let excess = client.excess.saturating_sub(now.saturating_sub(client.last)) + 1000;
        if excess > BURST * 1000 {
            return false;
        }
        client.excess = excess;
        client.last = now;
        true
    }

    fn counts(&mut self, client: &str, now: Millis) -> bool {
        let Some(client) = self.clients.get_mut(client) else {
            self.meet(client, now, Some(0));
            return true;
        };
        let second = now.saturating_sub(client.first) / 1000;
        if client.second != Some(second) {
            client.second = Some(second);
            return true;
        }
        if client.excess < BURST {
            client.excess += 1;
            return true;
        }
        false
    }

    fn meet(&mut self, client: &str, now: Millis, second: Option<u64>) {
        self.clients.insert(client.to_owned(), Client { first: now, last: now, excess: 0, second });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table at the end of Adobe's page: tenths of a second since the first call, and whether it is admitted.
    const TIMETABLE: [(u64, bool); 17] = [
        (0, true),
        (3, true),
        (6, true),
        (9, true),
        (12, true),
        (13, true),
        (14, true),
        (15, true),
        (16, true),
        (17, true),
        (18, true),
        (21, true),
        (22, true),
        (24, false),
        (26, false),
        (28, false),
        (31, true),
    ];

    #[test]
    fn strict_follows_adobes_timetable() {
        let mut throttle = Throttle::new(Throttling::Strict);
        for (tenths, admitted) in TIMETABLE {
            let now = 1_700_000_000_123 + tenths * 100;
            assert_eq!(throttle.admits("a", now), admitted, "at {tenths} tenths of a second");
        }
    }

    #[test]
    fn strict_never_gives_the_burst_back() {
        let mut throttle = Throttle::new(Throttling::Strict);
        assert_eq!((0..20).filter(|_| throttle.admits("a", 0)).count(), 11);
        assert_eq!((0..20).filter(|_| throttle.admits("a", 3_600_000)).count(), 1);
    }

    #[test]
    fn leaking_gives_the_burst_back_one_call_a_second() {
        let mut throttle = Throttle::new(Throttling::Leaking);
        assert_eq!((0..20).filter(|_| throttle.admits("a", 0)).count(), 11);
        assert_eq!((0..20).filter(|_| throttle.admits("a", 2_000)).count(), 2);
        assert!((0..20).all(|n| throttle.admits("a", 20_000 + n * 1000)));
    }

    #[test]
    fn clients_do_not_pay_for_one_another() {
        let mut throttle = Throttle::new(Throttling::Strict);
        while throttle.admits("a", 0) {}
        assert!(throttle.admits("b", 0));
    }

    #[test]
    fn off_admits_everything() {
        let mut throttle = Throttle::new(Throttling::Off);
        assert!((0..1000).all(|_| throttle.admits("a", 0)));
    }
}

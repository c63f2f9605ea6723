//! What is counted while a load runs, and the figures that come of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use couchpass::{RequestMetrics, RequestOutcome};
use serde::Serialize;

use super::own_sandbox::Memory;
use crate::{failure::Failure, settings::ApiVersion, style::Style};

/// Counts for all devices.
#[derive(Debug)]
pub(super) struct Tally {
    began: Instant,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    requests: Vec<Sample>,
    errors: BTreeMap<(String, String), usize>,
    done: usize,
    failed: usize,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    call: &'static str,
    took: Duration,
    /// Since the beginning, when the answer was complete.
    at: Duration,
}

/// What so many devices have come to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figures {
    api: &'static str,
    devices: u32,
    /// Journeys from the registration to the sign-out.
    done: usize,
    pub(super) failed: usize,
    elapsed_ms: u64,
    requests: usize,
    requests_per_second: u64,
    /// The requests that were answered in the busiest second.
    busiest_second: usize,
    latency: Latency,
    calls: Vec<CallFigures>,
    pub(super) errors: Vec<ErrorFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox_memory: Option<Memory>,
}

/// From sending a request to the last byte of its answer, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Latency {
    p50_us: u64,
    p95_us: u64,
    p99_us: u64,
    max_us: u64,
}

#[derive(Clone, Debug, Serialize)]
struct CallFigures {
    call: &'static str,
    requests: usize,
    latency: Latency,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ErrorFigures {
    kind: String,
    message: String,
    count: usize,
}

impl Tally {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), counted: Mutex::default() }
    }

    /// Takes note of a request. A refusal that belongs to a journey is no error: asking whether somebody is signed in may
    /// be answered with 404.
    pub(super) fn request(&self, metrics: &RequestMetrics) {
        let sample = Sample { call: metrics.call, took: metrics.took, at: self.began.elapsed() };
        let error = match metrics.outcome {
            RequestOutcome::Answered(429) => Some(("http_429", "refused for the rate")),
            RequestOutcome::Answered(500..) => Some(("http_5xx", "the sandbox is in trouble")),
            RequestOutcome::Answered(_) => None,
            RequestOutcome::NoConnection => Some(("no_connection", "nobody took the connection")),
            RequestOutcome::TimedOut => Some(("timed_out", "no answer in time")),
            _ => Some(("broken", "the connection broke")),
        };
        let mut counted = self.lock();
        counted.requests.push(sample);
        if let Some((kind, message)) = error {
            *counted.errors.entry((kind.to_owned(), format!("{}: {message}", metrics.call))).or_default() +=
                1;
        }
    }

    /// Takes note of the end of a device's journey.
    pub(super) fn journey(&self, outcome: Result<(), &Failure>) {
        let mut counted = self.lock();
        match outcome {
            Ok(()) => counted.done += 1,
            Err(failure) => {
                counted.failed += 1;
                *counted.errors.entry((failure.kind.to_owned(), failure.message.clone())).or_default() += 1;
            }
        }
    }

    /// How many journeys are over.
    pub(super) fn over(&self) -> usize {
        let counted = self.lock();
        counted.done + counted.failed
    }

    pub(super) fn figures(&self, api: ApiVersion, devices: u32, sandbox_memory: Option<Memory>) -> Figures {
        let elapsed = self.began.elapsed();
        let counted = self.lock();
        let mut by_call: BTreeMap<&'static str, Vec<Duration>> = BTreeMap::new();
        let mut by_second: BTreeMap<u64, usize> = BTreeMap::new();
        for sample in &counted.requests {
            by_call.entry(sample.call).or_default().push(sample.took);
            *by_second.entry(sample.at.as_secs()).or_default() += 1;
        }
        let all = counted.requests.iter().map(|sample| sample.took).collect();
        let calls = by_call.into_iter().map(|(call, took)| CallFigures {
            call,
            requests: took.len(),
            latency: Latency::of(took),
        });
        let errors = counted.errors.iter().map(|((kind, message), count)| ErrorFigures {
            kind: kind.clone(),
            message: message.clone(),
            count: *count,
        });
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        Figures {
            api: api.name(),
            devices,
            done: counted.done,
            failed: counted.failed,
            elapsed_ms: millis,
            requests: counted.requests.len(),
            requests_per_second: counted.requests.len() as u64 * 1_000 / millis,
            busiest_second: by_second.into_values().max().unwrap_or_default(),
            latency: Latency::of(all),
            calls: calls.collect(),
            errors: errors.collect(),
            sandbox_memory,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Latency {
    fn of(mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        let micros = |duration: Option<&Duration>| {
            duration.map_or(0, |duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
        };
        // The smallest that so many of a hundred do not exceed.
        let percentile =
            |percent: usize| micros(took.get((took.len() * percent).div_ceil(100).saturating_sub(1)));
        Self {
            p50_us: percentile(50),
            p95_us: percentile(95),
            p99_us: percentile(99),
            max_us: micros(took.last()),
        }
    }

    fn in_words(self) -> String {
        let Self { p50_us, p95_us, p99_us, max_us } = self;
        [p50_us, p95_us, p99_us, max_us].map(|micros| format!("{:>9}", millis(micros))).concat()
    }
}

/// With one digit behind the point.
fn millis(micros: u64) -> String {
    let tenths = micros.saturating_add(50) / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

impl Figures {
    /// A table for people.
    pub(super) fn in_words(&self, style: Style) -> String {
        let seconds = format!("{}.{} s", self.elapsed_ms / 1000, self.elapsed_ms / 100 % 10);
        let mut lines = vec![
            style.strong(&format!(
                "{} of {} devices have gone their whole way, in {seconds}.",
                self.done, self.devices
            )),
            format!(
                "{} requests on REST {}: {} a second, {} in the busiest one.",
                self.requests, self.api, self.requests_per_second, self.busiest_second
            ),
            String::new(),
            style.faint(&format!(
                "{:<24}{:>9}{:>10}{:>10}{:>10}{:>10}",
                "call", "requests", "p50", "p95", "p99", "max"
            )),
        ];
        let line = |name: &str, requests: usize, latency: Latency| {
            format!("{name:<24}{requests:>9} {}", latency.in_words())
        };
        lines.extend(self.calls.iter().map(|call| line(call.call, call.requests, call.latency)));
        lines.push(line("all", self.requests, self.latency));
        lines.push(String::new());
        lines.extend(self.sandbox_memory.map(|Memory { before_kb, after_kb, peak_kb }| {
            let megabytes = |kb: u64| format!("{}.{} MB", kb * 1024 / 1_000_000, kb * 1024 / 100_000 % 10);
            format!(
                "The sandbox took {} before, {} after, {} at most; it keeps a record of every request.",
                megabytes(before_kb),
                megabytes(after_kb),
                megabytes(peak_kb)
            )
        }));
        if self.errors.is_empty() {
            lines.push("No errors.".to_owned());
        }
        lines.extend(
            self.errors.iter().map(|error| format!("{:>6} × {}: {}", error.count, error.kind, error.message)),
        );
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_samples() {
        let took = (1..=200).rev().map(Duration::from_micros).collect();
        assert_eq!(Latency::of(took), Latency { p50_us: 100, p95_us: 190, p99_us: 198, max_us: 200 });
        assert_eq!(Latency::of(vec![Duration::from_micros(7)]).p99_us, 7);
        assert_eq!(Latency::of(Vec::new()), Latency::default());
    }

    #[test]
    fn milliseconds_are_rounded() {
        assert_eq!(
            (millis(1_249), millis(1_250), millis(0)),
            ("1.2 ms".to_owned(), "1.3 ms".to_owned(), "0.0 ms".to_owned())
        );
    }

    #[test]
    fn errors_are_counted_by_kind() {
        let tally = Tally::begin();
        for _ in 0..3 {
            tally.journey(Err(&Failure::support("it broke")));
        }
        tally.journey(Ok(()));
        let figures = tally.figures(ApiVersion::V2, 4, None);
        assert_eq!(
            (figures.done, figures.failed, figures.errors.len(), figures.errors[0].count),
            (1, 3, 1, 3)
        );
        assert!(figures.in_words(Style::plain()).contains("3 × support: it broke"));
    }
}

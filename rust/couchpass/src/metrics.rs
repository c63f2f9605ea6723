//! What an app can count: every request, how long it waited and took, and how it ended. No identities, no content.

use std::{sync::Arc, time::Duration};

/// One request that was sent, or that could not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestMetrics {
    /// Which of Adobe's calls, such as `authorize`.
    pub call: &'static str,
    /// 1 for the first try, 2 for the first repetition.
    pub attempt: u32,
    /// The time spent waiting for room within Adobe's rate.
    pub waited: Duration,
    /// The time from sending to the last byte of the answer.
    pub took: Duration,
    /// How it ended.
    pub outcome: RequestOutcome,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestOutcome {
    /// With an answer of this HTTP status.
    Answered(u16),
    /// Without a connection.
    NoConnection,
    /// Without a certificate that the device trusts.
    Untrusted,
    /// Without an answer in time.
    TimedOut,
    /// With a broken connection, or an answer that is too long.
    Broken,
}

/// Receives [`RequestMetrics`]. Called between requests, so it should be quick.
pub type MetricsListener = Arc<dyn Fn(&RequestMetrics) + Send + Sync>;

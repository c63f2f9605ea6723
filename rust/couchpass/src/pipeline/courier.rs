//! Delivers one call: within the rate, and again a bounded number of times where that may help.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Governor, Timestamp};

use url::Url;

use super::transport::Transport;
use crate::{
    MetricsListener, RequestMetrics, RequestOutcome, Result,
    endpoints::{Call, Endpoint, Origin, Responding, Response},
    failure::{Failure, SILENCE, TransportProblem},
    server_time::ServerTime,
    slot::Slot,
};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// How far ahead the remembered moment is written, so that it is not written on every call.
const REMEMBER_AHEAD: Duration = Duration::from_secs(5);
/// A remembered moment further away than this was written by a clock that has been set back since.
const LONGEST_AHEAD: Duration = Duration::from_secs(60);

/// Transport, rate and repetition together.
pub(crate) struct Courier {
    pub(crate) transport: Transport,
    pub(crate) governor: Arc<Governor>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) server_time: Arc<ServerTime>,
    pub(crate) remembered: Slot<Option<Timestamp>>,
    /// When the service has last refused a request for the rate.
    pub(crate) refused: Slot<Option<Timestamp>>,
    pub(crate) random: Mutex<fastrand::Rng>,
    pub(crate) metrics: Option<MetricsListener>,
}

impl Courier {
    /// Takes up the rate where an earlier process has left it.
    pub(crate) fn resume_rate(&self) {
        if let Some(whole_at) = self.remembered.get() {
            self.governor.remember(whole_at);
        }
        if let Some(refused) = self.refused.get() {
            self.governor.remember_refusal(refused);
        }
    }

    /// An address of the environment.
    pub(crate) fn url(&self, origin: Origin, path: &[&str]) -> Url {
        self.transport.url(origin, path)
    }

    /// Delivers an endpoint's call as it stands and reads the answer.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Answer, Failure> {
        endpoint.read(&self.deliver(&endpoint.call()).await?)
    }

    /// Delivers a call. Any answer of the service is a success here, a refusal too.
    pub(crate) fn deliver<'a>(&'a self, call: &'a Call) -> Responding<'a> {
        Box::pin(async move {
            loop {
                let attempt = call.tries.spend();
                let outcome = self.try_once(call, attempt).await.map(Response::unmasked);
                let failure = match &outcome {
                    Ok(response) if response.status < 300 => return outcome,
                    Ok(response) => response.refusal(),
                    Err(failure) => failure.clone(),
                };
                if !call.tries.is_any_left() || !may_repeat(call, &failure) {
                    return outcome;
                }
                // After a 429 the governor itself imposes the silence.
                if !matches!(failure, Failure::Throttled { .. }) {
                    self.clock.sleep(self.pause(attempt)).await;
                }
            }
        })
    }

    async fn try_once(&self, call: &Call, attempt: u32) -> Result<Response, Failure> {
        let waited = self.governor.admit(call.priority).await.waited;
        let sent = self.clock.monotonic();
        let outcome = self.transport.send(call).await;
        // After sending: writing takes longer on a stick than it may take from a start.
        self.remember();
        if let Ok(response) = &outcome {
            if let Some(date) = response.date {
                self.server_time.observe(date);
            }
            if response.status == 429 {
                log::info!("{}: refused for the rate of requests", call.name);
                self.governor.refused(SILENCE);
                let now = self.clock.now();
                self.refused.update(|refused| *refused = Some(now));
            }
        }
        if let Some(listener) = &self.metrics {
            let took = self.clock.monotonic().saturating_sub(sent);
            listener(&RequestMetrics {
                call: call.name,
                attempt,
                waited,
                took,
                outcome: outcome_of(&outcome),
            });
        }
        outcome
    }

    /// A restart must not spend the same burst again. Written ahead, so seldom; and anew when the clock was set back.
    fn remember(&self) {
        let whole_at = self.governor.whole_at();
        let is_covered = |remembered: Timestamp| {
            whole_at <= remembered && remembered <= whole_at.plus(REMEMBER_AHEAD + LONGEST_AHEAD)
        };
        if !self.remembered.get().is_some_and(is_covered) {
            self.remembered.update(|remembered| *remembered = Some(whole_at.plus(REMEMBER_AHEAD)));
        }
    }

    /// 1 s, 2 s …, and up to half of it more, so that many televisions do not come back in step.
    fn pause(&self, attempt: u32) -> Duration {
        let base = FIRST_PAUSE * 2_u32.pow(attempt - 1);
        let jitter = self.random.lock().unwrap_or_else(PoisonError::into_inner).f64() / 2.0;
        base.mul_f64(1.0 + jitter)
    }
}

fn outcome_of(outcome: &Result<Response, Failure>) -> RequestOutcome {
    match outcome {
        Ok(response) => RequestOutcome::Answered(response.status),
        Err(Failure::Transport { problem: TransportProblem::NoConnection, .. }) => {
            RequestOutcome::NoConnection
        }
        Err(Failure::Transport { problem: TransportProblem::Untrusted, .. }) => RequestOutcome::Untrusted,
        Err(Failure::Transport { problem: TransportProblem::TimedOut, .. }) => RequestOutcome::TimedOut,
        Err(_) => RequestOutcome::Broken,
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").field("transport", &self.transport).finish_non_exhaustive()
    }
}

/// A call that must not happen twice is repeated only when it certainly has not happened.
fn may_repeat(call: &Call, failure: &Failure) -> bool {
    match failure {
        Failure::Throttled { .. } | Failure::Transport { problem: TransportProblem::NoConnection, .. } => {
            true
        }
        failure => call.repeatable && failure.is_transient(),
    }
}

//! Delivers one call: within the rate, and again a bounded number of times where that may help.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Governor, Timestamp};

use super::transport::Transport;
use crate::{
    Result,
    endpoints::{Call, Endpoint, Response},
    failure::{Failure, SILENCE, TransportProblem},
    slot::Slot,
};

/// Adobe allows two or three tries.
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// How far ahead the remembered moment is written, so that it is not written on every call.
const REMEMBER_AHEAD: Duration = Duration::from_secs(5);

/// Transport, rate and repetition together.
#[derive(Debug)]
pub(crate) struct Courier {
    transport: Transport,
    governor: Arc<Governor>,
    clock: Arc<dyn Clock>,
    remembered: Slot<Option<Timestamp>>,
    random: Mutex<fastrand::Rng>,
}

impl Courier {
    pub(crate) fn new(
        transport: Transport,
        governor: Arc<Governor>,
        clock: Arc<dyn Clock>,
        remembered: Slot<Option<Timestamp>>,
        random: fastrand::Rng,
    ) -> Self {
        if let Some(whole_at) = remembered.get() {
            governor.remember(whole_at);
        }
        Self { transport, governor, clock, remembered, random: Mutex::new(random) }
    }

    /// Delivers an endpoint's call as it stands and reads the answer.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Answer, Failure> {
        endpoint.read(&self.deliver(&endpoint.call()).await?)
    }

    /// Delivers a call. Any answer of the service is a success here, a refusal too.
    pub(crate) async fn deliver(&self, call: &Call) -> Result<Response, Failure> {
        for attempt in 1.. {
            let outcome = self.try_once(call).await;
            let failure = match &outcome {
                Ok(response) if response.status < 300 => return outcome,
                Ok(response) => response.refusal(),
                Err(failure) => failure.clone(),
            };
            if attempt >= TRIES || !may_repeat(call, &failure) {
                return outcome;
            }
            // After a 429 the governor itself imposes the silence.
            if !matches!(failure, Failure::Throttled { .. }) {
                self.clock.sleep(self.pause(attempt)).await;
            }
        }
        unreachable!("the last attempt returns")
    }

    async fn try_once(&self, call: &Call) -> Result<Response, Failure> {
        self.governor.admit(call.priority).await;
        self.remember();
        let outcome = self.transport.send(call).await;
        if matches!(&outcome, Ok(response) if response.status == 429) {
            log::info!("{}: refused for the rate of requests", call.name);
            self.governor.refused(SILENCE);
        }
        outcome
    }

    /// A restart must not spend the same burst again.
    fn remember(&self) {
        let whole_at = self.governor.whole_at();
        if self.remembered.get().is_none_or(|remembered| whole_at > remembered) {
            // Should it not be written, the worst is a 429 after a quick restart.
            if let Err(error) =
                self.remembered.update(|remembered| *remembered = Some(whole_at.plus(REMEMBER_AHEAD)))
            {
                log::warn!("the rate of requests cannot be remembered: {error}");
            }
        }
    }

    /// 1 s, 2 s …, and up to half of it more, so that many televisions do not come back in step.
    fn pause(&self, attempt: u32) -> Duration {
        let base = FIRST_PAUSE * 2_u32.pow(attempt - 1);
        let jitter = self.random.lock().unwrap_or_else(PoisonError::into_inner).f64() / 2.0;
        base.mul_f64(1.0 + jitter)
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

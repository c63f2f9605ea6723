//! Asking the platform: once for all callers, beside other work, with patience; a late answer is adopted.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use device_auth::{Clock, Secret, Timestamp};
use tokio::{runtime::Handle, sync::watch};

use super::{
    Absence, PlatformTokenSource, SsoOutcome, SsoReport,
    inspection::{Claims, inspect},
};
use crate::{server_time::ServerTime, work::task};

/// Asks the source once, shares the answer, adopts a late one.
#[derive(Clone)]
pub(crate) struct PlatformTokens {
    shared: Arc<Shared>,
}

struct Shared {
    source: Option<Arc<dyn PlatformTokenSource>>,
    clock: Arc<dyn Clock>,
    /// Expiry is the service's to judge, so it goes by the service's time.
    server_time: Arc<ServerTime>,
    patience: Duration,
    runtime: Handle,
    state: watch::Sender<State>,
    /// The viewer has signed out and not asked to sign in since.
    is_suspended: AtomicBool,
}

#[derive(Clone, Debug)]
enum State {
    NotAsked,
    Asking { since: Moment, timed_out: bool },
    Answered { asked: Moment, answered: Moment, answer: Answer },
}

/// One instant on both clocks.
#[derive(Clone, Copy, Debug)]
struct Moment {
    wall: Timestamp,
    monotonic: Duration,
}

#[derive(Clone, Debug)]
enum Answer {
    Token { token: Secret, claims: Claims, honoured: Option<bool> },
    None(SsoOutcome),
}

/// An absence is believed for this long: companion apps come back after an update.
const BELIEVE_ABSENCE: Duration = Duration::from_secs(600);

impl PlatformTokens {
    pub(crate) fn new(
        source: Option<Arc<dyn PlatformTokenSource>>,
        clock: Arc<dyn Clock>,
        server_time: Arc<ServerTime>,
        patience: Duration,
        runtime: Handle,
    ) -> Self {
        let state = watch::Sender::new(State::NotAsked);
        let is_suspended = AtomicBool::new(false);
        Self {
            shared: Arc::new(Shared { source, clock, server_time, patience, runtime, state, is_suspended }),
        }
    }

    /// After a sign-out the platform is neither asked nor believed, until the viewer asks to sign in.
    pub(crate) fn suspend(&self, is_suspended: bool) {
        self.shared.is_suspended.store(is_suspended, Ordering::Relaxed);
    }

    /// The token, if there is one within the patience that is left since the platform was asked.
    pub(crate) async fn current(&self) -> Option<Secret> {
        let shared = &self.shared;
        if shared.is_suspended.load(Ordering::Relaxed) {
            return None;
        }
        self.ask_if_due();
        let mut changes = shared.state.subscribe();
        let left = match &*changes.borrow_and_update() {
            State::Asking { since, timed_out: false } => {
                since.monotonic.saturating_add(shared.patience).saturating_sub(shared.clock.monotonic())
            }
            _ => Duration::ZERO,
        };
        if !left.is_zero() {
            tokio::select! {
                _ = changes.wait_for(|state| !matches!(state, State::Asking { .. })) => {}
                () = shared.clock.timeout(left) => shared.give_up_waiting(),
            }
        }
        shared.token_at_hand().map(|(token, _)| token)
    }

    /// Waits until a token is there; for whoever wants to use a late one.
    pub(crate) async fn arrival(&self) {
        let mut changes = self.shared.state.subscribe();
        // The sender lives as long as this, so the wait cannot fail.
        let _ = changes.wait_for(|_| self.shared.token_at_hand().is_some()).await;
    }

    /// Whether calls carry a token now.
    pub(crate) fn is_sent(&self) -> bool {
        self.shared.token_at_hand().is_some()
    }

    /// Whom the platform vouches for now, where the token says so.
    pub(crate) fn subject(&self) -> Option<String> {
        self.shared.token_at_hand().and_then(|(_, claims)| claims.subject)
    }

    /// Notes whether an authentication was found by the token.
    pub(crate) fn note_honoured(&self, was_honoured: bool) {
        self.shared.state.send_if_modified(|state| match state {
            State::Answered { answer: Answer::Token { honoured, .. }, .. } => {
                *honoured = Some(was_honoured);
                true
            }
            _ => false,
        });
    }

    pub(crate) fn report(&self) -> SsoReport {
        let state = self.shared.state.borrow().clone();
        match state {
            State::NotAsked => SsoReport { outcome: SsoOutcome::NotAsked, asked: None, answered: None },
            State::Asking { since, timed_out } => SsoReport {
                outcome: SsoOutcome::Waiting { timed_out },
                asked: Some(since.wall),
                answered: None,
            },
            State::Answered { asked, answered, answer } => SsoReport {
                outcome: match answer {
                    Answer::None(outcome) => outcome,
                    Answer::Token { claims, .. } if self.shared.is_past(claims.expires) => {
                        SsoOutcome::Expired
                    }
                    Answer::Token { honoured, .. } => SsoOutcome::Sent { honoured },
                },
                asked: Some(asked.wall),
                answered: Some(answered.wall),
            },
        }
    }

    fn ask_if_due(&self) {
        let Some(source) = &self.shared.source else { return };
        let since = self.shared.moment();
        let begins = self.shared.state.send_if_modified(|state| {
            let (is_due, is_worth_waiting) = match state {
                State::NotAsked => (true, true),
                State::Asking { .. } => (false, false),
                State::Answered { answer: Answer::Token { claims, .. }, .. } => {
                    (self.shared.is_past(claims.expires), true)
                }
                // It had none before: should it have one now, that is as good as a late one.
                State::Answered { answered, .. } => {
                    (since.monotonic.saturating_sub(answered.monotonic) > BELIEVE_ABSENCE, false)
                }
            };
            if is_due {
                *state = State::Asking { since, timed_out: !is_worth_waiting };
            }
            is_due
        });
        if begins {
            let (source, shared) = (Arc::clone(source), Arc::clone(&self.shared));
            self.shared.runtime.spawn(task(async move {
                // In a task of its own: what a platform's library does to its caller must not reach ours.
                let asking = shared.runtime.spawn(async move { source.token().await });
                let panicked = |_| Err(Absence::Unusable("asking the platform ended in a panic".to_owned()));
                let answer = judge(asking.await.unwrap_or_else(panicked), shared.server_time.now());
                let answered = shared.moment();
                shared.state.send_replace(State::Answered { asked: since, answered, answer });
            }));
        }
    }
}

impl Shared {
    fn moment(&self) -> Moment {
        Moment { wall: self.clock.now(), monotonic: self.clock.monotonic() }
    }

    fn is_past(&self, expires: Option<Timestamp>) -> bool {
        expires.is_some_and(|expires| expires <= self.server_time.now())
    }

    fn token_at_hand(&self) -> Option<(Secret, Claims)> {
        if self.is_suspended.load(Ordering::Relaxed) {
            return None;
        }
        match &*self.state.borrow() {
            State::Answered { answer: Answer::Token { token, claims, .. }, .. }
                if !self.is_past(claims.expires) =>
            {
                Some((token.clone(), claims.clone()))
            }
            _ => None,
        }
    }

    fn give_up_waiting(&self) {
        self.state.send_if_modified(|state| match state {
            State::Asking { timed_out, .. } => {
                *timed_out = true;
                true
            }
            _ => false,
        });
    }
}

impl fmt::Debug for PlatformTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PlatformTokens").field(&*self.shared.state.borrow()).finish()
    }
}

/// Checks what Adobe asks to be checked, and nothing else: signed or encrypted, and not expired where that can be read.
fn judge(answer: Result<Secret, Absence>, now: Timestamp) -> Answer {
    let token = match answer {
        // A file ends with a line break, and some adapters' answers do.
        Ok(token) => Secret::new(token.expose().trim()),
        Err(absence) => return Answer::None(SsoOutcome::Absent(absence)),
    };
    match inspect(token.expose()) {
        Err(outcome) => Answer::None(outcome),
        Ok(claims) if claims.expires.is_some_and(|expires| expires <= now) => {
            Answer::None(SsoOutcome::Expired)
        }
        Ok(claims) => Answer::Token { token, claims, honoured: None },
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn part(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn white_space_around_a_token_is_not_sent() {
        let token = format!("{}.e30.sig", part(r#"{"alg":"RS256"}"#));
        let answer = judge(Ok(Secret::new(format!(" {token}\r\n"))), Timestamp::default());
        assert!(matches!(answer, Answer::Token { token: sent, .. } if sent.expose() == token));
    }
}

//! The platform token: what a device's own sign-in service says of the viewer, asked for once and never waited for long.
//!
//! Adobe's pages: "Amazon SSO Cookbook", "Adobe-Subject-Token". A missing or bad token is never an error: Adobe serves the
//! call without single sign-on, and the viewer signs in with a code.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use device_auth::{Clock, Secret, Timestamp};
use serde_json::{Map, Value};
use tokio::{runtime::Handle, sync::watch};

use crate::server_time::ServerTime;

/// How a platform token is asked for. Implemented by the adapter of a platform's own library.
pub trait PlatformTokenSource: Send + Sync {
    /// Asks the platform. It may take as long as it takes: nobody waits for it longer than the configured patience, and an
    /// answer that comes later is still used.
    fn token(&self) -> PlatformTokenFuture;
}

/// The answer of a [`PlatformTokenSource`], under way.
pub type PlatformTokenFuture = Pin<Box<dyn Future<Output = Result<Secret, Absence>> + Send>>;

impl<F: Fn() -> PlatformTokenFuture + Send + Sync> PlatformTokenSource for F {
    fn token(&self) -> PlatformTokenFuture {
        self()
    }
}

/// Why a platform has no token to give. Each ends in signing in with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Absence {
    /// The platform's library is not on this device.
    LibraryAbsent,
    /// It is there, but its companion app is disabled, or it cannot be used as it is.
    Unusable(String),
    /// It has answered with a refusal, whose code is passed through as it came.
    Refused {
        /// The platform's own number.
        code: Option<i64>,
        /// The platform's own words.
        description: String,
    },
}

/// Where the platform token sits in a request; the app chooses, the header is Adobe's first choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlatformTokenCarrier {
    /// The header `Adobe-Subject-Token`.
    #[default]
    Header,
    /// The query parameter `ast`. Long tokens may make the URL too long for something on the way.
    Query,
    /// The form field `ast` on calls that have a form; the header elsewhere.
    Post,
}

/// What has come of the platform token, for the app's diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SsoReport {
    /// What has happened.
    pub outcome: SsoOutcome,
    /// When the platform was asked.
    pub asked: Option<Timestamp>,
    /// When it answered.
    pub answered: Option<Timestamp>,
}

/// What has come of the platform token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SsoOutcome {
    /// No call has needed it yet, or the app has no source.
    NotAsked,
    /// The platform has not answered yet. `timed_out`: calls go without it meanwhile.
    Waiting {
        /// Whether the patience is at its end.
        timed_out: bool,
    },
    /// The platform has none to give.
    Absent(Absence),
    /// What it gave is not a JWS or JWE.
    Malformed,
    /// What it gave is not signed.
    Unsigned,
    /// What it gave has expired.
    Expired,
    /// It is sent on every call. Adobe never says that it has understood it: only an authentication found by it proves that.
    Sent {
        /// Whether an authentication was found by it; `None` before anybody has looked.
        honoured: Option<bool>,
    },
}

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

/// What can be read of a token without its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    expires: Option<Timestamp>,
    /// Whom it is for: a digest, enough to tell one from another.
    subject: Option<String>,
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
            self.shared.runtime.spawn(async move {
                // In a task of its own: what a platform's library does to its caller must not reach ours.
                let asking = shared.runtime.spawn(async move { source.token().await });
                let panicked = |_| Err(Absence::Unusable("asking the platform ended in a panic".to_owned()));
                let answer = judge(asking.await.unwrap_or_else(panicked), shared.server_time.now());
                let answered = shared.moment();
                shared.state.send_replace(State::Answered { asked: since, answered, answer });
            });
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

/// Looks into a JWS (three parts) or JWE (five), as far as that goes without a key.
pub(crate) fn inspect(token: &str) -> Result<Claims, SsoOutcome> {
    // Not all parts are decoded here, but each goes out: one that no header may hold would fail every call.
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.');
    if !token.bytes().all(is_base64url) {
        return Err(SsoOutcome::Malformed);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let object = |part: &str| -> Option<Map<String, Value>> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    let header = parts.first().and_then(|part| object(part)).ok_or(SsoOutcome::Malformed)?;
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    match parts.as_slice() {
        [_, payload, signature] => {
            if signature.is_empty() || algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
                return Err(SsoOutcome::Unsigned);
            }
            object(payload).map(|payload| claims(&payload)).ok_or(SsoOutcome::Malformed)
        }
        [_, _, _, ciphertext, tag]
            if !ciphertext.is_empty() && !tag.is_empty() && header.contains_key("enc") =>
        {
            Ok(Claims::default())
        }
        _ => Err(SsoOutcome::Malformed),
    }
}

fn claims(payload: &Map<String, Value>) -> Claims {
    #[allow(clippy::cast_possible_truncation)] // Seconds that do not fit are as good as for ever.
    let seconds =
        payload.get("exp").and_then(|exp| exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64)));
    let digest = |subject: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, subject.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    };
    Claims {
        expires: seconds.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
        subject: payload.get("sub").and_then(Value::as_str).map(digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_signed_token_tells_its_expiry() {
        let token = format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part(r#"{"exp":1700000000}"#));
        assert_eq!(inspect(&token).unwrap().expires, Some(Timestamp::from_millis(1_700_000_000_000)));
        let token = format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part("{}"));
        assert_eq!(inspect(&token), Ok(Claims::default()));
    }

    #[test]
    fn an_encrypted_token_keeps_its_expiry_to_itself() {
        let token = format!("{}.k.iv.text.tag", part(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#));
        assert_eq!(inspect(&token), Ok(Claims::default()));
    }

    #[test]
    fn white_space_around_a_token_is_not_sent() {
        let token = format!("{}.e30.sig", part(r#"{"alg":"RS256"}"#));
        let answer = judge(Ok(Secret::new(format!(" {token}\r\n"))), Timestamp::default());
        assert!(matches!(answer, Answer::Token { token: sent, .. } if sent.expose() == token));
    }

    #[test]
    fn subjects_are_told_apart_and_not_kept() {
        let subject = |sub: &str| {
            let token =
                format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part(&format!(r#"{{"sub":"{sub}"}}"#)));
            inspect(&token).unwrap().subject.unwrap()
        };
        assert_ne!(subject("a"), subject("b"));
        assert_eq!(subject("a"), subject("a"));
        assert!(!subject("somebody").contains("somebody"));
    }

    #[test]
    fn unsigned_and_malformed_tokens_are_told_apart() {
        for token in
            [format!("{}.e30.", part(r#"{"alg":"RS256"}"#)), format!("{}.e30.x", part(r#"{"alg":"none"}"#))]
        {
            assert_eq!(inspect(&token), Err(SsoOutcome::Unsigned), "{token}");
        }
        // The fuzzer's: the signature is not decoded, yet it is sent.
        for signature in ["s g", "s\ng", "s\0", "ß"] {
            let token = format!("{}.e30.{signature}", part(r#"{"alg":"RS256"}"#));
            assert_eq!(inspect(&token), Err(SsoOutcome::Malformed), "{token:?}");
        }
        for token in ["", "a", "a.b", "a.b.c", "....", "e30", "e30.e30.e30.e30.e30"] {
            assert_eq!(inspect(token), Err(SsoOutcome::Malformed), "{token}");
        }
    }
}

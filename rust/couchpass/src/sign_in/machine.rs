//! The sign-in as a pure state machine: what happened goes in, what to do comes out. No clock, no socket, no waiting.
//!
//! ```text
//!  start ──restored session──────────────────────────────▶ signed in
//!    │
//!    ▼
//!  check (platform token, or an authentication that Adobe still has) ──found──▶ signed in
//!    │ none
//!    ▼
//!  code ──▶ shown ⇄ check every 3-5 s ──found──▶ signed in
//!             │ on this device's own browser: checks begin when it reaches the redirect URL
//!             │ expired: a new code, a few times; then the end
//!             │ refused: denied        cancelled: the code is released
//! ```

use std::{ops::RangeInclusive, time::Duration};

use device_auth::{Polling, Timestamp};

use super::SignInEvent;
use crate::{Error, Found, LoginPage, Profile, RegistrationCode};

/// Adobe's pace for asking whether the viewer has finished.
pub(super) const INTERVAL: RangeInclusive<Duration> = Duration::from_secs(3)..=Duration::from_secs(5);
/// How many codes one sign-in shows: with Adobe's default of 30 minutes each, an hour and a half.
const CODES: u32 = 3;

/// When something happens, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// The service's time, which dates codes. It jumps when the first answer puts a wrong clock right.
    pub(super) service: Timestamp,
    /// The time that has passed, which paces questions. It never jumps.
    pub(super) elapsed: Duration,
}

/// What happened.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// The sign-in begins, with what an earlier one has left behind.
    /// Of a code of an earlier sign-in, either it can be shown again, or it was for another way to sign in and has to go.
    Started { restored: Option<Profile>, code: Option<RegistrationCode>, stale: Option<RegistrationCode> },
    /// The answer to [`Effect::Check`].
    Checked(Result<Finding, Error>),
    /// The answer to [`Effect::Issue`].
    Issued(Result<Opening, Error>),
    /// The time of [`Effect::Wait`] is over.
    Due,
    /// A platform token has come that no check has carried yet.
    TokenArrived,
    /// The browser on this device has come to the redirect URL.
    RedirectReached,
    /// The viewer wants another code.
    NewCode,
    /// The viewer, or the app, has had enough.
    Cancelled,
    /// Somebody watches, or nobody does any more.
    Watched(bool),
}

/// What a question has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    SignedIn(Profile),
    Nothing,
    /// The code that was asked about works no longer.
    CodeGone,
}

/// What asking for a code has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Something for the viewer to do.
    Waiting(Ticket),
    /// The service has recognised the viewer instead.
    Found(Found),
}

/// A code, and the page that is open for it where the viewer signs in on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) code: RegistrationCode,
    pub(crate) page: Option<LoginPage>,
}

/// Why an authentication may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Adobe may still have one, or the platform token brings one.
    Start,
    /// The viewer may have finished with this code.
    Code(String),
    /// A platform token is there that no question has carried.
    LateToken,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Ask whether there is an authentication. Never asked for while an answer is outstanding.
    Check(Reason),
    /// Ask for a code.
    Issue,
    /// Remember this profile as the viewer's.
    Adopt(Found),
    /// Make a code stop working.
    Release(RegistrationCode),
    /// Keep the code that is shown, or none, for after a restart.
    Remember(Option<RegistrationCode>),
    /// Wait this long; replaces any wait before.
    Wait(Duration),
    /// Wait no longer.
    StopWaiting,
    /// Tell whoever watches.
    Emit(SignInEvent),
    /// All is said and done.
    End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// Nothing shown yet; what a first check finds decides. A code of an earlier process may still be alive.
    Checking(Option<RegistrationCode>),
    Issuing,
    Showing(Ticket),
    /// Over for the viewer, but a code is on its way that has to be released.
    Withdrawing,
    Ended,
}

/// One sign-in, from start to end.
#[derive(Debug)]
pub(super) struct Machine {
    phase: Phase,
    polling: Option<Polling>,
    random: fastrand::Rng,
    codes_left: u32,
    is_watched: bool,
    /// The question that is outstanding.
    checking: Option<Reason>,
    is_issuing: bool,
    last_check: Option<Duration>,
    /// A token is there that no check has carried.
    token_untried: bool,
    /// A browser on this device is still on its way: there is nothing to ask about.
    is_held: bool,
    /// A code of another sign-in, which has to go.
    stale: Option<RegistrationCode>,
    /// The code works no longer, and nobody watches who would need another.
    is_gone: bool,
    effects: Vec<Effect>,
}

impl Machine {
    pub(super) fn new(random: fastrand::Rng) -> Self {
        Self {
            phase: Phase::Idle,
            polling: None,
            random,
            codes_left: CODES,
            is_watched: true,
            checking: None,
            is_issuing: false,
            last_check: None,
            token_untried: false,
            is_held: false,
            stale: None,
            is_gone: false,
            effects: Vec::new(),
        }
    }

    /// Takes in what happened; returns what to do, in this order.
    pub(super) fn handle(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Started { restored, code, stale } => {
                self.stale = stale;
                self.start(restored, code, now);
            }
            Input::Checked(outcome) => self.checked(outcome, now),
            Input::Issued(outcome) => self.issued(outcome, now),
            Input::Due => self.due(now),
            Input::TokenArrived => self.token_arrived(now),
            Input::RedirectReached => self.redirect_reached(now),
            Input::NewCode => self.new_code(),
            Input::Cancelled => self.cancelled(),
            Input::Watched(is_watched) => self.watched(is_watched, now),
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self, restored: Option<Profile>, code: Option<RegistrationCode>, now: Now) {
        if self.phase != Phase::Idle {
            return;
        }
        match restored {
            Some(profile) => {
                self.drop_stale();
                self.finish(SignInEvent::SignedIn(profile));
            }
            None => {
                self.phase = Phase::Checking(code);
                self.emit(SignInEvent::Checking);
                self.check(Reason::Start, now);
            }
        }
    }

    fn checked(&mut self, outcome: Result<Finding, Error>, now: Now) {
        let reason = self.checking.take();
        // Not before: while it is remembered, it may explain what is found.
        self.drop_stale();
        match outcome {
            Ok(Finding::SignedIn(profile)) => self.found(profile, reason.as_ref()),
            Ok(Finding::CodeGone) => self.code_gone(reason.as_ref(), now),
            // The viewer has not finished, or the way to the service is bad just now: the next question may do better.
            Ok(Finding::Nothing) | Err(Error::SignInAgain { .. }) => self.not_yet(now),
            Err(Error::RetryLater { .. })
                if matches!(self.phase, Phase::Showing(_) | Phase::Issuing | Phase::Checking(Some(_))) =>
            {
                self.not_yet(now);
            }
            Err(error) => self.fail(error),
        }
    }

    fn drop_stale(&mut self) {
        if let Some(stale) = self.stale.take() {
            self.effects.extend([Effect::Release(stale), Effect::Remember(None)]);
        }
    }

    fn found(&mut self, profile: Profile, reason: Option<&Reason>) {
        if self.is_over() {
            return;
        }
        match &self.phase {
            // The code has become pointless; nobody else should sign in with it.
            Phase::Showing(Ticket { code, .. }) | Phase::Checking(Some(code))
                if !matches!(reason, Some(Reason::Code(_))) =>
            {
                self.effects.push(Effect::Release(code.clone()));
            }
            _ => {}
        }
        self.finish(SignInEvent::SignedIn(profile));
    }

    fn not_yet(&mut self, now: Now) {
        match self.phase.clone() {
            Phase::Checking(_) | Phase::Showing(_) if self.token_untried && self.is_watched => {
                self.try_token(now);
            }
            Phase::Checking(Some(code)) if code.expires > now.service => {
                self.show(Ticket { code, page: None }, now);
            }
            Phase::Checking(_) => self.issue(),
            Phase::Showing(_) => self.pause(now),
            Phase::Idle | Phase::Issuing | Phase::Withdrawing | Phase::Ended => {}
        }
    }

    /// Somebody has replaced the code, or the service ends it a moment before our clock does.
    fn code_gone(&mut self, asked: Option<&Reason>, now: Now) {
        match (&self.phase, asked) {
            // Not that of a code which another one has replaced meanwhile.
            (Phase::Showing(Ticket { code, .. }), Some(Reason::Code(asked))) if code.code == *asked => {
                if self.is_watched {
                    self.code_expired();
                } else {
                    self.is_gone = true;
                }
            }
            _ => self.not_yet(now),
        }
    }

    fn issued(&mut self, outcome: Result<Opening, Error>, now: Now) {
        self.is_issuing = false;
        match (&self.phase, outcome) {
            (Phase::Issuing, Ok(Opening::Waiting(ticket))) => self.show(ticket, now),
            (Phase::Issuing, Ok(Opening::Found(found))) => {
                let profile = found.profile.clone();
                self.effects.push(Effect::Adopt(found));
                self.finish(SignInEvent::SignedIn(profile));
            }
            (Phase::Issuing, Err(error)) => self.fail(error),
            (Phase::Withdrawing, outcome) => {
                self.phase = Phase::Ended;
                if let Ok(Opening::Waiting(ticket)) = outcome {
                    self.effects.push(Effect::Release(ticket.code));
                }
                self.effects.push(Effect::End);
            }
            _ => {}
        }
    }

    fn show(&mut self, ticket: Ticket, now: Now) {
        self.codes_left -= 1;
        self.polling = Some(Polling::new(INTERVAL, ticket.code.expires, self.random.fork()));
        self.is_held = ticket.page.is_some();
        match &ticket.page {
            // A page does not outlive the process, and nobody has seen its code.
            Some(page) => self.emit(SignInEvent::Page(page.clone())),
            None => {
                self.effects.push(Effect::Remember(Some(ticket.code.clone())));
                self.emit(SignInEvent::Code(ticket.code.clone()));
            }
        }
        self.phase = Phase::Showing(ticket);
        if self.checking.is_some() {
            // A check from before this code is still under way; its answer goes on from here.
        } else if self.token_untried {
            self.try_token(now);
        } else {
            self.pause(now);
        }
    }

    /// The next question, the end of the code, or nothing while nobody watches.
    fn pause(&mut self, now: Now) {
        if !self.is_watched {
            return;
        }
        let Some(polling) = &mut self.polling else { return };
        let left = polling.deadline().since(now.service);
        match polling.pause(now.service) {
            Some(_) if self.is_held => self.effects.push(Effect::Wait(left)),
            Some(pause) => self.effects.push(Effect::Wait(pause)),
            None if left.is_zero() => self.code_expired(),
            None => self.effects.push(Effect::Wait(left)),
        }
    }

    fn due(&mut self, now: Now) {
        let Phase::Showing(Ticket { code, .. }) = &self.phase else { return };
        if self.checking.is_some() || !self.is_watched {
            return;
        }
        if code.expires <= now.service {
            self.code_expired();
        } else if self.next_check(now).is_zero() && !self.is_held {
            self.check(Reason::Code(code.code.clone()), now);
        } else {
            // Woken by the end of the code's last seconds, or early: never a question before its time.
            self.pause(now);
        }
    }

    fn code_expired(&mut self) {
        self.effects.push(Effect::Remember(None));
        if self.codes_left == 0 {
            self.finish(SignInEvent::Expired);
        } else {
            self.emit(SignInEvent::CodeExpired);
            self.issue();
        }
    }

    fn token_arrived(&mut self, now: Now) {
        if self.is_over() {
            return;
        }
        self.token_untried = true;
        if matches!(self.phase, Phase::Showing(_)) && self.checking.is_none() && self.is_watched {
            self.effects.push(Effect::StopWaiting);
            self.try_token(now);
        }
    }

    /// The first question at once, but never faster than the pace.
    fn redirect_reached(&mut self, now: Now) {
        if !matches!(self.phase, Phase::Showing(_)) || !std::mem::take(&mut self.is_held) {
            return;
        }
        if self.checking.is_none() && self.is_watched {
            self.effects.push(Effect::Wait(self.next_check(now)));
        }
    }

    fn new_code(&mut self) {
        let Phase::Showing(Ticket { code, .. }) = &self.phase else { return };
        // The viewer asked: the count is for codes that expire unseen.
        self.codes_left = CODES;
        self.effects.extend([Effect::StopWaiting, Effect::Release(code.clone()), Effect::Remember(None)]);
        self.issue();
    }

    fn cancelled(&mut self) {
        self.drop_stale();
        match self.phase.clone() {
            Phase::Showing(Ticket { code, .. }) | Phase::Checking(Some(code)) => {
                self.effects.extend([Effect::StopWaiting, Effect::Release(code), Effect::Remember(None)]);
            }
            Phase::Withdrawing | Phase::Ended => return,
            Phase::Idle | Phase::Checking(None) | Phase::Issuing => {}
        }
        self.finish(SignInEvent::Cancelled);
    }

    fn watched(&mut self, is_watched: bool, now: Now) {
        let was_watched = std::mem::replace(&mut self.is_watched, is_watched);
        let Phase::Showing(Ticket { code, .. }) = &self.phase else { return };
        if self.checking.is_some() || was_watched == is_watched {
            return;
        }
        if !is_watched {
            self.effects.push(Effect::StopWaiting);
        } else if code.expires <= now.service || self.is_gone {
            self.code_expired();
        } else if self.token_untried {
            self.try_token(now);
        } else if self.is_held {
            self.effects.push(Effect::Wait(code.expires.since(now.service)));
        } else {
            let wait = self.next_check(now).min(code.expires.since(now.service));
            self.effects.push(Effect::Wait(wait));
        }
    }

    /// How long until a question is in order again.
    fn next_check(&self, now: Now) -> Duration {
        self.last_check
            .map_or(Duration::ZERO, |last| INTERVAL.start().saturating_sub(now.elapsed.saturating_sub(last)))
    }

    fn try_token(&mut self, now: Now) {
        self.token_untried = false;
        self.check(Reason::LateToken, now);
    }

    fn check(&mut self, reason: Reason, now: Now) {
        self.checking = Some(reason.clone());
        self.last_check = Some(now.elapsed);
        self.effects.push(Effect::Check(reason));
    }

    fn issue(&mut self) {
        self.phase = Phase::Issuing;
        self.is_gone = false;
        self.is_issuing = true;
        self.polling = None;
        self.effects.push(Effect::Issue);
    }

    fn fail(&mut self, error: Error) {
        if self.is_over() {
            return;
        }
        // A code of an earlier process stays remembered: its viewer may be typing it, and the next sign-in shows it again.
        if let Phase::Showing(Ticket { code, .. }) = &self.phase {
            self.effects.extend([Effect::Release(code.clone()), Effect::Remember(None)]);
        }
        self.finish(match error {
            Error::TellViewer { report } => SignInEvent::Denied(report),
            Error::Cancelled => SignInEvent::Cancelled,
            error => SignInEvent::Failed(error),
        });
    }

    /// Ends it for the viewer, with this as the last word.
    fn finish(&mut self, last: SignInEvent) {
        self.emit(last);
        if self.is_issuing {
            self.phase = Phase::Withdrawing;
        } else {
            self.phase = Phase::Ended;
            self.effects.push(Effect::End);
        }
    }

    fn emit(&mut self, event: SignInEvent) {
        self.effects.push(Effect::Emit(event));
    }

    fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Withdrawing | Phase::Ended)
    }
}

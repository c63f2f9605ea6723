//! What holds for the sign-in machine whatever happens and in whichever order.

use std::time::Duration;

use device_auth::Timestamp;
use proptest::prelude::*;

use super::{
    SignInEvent,
    machine::{Effect, Finding, INTERVAL, Input, Machine, Now, Opening, Reason, Ticket},
};
use crate::{Error, Found, LoginPage, MvpdId, Profile, ProfileType, RegistrationCode, error::Report};

/// What the world does next; answers are given only to questions that were asked.
#[derive(Clone, Debug)]
enum Move {
    AnswerCheck(CheckAnswer),
    AnswerIssue(IssueAnswer),
    PassTime(u64),
    TokenArrives,
    ReachRedirect,
    NewCode,
    Leave,
    Return,
    Cancel,
}

#[derive(Clone, Copy, Debug)]
enum CheckAnswer {
    None,
    Found,
    Trouble,
    Refusal,
    CodeGone,
}

#[derive(Clone, Copy, Debug)]
enum IssueAnswer {
    Code,
    Page,
    SignedIn,
    Trouble,
}

fn moves() -> impl Strategy<Value = Move> {
    use CheckAnswer::{CodeGone, Found, None, Refusal, Trouble};
    let issued = [
        (9, IssueAnswer::Code),
        (6, IssueAnswer::Page),
        (1, IssueAnswer::SignedIn),
        (1, IssueAnswer::Trouble),
    ];
    let issued =
        prop::strategy::Union::new_weighted(issued.map(|(weight, answer)| (weight, Just(answer))).to_vec());
    prop_oneof![
        12 => prop::sample::select(vec![None, None, None, None, Trouble, Found, Refusal, CodeGone]).prop_map(Move::AnswerCheck),
        6 => issued.prop_map(Move::AnswerIssue),
        12 => (0_u64..2_000_000).prop_map(Move::PassTime),
        2 => Just(Move::TokenArrives),
        2 => Just(Move::ReachRedirect),
        1 => Just(Move::NewCode),
        2 => Just(Move::Leave),
        3 => Just(Move::Return),
        1 => Just(Move::Cancel),
    ]
}

/// Moves after which a sign-in may still go on.
fn moves_that_go_on() -> impl Strategy<Value = Move> {
    moves().prop_map(|step| match step {
        Move::AnswerCheck(_) => Move::AnswerCheck(CheckAnswer::None),
        Move::AnswerIssue(IssueAnswer::Page) => Move::AnswerIssue(IssueAnswer::Page),
        Move::AnswerIssue(_) => Move::AnswerIssue(IssueAnswer::Code),
        Move::PassTime(millis) => Move::PassTime(millis / 50),
        Move::Cancel => Move::NewCode,
        step => step,
    })
}

/// Plays the world around one machine and holds it to its promises at every step.
struct World {
    machine: Machine,
    now: Timestamp,
    checks: u32,
    issues: u32,
    timer: Option<Timestamp>,
    codes: u64,
    live: Vec<RegistrationCode>,
    last_check: Option<Timestamp>,
    token_untried: bool,
    /// A page is open whose end nobody has reported.
    held: bool,
    watched: bool,
    last_event: Option<SignInEvent>,
    ended: bool,
}

impl World {
    /// `has_code`: an earlier process has left a code behind.
    fn start(seed: u64, has_code: bool) -> Self {
        let mut world = Self {
            machine: Machine::new(fastrand::Rng::with_seed(seed)),
            now: Timestamp::from_millis(1_700_000_000_000),
            checks: 0,
            issues: 0,
            timer: None,
            codes: 0,
            live: Vec::new(),
            last_check: None,
            token_untried: false,
            held: false,
            watched: true,
            last_event: None,
            ended: false,
        };
        let code = has_code.then(|| world.new_code());
        world.feed(Input::Started { restored: None, code, stale: None });
        world
    }

    fn new_code(&mut self) -> RegistrationCode {
        self.codes += 1;
        let expires = self.now.plus(Duration::from_secs(1_800));
        let code = RegistrationCode { code: format!("CODE{}", self.codes), expires };
        self.live.push(code.clone());
        code
    }

    fn is_over(&self) -> bool {
        self.last_event.as_ref().is_some_and(SignInEvent::is_last)
    }

    fn feed(&mut self, input: Input) {
        let was_over = self.is_over();
        for effect in self.machine.handle(input, at(self.now)) {
            assert!(!self.ended, "{effect:?} after the end");
            if was_over {
                assert!(
                    matches!(effect, Effect::Release(_) | Effect::End),
                    "{effect:?} after the last event"
                );
            }
            self.take(effect);
        }
        if self.is_over() {
            // The driver drops what is under way.
            (self.checks, self.timer) = (0, None);
        }
        assert!(self.checks <= 1 && self.issues <= 1, "two at a time");
        if !self.is_over() && self.watched {
            assert!(
                self.checks + self.issues > 0 || self.timer.is_some(),
                "nothing to wait for: it would hang"
            );
        }
        if self.ended {
            assert!(self.is_over(), "ended without a last word");
            assert!(self.issues == 0, "ended with a code on its way");
        }
    }

    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Check(reason) => {
                match (reason, self.last_check) {
                    (Reason::Start, last) => assert!(last.is_none(), "it starts once"),
                    (Reason::LateToken, _) => assert!(std::mem::take(&mut self.token_untried), "tried twice"),
                    (Reason::Code(_), last) => {
                        assert!(!self.held, "asked while the viewer is still in the browser");
                        assert!(self.now.since(last.unwrap()) >= *INTERVAL.start(), "asked again too early");
                    }
                }
                self.last_check = Some(self.now);
                self.checks += 1;
                self.timer = None;
            }
            Effect::Issue => self.issues += 1,
            Effect::Release(code) => self.live.retain(|live| *live != code),
            Effect::Remember(_) | Effect::Adopt(_) => {}
            Effect::Wait(wait) => self.timer = Some(self.now.plus(wait)),
            Effect::StopWaiting => self.timer = None,
            Effect::Emit(event) => {
                assert!(!self.is_over(), "{event:?} after the last event");
                match &event {
                    SignInEvent::Page(_) => self.held = true,
                    SignInEvent::Code(_) => self.held = false,
                    _ => {}
                }
                self.last_event = Some(event);
            }
            Effect::End => self.ended = true,
        }
    }

    fn make(&mut self, step: &Move) {
        match step {
            Move::AnswerCheck(answer) if self.checks > 0 => {
                self.checks = 0;
                let report = Box::<Report>::default();
                self.feed(Input::Checked(match answer {
                    CheckAnswer::None => Ok(Finding::Nothing),
                    CheckAnswer::Found => Ok(Finding::SignedIn(profile())),
                    CheckAnswer::CodeGone => Ok(Finding::CodeGone),
                    CheckAnswer::Trouble => Err(Error::RetryLater { after: Duration::ZERO, report }),
                    CheckAnswer::Refusal => Err(Error::TellViewer { report }),
                }));
            }
            Move::AnswerIssue(answer) if self.issues > 0 => {
                self.issues = 0;
                let answer = match answer {
                    IssueAnswer::Code => Ok(waiting(self.new_code(), None)),
                    IssueAnswer::Page => Ok(waiting(self.new_code(), Some(page()))),
                    IssueAnswer::SignedIn => Ok(Opening::Found(Found { profile: profile(), metadata: None })),
                    IssueAnswer::Trouble => {
                        Err(Error::RetryLater { after: Duration::ZERO, report: Box::default() })
                    }
                };
                self.feed(Input::Issued(answer));
            }
            Move::PassTime(millis) => {
                self.now = self.now.plus(Duration::from_millis(*millis));
                if self.timer.is_some_and(|due| due <= self.now) {
                    self.timer = None;
                    self.feed(Input::Due);
                }
            }
            Move::TokenArrives => {
                self.token_untried = true;
                self.feed(Input::TokenArrived);
            }
            Move::ReachRedirect => {
                self.held = false;
                self.feed(Input::RedirectReached);
            }
            Move::NewCode => self.feed(Input::NewCode),
            Move::Leave => self.watch(false),
            Move::Return => self.watch(true),
            Move::Cancel => self.feed(Input::Cancelled),
            Move::AnswerCheck(_) | Move::AnswerIssue(_) => {}
        }
    }

    fn watch(&mut self, watched: bool) {
        self.watched = watched;
        self.feed(Input::Watched(watched));
    }
}

/// Both clocks at an instant.
fn at(service: Timestamp) -> Now {
    Now { service, elapsed: service.since(Timestamp::default()) }
}

fn waiting(code: RegistrationCode, page: Option<LoginPage>) -> Opening {
    Opening::Waiting(Ticket { code, page })
}

fn page() -> LoginPage {
    LoginPage { url: "https://sp.example/login".into(), redirect_url: "https://app.example/done".into() }
}

fn profile() -> Profile {
    Profile {
        mvpd: MvpdId::new("mvpd"),
        user_id: None,
        not_after: Timestamp::from_millis(i64::MAX),
        profile_type: ProfileType::Regular,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The promises of [`World`] hold at every step, and a viewer who stays and a world that answers come to an end.
    #[test]
    fn it_always_ends(seed: u64, has_code: bool, steps in prop::collection::vec(moves(), 0..120)) {
        let mut world = World::start(seed, has_code);
        for step in &steps {
            world.make(step);
        }
        world.watch(true);
        for _ in 0..10_000 {
            if world.ended {
                break;
            }
            world.make(&Move::AnswerIssue(IssueAnswer::Code));
            world.make(&Move::AnswerCheck(CheckAnswer::None));
            world.make(&Move::PassTime(5_000));
        }
        prop_assert!(world.ended, "it goes on for ever");
    }

    /// After a cancellation no code is left alive, wherever the sign-in was.
    #[test]
    fn a_cancelled_sign_in_leaves_no_code_alive(seed: u64, has_code: bool, steps in prop::collection::vec(moves_that_go_on(), 0..60)) {
        let mut world = World::start(seed, has_code);
        for step in &steps {
            world.make(step);
        }
        prop_assume!(!world.is_over());
        world.make(&Move::Cancel);
        world.make(&Move::AnswerIssue(IssueAnswer::Code));
        prop_assert!(world.ended);
        prop_assert_eq!(world.last_event, Some(SignInEvent::Cancelled));
        let now = world.now;
        let live: Vec<_> = world.live.iter().filter(|code| code.expires > now).collect();
        prop_assert!(live.is_empty(), "{:?}", live);
    }
}

#[test]
fn a_restored_session_needs_nothing_else() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let effects = machine.handle(
        Input::Started { restored: Some(profile()), code: None, stale: None },
        at(Timestamp::default()),
    );
    assert_eq!(effects, [Effect::Emit(SignInEvent::SignedIn(profile())), Effect::End]);
}

#[test]
fn a_code_that_survived_a_restart_is_shown_again() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let code = RegistrationCode { code: "ABCDEF".into(), expires: Timestamp::from_millis(60_000) };
    machine.handle(
        Input::Started { restored: None, code: Some(code.clone()), stale: None },
        at(Timestamp::default()),
    );
    let effects = machine.handle(Input::Checked(Ok(Finding::Nothing)), at(Timestamp::default()));
    assert!(effects.contains(&Effect::Emit(SignInEvent::Code(code))), "{effects:?}");
    assert!(!effects.contains(&Effect::Issue));
}

#[test]
fn trouble_on_the_way_does_not_cost_a_code_that_survived_a_restart() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let now = at(Timestamp::default());
    let code = RegistrationCode { code: "ABCDEF".into(), expires: Timestamp::from_millis(60_000) };
    machine.handle(Input::Started { restored: None, code: Some(code.clone()), stale: None }, now);
    let trouble = Error::RetryLater { after: Duration::ZERO, report: Box::default() };
    let effects = machine.handle(Input::Checked(Err(trouble)), now);
    assert!(effects.contains(&Effect::Emit(SignInEvent::Code(code))), "{effects:?}");
}

#[test]
fn a_late_token_that_is_honoured_ends_the_code() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let now = at(Timestamp::default());
    let code = RegistrationCode { code: "ABCDEF".into(), expires: Timestamp::from_millis(60_000) };
    machine.handle(Input::Started { restored: None, code: None, stale: None }, now);
    machine.handle(Input::Checked(Ok(Finding::Nothing)), now);
    machine.handle(Input::Issued(Ok(waiting(code.clone(), None))), now);
    assert_eq!(
        machine.handle(Input::TokenArrived, now),
        [Effect::StopWaiting, Effect::Check(Reason::LateToken)]
    );
    let effects = machine.handle(Input::Checked(Ok(Finding::SignedIn(profile()))), now);
    assert_eq!(effects, [Effect::Release(code), Effect::Emit(SignInEvent::SignedIn(profile())), Effect::End]);
}

#[test]
fn a_page_is_asked_about_once_the_browser_has_come_to_its_end() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let start = Timestamp::default();
    let code = RegistrationCode { code: "ABCDEF".into(), expires: Timestamp::from_millis(60_000) };
    machine.handle(Input::Started { restored: None, code: None, stale: None }, at(start));
    machine.handle(Input::Checked(Ok(Finding::Nothing)), at(start));
    let effects = machine.handle(Input::Issued(Ok(waiting(code, Some(page())))), at(start));
    assert_eq!(effects, [Effect::Emit(SignInEvent::Page(page())), Effect::Wait(Duration::from_secs(60))]);
    let later = at(start.plus(Duration::from_secs(20)));
    assert_eq!(machine.handle(Input::RedirectReached, later), [Effect::Wait(Duration::ZERO)]);
    assert_eq!(machine.handle(Input::Due, later), [Effect::Check(Reason::Code("ABCDEF".into()))]);
}

#[test]
fn a_code_that_the_service_has_ended_is_replaced() {
    let mut machine = Machine::new(fastrand::Rng::with_seed(1));
    let start = at(Timestamp::default());
    let code = RegistrationCode { code: "ABCDEF".into(), expires: Timestamp::from_millis(60_000) };
    machine.handle(Input::Started { restored: None, code: None, stale: None }, start);
    machine.handle(Input::Checked(Ok(Finding::Nothing)), start);
    machine.handle(Input::Issued(Ok(waiting(code, None))), start);
    machine.handle(Input::Due, at(Timestamp::from_millis(5_000)));
    let effects = machine.handle(Input::Checked(Ok(Finding::CodeGone)), at(Timestamp::from_millis(5_000)));
    assert_eq!(effects, [Effect::Remember(None), Effect::Emit(SignInEvent::CodeExpired), Effect::Issue]);
}

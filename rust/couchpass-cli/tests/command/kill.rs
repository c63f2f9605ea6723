//! kill -9 while a request is under way, then a restart on the same state: it goes on or starts over cleanly, and nothing is
//! lost that somebody was told.
//!
//! Each case holds one request in the sandbox, before it is served or when it has taken effect and only its answer is
//! missing, and kills the process while it waits.

use std::time::Duration;

use couchpass_sandbox::{Effect, Endpoint, Fault, Phase, Sandbox};
use tokio::task::JoinSet;

use crate::support::{Api, Bench, Running, on_both_apis};

on_both_apis! {
    a_sign_in_killed_at_any_request_goes_on_or_starts_over,
    a_code_that_has_expired_meanwhile_is_not_shown_again,
    whoever_was_told_to_be_signed_in_is_signed_in,
    a_killed_authorize_costs_nothing_and_a_killed_sign_out_is_completed_by_the_next,
}

/// The name of the hold.
const HELD: &str = "until the process is dead";
/// Longer than any code lives here, shorter than a bearer token.
const A_CODE_LATER: Duration = Duration::from_secs(3600);

/// A moment in a sign-in.
#[derive(Clone, Copy, Debug)]
struct Moment {
    endpoint: Endpoint,
    /// Which of the sign-in's calls of this endpoint.
    call: u64,
    phase: Phase,
    /// Whether a code is shown by then.
    shows_a_code: bool,
    /// Whether the viewer has typed the code by then; only for moments at which one is shown.
    approved: bool,
}

impl Moment {
    /// Every request that a sign-in by code makes.
    fn all(api: Api) -> Vec<Self> {
        let (poll, first) = api.poll();
        let calls = [
            (Endpoint::Register, 1, false, false),
            (Endpoint::Token, 1, false, false),
            (api.find(), 1, false, false),
            (api.open(), 1, false, false),
            (poll, first, true, false),
            (poll, first, true, true),
        ];
        let both = |(endpoint, call, shows_a_code, approved)| {
            [Phase::Before, Phase::After].map(|phase| Self { endpoint, call, phase, shows_a_code, approved })
        };
        calls.into_iter().flat_map(both).collect()
    }

    /// Whether this is where `endpoint` is asked for something that is made anew with each request: when the answer is
    /// lost, what was made is lost with it, and only one more can replace it.
    fn loses_one_of(self, endpoint: Endpoint) -> usize {
        usize::from(self.endpoint == endpoint)
    }
}

fn hold(sandbox: &Sandbox, endpoint: Endpoint, call: u64, phase: Phase) {
    let fault = Fault::new(Effect::Hold { name: HELD.into() }).on(endpoint).nth(call);
    sandbox.faults().add(if phase == Phase::After { fault.after_serving() } else { fault });
}

/// Kills the process as soon as the sandbox holds its request, and lets the request go on without it.
async fn kill_when_held(sandbox: &Sandbox, process: Running) {
    sandbox.faults().held(HELD).await;
    process.kill().await;
    sandbox.faults().clear();
}

/// Follows a sign-in to its end; a code that it shows is typed by the viewer. Returns the code, if one was needed.
async fn finish(sandbox: &Sandbox, mut sign_in: Running) -> Option<String> {
    let mut shown = None;
    loop {
        let event = sign_in.any_event().await;
        match event["event"].as_str() {
            Some("checking") => {}
            Some("code") => {
                let code = event["code"].as_str().unwrap().to_owned();
                sandbox.viewer("basic").approve(&code).await.unwrap();
                shown = Some(code);
            }
            Some("signed_in") => break,
            _ => panic!("unexpected: {event}"),
        }
    }
    assert_eq!(sign_in.end().await.code, 0);
    shown
}

async fn kill_and_restart(api: Api, moment: Moment) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    hold(&sandbox, moment.endpoint, moment.call, moment.phase);
    let mut doomed = bench.start(&["sign-in", "--json"]);
    let mut shown = None;
    if moment.shows_a_code {
        let code = doomed.event("code").await["code"].as_str().unwrap().to_owned();
        if moment.approved {
            sandbox.viewer("basic").approve(&code).await.unwrap();
        }
        shown = Some(code);
    }
    kill_when_held(&sandbox, doomed).await;
    bench.assert_state_is_whole();

    let shown_again = finish(&sandbox, bench.start(&["sign-in", "--json"])).await;
    match (moment.approved, &shown) {
        (true, _) => assert_eq!(shown_again, None, "the viewer has typed the code already: {moment:?}"),
        (false, Some(_)) => assert_eq!(shown_again, shown, "the viewer is just typing it: {moment:?}"),
        (false, None) => assert!(shown_again.is_some(), "{moment:?}"),
    }
    let registrations = sandbox.registrations();
    assert!(registrations <= 1 + moment.loses_one_of(Endpoint::Register), "{registrations}: {moment:?}");
    let requests = sandbox.recorder().device_requests();
    let created = |request: &&couchpass_sandbox::RecordedRequest| {
        request.endpoint == Some(api.open()) && matches!(request.status, Some(200 | 201))
    };
    let codes = requests.iter().filter(created).count();
    assert!(codes <= 1 + moment.loses_one_of(api.open()), "{codes} codes: {moment:?}");
    assert!(!requests.iter().any(|request| request.status == Some(429)), "{moment:?}");
    assert_eq!(sandbox.authentications().len(), 1, "{moment:?}");
    assert_eq!(bench.run(&["status"]).await.code, 0, "{moment:?}");
    bench.assert_state_is_whole();
}

async fn a_sign_in_killed_at_any_request_goes_on_or_starts_over(api: Api) {
    // All at once, each with a sandbox and a state of its own: most of the time is the pace of real questions.
    let mut cases = JoinSet::new();
    for moment in Moment::all(api) {
        cases.spawn(kill_and_restart(api, moment));
    }
    while let Some(case) = cases.join_next().await {
        case.unwrap();
    }
}

async fn a_code_that_has_expired_meanwhile_is_not_shown_again(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let mut doomed = bench.start(&["sign-in", "--json"]);
    let shown = doomed.event("code").await["code"].as_str().unwrap().to_owned();
    doomed.kill().await;
    sandbox.clock().advance(A_CODE_LATER);
    let shown_again = finish(&sandbox, bench.start(&["sign-in", "--json"])).await;
    assert!(shown_again.is_some_and(|again| again != shown), "{shown} is shown again");
    assert_eq!(sandbox.registrations(), 1);
}

async fn whoever_was_told_to_be_signed_in_is_signed_in(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    let mut doomed = bench.start(&["sign-in", "--json"]);
    let code = doomed.event("code").await["code"].as_str().unwrap().to_owned();
    sandbox.viewer("basic").approve(&code).await.unwrap();
    let told = doomed.event("signed_in").await;
    doomed.kill_if_alive().await;
    bench.assert_state_is_whole();
    sandbox.recorder().clear();
    let status = bench.run(&["status", "--json"]).await;
    assert_eq!(status.code, 0, "{status:?}");
    assert_eq!(status.event()["profile"], told["profile"]);
    assert!(sandbox.recorder().requests().is_empty(), "it is remembered, not asked for");
}

async fn a_killed_authorize_costs_nothing_and_a_killed_sign_out_is_completed_by_the_next(api: Api) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let bench = Bench::at(&sandbox, api);
    finish(&sandbox, bench.start(&["sign-in", "--json"])).await;

    for &endpoint in api.watch() {
        for phase in [Phase::Before, Phase::After] {
            hold(&sandbox, endpoint, 1, phase);
            kill_when_held(&sandbox, bench.start(&["authorize", "LanternOne", "--json"])).await;
            bench.assert_state_is_whole();
            assert_eq!(bench.run(&["status"]).await.code, 0, "{endpoint:?}, {phase:?}");
            let again = bench.run(&["authorize", "LanternOne", "--json"]).await;
            assert_eq!(again.code, 0, "{endpoint:?}, {phase:?}: {again:?}");
        }
    }

    for phase in [Phase::Before, Phase::After] {
        hold(&sandbox, api.log_out(), 1, phase);
        kill_when_held(&sandbox, bench.start(&["sign-out", "--json"])).await;
        bench.assert_state_is_whole();
        // Not confirmed, so not done as far as anybody was told: the next call completes it, whatever became of this one.
        let again = bench.run(&["sign-out", "--json"]).await;
        assert_eq!((again.code, again.event()["event"].as_str()), (0, Some("signed_out")), "{phase:?}");
        assert!(sandbox.authentications().is_empty(), "{phase:?}");
        assert_eq!(bench.run(&["status"]).await.code, 3, "{phase:?}");
        if phase == Phase::Before {
            finish(&sandbox, bench.start(&["sign-in", "--json"])).await;
        }
    }
    assert_eq!(sandbox.registrations(), 1);
}

//! What the service says: registration, requestor, clock and rate, by as few requests as it takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use couchpass::{Client, Diagnosis, Environment, Provider, RequestMetrics, RequestOutcome};
use device_auth::Secret;
use tokio::sync::Notify;

use super::finding::Findings;
use crate::{
    countdown::now,
    failure::Failure,
    output::Output,
    settings::{ApiVersion, ClientArguments},
    when,
};

const RATE: &str = "rate";
const CLOCK: &str = "clock";
pub(super) const REQUESTOR: &str = "requestor";
/// For so long after a 429 the client spends no burst.
const CAUTION: Duration = Duration::from_secs(600);
/// Seconds off a clock that nobody has to care about.
const SMALL: i64 = 60;
/// Seconds off a clock that is wrong.
const LARGE: i64 = 3_600;

/// What was learnt, besides the findings.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    pub(super) requests: usize,
    pub(super) clock_ahead_millis: i64,
}

/// Asks for the TV providers, unless `may_ask` is false: that takes one request, two where the access token has ended, three
/// where the app is not registered, and more where one has to be repeated. A refusal for the rate ends it at once.
pub(super) async fn look_at_service(
    arguments: &ClientArguments,
    api: ApiVersion,
    environment: Environment,
    statement: &Secret,
    may_ask: bool,
    output: Output,
    findings: &mut Findings,
) -> Learnt {
    let requests = Arc::new(AtomicUsize::new(0));
    let answers = Arc::new(AtomicUsize::new(0));
    let throttled = Arc::new(Notify::new());
    let is_custom = environment.name() == "custom";
    let (sent, answered, bell) = (Arc::clone(&requests), Arc::clone(&answers), Arc::clone(&throttled));
    let listener = move |metrics: &RequestMetrics| {
        sent.fetch_add(1, Ordering::Relaxed);
        if matches!(metrics.outcome, RequestOutcome::Answered(_)) {
            answered.fetch_add(1, Ordering::Relaxed);
        }
        if metrics.outcome == RequestOutcome::Answered(429) {
            bell.notify_one();
        }
    };
    let built = arguments
        .builder(api, environment, statement)
        .and_then(|builder| Ok(builder.metrics(listener).store(arguments.state.open(output)?).build()?));
    let Some(client) = findings.take("settings", built) else { return Learnt::default() };
    let before = client.diagnosis();
    look_at_rate(&before, findings);
    if may_ask {
        tokio::select! {
            biased;
            () = throttled.notified() => findings.trouble(
                RATE,
                "the service refuses requests from this network for their rate (HTTP 429)",
                "leave it alone for a few minutes: Adobe allows one request a second for all devices behind one address, and ten \
                 more at times",
            ),
            outcome = client.providers() => {
                look_at_answer(outcome.map_err(Failure::from), arguments, api, is_custom, findings);
            }
        }
    }
    let requests = requests.load(Ordering::Relaxed);
    let after = client.diagnosis();
    look_at_registration(&after, findings);
    look_at_clock(&after, answers.load(Ordering::Relaxed), findings);
    look_at_session(&client, findings).await;
    Learnt { requests, clock_ahead_millis: after.clock_ahead_millis }
}

fn look_at_answer(
    outcome: Result<Vec<Provider>, Failure>,
    arguments: &ClientArguments,
    api: ApiVersion,
    is_custom: bool,
    findings: &mut Findings,
) {
    let requestor = arguments.requestor().unwrap_or_default();
    match outcome {
        Ok(providers) if providers.iter().all(|provider| provider.is_temp_pass) => findings.warning(
            "providers",
            format!("the requestor {requestor} has no TV provider here, so nobody can sign in"),
            "ask Adobe to integrate TV providers with it in this environment",
        ),
        Ok(providers) => {
            let count = providers.iter().filter(|provider| !provider.is_temp_pass).count();
            findings.ok(
                "service",
                format!("REST {} answers, and knows {requestor} with {count} TV providers", api.name()),
            );
        }
        Err(failure) => match about(&failure, api) {
            REQUESTOR => findings.error(
                REQUESTOR,
                format!("the requestor {requestor} is refused: {}{}", failure.message, failure.details.in_words()),
                "use the id that Adobe has set up for the channel in this environment, and the statement of a registered \
                 application that covers it",
            ),
            // Each of Adobe's hosts knows these paths. What does not is another host, or another port of the sandbox.
            _ if is_custom && failure.details.status == Some(404) => findings.error(
                "environment",
                format!("another than the service answers there: {}{}", failure.message, failure.details.in_words()),
                "check which address is which: --api-url is that of REST v1, --sp-url that of client registration and REST v2",
            ),
            check => findings.failure(check, &failure),
        },
    }
}

/// What a refusal is about: Adobe's code says it, and where there is none, the call and its status.
fn about(failure: &Failure, api: ApiVersion) -> &'static str {
    let details = &failure.details;
    let code = details.code.as_deref().unwrap_or_default();
    if code.contains("service_provider") || code.contains("requestor") {
        return REQUESTOR;
    }
    match (details.call, details.status) {
        (Some("register" | "token"), _) => "registration",
        // Without enhanced error codes, v1 has nothing else to refuse in this call.
        (Some(_), Some(400)) if api == ApiVersion::V1 => REQUESTOR,
        (_, Some(401 | 403)) => "registration",
        _ => "service",
    }
}

/// By what earlier commands have noted, before anything is asked.
fn look_at_rate(diagnosis: &Diagnosis, findings: &mut Findings) {
    let now = now();
    if let Some(refused) = diagnosis.refused_at
        && now.since(refused) < CAUTION
    {
        findings.warning(
            RATE,
            format!(
                "the service has refused a request for the rate (HTTP 429) {} ago; until {} the client sends one request a second",
                when::duration(now.since(refused)),
                when::date(refused.plus(CAUTION))
            ),
            "look for what else sends from this network's address: Adobe counts all of it together",
        );
        return;
    }
    let away = diagnosis.allowance_whole_at.since(now);
    if away.is_zero() {
        findings.ok(RATE, "the whole allowance of requests is there");
    } else {
        findings.note(
            RATE,
            format!(
                "commands have sent requests just now; the whole allowance is back in {}",
                when::duration(away)
            ),
        );
    }
}

fn look_at_registration(diagnosis: &Diagnosis, findings: &mut Findings) {
    if !diagnosis.is_registered {
        findings.note(
            "registration",
            "this installation is not registered yet; the first command that needs it registers it",
        );
        return;
    }
    let scopes = match diagnosis.scopes.as_slice() {
        [] => "no scope that it names".to_owned(),
        scopes => format!("the scopes {}", scopes.join(", ")),
    };
    findings.ok("registration", format!("this installation is registered, with {scopes}"));
}

fn look_at_clock(diagnosis: &Diagnosis, answers: usize, findings: &mut Findings) {
    let ahead = diagnosis.clock_ahead_millis / 1_000;
    if ahead == 0 {
        if answers > 0 {
            findings.ok(CLOCK, "this machine's clock agrees with the service's");
        }
        return;
    }
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let off = when::duration(Duration::from_secs(ahead.unsigned_abs()));
    let message = format!("this machine's clock is {off} {direction} the service's");
    match ahead.abs() {
        ..SMALL => findings.note(CLOCK, message),
        SMALL..LARGE => findings.warning(CLOCK, message, "let the machine set its clock by the network"),
        _ => findings.error(
            CLOCK,
            format!("{message}; Couchpass goes by the service's, but certificates and other programs go by this one"),
            "set the clock, or let the machine set it by the network",
        ),
    }
}

async fn look_at_session(client: &Client, findings: &mut Findings) {
    match client.profiles().await.as_deref() {
        Ok([profile, ..]) => findings.ok(
            "session",
            format!("signed in with {} until {}", profile.mvpd, when::date(profile.not_after)),
        ),
        _ => findings.note("session", "nobody is signed in"),
    }
}

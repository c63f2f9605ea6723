//! `couchpass doctor`: looks for what is wrong with a set-up, from the arguments to the service's answers, and says what to
//! do about it.

mod credentials;
mod duties;
mod finding;
mod network;
mod proxies;
mod remembered;
mod service;
mod token_shape;

use std::time::Duration;

use couchpass::DeviceInfo;
use device_auth::Timestamp;

pub(crate) use self::finding::Finding;
use self::{
    finding::{Findings, Severity},
    service::Learnt,
};
use crate::{
    countdown::now, event::Event, exit::Exit, failure::Failure, output::Output, settings::ClientArguments,
    style::Style,
};

#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    client: ClientArguments,

    /// Ask nobody: look at what is on this machine alone
    #[arg(long)]
    offline: bool,
}

/// Ends as the command would that runs into the worst of what was found.
pub(crate) async fn run(arguments: &DoctorArguments, output: Output) -> Result<Exit, Failure> {
    let mut findings = Findings::default();
    let learnt = examine(arguments, output, &mut findings).await;
    duties::remind(&mut findings);
    let exit = findings.exit();
    let (errors, warnings) = (findings.count(Severity::Error), findings.count(Severity::Warning));
    let all = findings.sorted();
    for finding in all.iter().filter(|finding| finding.severity != Severity::Duty) {
        output.tell(&Event::Finding { finding }, |style| finding.in_words(style));
    }
    output.say("\nWhat nobody can see from here, and docs/duties.md has in full: let the app");
    for finding in all.iter().filter(|finding| finding.severity == Severity::Duty) {
        output.tell(&Event::Finding { finding }, |style| duty_in_words(finding, style));
    }
    output.tell(&Event::DoctorDone { errors, warnings, requests: learnt.requests }, |style| {
        let verdict = match (errors, warnings) {
            (0, 0) => "Nothing is wrong".to_owned(),
            _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        format!("\n{}; {} made.", style.strong(&verdict), counted(learnt.requests, "request"))
    });
    Ok(exit)
}

async fn examine(arguments: &DoctorArguments, output: Output, findings: &mut Findings) -> Learnt {
    let client = &arguments.client;
    let api = findings.take("api", client.api());
    let environment = findings.take("environment", client.environment());
    let requestor = findings.take(service::REQUESTOR, client.requestor());
    if let Some(environment) = &environment {
        let (name, api, sp) = (environment.name(), environment.api(), environment.sp());
        findings.ok("environment", format!("the environment is {name}: {api} and {sp}"));
    }
    let statement = credentials::look_at_statement(client, api, findings);
    let is_device_good = look_at_device(&client.device.info(), findings);
    let is_state_good = remembered::look_at_state(&client.state, findings);
    let token = findings.take("platform_token", client.platform_token()).flatten();
    let is_way_open = match &environment {
        Some(environment) if !arguments.offline => {
            network::look_at_hosts(client, api, environment, findings).await
        }
        _ => false,
    };
    let learnt = match (api, environment, requestor, statement) {
        (Some(api), Some(environment), Some(_), Some(statement)) if is_device_good && is_state_good => {
            service::look_at_service(client, api, environment, &statement, is_way_open, output, findings)
                .await
        }
        _ => Learnt::default(),
    };
    if learnt.requests == 0 {
        let why = if arguments.offline { "as you wished" } else { "because of what is wrong above" };
        findings.note("service", format!("the service was not asked, {why}"));
    }
    match token {
        Some((token, _)) => {
            credentials::look_at_platform_token(
                &token,
                by_service(now(), learnt.clock_ahead_millis),
                findings,
            );
        }
        None => findings.note("platform_token", "there is no platform token: sign-in is by code"),
    }
    learnt
}

/// Returns whether a client can be made with it.
fn look_at_device(info: &DeviceInfo, findings: &mut Findings) -> bool {
    const DEVICE: &str = "device_info";
    let missing = info.missing();
    if !missing.is_empty() {
        findings.error(
            DEVICE,
            format!("the device information lacks what Adobe requires: {}", missing.join(", ")),
            "fill it from the system (--device-model, --device-os, --device-os-version); where it cannot be known, say so with a word \
             such as unknown",
        );
        return false;
    }
    findings.ok(
        DEVICE,
        format!(
            "the device is a {info}; Adobe may end authentications on devices that it does not know sooner"
        ),
    );
    true
}

fn by_service(now: Timestamp, ahead_millis: i64) -> Timestamp {
    let by = Duration::from_millis(ahead_millis.unsigned_abs());
    if ahead_millis < 0 { now.minus(by) } else { now.plus(by) }
}

fn duty_in_words(finding: &Finding, style: Style) -> String {
    format!("  {} {}", style.faint(finding.check), finding.message())
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

//! `couchpass load`: several hundred devices at once through a sandbox, and how it bears that. For a sandbox on this machine
//! and for nothing else.

mod control;
mod household;
mod own_sandbox;
mod tally;

use std::{sync::Arc, time::Duration};

use couchpass::{Environment, SoftwareStatement};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;

pub(crate) use self::tally::Figures;
use self::{
    control::Control,
    household::{FIRST, SECOND, Street},
    own_sandbox::{Memory, OwnSandbox},
    tally::Tally,
};
use crate::{event::Event, exit::Exit, failure::Failure, output::Output, settings::ApiVersion};

/// Files that a device opens at most: a connection to each of two hosts, one to the control API, one to spare.
const FILES_OF_A_DEVICE: u64 = 4;
/// Files that are open anyway.
const OTHER_FILES: u64 = 64;

#[derive(Debug, clap::Args)]
pub(crate) struct LoadArguments {
    /// How many devices; two share a platform token, so an odd one is left out
    #[arg(long, value_name = "COUNT", default_value_t = 300, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    devices: u32,

    /// Which of Adobe's APIs they speak
    #[arg(long, value_enum, value_name = "API", default_value = "v2")]
    api: ApiVersion,

    /// The control address of a sandbox on this machine with the built-in configuration [default: a sandbox of its own]
    #[arg(long, value_name = "URL")]
    control: Option<String>,

    /// Where the devices' pauses begin: the same number, the same pauses
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

pub(crate) async fn run(arguments: &LoadArguments, output: Output) -> Result<Exit, Failure> {
    let households = arguments.devices / 2;
    let devices = households * 2;
    allow_files(u64::from(devices) * FILES_OF_A_DEVICE + OTHER_FILES)?;
    let (control, own) = match &arguments.control {
        Some(address) => (Control::at(address)?, None),
        None => {
            let own = OwnSandbox::start().await?;
            (own.control.clone(), Some(own))
        }
    };
    let addresses = control.addresses().await?;
    let environment = Environment::at(&addresses.api, &addresses.sp)?;
    let mut statements = Vec::new();
    for app in [&FIRST, &SECOND] {
        statements.push(SoftwareStatement::new(&control.statement(app.name).await?)?);
    }
    let statements =
        statements.try_into().map_err(|_| Failure::support("there is a statement for each app"))?;
    let before = own.as_ref().and_then(OwnSandbox::memory);
    let tally = Arc::new(Tally::begin());
    let api = arguments.api;
    let street = Arc::new(Street {
        control,
        environment,
        api,
        statements,
        tally: Arc::clone(&tally),
        seed: arguments.seed,
    });
    output.say(&format!("{devices} devices set out, half of them by code and half by a platform token."));
    let mut under_way = JoinSet::new();
    for number in 0..households {
        let street = Arc::clone(&street);
        under_way.spawn(async move { street.household(number).await });
    }
    wait_for_all(&mut under_way, &tally, devices, output).await?;
    let after = own.as_ref().and_then(OwnSandbox::memory);
    let memory = before.zip(after).map(|((before_kb, _), (after_kb, peak_kb))| Memory {
        before_kb,
        after_kb,
        peak_kb,
    });
    let figures = tally.figures(api, devices, memory);
    output.tell(&Event::LoadDone { figures: &figures }, |style| figures.in_words(style));
    if figures.failed == 0 && figures.errors.is_empty() {
        Ok(Exit::Ok)
    } else {
        Err(Failure::support(format!(
            "{} of {devices} journeys have failed, and other errors are listed above",
            figures.failed
        )))
    }
}

/// Tells, where somebody watches, how far it is.
async fn wait_for_all(
    under_way: &mut JoinSet<()>,
    tally: &Tally,
    devices: u32,
    output: Output,
) -> Result<(), Failure> {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            ended = under_way.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => return Err(Failure::support(format!("a device has broken down: {error}"))),
                None => break,
            },
            _ = second.tick(), if output.is_watched() => {
                output.redraw(&format!("{} of {devices} devices are through.", tally.over()));
            }
        }
    }
    if output.is_watched() {
        output.redraw("");
    }
    Ok(())
}

/// Every connection is an open file, and shells allow fewer than the system would.
fn allow_files(needed: u64) -> Result<(), Failure> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let wanted = maximum.map_or(needed, |maximum| needed.min(maximum));
    let is_enough =
        wanted == needed && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok();
    if is_enough {
        return Ok(());
    }
    Err(Failure::configuration(
        format!("so many devices open {needed} files, and this user may not open that many"),
        format!("allow more (ulimit -n {needed}), or send fewer --devices"),
    ))
}

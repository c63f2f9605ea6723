//! The `couchpass` command.
//!
//! Each subcommand has a file. All of them tell what happens as [`event::Event`]s through [`output::Output`], and end in
//! an [`exit::Exit`].

mod arguments;
mod authorize;
mod completions;
mod countdown;
mod demo;
mod device;
mod doctor;
mod enter;
mod event;
mod exit;
mod failure;
mod interrupt;
mod load;
mod logging;
mod man;
mod metadata;
mod naming;
mod output;
mod preauthorize;
mod providers;
mod qr;
mod replay;
mod request_line;
mod sandbox;
mod secrets;
mod settings;
mod shape;
mod shell;
mod sign_in;
mod sign_out;
mod sso;
mod state;
mod status;
mod style;
mod temporary_access;
mod when;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    arguments::{Arguments, Command},
    exit::Exit,
    failure::Failure,
    output::Output,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    logging::start(arguments.verbose);
    let output = Output::new(arguments.json);
    let exit = run(&arguments.command, output).unwrap_or_else(|failure| output.failed(&failure));
    output.ended(exit).into()
}

fn run(command: &Command, output: Output) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::configuration(format!("the runtime cannot start: {error}"), "check the limits of this user")
    })?;
    runtime.block_on(async {
        match command {
            // These two have something to put in order before they end.
            Command::SignIn(sign_in) => sign_in::run(sign_in, output).await,
            Command::Sandbox(sandbox) => sandbox::run(sandbox, output).await,
            Command::Demo(demo) => interrupt::or(demo::run(demo, output)).await,
            Command::Authorize(authorize) => interrupt::or(authorize::run(authorize, output)).await,
            Command::SignOut(sign_out) => interrupt::or(sign_out::run(sign_out, output)).await,
            Command::Status(status) => interrupt::or(status::run(status, output)).await,
            Command::Preauthorize(preauthorize) => {
                interrupt::or(preauthorize::run(preauthorize, output)).await
            }
            Command::Metadata(metadata) => interrupt::or(metadata::run(metadata, output)).await,
            Command::Providers(providers) => interrupt::or(providers::run(providers, output)).await,
            Command::TemporaryAccess(trial) => interrupt::or(temporary_access::run(trial, output)).await,
            Command::Doctor(doctor) => interrupt::or(doctor::run(doctor, output)).await,
            Command::Load(load) => interrupt::or(load::run(load, output)).await,
            Command::Completions(completions) => completions::run(completions, output),
            Command::Man(man) => man::run(man, output),
        }
    })
}

//! `couchpass completions`: a script by which a shell completes the command's arguments.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{arguments::Arguments, exit::Exit, failure::Failure, output::Output};

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArguments {
    /// The shell to write for
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments, output: Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "couchpass", &mut script);
    output.hand_over_bytes(&script)?;
    Ok(Exit::Ok)
}

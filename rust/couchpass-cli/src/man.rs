//! `couchpass man`: the manual, a page for the command and one for each subcommand.

use std::{fs, path::PathBuf};

use clap::{Command, CommandFactory as _};

use crate::{arguments::Arguments, exit::Exit, failure::Failure, output::Output};

#[derive(Debug, clap::Args)]
pub(crate) struct ManArguments {
    /// The subcommand whose page it is [default: the page of couchpass itself]
    command: Option<String>,

    /// Write all pages into this directory, in place of one to standard output
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ManArguments, output: Output) -> Result<Exit, Failure> {
    let mut command = Arguments::command();
    command.build();
    if let Some(directory) = &arguments.directory {
        for page in pages(&command) {
            let file = directory.join(format!("{}.1", name_of(page)));
            let written = fs::create_dir_all(directory).and_then(|()| fs::write(&file, render(page)));
            written.map_err(|error| {
                Failure::configuration(
                    format!("{} cannot be written: {error}", file.display()),
                    "name a directory with --directory that this user may write to",
                )
            })?;
        }
        output.say(&format!("The pages are in {}.", directory.display()));
        return Ok(Exit::Ok);
    }
    let page = match &arguments.command {
        None => &command,
        Some(name) => pages(&command).find(|page| page.get_name() == name).ok_or_else(|| {
            let known: Vec<&str> = pages(&command).map(Command::get_name).collect();
            Failure::usage(
                format!("there is no command {name:?}"),
                format!("name one of {}", known.join(", ")),
            )
        })?,
    };
    output.hand_over_bytes(&render(page))?;
    Ok(Exit::Ok)
}

/// The command itself first, then its subcommands; `help` tells what these pages tell.
fn pages(command: &Command) -> impl Iterator<Item = &Command> {
    let own = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help");
    std::iter::once(command).chain(own)
}

/// `couchpass-sign-in`, as the pages refer to one another.
fn name_of(page: &Command) -> String {
    page.get_display_name().unwrap_or(page.get_name()).to_owned()
}

fn render(page: &Command) -> Vec<u8> {
    let man = clap_mangen::Man::new(page.clone())
        .title(name_of(page))
        .source(concat!("couchpass ", env!("CARGO_PKG_VERSION")))
        .manual("Couchpass");
    let mut text = Vec::new();
    man.render(&mut text).expect("memory takes whatever is written");
    text
}

//! The command line as a whole: the subcommands, and what all of them take.

use clap::{Parser, Subcommand};

use crate::{
    authorize::AuthorizeArguments, completions::CompletionsArguments, demo::DemoArguments,
    doctor::DoctorArguments, load::LoadArguments, man::ManArguments, metadata::MetadataArguments,
    preauthorize::PreauthorizeArguments, providers::ProvidersArguments, sandbox::SandboxArguments,
    sign_in::SignInArguments, sign_out::SignOutArguments, status::StatusArguments,
    temporary_access::TemporaryAccessArguments,
};

const EXIT_CODES: &str = "\
Exit codes:
    0  it worked
    1  denied: the TV provider said no, or the viewer may not sign in
    2  the command line is not right
    3  nobody is signed in: run couchpass sign-in
    4  something in the configuration has to be fixed
    5  try again later
    6  report it to support
  130  interrupted

Secrets (the software statement, the platform token, the key of the state) come from a file
or from the environment, never from an argument: everybody on the machine can read those.";

/// Sign-in over Adobe Pass Authentication, from a terminal.
#[derive(Debug, Parser)]
#[command(name = "couchpass", version, after_help = EXIT_CODES, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Tell everything as JSON, one object per line
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,

    /// Log to standard error: -v what is unusual, -vv every request, -vvv everything. Never a secret
    #[arg(short, long, global = true, action = clap::ArgAction::Count, display_order = 901)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show two sign-ins against a sandbox of its own: one by code, one by the platform token alone
    Demo(DemoArguments),
    /// Run the stand-in for Adobe Pass on this machine until Ctrl-C
    Sandbox(SandboxArguments),
    /// Sign this machine in: by the remembered session, the platform token or a code
    SignIn(SignInArguments),
    /// Say who is signed in, and until when; makes no request
    Status(StatusArguments),
    /// Ask whether the viewer may watch a resource, and get a media token if so
    Authorize(AuthorizeArguments),
    /// Ask which of several resources the viewer may probably watch, to mark channels with
    Preauthorize(PreauthorizeArguments),
    /// Show what the TV provider tells of the viewer
    Metadata(MetadataArguments),
    /// List the TV providers that the viewer may choose from
    Providers(ProvidersArguments),
    /// Begin a trial (TempPass), basic or promotional, or find the one under way
    TemporaryAccess(TemporaryAccessArguments),
    /// End the session
    SignOut(SignOutArguments),
    /// Look for what is wrong with the set-up, and say what to do about it
    Doctor(DoctorArguments),
    /// Send several hundred devices through a sandbox at once, and report what came of it
    Load(LoadArguments),
    /// Write a script by which a shell completes these arguments
    Completions(CompletionsArguments),
    /// Write the manual pages
    Man(ManArguments),
}

//! `couchpass sandbox`: the stand-in for Adobe Pass as a server, until it is interrupted.

use std::{collections::BTreeSet, fs, net::IpAddr, path::PathBuf};

use clap::ValueEnum;
use couchpass_sandbox::{Config, Endpoint, Ports, RecordedRequest, SCOPE_V2, Sandbox, Throttling};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    enter::input_ends, event::Event, exit::Exit, failure::Failure, interrupt::Interrupt, output::Output,
    replay, request_line::RequestLine, settings::ApiVersion, shell, state::write_private, style::Style,
};

/// Room for most paths, so that the statuses stand below each other.
const PATH_WIDTH: usize = 44;

/// How strictly the sandbox throttles.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThrottlingArgument {
    /// A leaking bucket: the burst of ten comes back, one call a second
    Leaking,
    /// Adobe's text to the letter: ten calls beyond one a second, once
    Strict,
    /// Everything is admitted
    Off,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArguments {
    /// The address to listen on; 0.0.0.0 opens it to your network, which must be one that you trust
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,

    /// The host name or address that stands in its URLs, for devices that reach it over a network
    #[arg(long, value_name = "HOST")]
    host: Option<String>,

    /// The port of REST v1 and its registration codes; 0 lets the system choose, as for all ports
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    api_port: u16,

    /// The port of client registration and REST v2
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    sp_port: u16,

    /// The port of the second screen
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    web_port: u16,

    /// Offer the control API to tests on this machine (faults, clock, record: docs/sandbox.md), on this port
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,

    /// Serve both APIs and client registration by TLS too; --tls-root-file tells whom to trust
    #[arg(long, requires = "tls_root_file")]
    tls: bool,

    /// The port of REST v1 by TLS
    #[arg(long, value_name = "PORT", default_value_t = 0, requires = "tls")]
    api_tls_port: u16,

    /// The port of client registration and REST v2 by TLS
    #[arg(long, value_name = "PORT", default_value_t = 0, requires = "tls")]
    sp_tls_port: u16,

    /// Where to write the root certificate to trust (PEM)
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_root_file: Option<PathBuf>,

    /// Requestors, TV providers, accounts and apps from a JSON file, in place of the built-in ones
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How strictly to throttle
    #[arg(long, value_enum, default_value = "leaking")]
    throttling: ThrottlingArgument,

    /// Answer with enhanced error codes, as where Adobe has switched them on
    #[arg(long)]
    enhanced_errors: bool,

    /// Where to write a software statement that works here
    #[arg(long, value_name = "FILE")]
    statement_file: Option<PathBuf>,

    /// The app of the configuration whose statement it is; the first one, unless named
    #[arg(long, value_name = "NAME", requires = "statement_file")]
    statement_app: Option<String>,

    /// Where to write a platform token that works here
    #[arg(long, value_name = "FILE")]
    platform_token_file: Option<PathBuf>,

    /// The subject of that token: one viewer on one device
    #[arg(long, value_name = "NAME", default_value = "living-room", requires = "platform_token_file")]
    platform_token_subject: String,

    /// Replay a recorded case, say whether every answer is as recorded, and end (exit code 6 if one is not)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["config", "throttling", "enhanced_errors", "tls"])]
    replay: Option<PathBuf>,

    /// Begin in the world of a recorded case: its accounts, its settings, and what was set to go wrong in it. POST /reset
    /// returns to the built-in world, without the case's
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "config", "throttling", "enhanced_errors"])]
    world_of: Option<PathBuf>,

    /// Tell the addresses alone, and not every request
    #[arg(long)]
    quiet: bool,

    /// End when standard input ends: for a program that starts the sandbox, and may be killed before it can end it
    #[arg(long)]
    until_input_ends: bool,
}

pub(crate) async fn run(arguments: &SandboxArguments, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let sandbox = start(arguments).await?;
    if let Some(case) = &arguments.replay {
        return tokio::select! {
            replayed = replay::run(case, &sandbox, output) => replayed,
            () = interrupt.asked_to_end() => Ok(Exit::Interrupted),
        };
    }
    if let Some(case) = &arguments.world_of {
        replay::set_up(case, &sandbox).await?;
    }
    // From before anybody can know the addresses, so that no request is missed.
    let mut notices = sandbox.recorder().subscribe();
    arguments.hand_out(&sandbox)?;
    announce(arguments, &sandbox, output);
    tokio::select! {
        () = follow(&sandbox, &mut notices, (!arguments.quiet).then_some(output)) => {}
        () = asked_to_end(arguments, &mut interrupt) => output.say("The sandbox is closed; all it knew is gone."),
    }
    Ok(Exit::Ok)
}

async fn asked_to_end(arguments: &SandboxArguments, interrupt: &mut Interrupt) {
    if !arguments.until_input_ends {
        return interrupt.asked_to_end().await;
    }
    tokio::select! {
        () = interrupt.asked_to_end() => {}
        () = input_ends() => {}
    }
}

async fn start(arguments: &SandboxArguments) -> Result<Sandbox, Failure> {
    let mut builder = Sandbox::builder()
        .bind(arguments.bind)
        .ports(Ports {
            api: arguments.api_port,
            sp: arguments.sp_port,
            web: arguments.web_port,
            api_tls: arguments.api_tls_port,
            sp_tls: arguments.sp_tls_port,
            control: arguments.control_port.unwrap_or_default(),
        })
        // What is replayed is compared with what the control API would tell.
        .control(arguments.control_port.is_some() || arguments.replay.is_some())
        .throttling(match arguments.throttling {
            ThrottlingArgument::Leaking => Throttling::Leaking,
            ThrottlingArgument::Strict => Throttling::Strict,
            ThrottlingArgument::Off => Throttling::Off,
        })
        .enhanced_errors(arguments.enhanced_errors)
        .tls(arguments.tls);
    if let Some(host) = &arguments.host {
        builder = builder.host(host);
    }
    if let Some(file) = &arguments.config {
        let text = fs::read_to_string(file).map_err(|error| error.to_string());
        let config = text.and_then(|text| Config::from_json(&text).map_err(|error| error.to_string()));
        builder = builder.config(config.map_err(|error| {
            Failure::configuration(
                format!("the configuration {} cannot be used: {error}", file.display()),
                "start from rust/couchpass-sandbox/src/config/default-config.json, which is the built-in one",
            )
        })?);
    }
    Ok(builder.start().await?)
}

impl SandboxArguments {
    /// The app that a statement is for.
    fn statement_app(&self, config: &Config) -> String {
        let first = || config.apps.first().map(|app| app.name.clone()).unwrap_or_default();
        self.statement_app.clone().unwrap_or_else(first)
    }

    /// Writes the files that clients need.
    fn hand_out(&self, sandbox: &Sandbox) -> Result<(), Failure> {
        let statement = || {
            let name = self.statement_app(&sandbox.config());
            sandbox.software_statement_for(&name).ok_or_else(|| {
                let apps: Vec<String> = sandbox.config().apps.into_iter().map(|app| app.name).collect();
                Failure::configuration(
                    format!("the sandbox knows no app {name:?}"),
                    format!("name one of {} with --statement-app", apps.join(", ")),
                )
            })
        };
        let token = || Ok(sandbox.platform_token(&self.platform_token_subject));
        let root = || Ok(sandbox.root_certificate_pem().unwrap_or_default().to_owned());
        write(self.statement_file.as_ref(), statement)?;
        write(self.platform_token_file.as_ref(), token)?;
        write(self.tls_root_file.as_ref(), root)
    }
}

fn write(file: Option<&PathBuf>, content: impl FnOnce() -> Result<String, Failure>) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    write_private(file, format!("{}\n", content()?.trim_end()).as_bytes()).map_err(|error| {
        Failure::configuration(
            format!("{} cannot be written: {error}", file.display()),
            "name a file in a directory that exists and that this user may write to",
        )
    })
}

fn announce(arguments: &SandboxArguments, sandbox: &Sandbox, output: Output) {
    let (api, sp, web) = (sandbox.api_url(), sandbox.sp_url(), sandbox.web_url());
    let (api_tls, sp_tls) = (sandbox.api_tls_url(), sandbox.sp_tls_url());
    let event = Event::SandboxStarted {
        api: &api,
        sp: &sp,
        web: &web,
        api_tls: api_tls.as_deref(),
        sp_tls: sp_tls.as_deref(),
        control: sandbox.control_url(),
    };
    output.tell(&event, |style| {
        let mut lines = vec![
            style.strong("A stand-in for Adobe Pass runs on this machine."),
            format!("  REST v1 and codes     {api}"),
            format!("  registration and v2   {sp}"),
            format!("  second screen         {}", sandbox.activate_url()),
        ];
        lines.extend(api_tls.iter().map(|url| format!("  REST v1 by TLS        {url}")));
        lines.extend(sp_tls.iter().map(|url| format!("  REST v2 by TLS        {url}")));
        lines.extend(sandbox.control_url().map(|url| format!("  dashboard, control    {url}")));
        lines.push(String::new());
        lines.extend(known(&sandbox.config()));
        lines.push(String::new());
        lines.extend(how_to_sign_in(arguments, sandbox));
        if !arguments.quiet {
            lines.push("Requests follow as they come.".to_owned());
        }
        lines.push("Ctrl-C ends it.".to_owned());
        lines.join("\n")
    });
}

/// The sandbox's accounts are made up and stand in its source, so their passwords are no secrets.
fn known(config: &Config) -> Vec<String> {
    let mut lines = vec!["Accounts (name, password, TV provider):".to_owned()];
    for account in &config.accounts {
        let provider = config.mvpds.iter().find(|mvpd| mvpd.id == account.mvpd);
        let provider = provider.map_or(&account.mvpd, |mvpd| &mvpd.display_name);
        lines.push(format!("  {:<12} {:<20} {provider}", account.name, account.password));
    }
    lines.push("Requestors and their resources:".to_owned());
    for requestor in &config.requestors {
        let resources: Vec<&str> = requestor.resources.iter().map(|resource| resource.id.as_str()).collect();
        lines.push(format!("  {:<12} {}", requestor.id, resources.join(", ")));
    }
    lines
}

/// The command to try next, for those who have asked for a statement.
fn how_to_sign_in(arguments: &SandboxArguments, sandbox: &Sandbox) -> Vec<String> {
    let Some(statement) = &arguments.statement_file else { return Vec::new() };
    let config = sandbox.config();
    let name = arguments.statement_app(&config);
    let app = config.apps.iter().find(|app| app.name == name);
    let requestor = app.and_then(|app| app.requestors.first());
    let requestor = requestor.or(config.requestors.first().map(|requestor| &requestor.id));
    let Some(requestor) = requestor else { return Vec::new() };
    let (api, sp) = match (sandbox.api_tls_url(), sandbox.sp_tls_url()) {
        (Some(api), Some(sp)) => (api, sp),
        _ => (sandbox.api_url(), sandbox.sp_url()),
    };
    // A new app takes v2; a statement without its scope is one of an app that has not moved.
    let speaks_v2 = app.is_some_and(|app| app.scopes.iter().any(|scope| scope == SCOPE_V2));
    let version = if speaks_v2 { ApiVersion::V2 } else { ApiVersion::V1 }.name();
    let root = arguments.tls_root_file.as_ref();
    let token = arguments.platform_token_file.as_ref();
    let mut lines = vec![
        "To sign in, in another terminal:".to_owned(),
        format!("  export COUCHPASS_API={version} COUCHPASS_API_URL={api} COUCHPASS_SP_URL={sp}"),
        format!("  export COUCHPASS_ACTIVATE_URL='{}?code={{code}}'", sandbox.activate_url()),
        format!(
            "  export COUCHPASS_REQUESTOR={requestor} COUCHPASS_SOFTWARE_STATEMENT_FILE={}",
            shell::file(statement)
        ),
    ];
    lines.extend(root.map(|root| format!("  export COUCHPASS_TLS_ROOT={}", shell::file(root))));
    lines.extend(token.map(|token| format!("  export COUCHPASS_PLATFORM_TOKEN_FILE={}", shell::file(token))));
    lines.extend(["  couchpass sign-in".to_owned(), String::new()]);
    lines
}

/// Tells of every request once it is answered; without an output, nobody.
async fn follow(sandbox: &Sandbox, notices: &mut Receiver<RecordedRequest>, output: Option<Output>) {
    // Each request is announced twice, when it comes and when it is answered; a cut one without a status both times.
    let mut open = BTreeSet::new();
    loop {
        match notices.recv().await {
            Ok(request) => {
                if open.insert(request.number) {
                    continue;
                }
                open.remove(&request.number);
                // What a page is made with is no news to anybody.
                if let Some(output) = output
                    && request.endpoint != Some(Endpoint::Asset)
                {
                    tell(&RequestLine::from(&request), output);
                }
                if open.is_empty() && sandbox.control_url().is_none() {
                    // Nobody can look back, and a sandbox may run for days.
                    sandbox.recorder().clear();
                }
            }
            Err(RecvError::Lagged(missed)) => {
                open.clear();
                if let Some(output) = output {
                    output.say(&format!("({missed} notices were missed)"));
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn tell(request: &RequestLine, output: Output) {
    output.tell(&Event::Request { app: None, request }, |_| request.in_words(1, PATH_WIDTH, Style::plain()));
}

//! What every command that talks to Adobe Pass is told: where, as whom, from what device.

use std::{fs, path::PathBuf};

use clap::ValueEnum;
use couchpass::{
    Api, Client, ClientBuilder, DeviceInfo, Environment, PlatformTokenCarrier, PlatformTokenFuture,
    SoftwareStatement,
};
use device_auth::Secret;

use crate::{
    failure::Failure,
    output::Output,
    secrets::{Place, Source},
    state::StateArguments,
};

const STATEMENT: Source = Source {
    what: "the software statement",
    argument: "--software-statement",
    variable: "COUCHPASS_SOFTWARE_STATEMENT",
};
const PLATFORM_TOKEN: Source =
    Source { what: "the platform token", argument: "--platform-token", variable: "COUCHPASS_PLATFORM_TOKEN" };

/// Which of Adobe's APIs to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiVersion {
    /// REST API v1, which Adobe has announced to end about the end of 2026: for apps in the field until they have moved
    V1,
    /// REST API v2: for every new app. Its registered application needs the scope api:client:v2
    V2,
}

impl ApiVersion {
    /// Its name here and in the JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

impl From<ApiVersion> for Api {
    fn from(version: ApiVersion) -> Self {
        match version {
            ApiVersion::V1 => Self::V1,
            ApiVersion::V2 => Self::V2,
        }
    }
}

/// How the platform token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carrier {
    /// The header Adobe-Subject-Token; REST v2 takes no other
    Header,
    /// The query parameter ast
    Query,
    /// The form field ast on calls that have a form, the header on all others
    Post,
}

impl From<Carrier> for PlatformTokenCarrier {
    fn from(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Header => Self::Header,
            Carrier::Query => Self::Query,
            Carrier::Post => Self::Post,
        }
    }
}

/// The arguments from which a client is made.
#[derive(Debug, clap::Args)]
pub(crate) struct ClientArguments {
    /// Which of Adobe's APIs to speak; required. A sign-in belongs to one of them: on the other the viewer signs in again
    #[arg(
        long,
        value_enum,
        value_name = "API",
        help_heading = "Service",
        env = "COUCHPASS_API",
        hide_env_values = true
    )]
    api: Option<ApiVersion>,

    /// One of Adobe's environments by name, such as release-staging [env: COUCHPASS_ENVIRONMENT]
    #[arg(long, value_name = "NAME", help_heading = "Service")]
    environment: Option<String>,

    /// In place of a name: the address of REST v1 and its codes [env: COUCHPASS_API_URL]
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Service",
        requires = "sp_url",
        conflicts_with = "environment"
    )]
    api_url: Option<String>,

    /// In place of a name: the address of client registration and REST v2 [env: COUCHPASS_SP_URL]
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Service",
        requires = "api_url",
        conflicts_with = "environment"
    )]
    sp_url: Option<String>,

    /// A file with TLS root certificates (PEM) to trust as well
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Service",
        env = "COUCHPASS_TLS_ROOT",
        hide_env_values = true
    )]
    tls_root: Option<PathBuf>,

    /// The requestor id that Adobe has set up for the channel
    #[arg(
        long,
        value_name = "ID",
        help_heading = "App",
        env = "COUCHPASS_REQUESTOR",
        hide_env_values = true
    )]
    pub(crate) requestor: String,

    /// The file with the software statement; without one, COUCHPASS_SOFTWARE_STATEMENT holds the statement itself
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "App",
        env = "COUCHPASS_SOFTWARE_STATEMENT_FILE",
        hide_env_values = true
    )]
    software_statement: Option<PathBuf>,

    /// The file with a platform token; without one, COUCHPASS_PLATFORM_TOKEN holds the token itself, or there is none
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Platform token",
        env = "COUCHPASS_PLATFORM_TOKEN_FILE",
        hide_env_values = true
    )]
    platform_token: Option<PathBuf>,

    /// How the platform token travels
    #[arg(
        long,
        value_enum,
        default_value = "header",
        help_heading = "Platform token",
        env = "COUCHPASS_CARRIER",
        hide_env_values = true
    )]
    carrier: Carrier,

    #[command(flatten)]
    device: DeviceArguments,

    #[command(flatten)]
    pub(crate) state: StateArguments,
}

/// What the device says about itself; Adobe may let authentications on unknown devices end sooner.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Device")]
struct DeviceArguments {
    /// What kind of device it is, as in Adobe's list: Desktop, TV, SetTopBox, …
    #[arg(
        long,
        value_name = "TYPE",
        default_value = "Desktop",
        env = "COUCHPASS_DEVICE_TYPE",
        hide_env_values = true
    )]
    device_type: String,

    /// The model
    #[arg(
        long,
        value_name = "MODEL",
        default_value = "couchpass-cli",
        env = "COUCHPASS_DEVICE_MODEL",
        hide_env_values = true
    )]
    device_model: String,

    /// The operating system, as in Adobe's list: Linux, Mac OS, Windows, Android, … [default: this machine's]
    #[arg(long, value_name = "NAME", env = "COUCHPASS_DEVICE_OS", hide_env_values = true)]
    device_os: Option<String>,

    /// The version of the operating system [default: this machine's, where it is easily known]
    #[arg(long, value_name = "VERSION", env = "COUCHPASS_DEVICE_OS_VERSION", hide_env_values = true)]
    device_os_version: Option<String>,
}

/// A client and what it was made of.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) client: Client,
    pub(crate) api: ApiVersion,
    pub(crate) environment: Environment,
    pub(crate) platform_token: Option<Place>,
}

impl ClientArguments {
    /// Makes the client. It holds the state until it is dropped.
    pub(crate) fn client(&self, output: Output) -> Result<Settled, Failure> {
        self.client_with(output, |builder| builder)
    }

    /// The same, with what one command alone sets.
    pub(crate) fn client_with(
        &self,
        output: Output,
        more: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Settled, Failure> {
        let api = self.api.ok_or_else(|| {
            Failure::usage(
                "no API is named",
                "give --api v2, or v1 for an app in the field that has not moved yet; COUCHPASS_API names it as well",
            )
        })?;
        let environment = self.environment()?;
        let statement = STATEMENT.read(self.software_statement.as_deref())?.ok_or_else(|| {
            Failure::configuration(
                "there is no software statement",
                format!(
                    "download the one of your registered application from Adobe's dashboard and name its file with {}, \
                     or put it into {}; couchpass sandbox writes one that works with itself",
                    STATEMENT.argument, STATEMENT.variable
                ),
            )
        })?;
        let mut builder = Client::builder()
            .api(api.into())
            .environment(environment.clone())
            .requestor(&self.requestor)
            .software_statement(SoftwareStatement::new(statement.0.expose())?)
            .device_info(self.device.info())
            .platform_token_carrier(self.carrier.into());
        if let Some(file) = &self.tls_root {
            builder = builder.add_tls_root(fs::read_to_string(file).map_err(|error| {
                Failure::configuration(
                    format!("the TLS root cannot be read from {}: {error}", file.display()),
                    "name a file with certificates in PEM form with --tls-root",
                )
            })?);
        }
        let token = PLATFORM_TOKEN.read(self.platform_token.as_deref())?;
        let platform_token = token.as_ref().map(|(_, place)| *place);
        if let Some((token, _)) = token {
            builder = builder.platform_tokens(at_hand(token));
        }
        // Last: until here nothing has been touched, so a mistake in the settings costs nothing.
        let client = more(builder).store(self.state.open(output)?).build()?;
        Ok(Settled { client, api, environment, platform_token })
    }

    /// Arguments before variables, and one kind of naming before both.
    fn environment(&self) -> Result<Environment, Failure> {
        let given =
            Naming { name: self.environment.clone(), api: self.api_url.clone(), sp: self.sp_url.clone() };
        if given.is_empty() { Naming::from_variables().resolve() } else { given.resolve() }
    }
}

/// Which Adobe Pass, as somebody has named it.
#[derive(Debug, Default)]
struct Naming {
    name: Option<String>,
    api: Option<String>,
    sp: Option<String>,
}

impl Naming {
    fn from_variables() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            name: variable("COUCHPASS_ENVIRONMENT"),
            api: variable("COUCHPASS_API_URL"),
            sp: variable("COUCHPASS_SP_URL"),
        }
    }

    fn is_empty(&self) -> bool {
        self.name.is_none() && self.api.is_none() && self.sp.is_none()
    }

    fn resolve(self) -> Result<Environment, Failure> {
        match (self.name, self.api, self.sp) {
            (Some(name), None, None) => Ok(Environment::named(&name)?),
            (None, Some(api), Some(sp)) => Ok(Environment::at(&api, &sp)?),
            (None, None, None) => Err(Failure::usage(
                "no environment is named",
                "give --environment a name such as release-staging, or both --api-url and --sp-url",
            )),
            (Some(_), _, _) => Err(Failure::usage(
                "the environment is named both by COUCHPASS_ENVIRONMENT and by addresses",
                "unset COUCHPASS_ENVIRONMENT, or COUCHPASS_API_URL and COUCHPASS_SP_URL",
            )),
            (None, ..) => Err(Failure::usage(
                "one of the two addresses is missing",
                "set both COUCHPASS_API_URL and COUCHPASS_SP_URL",
            )),
        }
    }
}

impl DeviceArguments {
    fn info(&self) -> DeviceInfo {
        let os = self.device_os.clone().unwrap_or_else(|| own_os().to_owned());
        let version = self.device_os_version.clone().unwrap_or_else(own_os_version);
        DeviceInfo::new(&self.device_model, os, version)
            .with("primaryHardwareType", &self.device_type)
            .version(env!("CARGO_PKG_VERSION"))
    }
}

/// As Adobe spells it.
fn own_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "Mac OS",
        "windows" => "Windows",
        "openbsd" => "OpenBSD",
        _ => "Linux",
    }
}

fn own_os_version() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim();
    if release.is_empty() { "unknown".to_owned() } else { release.to_owned() }
}

/// A platform that answers at once.
pub(crate) fn at_hand(token: Secret) -> impl Fn() -> PlatformTokenFuture + Send + Sync {
    move || {
        let token = token.clone();
        Box::pin(async move { Ok(token) })
    }
}

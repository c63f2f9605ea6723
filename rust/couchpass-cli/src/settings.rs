//! What every command that talks to Adobe Pass is told: where, as whom, from what device.

use std::{fs, path::PathBuf};

use clap::ValueEnum;
use couchpass::{
    Api, Client, ClientBuilder, Environment, PlatformTokenCarrier, PlatformTokenFuture, SoftwareStatement,
};
use device_auth::Secret;

use crate::{
    device::DeviceArguments,
    failure::Failure,
    naming::Naming,
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
    requestor: Option<String>,

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
    pub(crate) device: DeviceArguments,

    #[command(flatten)]
    pub(crate) state: StateArguments,
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
        let (api, environment, statement) = self.essentials()?;
        let mut builder = self.builder(api, environment.clone(), &statement)?;
        let token = self.platform_token()?;
        let platform_token = token.as_ref().map(|(_, place)| *place);
        if let Some((token, _)) = token {
            builder = builder.platform_tokens(at_hand(token));
        }
        // Last: until here nothing has been touched, so a mistake in the settings costs nothing.
        let client = more(builder).store(self.state.open(output)?).build()?;
        Ok(Settled { client, api, environment, platform_token })
    }

    /// A client in the making: with all but the platform token and the state.
    pub(crate) fn builder(
        &self,
        api: ApiVersion,
        environment: Environment,
        statement: &Secret,
    ) -> Result<ClientBuilder, Failure> {
        let builder = Client::builder()
            .api(api.into())
            .environment(environment)
            .requestor(self.requestor()?)
            .software_statement(SoftwareStatement::new(statement.expose())?)
            .device_info(self.device.info())
            .platform_token_carrier(self.carrier.into());
        Ok(match self.tls_root()? {
            Some(root) => builder.add_tls_root(root),
            None => builder,
        })
    }

    /// What nothing works without. Each is read once, since a statement may come out of a pipe; and where several are wanting, that
    /// is said at once: one after the other would take a user four runs.
    fn essentials(&self) -> Result<(ApiVersion, Environment, Secret), Failure> {
        let found = (self.api(), self.environment(), self.requestor(), self.software_statement());
        let gaps = match found {
            (Ok(api), Ok(environment), Ok(_), Ok(statement)) => return Ok((api, environment, statement)),
            (api, environment, requestor, statement) => {
                [api.err(), environment.err(), requestor.err(), statement.err()]
            }
        };
        let mut gaps = gaps.into_iter().flatten();
        let mut gap = gaps.next().expect("one of the four is wanting");
        for another in gaps {
            gap.message = format!("{}; {}", gap.message, another.message);
            gap.remedy =
                "couchpass doctor says of each what to do; couchpass sandbox prints settings that work with itself"
                    .to_owned();
        }
        Err(gap)
    }

    pub(crate) fn api(&self) -> Result<ApiVersion, Failure> {
        self.api.ok_or_else(|| {
            Failure::usage(
                "no API is named",
                "give --api v2, or v1 for an app in the field that has not moved yet; COUCHPASS_API names it as well",
            )
        })
    }

    pub(crate) fn requestor(&self) -> Result<&str, Failure> {
        self.requestor.as_deref().ok_or_else(|| {
            Failure::usage(
                "no requestor is named",
                "give --requestor the id that Adobe has set up for the channel; COUCHPASS_REQUESTOR names it as well",
            )
        })
    }

    /// The text of the statement, whatever it is worth.
    pub(crate) fn software_statement(&self) -> Result<Secret, Failure> {
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
        Ok(statement.0)
    }

    /// The text of the platform token, where there is one, whatever it is worth.
    pub(crate) fn platform_token(&self) -> Result<Option<(Secret, Place)>, Failure> {
        PLATFORM_TOKEN.read(self.platform_token.as_deref())
    }

    /// The roots that are to be trusted as well, in PEM form.
    pub(crate) fn tls_root(&self) -> Result<Option<String>, Failure> {
        let read = |file: &PathBuf| {
            fs::read_to_string(file).map_err(|error| {
                Failure::configuration(
                    format!("the TLS root cannot be read from {}: {error}", file.display()),
                    "name a file with certificates in PEM form with --tls-root",
                )
            })
        };
        self.tls_root.as_ref().map(read).transpose()
    }

    /// Arguments before variables, and one kind of naming before both.
    pub(crate) fn environment(&self) -> Result<Environment, Failure> {
        let given =
            Naming { name: self.environment.clone(), api: self.api_url.clone(), sp: self.sp_url.clone() };
        if given.is_empty() { Naming::from_variables().resolve() } else { given.resolve() }
    }
}

/// A platform that answers at once.
pub(crate) fn at_hand(token: Secret) -> impl Fn() -> PlatformTokenFuture + Send + Sync {
    move || {
        let token = token.clone();
        Box::pin(async move { Ok(token) })
    }
}

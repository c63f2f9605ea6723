//! How a sandbox is put together and started.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::call::Addresses;
use crate::clock::SandboxClock;
use crate::config::Config;
use crate::endpoint::Origin;
use crate::exchange_log::ExchangeLog;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::recorder::Recorder;
use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::service::{Beginning, Service};
use crate::state::State;
use crate::throttle::{Throttle, Throttling};
use crate::tls::Tls;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A port is taken, or the address is not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address and port.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The log of exchanges cannot be written.
    #[error("cannot write exchanges into {directory}: {source}")]
    Exchanges {
        /// The directory.
        directory: String,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate could not be made, for instance because of a host name that is none.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be put to use.
    #[error("cannot serve TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// The ports of a sandbox; 0 lets the system choose.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ports {
    /// The origin of REST API v1 and of the registration codes.
    pub api: u16,
    /// The origin of DCR and of REST API v2.
    pub sp: u16,
    /// The second screen.
    pub web: u16,
    /// As `api`, by TLS.
    pub api_tls: u16,
    /// As `sp`, by TLS.
    pub sp_tls: u16,
    /// The control API.
    pub control: u16,
}

/// Puts a sandbox together. See [`Sandbox::builder`].
#[derive(Debug)]
#[must_use]
pub struct SandboxBuilder {
    config: Config,
    clock: SandboxClock,
    throttling: Throttling,
    enhanced: bool,
    tls: bool,
    control: bool,
    bind: IpAddr,
    host: Option<String>,
    ports: Ports,
    exchanges: Option<PathBuf>,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            config: Config::default(),
            clock: SandboxClock::real(),
            throttling: Throttling::default(),
            enhanced: false,
            tls: false,
            control: false,
            bind: Ipv4Addr::LOCALHOST.into(),
            host: None,
            ports: Ports::default(),
            exchanges: None,
        }
    }
}

impl SandboxBuilder {
    /// Whom and what it knows, in place of the built-in configuration.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// The clock it goes by. Keep a clone to move it, or ask [`Sandbox::clock`].
    pub fn clock(mut self, clock: SandboxClock) -> Self {
        self.clock = clock;
        self
    }

    /// How strictly it throttles.
    pub fn throttling(mut self, throttling: Throttling) -> Self {
        self.throttling = throttling;
        self
    }

    /// Whether v1's errors are the enhanced ones, as where Adobe has switched them on. v2's always are.
    pub fn enhanced_errors(mut self, enhanced: bool) -> Self {
        self.enhanced = enhanced;
        self
    }

    /// Whether both API origins are served by TLS, too.
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Whether there is a control API, for tests in other languages. It listens on 127.0.0.1 alone, whatever
    /// [`bind`](Self::bind) says; `docs/sandbox.md` describes it.
    pub fn control(mut self, control: bool) -> Self {
        self.control = control;
        self
    }

    /// The address to listen on, in place of 127.0.0.1.
    pub fn bind(mut self, address: IpAddr) -> Self {
        self.bind = address;
        self
    }

    /// The host name or address that stands in the sandbox's URLs, for devices that reach it over a network.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The ports to listen on, in place of ones that the system chooses.
    pub fn ports(mut self, ports: Ports) -> Self {
        self.ports = ports;
        self
    }

    /// Writes every exchange into a file of its own in this directory, in place of the one that the environment variable
    /// `COUCHPASS_SANDBOX_EXCHANGES` may name. Unlike the [`Recorder`], it holds all in clear, secrets included;
    /// `docs/sandbox.md` describes the lines.
    pub fn exchanges(mut self, directory: impl Into<PathBuf>) -> Self {
        self.exchanges = Some(directory.into());
        self
    }

    /// Starts the sandbox within the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// If a port is taken, a certificate cannot be made, or the log of exchanges cannot be written.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let host = self.host.clone().unwrap_or_else(|| {
            if self.bind.is_unspecified() { Ipv4Addr::LOCALHOST.to_string() } else { self.bind.to_string() }
        });
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let api = self.listen(self.ports.api).await?;
        let sp = self.listen(self.ports.sp).await?;
        let web = self.listen(self.ports.web).await?;
        let control = if self.control {
            Some(listen(Ipv4Addr::LOCALHOST.into(), self.ports.control).await?)
        } else {
            None
        };
        let addresses = Addresses {
            control: control.as_ref().map(|control| url("http", "127.0.0.1", control)).transpose()?,
            api: url("http", &bracketed, &api)?,
            sp: url("http", &bracketed, &sp)?,
            web: url("http", &bracketed, &web)?,
        };
        let exchanges = ExchangeLog::wanted(self.exchanges.clone());
        let exchanges = exchanges.map(|directory| {
            ExchangeLog::begin(&directory).map_err(|source| StartError::Exchanges {
                directory: directory.display().to_string(),
                source,
            })
        });
        let service = Arc::new(Service {
            exchanges: exchanges.transpose()?,
            journal: self.control.then(Journal::default),
            state: Mutex::new(State::new(self.config.clone(), self.enhanced)),
            throttle: Mutex::new(Throttle::new(self.throttling)),
            clock: self.clock.clone(),
            recorder: Recorder::new(),
            changes: watch::Sender::default(),
            faults: Faults::new(self.clock.clone()),
            addresses: addresses.clone(),
            beginning: Beginning {
                config: self.config.clone(),
                enhanced: self.enhanced,
                throttling: self.throttling,
                hands: self.clock.hands(),
            },
        });
        let serve = |listener, origin| Server::start(listener, origin, service.clone(), None);
        let mut servers = vec![serve(api, Origin::Api), serve(sp, Origin::Sp), serve(web, Origin::Web)];
        if let Some(control) = control {
            servers.push(Server::control(control, service.clone()));
        }
        let mut secure = None;
        if self.tls {
            let api = self.listen(self.ports.api_tls).await?;
            let sp = self.listen(self.ports.sp_tls).await?;
            let mut names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
            if !names.contains(&host) {
                names.push(host);
            }
            let tls = Tls::new(names)?;
            let urls = (url("https", &bracketed, &api)?, url("https", &bracketed, &sp)?);
            for (listener, origin) in [(api, Origin::Api), (sp, Origin::Sp)] {
                servers.push(Server::start(listener, origin, service.clone(), Some(tls.server.clone())));
            }
            secure = Some((tls, urls.0, urls.1));
        }
        Ok(Sandbox::new(service, servers, secure))
    }

    async fn listen(&self, port: u16) -> Result<TcpListener, StartError> {
        listen(self.bind, port).await
    }
}

async fn listen(address: IpAddr, port: u16) -> Result<TcpListener, StartError> {
    let listening = TcpListener::bind((address, port)).await;
    listening.map_err(|source| StartError::Listen { address: format!("{address}:{port}"), source })
}

fn url(scheme: &str, host: &str, listener: &TcpListener) -> Result<String, StartError> {
    let address =
        listener.local_addr().map_err(|source| StartError::Listen { address: host.to_owned(), source })?;
    Ok(format!("{scheme}://{host}:{}", address.port()))
}

//! A local stand-in for Adobe Pass Authentication, for development and tests.
//!
//! A [`Sandbox`] serves Dynamic Client Registration, REST API v1 with its registration codes, REST API v2, and the second
//! screen: the programmer's login page and the MVPDs' own. It is written from Adobe's documentation alone and shares no code with
//! any client. All state is in memory; a sandbox starts in milliseconds, on ports of its own, and stops when it is
//! dropped, so every test can have one.
//!
//! Tests observe it ([`Recorder`], [`Sandbox::live_codes`], …), move its time ([`SandboxClock`]), make things go wrong
//! ([`Faults`]) and play the viewer ([`Viewer`]).

mod answer;
mod body;
mod browser;
mod builder;
mod call;
mod case;
mod catalogue;
mod clock;
mod config;
mod control;
mod cover;
mod dcr;
mod device;
mod endpoint;
mod exchange;
mod exchange_log;
mod fault;
mod har;
mod html;
mod journal;
mod jwt;
mod mangle;
mod media;
mod metadata;
mod platform;
mod problem;
mod random;
mod record;
mod recorder;
mod render;
mod replay;
mod request;
mod resource;
mod route;
mod sandbox;
mod server;
mod service;
mod state;
mod strike;
mod throttle;
mod tls;
mod v1;
mod v2;
mod veil;
mod viewer;
mod web;
mod wire;

pub use builder::{Ports, SandboxBuilder, StartError};
pub use case::{Case, CaseError};
pub use catalogue::ErrorCode;
pub use clock::{Millis, SandboxClock};
pub use config::{
    Account, All, App, Channels, Config, ConfigError, Degradation, DegradationRule, Iframe, Lifetimes,
    Limits, Mvpd, Promotion, Refusal, Requestor, Resource, SCOPE_V1, SCOPE_V2, Spelling,
};
pub use endpoint::{Api, Endpoint, Origin};
pub use fault::{Calls, Effect, Encoding, Fault, FaultId, Faults, Phase, StandingFault};
pub use mangle::Mangle;
pub use platform::PlatformTokenBuilder;
pub use record::{Carrier, RecordedRequest, SecretKind, Seen, fingerprint};
pub use recorder::Recorder;
pub use replay::{Difference, Replay};
pub use sandbox::Sandbox;
pub use state::{Authentication, CodeState, KnownClient, LiveCode};
pub use throttle::Throttling;
pub use viewer::{Viewer, ViewerError};

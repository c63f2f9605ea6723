//! The Adobe Pass Authentication client: sign a TV viewer in, authorize, hand over media tokens.
//!
//! A viewer who has signed in once on the device is recognised by the platform token; anybody else types a code on a second
//! screen. The client keeps what has to be kept, stays within Adobe's rate, and repeats what is worth repeating; its
//! [errors](Error) say what to do next.
//!
//! ```no_run
//! use couchpass::{Api, Client, DeviceInfo, Environment, Resource, SignInEvent, SoftwareStatement};
//!
//! # async fn watch() -> Result<(), couchpass::Error> {
//! let client = Client::builder()
//!     .api(Api::V2)
//!     .environment(Environment::named("release-staging")?)
//!     .requestor("REF30")
//!     .software_statement(SoftwareStatement::from_file("statement.jwt")?)
//!     .device_info(DeviceInfo::new("AFTKA", "Android", "9"))
//!     .build()?;
//!
//! let mut sign_in = client.sign_in();
//! while let Some(event) = sign_in.next().await {
//!     match event {
//!         SignInEvent::Code(code) => println!("type {} on your phone", code.code),
//!         SignInEvent::SignedIn(profile) => println!("signed in with {}", profile.mvpd),
//!         other => println!("{other:?}"),
//!     }
//! }
//!
//! let decision = client.authorize(&Resource::new("REF30")?).await?;
//! if let Some(token) = decision.media_token {
//!     // Hand `token.serialized` to the backend that starts the stream.
//! # drop(token);
//! }
//! # Ok(())
//! # }
//! ```

mod account;
mod builder;
mod client;
mod core;
mod diagnosis;
mod domain;
mod endpoints;
mod entitlements;
mod environment;
mod error;
mod failure;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod metrics;
mod pipeline;
mod platform_token;
mod preauthorizer;
mod profiles;
mod reach;
mod second_screen;
mod server_time;
mod service;
mod session;
mod sign_in;
mod sign_out;
mod slot;
mod wire;
mod work;

pub use builder::{ClientBuilder, ProfileSelection};
pub use client::Client;
pub use diagnosis::Diagnosis;
pub(crate) use domain::{ByCode, Found};
pub use domain::{
    ClientCredentials, CodeRecord, Decision, DecisionSource, Denial, DeviceId, DeviceInfo, Login, LoginPage,
    LoginStep, MediaToken, MetadataValue, Metadatum, MvpdId, Preauthorization, Profile, ProfileType,
    PromotionalIdentity, Provider, RegistrationCode, RequestorId, Resource, SignOutAction, SoftwareStatement,
    UserMetadata,
};
pub use environment::{Environment, is_loopback};
pub use error::{Error, Report, Result};
pub use metrics::{MetricsListener, RequestMetrics, RequestOutcome};
pub use platform_token::{
    Absence, PlatformTokenCarrier, PlatformTokenFuture, PlatformTokenSource, SsoOutcome, SsoReport,
};
pub use reach::{Reach, Reached};
pub use second_screen::SecondScreen;
pub use service::Api;
pub use sign_in::{SignIn, SignInEvent, SignInWith};

//! The sandbox over real sockets, seen by a device and by a viewer.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy exempts test functions, but not their helpers"
)]

mod authorization;
mod catalogue;
mod configuration;
mod control;
mod dashboard;
mod exchanges;
mod faults;
mod formats;
mod mangled;
mod metadata;
mod pages;
mod recorder;
mod regcode;
mod registration;
mod replay;
mod serving;
mod sign_in;
mod sso;
mod support;
mod temp_pass;
mod throttling;
mod v2_control;
mod v2_decisions;
mod v2_mangled;
mod v2_profiles;
mod v2_requests;
mod v2_sessions;
mod v2_sign_in;
mod v2_support;

//! What the benchmarks share.

// Each benchmark takes what it needs.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod slow_line;

use std::{sync::Arc, time::Duration};

use couchpass::{
    Api, Client, ClientBuilder, DeviceId, DeviceInfo, Environment, PlatformTokenFuture, SoftwareStatement,
};
use device_auth::{Governor, Limits, Secret, SystemClock};

/// A television whose governor lets everything through: its waits are meant, and not what is measured here.
pub fn television(api: Api, environment: Environment, statement: &str, device: &str) -> ClientBuilder {
    let limits = Limits { interval: Duration::from_nanos(1), burst: 1000, caution: Duration::ZERO };
    Client::builder()
        .api(api)
        .environment(environment)
        .software_statement(SoftwareStatement::new(statement).unwrap())
        .device_info(DeviceInfo::new("AFTKA", "Android", "9").version("kara").manufacturer("Amazon"))
        .device_id(DeviceId::new(device).unwrap())
        .governor(Arc::new(Governor::new(limits, Arc::new(SystemClock::new()))))
}

/// A platform that answers at once.
pub fn platform(token: String) -> impl Fn() -> PlatformTokenFuture + Send + Sync {
    move || {
        let token = Secret::new(token.clone());
        Box::pin(async move { Ok(token) })
    }
}

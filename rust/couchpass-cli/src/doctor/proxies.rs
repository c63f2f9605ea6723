//! The proxies that requests go through: those that the client's own rules find in the environment's variables.

use std::{io, time::Duration};

use couchpass::Environment;
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::{net::TcpStream, time::timeout};
use url::Url;

use super::finding::Findings;
use crate::settings::ApiVersion;

const PROXY: &str = "proxy";
/// As long as a request waits for its connection, and once more.
const WITHIN: Duration = Duration::from_secs(10);

/// The proxy in front of a host.
#[derive(Debug)]
pub(super) struct Proxied {
    /// The host and its port.
    pub(super) host: String,
    /// The proxy's. A user and a password that belong to it are left out.
    proxy: String,
    /// It is one of SOCKS, to which the client would speak HTTP.
    is_socks: bool,
    /// Whether the API has any use for the host.
    is_needed: bool,
}

/// For each of the environment's hosts that there is one for. The client uses none where a host is this machine's own.
pub(super) fn find(environment: &Environment, api: Option<ApiVersion>) -> Vec<Proxied> {
    if environment.api().scheme() == "http" {
        return Vec::new();
    }
    let rules = Matcher::from_system();
    let mut found: Vec<Proxied> = Vec::new();
    // The one that both APIs need first: it may be the other's too.
    for (address, is_needed) in [(environment.sp(), true), (environment.api(), api != Some(ApiVersion::V2))] {
        let Some((proxy, is_socks)) = proxy_of(&rules, address) else { continue };
        let host = host_and_port(address);
        if found.iter().all(|known| known.host != host) {
            found.push(Proxied { host, proxy, is_socks, is_needed });
        }
    }
    found
}

fn proxy_of(rules: &Matcher, address: &Url) -> Option<(String, bool)> {
    let proxy = rules.intercept(&address.as_str().parse::<Uri>().ok()?)?;
    let host = proxy.uri().host()?;
    let scheme = proxy.uri().scheme_str().unwrap_or("http");
    let default = if scheme == "https" { 443 } else { 80 };
    let port = proxy.uri().port_u16().unwrap_or(default);
    Some((format!("{host}:{port}"), scheme.starts_with("socks")))
}

pub(super) fn host_and_port(address: &Url) -> String {
    let port = address.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", address.host_str().unwrap_or_default())
}

/// Returns whether all that are needed can be reached. What is behind them shows with the first request.
pub(super) async fn look_at(proxied: &[Proxied], findings: &mut Findings) -> bool {
    let mut is_open = true;
    for Proxied { host, proxy, is_socks, is_needed } in proxied {
        if *is_socks {
            is_open &= !is_needed;
            findings.error(
                PROXY,
                format!("requests to {host} would go through the proxy of SOCKS at {proxy}, and Couchpass speaks no SOCKS"),
                "name a proxy of HTTP (HTTPS_PROXY, or ALL_PROXY), or except the host with NO_PROXY",
            );
            continue;
        }
        let connected = timeout(WITHIN, TcpStream::connect(proxy)).await;
        match connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(_) => findings.ok(
                PROXY,
                format!("requests to {host} go through the proxy at {proxy}, which can be reached"),
            ),
            Err(error) if !is_needed => findings.note(
                PROXY,
                format!(
                    "nobody answers at the proxy for {host}, {proxy}: {error}; REST v2 does without that host"
                ),
            ),
            Err(error) => {
                is_open = false;
                findings.trouble(
                    PROXY,
                    format!("requests to {host} go through the proxy at {proxy}, and nobody answers there: {error}"),
                    "correct the variable that names the proxy (HTTPS_PROXY, or ALL_PROXY), or except the host from it with NO_PROXY",
                );
            }
        }
    }
    is_open
}

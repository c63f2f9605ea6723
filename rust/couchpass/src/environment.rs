//! Where Adobe Pass is: its environments by name, or any pair of addresses.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use crate::{Error, Result};

/// One of Adobe's environments, or another pair of addresses such as the sandbox's.
///
/// ```
/// use couchpass::Environment;
///
/// let staging = Environment::named("release-staging")?;
/// assert_eq!(staging.api().host_str(), Some("api.auth-staging.adobe.com"));
/// assert!(Environment::named("staging").unwrap_err().to_string().contains("release-staging"));
/// # Ok::<(), couchpass::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    name: &'static str,
    api: Url,
    sp: Url,
}

/// Name, host of REST v1 and reggie, host of registration and REST v2. No page gives prequal a host for v1; its one host
/// is said to serve both.
const KNOWN: [(&str, &str, &str); 4] = [
    ("release-production", "https://api.auth.adobe.com", "https://sp.auth.adobe.com"),
    ("release-staging", "https://api.auth-staging.adobe.com", "https://sp.auth-staging.adobe.com"),
    ("prequal-production", "https://sp-prequal.auth.adobe.com", "https://sp-prequal.auth.adobe.com"),
    (
        "prequal-staging",
        "https://sp-prequal.auth-staging.adobe.com",
        "https://sp-prequal.auth-staging.adobe.com",
    ),
];

impl Environment {
    /// One of Adobe's: `release-production`, `release-staging`, `prequal-production`, `prequal-staging`.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for any other name.
    pub fn named(name: &str) -> Result<Self> {
        let Some((name, api, sp)) = KNOWN.into_iter().find(|(known, ..)| *known == name) else {
            return Err(Error::fix(
                format!("there is no environment named {name:?}"),
                format!("use one of {}, or name both addresses", KNOWN.map(|(known, ..)| known).join(", ")),
            ));
        };
        Ok(Self { name, ..Self::at(api, sp)? })
    }

    /// Any pair of addresses: that of REST v1 and reggie, and that of registration and REST v2.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an address that is not `https://host[:port]`; plain `http` is allowed for loopback
    /// addresses alone.
    pub fn at(api: &str, sp: &str) -> Result<Self> {
        Ok(Self {
            name: "custom",
            api: base("REST v1", api)?,
            sp: base("client registration and REST v2", sp)?,
        })
    }

    /// The name, `custom` for a pair of addresses.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Where REST v1 and reggie are.
    #[must_use]
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// Where registration and REST v2 are.
    #[must_use]
    pub fn sp(&self) -> &Url {
        &self.sp
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({}, api {}, sp {})", self.name, self.api, self.sp)
    }
}

fn base(what: &str, address: &str) -> Result<Url> {
    let refuse = |why: &str| {
        // The address is not repeated: one with a password in it is among the mistakes that end here.
        Err(Error::fix(format!("the address of {what} {why}"), "use https://host or https://host:port"))
    };
    let Ok(url) = Url::parse(address) else { return refuse("is not a URL") };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return refuse("is plain http and not on this machine"),
        _ => return refuse("is neither https nor http"),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refuse("has more than a host and a port");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds a user name or a password");
    }
    Ok(url)
}

/// Whether an address is this machine's own, by its name or its number. Plain `http` is for such alone.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_environments_have_names() {
        for (name, ..) in KNOWN {
            assert_eq!(Environment::named(name).unwrap().name(), name);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for good in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://proxy.example"] {
            assert!(Environment::at(good, good).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1",
            "http://example.com",
            "ftp://localhost",
            "https://h/path",
            "https://u:p@h",
            "x",
        ] {
            let error = Environment::at(bad, "https://h").unwrap_err();
            assert!(matches!(error, Error::FixConfiguration { .. }), "{bad}");
        }
    }
}

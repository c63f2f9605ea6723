//! What a viewer's login with a TV provider needs to know.

use std::fmt;

use url::Url;

use crate::{Error, MvpdId, Result};

/// With whom the viewer signs in, in whose name, and where their browser ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub(crate) mvpd: MvpdId,
    pub(crate) domain: String,
    pub(crate) redirect_url: String,
}

impl Login {
    /// Takes the TV provider, a domain that is registered with Adobe for the channel (`domainName`), and the address at which
    /// the browser ends (`redirectUrl`).
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an empty provider or domain, a domain that is an address, and a redirect URL that is
    /// not one.
    pub fn new(mvpd: MvpdId, domain: impl Into<String>, redirect_url: impl Into<String>) -> Result<Self> {
        let (domain, redirect_url) = (domain.into(), redirect_url.into());
        if mvpd.as_str().is_empty() {
            return Err(Error::fix("the login names no TV provider", "pass the id of one of the providers"));
        }
        if domain.is_empty() || domain.contains(|c: char| c == '/' || c.is_whitespace()) {
            return Err(Error::fix(
                format!("{domain:?} is not a domain"),
                "pass a domain that is registered with Adobe for the channel, such as example.com",
            ));
        }
        check_redirect_url(&redirect_url)?;
        Ok(Self { mvpd, domain, redirect_url })
    }

    /// The TV provider.
    #[must_use]
    pub fn mvpd(&self) -> &MvpdId {
        &self.mvpd
    }

    /// Where the browser ends.
    #[must_use]
    pub fn redirect_url(&self) -> &str {
        &self.redirect_url
    }
}

/// An app may have a scheme of its own, so any absolute URL will do.
pub(crate) fn check_redirect_url(url: &str) -> Result<()> {
    match Url::parse(url) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::fix(
            "the redirect URL is not an absolute URL",
            "pass the address at which the app knows that the browser has finished, such as https://example.com/done",
        )),
    }
}

/// A TV provider's login page, for a browser on this device.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginPage {
    /// Open this.
    pub url: String,
    /// When the browser is about to load this, the viewer has finished: close it.
    pub redirect_url: String,
}

/// What may be shown of an address that the service has made.
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The query may say who is signing in, and on which device.
impl fmt::Debug for LoginPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = without_query(&self.url);
        f.debug_struct("LoginPage")
            .field("page", &page)
            .field("redirect_url", &self.redirect_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_without_an_address_to_end_at_is_refused() {
        let login = |mvpd, domain, url| Login::new(MvpdId::new(mvpd), domain, url);
        assert!(login("Northwind", "lantern.example", "https://lantern.example/done").is_ok());
        assert!(login("Northwind", "lantern.example", "lantern-tv://done").is_ok());
        for (mvpd, domain, url) in [
            ("", "lantern.example", "https://lantern.example"),
            ("Northwind", "", "https://lantern.example"),
            ("Northwind", "https://lantern.example", "https://lantern.example"),
            ("Northwind", "lantern.example", "lantern.example/done"),
        ] {
            assert!(
                matches!(login(mvpd, domain, url), Err(Error::FixConfiguration { .. })),
                "{mvpd} {domain} {url}"
            );
        }
    }
}

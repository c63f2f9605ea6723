//! A viewer with a phone: plays the second screen over real HTTP, page by page.

use std::io;

use url::Url;

use crate::browser::{Browser, Page};
use crate::call::Addresses;
use crate::config::Account;
use crate::html;

/// Why a viewer could not do what they were asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewerError {
    /// The page for the code did not accept it: unknown, expired or deleted.
    #[error("the page refused the code: {0}")]
    CodeRefused(String),
    /// Name or password were wrong.
    #[error("the TV provider refused the sign-in: {0}")]
    LoginRefused(String),
    /// The account's MVPD is not among the choices.
    #[error("the TV provider is not offered")]
    ProviderNotOffered,
    /// A page was not what it should be.
    #[error("{address} answered {status}, not with the page that was due")]
    UnexpectedPage {
        /// Where.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// All went well up to the last page, and that says that nobody is signed in.
    #[error("the last page says that the TV is not signed in")]
    NotSignedIn,
    /// The sandbox could not be reached.
    #[error("cannot reach the page: {0}")]
    Unreachable(#[from] io::Error),
}

/// A viewer who opens the activation page, types the code, chooses the TV provider, signs in and answers.
#[derive(Clone)]
pub struct Viewer {
    browser: Browser,
    account: String,
    password: String,
    mvpd: String,
}

impl std::fmt::Debug for Viewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Viewer")
            .field("account", &self.account)
            .field("mvpd", &self.mvpd)
            .finish_non_exhaustive()
    }
}

impl Viewer {
    pub(crate) fn new(addresses: &Addresses, account: &Account) -> Self {
        Self {
            browser: Browser::new(addresses),
            account: account.name.clone(),
            password: account.password.clone(),
            mvpd: account.mvpd.clone(),
        }
    }

    /// The same viewer, who will mistype the password.
    #[must_use]
    pub fn with_wrong_password(mut self) -> Self {
        self.password.push_str(" oops");
        self
    }

    /// Signs in for this code and allows it, until the last page says that the TV is signed in, or until the browser is
    /// sent to a page that is not the sandbox's.
    ///
    /// # Errors
    ///
    /// If a page refuses the code or the password, or is not what it should be.
    pub async fn approve(&self, code: &str) -> Result<(), ViewerError> {
        let last = self.answer(code, "allow").await?;
        if last.left || last.is_done() { Ok(()) } else { Err(ViewerError::NotSignedIn) }
    }

    /// Signs in for this code and denies it.
    ///
    /// # Errors
    ///
    /// If a page refuses the code or the password, or is not what it should be.
    pub async fn deny(&self, code: &str) -> Result<(), ViewerError> {
        self.answer(code, "deny").await.map(|_| ())
    }

    /// Opens the `url` of a session of v2 in the TV's own browser, signs in and allows it. Hands back where the browser
    /// ends: the session's redirect URL, which is not opened unless it is the sandbox's. A path is one of the `sp` origin.
    ///
    /// # Errors
    ///
    /// If a page refuses the session or the password, or is not what it should be.
    pub async fn approve_at(&self, url: &str) -> Result<String, ViewerError> {
        self.answer_at(url, "allow").await
    }

    /// As [`approve_at`](Self::approve_at), and denies it.
    ///
    /// # Errors
    ///
    /// If a page refuses the session or the password, or is not what it should be.
    pub async fn deny_at(&self, url: &str) -> Result<String, ViewerError> {
        self.answer_at(url, "deny").await
    }

    /// Opens an address, the `url` of a logout for instance, and hands back where the browser ends.
    ///
    /// # Errors
    ///
    /// If the last page is an error.
    pub async fn open_at(&self, url: &str) -> Result<String, ViewerError> {
        self.browser.open(url).await?.ended()
    }

    async fn answer_at(&self, url: &str, answer: &str) -> Result<String, ViewerError> {
        let page = self.browser.open(url).await?;
        self.sign_in(&page, answer).await?.ended()
    }

    async fn answer(&self, code: &str, answer: &str) -> Result<Page, ViewerError> {
        let page = self.browser.open_activation().await?;
        let page = self.browser.submit(&page, &[("code", code)]).await?;
        if let Some(why) = html::alert(&page.text) {
            return Err(ViewerError::CodeRefused(why));
        }
        // A code for one MVPD skips the choice.
        let page = if page.address.path() == "/providers" { self.choose(&page).await? } else { page };
        // Where the device has a profile with this MVPD already, v2 asks nobody to sign in.
        if page.left || page.is_done() {
            return Ok(page);
        }
        self.sign_in(&page, answer).await
    }

    /// Signs in on an MVPD's login page and answers what comes next.
    async fn sign_in(&self, page: &Page, answer: &str) -> Result<Page, ViewerError> {
        let page =
            self.browser.submit(page, &[("user", &self.account), ("password", &self.password)]).await?;
        if let Some(why) = html::alert(&page.text) {
            return Err(ViewerError::LoginRefused(why));
        }
        self.browser.submit(&page, &[("answer", answer)]).await
    }

    async fn choose(&self, picker: &Page) -> Result<Page, ViewerError> {
        let wanted = |link: &&String| {
            Url::parse(link)
                .is_ok_and(|url| url.query_pairs().any(|(name, mvpd)| name == "mso_id" && mvpd == self.mvpd))
        };
        let links = html::links(&picker.text);
        let link = links.iter().find(wanted).ok_or(ViewerError::ProviderNotOffered)?;
        self.browser.open(link).await
    }
}

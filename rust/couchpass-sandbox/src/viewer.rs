//! A viewer with a phone: plays the second screen over real HTTP, page by page.

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, LOCATION};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::call::Addresses;
use crate::config::Account;
use crate::html;

/// More pages in a row than any sign-in has.
const MOST_REDIRECTS: usize = 10;

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
    addresses: Addresses,
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

struct Page {
    address: Url,
    status: u16,
    text: String,
    /// Whether a redirection led away from the sandbox, to `address`, which has not been opened.
    left: bool,
}

impl Page {
    fn unexpected(&self) -> ViewerError {
        ViewerError::UnexpectedPage { address: self.address.path().to_owned(), status: self.status }
    }
}

impl Viewer {
    pub(crate) fn new(addresses: &Addresses, account: &Account) -> Self {
        Self {
            addresses: addresses.clone(),
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
        if last.left || last.text.contains("<h1>Done</h1>") { Ok(()) } else { Err(ViewerError::NotSignedIn) }
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
        ended(self.open(&self.absolute(url)).await?)
    }

    async fn answer_at(&self, url: &str, answer: &str) -> Result<String, ViewerError> {
        let page = self.open(&self.absolute(url)).await?;
        ended(self.sign_in(&page, answer).await?)
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.addresses.sp) } else { url.to_owned() }
    }

    async fn answer(&self, code: &str, answer: &str) -> Result<Page, ViewerError> {
        let page = self.open(&format!("{}/activate", self.addresses.web)).await?;
        let page = self.submit(&page, &[("code", code)]).await?;
        if let Some(why) = html::alert(&page.text) {
            return Err(ViewerError::CodeRefused(why));
        }
        // A code for one MVPD skips the choice.
        let page = if page.address.path() == "/providers" { self.choose(&page).await? } else { page };
        if page.left {
            return Ok(page);
        }
        self.sign_in(&page, answer).await
    }

    /// Signs in on an MVPD's login page and answers what comes next.
    async fn sign_in(&self, page: &Page, answer: &str) -> Result<Page, ViewerError> {
        let page = self.submit(page, &[("user", &self.account), ("password", &self.password)]).await?;
        if let Some(why) = html::alert(&page.text) {
            return Err(ViewerError::LoginRefused(why));
        }
        self.submit(&page, &[("answer", answer)]).await
    }

    async fn choose(&self, picker: &Page) -> Result<Page, ViewerError> {
        let wanted = |link: &&String| {
            Url::parse(link)
                .is_ok_and(|url| url.query_pairs().any(|(name, mvpd)| name == "mso_id" && mvpd == self.mvpd))
        };
        let links = html::links(&picker.text);
        let link = links.iter().find(wanted).ok_or(ViewerError::ProviderNotOffered)?;
        self.open(link).await
    }

    async fn open(&self, address: &str) -> Result<Page, ViewerError> {
        self.follow(Method::GET, parsed(address)?, String::new()).await
    }

    /// Fills in the form of a page and sends it.
    async fn submit(&self, page: &Page, filled: &[(&str, &str)]) -> Result<Page, ViewerError> {
        let form = html::form(&page.text).ok_or_else(|| page.unexpected())?;
        let action = page.address.join(&form.action).map_err(|_| page.unexpected())?;
        let kept = form.fields.iter().filter(|(name, _)| !filled.iter().any(|(other, _)| other == name));
        // Written before anything is awaited: a serializer cannot go from thread to thread.
        let body = Serializer::new(String::new()).extend_pairs(kept).extend_pairs(filled).finish();
        self.follow(Method::POST, action, body).await
    }

    /// Sends a request and goes where redirections lead.
    async fn follow(
        &self,
        mut method: Method,
        mut address: Url,
        mut body: String,
    ) -> Result<Page, ViewerError> {
        for _ in 0..MOST_REDIRECTS {
            let (status, location, text) = exchange(method, &address, body).await?;
            let Some(location) = location else { return Ok(Page { address, status, text, left: false }) };
            let next = address.join(&location);
            address = next.map_err(|_| ViewerError::UnexpectedPage { address: location, status })?;
            if !self.addresses.include(&address) {
                return Ok(Page { address, status, text, left: true });
            }
            method = Method::GET;
            body = String::new();
        }
        Err(ViewerError::UnexpectedPage { address: address.path().to_owned(), status: 302 })
    }
}

/// Where a browser has ended, if not at an error.
fn ended(page: Page) -> Result<String, ViewerError> {
    if page.left || page.status == 200 { Ok(page.address.into()) } else { Err(page.unexpected()) }
}

fn parsed(address: &str) -> Result<Url, ViewerError> {
    Url::parse(address).map_err(|_| ViewerError::UnexpectedPage { address: address.to_owned(), status: 0 })
}

/// One request on a connection of its own: status, `Location` of a redirection, body.
async fn exchange(method: Method, address: &Url, body: String) -> io::Result<(u16, Option<String>, String)> {
    let authority = address.authority();
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))
        .map_err(io::Error::other)?;
    let exchange = async move {
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = response.status();
        let location = response.headers().get(LOCATION).filter(|_| status.is_redirection());
        let location = location.and_then(|location| location.to_str().ok()).map(str::to_owned);
        let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        Ok((status.as_u16(), location, String::from_utf8_lossy(&body).into_owned()))
    };
    // The connection does its work beside the exchange, and ends with it.
    tokio::pin!(exchange, connection);
    tokio::select! {
        done = &mut exchange => done,
        _ = &mut connection => exchange.await,
    }
}

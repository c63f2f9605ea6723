//! A browser without scripts: opens the sandbox's pages over real HTTP, fills in their forms, goes where they lead.

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
use crate::html;
use crate::viewer::ViewerError;

/// More pages in a row than any sign-in has.
const MOST_REDIRECTS: usize = 10;

/// Knows which addresses are the sandbox's, and opens no others.
#[derive(Clone)]
pub(crate) struct Browser {
    addresses: Addresses,
}

/// A page, as it came.
pub(crate) struct Page {
    pub(crate) address: Url,
    pub(crate) status: u16,
    pub(crate) text: String,
    /// Whether a redirection led away from the sandbox, to `address`, which has not been opened.
    pub(crate) left: bool,
}

impl Page {
    pub(crate) fn unexpected(&self) -> ViewerError {
        ViewerError::UnexpectedPage { address: self.address.path().to_owned(), status: self.status }
    }

    /// Whether it says that the TV is signed in.
    pub(crate) fn is_done(&self) -> bool {
        self.text.contains("<h1>Done</h1>")
    }

    /// Where the browser has ended, if not at an error.
    pub(crate) fn ended(self) -> Result<String, ViewerError> {
        if self.left || self.status == 200 { Ok(self.address.into()) } else { Err(self.unexpected()) }
    }
}

impl Browser {
    pub(crate) fn new(addresses: &Addresses) -> Self {
        Self { addresses: addresses.clone() }
    }

    /// The page that a viewer opens on their phone.
    pub(crate) async fn open_activation(&self) -> Result<Page, ViewerError> {
        self.open(&format!("{}/activate", self.addresses.web)).await
    }

    /// Opens an address of the sandbox; a path is one of the `sp` origin, as in the answers of v2.
    pub(crate) async fn open(&self, address: &str) -> Result<Page, ViewerError> {
        let path = address.starts_with('/');
        let address = if path { format!("{}{address}", self.addresses.sp) } else { address.to_owned() };
        let unexpected = || ViewerError::UnexpectedPage { address: address.clone(), status: 0 };
        let known = Url::parse(&address).ok().filter(|address| self.addresses.include(address));
        self.follow(Method::GET, known.ok_or_else(unexpected)?, String::new()).await
    }

    /// Fills in the form of a page and sends it.
    pub(crate) async fn submit(&self, page: &Page, filled: &[(&str, &str)]) -> Result<Page, ViewerError> {
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

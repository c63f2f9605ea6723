//! An answer before it is on the wire.

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY,
};

use crate::call::{Outcome, Reply};
use crate::endpoint::Endpoint;
use crate::problem::{Problem, page};
use crate::render::{Document, Format};
use crate::request::Request;
use crate::route::Route;
use crate::web::Asset;

pub(crate) const HTML: &str = "text/html";

/// What a page of the second screen may load, and that none may put it into a frame and have its buttons clicked. A provider's logo may come from anywhere, as the configuration says. There is
/// no `form-action`: browsers hold the redirections after a form to it, and the last one leads to the app's own address.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src * data:; base-uri 'none'; \
    frame-ancestors 'none'";

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

/// In which format a call is answered, and how errors look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) format: Format,
    /// Whether errors are the enhanced ones.
    pub(crate) enhanced: bool,
}

impl Style {
    /// REST API v2 knows JSON alone and has enhanced errors by default; v1 follows the client and the configuration.
    pub(crate) fn due(found: &Route, request: &Request, enhanced: bool) -> Self {
        let (v2, suffix) = match found {
            Route::To(target) => (target.endpoint.is_v2(), target.suffix),
            Route::WrongMethod { endpoint, .. } => (endpoint.is_v2(), None),
            Route::Unknown => (false, None),
        };
        if v2 {
            return Self { format: Format::Json, enhanced: true };
        }
        Self { format: Format::wanted(suffix, request), enhanced }
    }
}

/// A body. A document is written at the last moment, so that a fault can still change what it says.
pub(crate) enum Content {
    Bytes(Bytes),
    Document(Document, Format),
}

impl Content {
    pub(crate) fn written(self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Document(document, format) => document.write(format).into(),
        }
    }
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, content: Content::Bytes(body.into()) }
    }

    /// The page of the web server in front.
    pub(crate) fn page(status: u16, title: &str) -> Self {
        Self::new(status, HTML, page(title))
    }

    /// The address leads to an endpoint, but not with this method. A device of v2 is told in JSON.
    pub(crate) fn wrong_method(endpoint: Endpoint, allowed: &'static str, style: Style) -> Self {
        let answer = if endpoint.is_v2() {
            Self::refusal(&Problem::plain(405, "Method Not Allowed"), style)
        } else {
            Self::page(405, "405 Not Allowed")
        };
        answer.with(ALLOW, allowed)
    }

    pub(crate) fn too_many() -> Self {
        Self::page(429, "429 Too Many Requests")
    }

    pub(crate) fn document(status: u16, document: Document, format: Format) -> Self {
        let empty = Self::new(status, format.content_type(), "");
        Self { content: Content::Document(document, format), ..empty }
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, HTML, "").with(LOCATION, to)
    }

    /// What a handler has come to, in the format that the client asked for.
    pub(crate) fn of(outcome: Outcome, style: Style) -> Self {
        let format = style.format;
        match outcome {
            Ok(Reply::Document { status, document, headers }) => {
                headers.into_iter().fold(Self::document(status, document, format), |answer, (name, value)| {
                    answer.with(HeaderName::from_static(name), &value)
                })
            }
            Ok(Reply::Json { status, document }) => {
                Self::document(status, document, Format::Json).with(CACHE_CONTROL, "no-store")
            }
            Ok(Reply::Bare(status)) => {
                Self { status, headers: HeaderMap::new(), content: Content::Bytes(Bytes::new()) }
            }
            Ok(Reply::Html { status, html }) => Self::new(status, "text/html; charset=utf-8", html)
                .with(CACHE_CONTROL, "no-store")
                .with(CONTENT_SECURITY_POLICY, POLICY)
                .with(REFERRER_POLICY, "no-referrer"),
            Ok(Reply::Svg(svg)) => Self::new(200, "image/svg+xml", svg),
            Ok(Reply::Asset(Asset { content_type, text })) => {
                // Another version of the program may answer on the same port tomorrow.
                Self::new(200, content_type, text).with(CACHE_CONTROL, "no-cache")
            }
            Ok(Reply::Redirect { status, to }) => Self::redirect(status, &to),
            Err(problem) => Self::refusal(&problem, style),
        }
    }

    pub(crate) fn refusal(problem: &Problem, style: Style) -> Self {
        if let Some(html) = problem.html() {
            return Self::new(problem.status, HTML, html);
        }
        let format = if problem.is_oauth() { Format::Json } else { style.format };
        Self::document(problem.status, problem.document(style.enhanced), format)
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

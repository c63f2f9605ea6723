//! An answer before it is on the wire.

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};

use crate::call::{Outcome, Reply};
use crate::problem::{Problem, page};
use crate::render::{Document, Format};

pub(crate) const HTML: &str = "text/html";

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
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
    pub(crate) fn of(outcome: Outcome, format: Format, enhanced: bool) -> Self {
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
            Ok(Reply::Html { status, html }) => {
                Self::new(status, "text/html; charset=utf-8", html).with(CACHE_CONTROL, "no-store")
            }
            Ok(Reply::Svg(svg)) => Self::new(200, "image/svg+xml", svg),
            Ok(Reply::Redirect { status, to }) => Self::redirect(status, &to),
            Err(problem) => Self::refusal(&problem, format, enhanced),
        }
    }

    pub(crate) fn refusal(problem: &Problem, format: Format, enhanced: bool) -> Self {
        if let Some(html) = problem.html() {
            return Self::new(problem.status, HTML, html);
        }
        let format = if problem.is_oauth() { Format::Json } else { format };
        Self::document(problem.status, problem.document(enhanced), format)
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

//! A request as it has arrived: the target, the headers, the parameters of query and form.

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use url::form_urlencoded;

use crate::endpoint::Origin;

/// Names and values in the order of their arrival.
pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) struct Request {
    pub(crate) origin: Origin,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Pairs,
    pub(crate) form: Pairs,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The address that throttling goes by.
    pub(crate) client: String,
}

impl Request {
    /// A header that is text and not empty; the first of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim).filter(|value| !value.is_empty())
    }

    /// The access token of `Authorization`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }

    /// A parameter that is not empty, from the query or else from a form.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        value(&self.query, name).or_else(|| value(&self.form, name))
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }

    pub(crate) fn form(&self, name: &str) -> Option<&str> {
        value(&self.form, name)
    }

    /// Whether a name comes more than once in the form.
    pub(crate) fn repeats(&self, name: &str) -> bool {
        self.form.iter().filter(|(have, _)| have == name).count() > 1
    }

    /// Whether the body is of this media type.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        is(&self.headers, media_type)
    }
}

/// Whether the headers announce a body of this media type.
pub(crate) fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let Some(announced) = headers.get("content-type").and_then(|value| value.to_str().ok()) else {
        return false;
    };
    is_type(announced, media_type)
}

/// Whether a content type is this media type, with whatever parameters.
pub(crate) fn is_type(announced: &str, media_type: &str) -> bool {
    announced.split(';').next().is_some_and(|announced| announced.trim().eq_ignore_ascii_case(media_type))
}

/// The pairs of a query or of a form.
pub(crate) fn pairs(encoded: &[u8]) -> Pairs {
    form_urlencoded::parse(encoded).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(have, value)| have == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

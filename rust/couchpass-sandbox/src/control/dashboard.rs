//! The dashboard: a page that shows what the sandbox is doing, by the same calls that any test may make.
//!
//! Its page and files are the same for everybody. What they show comes by the control API, whose header a script of the same
//! origin may send, and one of another origin may not.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Response};

use super::{HEADER, guard_host};

/// Nothing comes from elsewhere, nothing is sent elsewhere, no page puts a frame around it and has its buttons clicked.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The answer to a browser that opens the dashboard; `None` for a call of the control API.
pub(super) fn serve<B>(request: &hyper::Request<B>) -> Option<Response<Full<Bytes>>> {
    let headers = request.headers();
    if request.method() != Method::GET || headers.contains_key(HEADER) || guard_host(headers).is_err() {
        return None;
    }
    let page = || headers.get(ACCEPT)?.to_str().ok().filter(|accept| accept.contains("text/html"));
    let (content_type, text) = match request.uri().path() {
        // Whoever forgets the header with a tool is told so, and gets no page.
        "/" if page().is_some() => ("text/html; charset=utf-8", include_str!("dashboard.html")),
        "/dashboard.css" => (
            "text/css; charset=utf-8",
            concat!(include_str!("../web/palette.css"), include_str!("dashboard.css")),
        ),
        "/dashboard.js" => ("text/javascript; charset=utf-8", include_str!("dashboard.js")),
        "/timeline.js" => ("text/javascript; charset=utf-8", include_str!("timeline.js")),
        _ => return None,
    };
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use crate::endpoint::Endpoint;

    #[test]
    fn the_calls_that_it_offers_are_calls_of_the_sandbox() {
        let script = include_str!("dashboard.js");
        let (_, names) = script.split_once("const ENDPOINTS = \"").expect("the script has a list of calls");
        let names = names.split('"').next().unwrap_or_default();
        assert!(names.split(' ').count() > 30, "{names}");
        for name in names.split(' ') {
            let known: Result<Endpoint, _> = serde_json::from_value(name.into());
            assert!(known.is_ok(), "{name}");
        }
    }
}

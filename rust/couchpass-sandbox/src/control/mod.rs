//! The control API: what a test in Rust does by method, a test in any language does over HTTP.
//!
//! It has an origin of its own, on the loopback address whatever the others listen on. A web page must not reach it
//! through the browser of whoever runs the sandbox, so a request has to name a loopback host (a rebound DNS name does
//! not) and carry a header that no page can send elsewhere without being asked first, which this origin never answers
//! yes to. Nothing that comes here is recorded, throttled or struck by a fault.
//!
//! `docs/sandbox.md` describes every route.

mod call;
mod clock;
mod faults;
mod requests;
mod routes;
mod tokens;
mod visits;
mod world;

use std::convert::Infallible;
use std::sync::Arc;

use call::{ControlCall, ControlError, Done};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue, ORIGIN};
use hyper::http::StatusCode;
use hyper::{HeaderMap, Method, Response};

use crate::service::Service;

/// The header that every request has to carry, with any value.
const HEADER: &str = "couchpass-control";

/// Bytes of a request's body.
const MOST: usize = 1024 * 1024;

/// Serves one request.
pub(crate) async fn serve(
    service: &Arc<Service>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let done = match read(service, request).await {
        Ok(call) => routes::route(&call).await,
        Err(error) => Err(error),
    };
    let (status, body) = match done {
        Ok(Done { status, body }) => (status, body),
        Err(error) => (error.status, Some(error.body())),
    };
    let mut response = Response::new(Full::new(body.map(|body| body.to_string()).unwrap_or_default().into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn read(
    service: &Arc<Service>,
    request: hyper::Request<Incoming>,
) -> Result<ControlCall, ControlError> {
    let (head, body) = request.into_parts();
    guard(&head.headers)?;
    let body = Limited::new(body, MOST).collect().await;
    let body = body.map_err(|_| ControlError::bad("the body broke off, or is longer than a megabyte"))?;
    let body = body.to_bytes();
    // A page can post a form to another site unasked, but no JSON.
    if !body.is_empty() && !crate::request::is(&head.headers, "application/json") {
        return Err(ControlError {
            status: 415,
            error: "not_json",
            message: "send the body as application/json".into(),
        });
    }
    let method = if head.method == Method::HEAD { Method::GET } else { head.method };
    Ok(ControlCall::new(service.clone(), method, &head.uri, body))
}

fn guard(headers: &HeaderMap) -> Result<(), ControlError> {
    let refused = |message: String| Err(ControlError { status: 403, error: "forbidden", message });
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "127.0.0.1" | "localhost") {
        return refused(format!("the host is 127.0.0.1 or localhost here, not '{name}'"));
    }
    if headers.contains_key(ORIGIN) {
        return refused("no web page may come here".into());
    }
    if !headers.contains_key(HEADER) {
        return refused(format!("send the header '{HEADER}: 1'"));
    }
    Ok(())
}

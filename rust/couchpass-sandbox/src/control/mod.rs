//! The control API: what a test in Rust does by method, a test in any language does over HTTP.
//!
//! It has an origin of its own, on the loopback address whatever the others listen on. A web page must not reach it
//! through the browser of whoever runs the sandbox, so a request has to name a loopback host (a rebound DNS name does
//! not) and carry a header that no page can send elsewhere without being asked first, which this origin never answers
//! yes to. Nothing that comes here is recorded, throttled or struck by a fault.
//!
//! The one page that may is the dashboard, which is served here and so has this origin itself. What it is made of can be
//! had without the header, since a browser sends none when it opens a page; it holds nothing of the sandbox's state.
//!
//! `docs/sandbox.md` describes every route.

mod call;
mod cases;
mod clock;
mod dashboard;
mod faults;
mod overview;
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

/// Bytes of a request's body. A recorded case may be long.
const MOST: usize = 32 * 1024 * 1024;

/// Serves one request.
pub(crate) async fn serve(
    service: &Arc<Service>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Some(page) = dashboard::serve(&request) {
        return Ok(page);
    }
    let done = match read(service, request).await {
        Ok(call) => carry_out(&call).await,
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

/// Does again what was done once, for a replay.
pub(crate) async fn perform(
    service: &Arc<Service>,
    method: &str,
    path: &str,
    body: Bytes,
) -> Result<(), String> {
    let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
    let uri = path.parse().map_err(|_| format!("'{path}' is no path"))?;
    let call = ControlCall::new(service.clone(), method, &uri, body);
    if !call.changes_the_world() {
        return Err(format!("{} {path} is nothing to be replayed", call.method));
    }
    // A replay is a call itself, so the types go round in a circle here.
    Box::pin(carry_out(&call)).await.map(|_| ()).map_err(|error| error.message)
}

/// Takes a call to its route, and writes it down if it changes something that requests will meet with.
async fn carry_out(call: &ControlCall) -> call::Outcome {
    // Before it has an effect: what it lets go may be answered before this goes on.
    let noted =
        call.changes_the_world().then(|| call.service.note(call.service.clock.now(), call.happened()));
    let outcome = routes::route(call).await;
    if let (Err(_), Some(journal), Some(id)) = (&outcome, &call.service.journal, noted.flatten()) {
        journal.retract(id);
    }
    if outcome.is_ok() && call.method != Method::GET && !call.waits() {
        call.service.changed();
    }
    outcome
}

async fn read(
    service: &Arc<Service>,
    request: hyper::Request<Incoming>,
) -> Result<ControlCall, ControlError> {
    let (head, body) = request.into_parts();
    guard(&head.headers)?;
    let body = Limited::new(body, MOST).collect().await;
    let body = body.map_err(|_| ControlError::bad("the body broke off, or is longer than 32 megabytes"))?;
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

fn refused<T>(message: impl Into<String>) -> Result<T, ControlError> {
    Err(ControlError { status: 403, error: "forbidden", message: message.into() })
}

/// The host that a request names, which has to be this machine.
fn guard_host(headers: &HeaderMap) -> Result<&str, ControlError> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost") {
        return Ok(host);
    }
    refused(format!("the host is 127.0.0.1 or localhost here, not '{name}'"))
}

fn guard(headers: &HeaderMap) -> Result<(), ControlError> {
    let host = guard_host(headers)?;
    // The dashboard's own is that of the host, which is known to be this machine by now.
    let own = format!("http://{host}");
    if headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() != own.as_bytes()) {
        return refused("no web page may come here but the dashboard");
    }
    if !headers.contains_key(HEADER) {
        return refused(format!("send the header '{HEADER}: 1'"));
    }
    Ok(())
}

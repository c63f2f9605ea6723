//! The way of a request through the sandbox: read, recorded, perhaps struck by a fault, throttled, served, answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION};
use hyper::http::StatusCode;
use hyper::{HeaderMap, Response};

use crate::body::AnswerBody;
use crate::call::{Addresses, Call, Outcome, Reply};
use crate::clock::SandboxClock;
use crate::dcr;
use crate::endpoint::{Endpoint, Origin, Route, Target, route};
use crate::fault::{Effect, Faults, Phase};
use crate::problem::{Problem, page};
use crate::record::RecordedRequest;
use crate::recorder::Recorder;
use crate::render::Format;
use crate::request::{Request, is, pairs};
use crate::state::State;
use crate::throttle::Throttle;
use crate::wire::Resetter;
use crate::{v1, web};

const HTML: &str = "text/html";

/// What all connections of a sandbox share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) state: Mutex<State>,
    pub(crate) throttle: Mutex<Throttle>,
    pub(crate) clock: SandboxClock,
    pub(crate) recorder: Recorder,
    pub(crate) faults: Faults,
    pub(crate) addresses: Addresses,
    pub(crate) enhanced: bool,
}

/// An answer before it is on the wire.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body: body.into() }
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// What becomes of a request: an answer, or the end of the connection.
enum End {
    Answer(Answer, Option<Effect>),
    Cut { reset: bool },
}

impl Service {
    /// Serves one request. An error closes the connection without an answer.
    pub(crate) async fn serve(
        &self,
        origin: Origin,
        peer: SocketAddr,
        wire: &Resetter,
        request: hyper::Request<Incoming>,
    ) -> Result<Response<AnswerBody>, io::Error> {
        let limits = self.state().config.limits.clone();
        let too_long =
            request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > limits.address_bytes);
        let (request, too_large) = read(origin, peer, request, limits.body_bytes).await?;
        let found = route(origin, &request.method, &request.path);
        let endpoint = if let Route::To(target) = &found { Some(target.endpoint) } else { None };
        let number = self.recorder.came(RecordedRequest::of(&request, endpoint, self.clock.now()));
        let struck = self.faults.strike(endpoint);
        let name = struck.as_ref().map(|(effect, _)| effect.name());
        // Dropped while it waits (the client has gone), the request is noted as cut.
        let mut noted = Noted { recorder: &self.recorder, number, status: None, fault: name };

        let ordinary = || {
            if too_long {
                let title = "414 Request-URI Too Large";
                Answer::new(414, HTML, page(title))
            } else if too_large {
                Answer::new(413, HTML, page("413 Request Entity Too Large"))
            } else {
                self.answer(&request, &found)
            }
        };
        let end = match struck {
            None => End::Answer(ordinary(), None),
            Some((effect, Phase::Before)) => match self.strike(&effect).await {
                Struck::On => End::Answer(ordinary(), None),
                Struck::Instead(answer) => End::Answer(answer, Some(effect)),
                Struck::Cut { reset } => End::Cut { reset },
            },
            Some((effect, Phase::After)) => {
                let answer = ordinary();
                match self.strike(&effect).await {
                    Struck::On => End::Answer(answer, Some(effect)),
                    Struck::Instead(answer) => End::Answer(answer, Some(effect)),
                    Struck::Cut { reset } => End::Cut { reset },
                }
            }
        };
        match end {
            End::Answer(answer, effect) => {
                noted.status = Some(answer.status);
                Ok(self.response(answer, effect.as_ref()))
            }
            End::Cut { reset } => {
                if reset {
                    wire.reset();
                }
                Err(io::Error::other("cut on purpose"))
            }
        }
    }

    /// The state; nothing that holds it panics.
    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no handler panics")
    }

    /// What the sandbox answers when nothing goes wrong on purpose.
    fn answer(&self, request: &Request, found: &Route) -> Answer {
        let target = match found {
            Route::To(target) => target,
            Route::Unknown => return Answer::new(404, HTML, page("404 Not Found")),
            Route::WrongMethod => {
                return Answer::new(405, HTML, page("405 Not Allowed")).with(ALLOW, "GET, POST, DELETE");
            }
        };
        let now = self.clock.now();
        if target.endpoint.limited() {
            let mut throttle = self.throttle.lock().expect("nothing that throttles panics");
            if !throttle.admits(&request.client, now) {
                return too_many();
            }
        }
        let mut state = self.state();
        let mut call = Call {
            request,
            target,
            state: &mut state,
            now,
            addresses: &self.addresses,
            enhanced: self.enhanced,
        };
        let outcome = match target.endpoint {
            Endpoint::Register => dcr::register(&mut call),
            Endpoint::Token => dcr::token(&mut call),
            Endpoint::Page => web::serve(&mut call),
            _ => v1::serve(&mut call),
        };
        self.write(outcome, request, target)
    }

    fn write(&self, outcome: Outcome, request: &Request, target: &Target) -> Answer {
        let format = Format::wanted(target.suffix, request);
        match outcome {
            Ok(Reply::Document { status, document, headers }) => {
                let answer = Answer::new(status, format.content_type(), document.write(format));
                headers
                    .into_iter()
                    .fold(answer, |answer, (name, value)| answer.with(HeaderName::from_static(name), &value))
            }
            Ok(Reply::Json { status, document }) => {
                Answer::new(status, Format::Json.content_type(), document.write(Format::Json))
                    .with(CACHE_CONTROL, "no-store")
            }
            Ok(Reply::Bare(status)) => Answer { status, headers: HeaderMap::new(), body: Bytes::new() },
            Ok(Reply::Html { status, html }) => {
                Answer::new(status, "text/html; charset=utf-8", html).with(CACHE_CONTROL, "no-store")
            }
            Ok(Reply::Svg(svg)) => Answer::new(200, "image/svg+xml", svg),
            Ok(Reply::Redirect { status, to }) => Answer::new(status, HTML, "").with(LOCATION, &to),
            Err(problem) => self.refusal(&problem, format),
        }
    }

    fn refusal(&self, problem: &Problem, format: Format) -> Answer {
        if let Some(html) = problem.html() {
            return Answer::new(problem.status, HTML, html);
        }
        let format = if problem.is_oauth() { Format::Json } else { format };
        Answer::new(problem.status, format.content_type(), problem.document(self.enhanced).write(format))
    }

    /// Lets a fault have its way before the answer is written.
    async fn strike(&self, effect: &Effect) -> Struck {
        match effect {
            Effect::Delay { millis } => {
                self.clock.wait_until(self.clock.now().saturating_add(*millis)).await;
                Struck::On
            }
            Effect::Hold { name } => {
                self.faults.hold(name).await;
                Struck::On
            }
            Effect::Drop => Struck::Cut { reset: false },
            Effect::Reset => Struck::Cut { reset: true },
            Effect::Answer { status, content_type, body } => {
                Struck::Instead(Answer::new(*status, HTML, body.clone()).with(CONTENT_TYPE, content_type))
            }
            Effect::Redirect { status, to } => {
                Struck::Instead(Answer::new(*status, HTML, "").with(LOCATION, to))
            }
            Effect::TooManyRequests => Struck::Instead(too_many()),
            Effect::BearerExpired => {
                Struck::Instead(self.refusal(&Problem::oauth(401, "access_denied"), Format::Json))
            }
            Effect::Garbage => {
                let noise: Vec<u8> = (0..256_u32).map(|n| (n * 167 + 13) as u8).collect();
                Struck::Instead(Answer::new(200, Format::Json.content_type(), noise))
            }
            Effect::Empty | Effect::Oversized { .. } => {
                Struck::Instead(Answer::new(200, Format::Json.content_type(), ""))
            }
            Effect::Truncate { .. } | Effect::ContentType { .. } => Struck::On,
        }
    }

    fn response(&self, answer: Answer, effect: Option<&Effect>) -> Response<AnswerBody> {
        let body = match effect {
            Some(Effect::Truncate { keep }) => AnswerBody::cut(&answer.body, *keep),
            Some(Effect::Oversized { bytes }) => AnswerBody::Oversized { left: *bytes },
            _ => AnswerBody::whole(answer.body),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = answer.headers;
        if let Some(Effect::ContentType { is }) = effect
            && let Ok(is) = HeaderValue::from_str(is)
        {
            response.headers_mut().insert(CONTENT_TYPE, is);
        }
        // The sandbox's time, not the machine's: clients may learn the server's time from here.
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(self.clock.now()));
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }
}

/// What a fault leaves of a call.
enum Struck {
    /// It goes on.
    On,
    /// This is answered instead.
    Instead(Answer),
    /// The connection ends.
    Cut { reset: bool },
}

fn too_many() -> Answer {
    Answer::new(429, HTML, page("429 Too Many Requests"))
}

/// Notes the end of a request, however it ends.
struct Noted<'a> {
    recorder: &'a Recorder,
    number: usize,
    status: Option<u16>,
    fault: Option<&'static str>,
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.recorder.answered(self.number, self.status, self.fault);
    }
}

/// Takes a request off the wire; the second value tells whether its body was too large, and so was left unread.
async fn read(
    origin: Origin,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
    most: usize,
) -> Result<(Request, bool), io::Error> {
    let (head, body) = request.into_parts();
    let (body, too_large) = match Limited::new(body, most).collect().await {
        Ok(body) => (body.to_bytes(), false),
        Err(error) if error.is::<LengthLimitError>() => (Bytes::new(), true),
        Err(error) => return Err(io::Error::other(error)),
    };
    let form = is(&head.headers, "application/x-www-form-urlencoded");
    let form = if form { pairs(&body) } else { Vec::new() };
    let request = Request {
        origin,
        method: head.method,
        path: head.uri.path().to_owned(),
        query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
        form,
        client: client(&head.headers, peer),
        headers: head.headers,
        body,
    };
    Ok((request, too_large))
}

/// The address that throttling goes by: the peer's, or the one that a proxy or a test on this machine speaks for.
fn client(headers: &HeaderMap, peer: SocketAddr) -> String {
    let forwarded = || headers.get("x-forwarded-for")?.to_str().ok()?.split(',').next().map(str::trim);
    let forwarded = peer.ip().is_loopback().then(forwarded).flatten().filter(|address| !address.is_empty());
    forwarded.map_or_else(|| peer.ip().to_string(), str::to_owned)
}

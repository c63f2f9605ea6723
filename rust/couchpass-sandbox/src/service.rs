//! The way of a request through the sandbox: read, recorded, perhaps struck by a fault, throttled, served, answered.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{HeaderMap, Response};
use tokio::sync::watch;

use crate::answer::{Answer, Style};
use crate::body::AnswerBody;
use crate::call::{Addresses, Call};
use crate::clock::{Hands, Millis, SandboxClock};
use crate::config::Config;
use crate::dcr;
use crate::endpoint::{Endpoint, Origin};
use crate::exchange::Exchange;
use crate::exchange_log::ExchangeLog;
use crate::fault::{Faults, Phase};
use crate::journal::{EventId, Happened, Journal, World};
use crate::record::RecordedRequest;
use crate::recorder::Recorder;
use crate::request::{Request, is, pairs};
use crate::route::{Route, route};
use crate::state::State;
use crate::strike::Struck;
use crate::throttle::{Throttle, Throttling};
use crate::wire::Resetter;
use crate::{v1, v2, web};

/// What all connections of a sandbox share.
pub(crate) struct Service {
    pub(crate) state: Mutex<State>,
    pub(crate) throttle: Mutex<Throttle>,
    pub(crate) clock: SandboxClock,
    pub(crate) recorder: Recorder,
    pub(crate) exchanges: Option<ExchangeLog>,
    /// Only where there is a control API, by which it can be had.
    pub(crate) journal: Option<Journal>,
    pub(crate) faults: Faults,
    pub(crate) addresses: Addresses,
    pub(crate) beginning: Beginning,
    /// Counts up with whatever happens, for those who look on.
    pub(crate) changes: watch::Sender<u64>,
}

/// How a sandbox was when it started, for when it is to be so again.
pub(crate) struct Beginning {
    pub(crate) config: Config,
    pub(crate) enhanced: bool,
    pub(crate) throttling: Throttling,
    pub(crate) hands: Hands,
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
        let noted = self.exchanges.is_some() || self.journal.is_some();
        let uri = noted.then(|| request.uri().clone());
        let (request, too_large) = read(origin, peer, request, limits.body_bytes).await?;
        let found = route(origin, &request.method, &request.path);
        let endpoint = if let Route::To(target) = &found { Some(target.endpoint) } else { None };
        // One instant for all that the arrival of a request decides, so that a replay can decide it again.
        let now = self.clock.now();
        let struck = self.faults.strike(endpoint, now);
        let name = struck.as_ref().map(|(effect, _)| effect.name());
        let exchange = uri.map(|uri| Exchange::begin(&uri, &request, too_large, endpoint, now));
        let number = self.recorder.came(RecordedRequest::of(&request, endpoint, now));
        let mut came = None;
        if let (Some(_), Some(exchange)) = (&self.journal, &exchange) {
            let (client, entry) = (request.client.clone(), exchange.begun());
            came = self.note(now, Happened::Came { number, client, entry });
        }
        self.changed();
        // Dropped while it waits (the client has gone), the request is noted as cut.
        let mut noted = Noted { service: self, number, came, at: now, status: None, fault: name, exchange };

        let style = Style::due(&found, &request, self.state().enhanced);
        let ordinary = |now| {
            if too_long {
                Answer::page(414, "414 Request-URI Too Large")
            } else if too_large {
                Answer::page(413, "413 Request Entity Too Large")
            } else {
                self.answer(&request, &found, style, now)
            }
        };
        let cut = |reset: bool| {
            if reset {
                wire.reset();
            }
            io::Error::other("cut on purpose")
        };
        let (answer, effect) = match struck {
            None => (ordinary(now), None),
            Some((effect, phase)) => {
                // A call that has been served has taken effect, whatever the client then learns of it.
                let served = (phase == Phase::After).then(|| ordinary(now));
                let struck = self.strike(&effect, style, now).await;
                noted.at = self.clock.now();
                match struck {
                    Struck::On => (served.unwrap_or_else(|| ordinary(noted.at)), Some(effect)),
                    Struck::Instead(answer) => (answer, Some(effect)),
                    Struck::Cut { reset } => return Err(cut(reset)),
                }
            }
        };
        noted.status = Some(answer.status);
        let response = self.response(answer, effect.as_ref());
        if let Some(exchange) = &mut noted.exchange {
            exchange.answered(&response);
        }
        Ok(response)
    }

    /// The state; nothing that holds it panics.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything as it was at the start, with nothing held, remembered or recorded.
    pub(crate) fn reset(&self) {
        self.begin(&self.beginning);
    }

    /// Everything as at this beginning.
    pub(crate) fn begin(&self, beginning: &Beginning) {
        self.faults.reset();
        self.clock.put(beginning.hands);
        *self.throttle() = Throttle::new(beginning.throttling);
        *self.state() = State::new(beginning.config.clone(), beginning.enhanced);
        self.recorder.clear();
        if let Some(journal) = &self.journal {
            journal.clear();
        }
    }

    /// Something is not as it was.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Writes an event down, where there is a journal and room in it.
    pub(crate) fn note(&self, at: Millis, happened: Happened) -> Option<EventId> {
        self.journal.as_ref()?.note(at, happened, || {
            let state = self.state();
            World {
                at,
                frozen: self.clock.is_frozen(),
                config: state.config.clone(),
                enhanced: state.enhanced,
                throttling: self.throttle().mode(),
            }
        })
    }

    /// What the sandbox answers when nothing goes wrong on purpose.
    fn answer(&self, request: &Request, found: &Route, style: Style, now: Millis) -> Answer {
        let target = match found {
            Route::To(target) => target,
            Route::Unknown => return Answer::page(404, "404 Not Found"),
            Route::WrongMethod { endpoint, allowed } => {
                return Answer::wrong_method(*endpoint, allowed, style);
            }
        };
        if target.endpoint.limited() && !self.throttle().admits(&request.client, now) {
            return Answer::too_many();
        }
        let mut state = self.state();
        let mut call = Call { request, target, state: &mut state, now, addresses: &self.addresses };
        let outcome = match target.endpoint {
            Endpoint::Register => dcr::register(&mut call),
            Endpoint::Token => dcr::token(&mut call),
            Endpoint::Page => web::serve(&mut call),
            Endpoint::Asset => web::serve_asset(&call),
            endpoint if v2::serves(endpoint) => v2::serve(&mut call),
            _ => v1::serve(&mut call),
        };
        Answer::of(outcome, style)
    }
}

/// Notes the end of a request, however it ends.
struct Noted<'a> {
    service: &'a Service,
    number: usize,
    /// Its coming, where that is in the journal.
    came: Option<EventId>,
    /// When it was served, by the sandbox's clock.
    at: Millis,
    status: Option<u16>,
    fault: Option<&'static str>,
    exchange: Option<Exchange>,
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        // First of all: who waits for the recorder may look into the log at once.
        if let Some(exchange) = self.exchange.take() {
            let entry = exchange.entry(self.fault);
            if let Some(log) = &self.service.exchanges {
                log.write(&entry);
            }
            if let Some(came) = self.came {
                self.service.note(self.at, Happened::Ended { number: self.number, came, entry });
            }
        }
        self.service.recorder.answered(self.number, self.status, self.fault);
        self.service.changed();
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

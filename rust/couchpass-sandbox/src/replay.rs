//! A replay: a sandbox lives through a recorded case again, and says where its answers are others.
//!
//! The requests come over real sockets, in the order in which they came, each at its instant by the clock. A call that was
//! held or delayed then stands still here too, until what let it go comes to pass again. Compared is what the sandbox
//! has sent out, so a body that trickles needs nobody to wait for it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::case::{Case, CaseAnswer, CaseError, Step};
use crate::clock::Hands;
use crate::control;
use crate::cover::{Body, Cover, Covered};
use crate::endpoint::{Endpoint, Origin};
use crate::jwt::SigningKey;
use crate::service::{Beginning, Service};

/// How long a step may take by the machine's clock. Nothing here waits for anything but this process.
const PATIENCE: Duration = Duration::from_secs(10);

/// What has come of a replay.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Replay {
    /// How many requests were sent.
    pub requests: usize,
    /// Where it was not as recorded; nowhere, if all is well.
    pub differences: Vec<Difference>,
}

impl Replay {
    /// Whether every answer was as recorded.
    pub fn same(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Something that was not as recorded. Secrets are covered in it, as they are in a case.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Difference {
    /// The number of the request, or of the step for what a tester has changed.
    pub number: usize,
    /// What was called.
    pub call: String,
    /// What of it differs: `status`, `fault`, `content_type`, `location`, `body`, or `step` for what could not be done.
    pub what: &'static str,
    /// As it was recorded.
    pub recorded: String,
    /// As it is now.
    pub replayed: String,
}

/// Replays a case on a sandbox, which forgets everything before. It is left as it was at the end of the recording.
pub(crate) async fn replay(service: &Arc<Service>, case: &Case) -> Result<Replay, CaseError> {
    if service.journal.is_none() {
        return Err(CaseError::NotRecorded);
    }
    let world = &case.world;
    service.begin(&Beginning {
        config: world.config.clone(),
        enhanced: world.enhanced_errors,
        throttling: world.throttling,
        hands: Hands::Frozen { at: world.now },
    });
    let mut cover = Cover::new(&service.addresses, &world.config);
    let key = SigningKey::new(&world.config.signing_key);
    // What is plain comes first: the others may speak of it.
    let plain = |given: &&crate::cover::Given| matches!(given, crate::cover::Given::Text(_));
    let (first, then): (Vec<_>, Vec<_>) = case.given.iter().partition(|(_, given)| plain(given));
    for (name, given) in first.into_iter().chain(then) {
        let text = given.written(&cover.veil, &key);
        cover.veil.give(name, &text);
    }
    let mut run = Run { service, cover, calls: Vec::new(), differences: Vec::new() };
    for (at, step) in case.steps.iter().enumerate() {
        service.clock.put(Hands::Frozen { at: step.at() });
        match step {
            Step::Control { method, path, body, .. } => run.control(at, method, path, body).await,
            Step::Request { number, origin, endpoint, client, request, .. } => {
                run.request(*number, *origin, *endpoint, client, request).await;
            }
            Step::Answer { number, answer, .. } => run.answer(*number, answer).await,
        }
    }
    let Run { calls, differences, .. } = run;
    for (_, call) in &calls {
        call.abort();
    }
    if !world.frozen {
        service.clock.run();
    }
    Ok(Replay { requests: calls.len(), differences })
}

/// Sets a sandbox up as the recorded one was: accounts, settings, what was set to go wrong, and a clock that stood still. No
/// request is sent; the next one may be that of an app.
pub(crate) async fn set_up(service: &Arc<Service>, case: &Case) -> Result<(), String> {
    let world = &case.world;
    service.begin(&Beginning {
        config: world.config.clone(),
        enhanced: world.enhanced_errors,
        throttling: world.throttling,
        // A clock that ran went by a machine's, and so does this one: an app compares it with its own.
        hands: if world.frozen { Hands::Frozen { at: world.now } } else { Hands::Running { offset: 0 } },
    });
    for step in &case.steps {
        let Step::Control { method, path, body, .. } = step else { continue };
        let first = path.split('/').nth(1).unwrap_or_default();
        // The others are about clients and sign-ins, of which there are none yet.
        if ["settings", "faults", "refusals", "degradations"].contains(&first) {
            let text = if body.is_null() { String::new() } else { body.to_string() };
            control::perform(service, method, path, text.into()).await?;
        }
    }
    Ok(())
}

/// A replay under way.
struct Run<'a> {
    service: &'a Arc<Service>,
    cover: Cover<'a>,
    /// What was called, and the connection that it is under way on, by number.
    calls: Vec<(String, JoinHandle<()>)>,
    differences: Vec<Difference>,
}

impl Run<'_> {
    fn differs(&mut self, number: usize, call: &str, what: &'static str, recorded: &str, replayed: &str) {
        let [call, recorded, replayed] = [call, recorded, replayed].map(str::to_owned);
        self.differences.push(Difference { number, call, what, recorded, replayed });
    }

    async fn control(&mut self, at: usize, method: &str, path: &str, body: &Value) {
        let text = if body.is_null() { String::new() } else { self.cover.veil.uncover(&body.to_string()) };
        let path_now = self.cover.veil.uncover(path);
        if let Err(why) = control::perform(self.service, method, &path_now, text.into()).await {
            self.differs(at, &format!("{method} {path}"), "step", "done", &why);
        }
    }

    async fn request(
        &mut self,
        number: usize,
        origin: Origin,
        endpoint: Option<Endpoint>,
        client: &str,
        request: &Covered,
    ) {
        let addresses = &self.service.addresses;
        let base = match origin {
            Origin::Api => &addresses.api,
            Origin::Sp => &addresses.sp,
            Origin::Web => &addresses.web,
        };
        let call =
            endpoint.map_or_else(|| format!("{} {}", request.method, request.path), |one| one.to_string());
        let sending = send(base.clone(), self.written(client, request));
        self.calls.push((call.clone(), tokio::spawn(sending)));
        let arrived = self.service.recorder.wait_until(|requests| requests.len() > number);
        if tokio::time::timeout(PATIENCE, arrived).await.is_err() {
            self.differs(number, &call, "step", "the request came", "it did not come");
        }
    }

    /// The request as it goes over the wire.
    fn written(&self, client: &str, request: &Covered) -> Outgoing {
        let veil = &self.cover.veil;
        let pairs = |pairs: &[(String, String)]| {
            let pairs = pairs.iter().map(|(name, value)| (veil.uncover(name), veil.uncover(value)));
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        let mut target = veil.uncover(&request.path);
        if !request.query.is_empty() {
            target = format!("{target}?{}", pairs(&request.query));
        }
        let headers = request.headers.iter().map(|(name, value)| (name.clone(), veil.uncover(value)));
        let forwarded = ("x-forwarded-for".to_owned(), veil.uncover(client));
        let body = match &request.body {
            Some(Body::Form(form)) => pairs(form),
            Some(Body::Text(text)) => veil.uncover(text),
            None => String::new(),
        };
        let headers = headers.chain([forwarded]).collect();
        Outgoing { method: request.method.clone(), target, headers, body }
    }

    async fn answer(&mut self, number: usize, recorded: &CaseAnswer) {
        let Some((call, sending)) = self.calls.get(number) else { return };
        let call = call.clone();
        // Nobody cut it but the client, which had gone.
        if recorded.status == 0 && !matches!(recorded.fault.as_deref(), Some("drop" | "reset")) {
            sending.abort();
        }
        let recorder = &self.service.recorder;
        let ended = recorder.wait_until(|all| all.get(number).is_some_and(|request| request.ended));
        let Ok(requests) = tokio::time::timeout(PATIENCE, ended).await else {
            return self.differs(number, &call, "step", "it was answered", "it stands still");
        };
        let Some(journal) = &self.service.journal else { return };
        let Some(entry) = journal.ended(requests[number].number) else {
            return self.differs(
                number,
                &call,
                "step",
                "it was answered",
                "more came than the sandbox keeps",
            );
        };
        let now = CaseAnswer::compared(&mut self.cover, number, &entry);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        for (what, recorded, now) in [
            ("status", recorded.status.to_string(), now.status.to_string()),
            ("fault", text(&recorded.fault), text(&now.fault)),
            ("content_type", recorded.content_type.clone(), now.content_type.clone()),
            ("location", recorded.location.clone(), now.location.clone()),
            ("body", text(&recorded.body), text(&now.body)),
        ] {
            if recorded != now {
                self.differs(number, &call, what, &recorded, &now);
            }
        }
    }
}

struct Outgoing {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Sends a request and takes in whatever comes back, on a connection of its own.
async fn send(base: String, outgoing: Outgoing) {
    let Ok(url) = Url::parse(&base) else { return };
    let port = url.port_or_known_default().unwrap_or_default();
    // By the loopback address where there is one: only there may a request say for whom it speaks.
    let stream = match TcpStream::connect((IpAddr::from(Ipv4Addr::LOCALHOST), port)).await {
        Ok(stream) => stream,
        Err(_) => match TcpStream::connect(url.authority()).await {
            Ok(stream) => stream,
            Err(_) => return,
        },
    };
    let Ok((mut sender, connection)) = http1::handshake(TokioIo::new(stream)).await else { return };
    let mut request = Request::builder().method(outgoing.method.as_str()).uri(outgoing.target);
    request = request.header(HOST, url.authority());
    for (name, value) in outgoing.headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(Full::new(Bytes::from(outgoing.body))) else { return };
    let exchange = async {
        if let Ok(answer) = sender.send_request(request).await {
            // How it ends is what the sandbox has written down.
            let _ = answer.into_body().collect().await;
        }
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        () = &mut exchange => {}
        _ = &mut connection => exchange.await,
    }
}

//! Adobe's calls, each a pure function from arguments to a request and from a response to a type. One file per group.

pub(crate) mod registration;
pub(crate) mod v1;
pub(crate) mod v2;

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use device_auth::{Carrier, Placement, Priority, Redaction, Secret, Timestamp};
use reqwest::Method;
use url::form_urlencoded::byte_serialize;

use crate::{
    DeviceId, PlatformTokenCarrier, RequestorId,
    failure::Failure,
    wire::{Complaint, Record, is_page},
};

/// Where the bearer token sits.
pub(crate) const BEARER: Placement = Placement::Header { name: "authorization", scheme: Some("Bearer") };
/// Where the client's secret sits when it asks for a bearer token.
pub(crate) const CLIENT_SECRET: Placement = Placement::Form("client_secret");

const TOKEN_HEADER: Placement = Placement::Header { name: "adobe-subject-token", scheme: None };
const TOKEN_QUERY: Placement = Placement::Query("ast");
const TOKEN_FORM: Placement = Placement::Form("ast");

/// Hides all of the above in what is logged of a request.
pub(crate) const REDACTION: Redaction = Redaction::of(&[
    BEARER,
    CLIENT_SECRET,
    TOKEN_HEADER,
    TOKEN_QUERY,
    TOKEN_FORM,
    v1::DEVICE_ID,
    v1::GENERIC_DATA,
    v2::DEVICE_ID,
    v2::IDENTITY,
]);

/// One of Adobe's calls with its arguments.
pub(crate) trait Endpoint: Sync {
    /// What a successful answer means.
    type Answer;
    /// The request, without what every request carries.
    fn call(&self) -> Call;
    /// The answer's meaning.
    fn read(&self, response: &Response) -> Result<Self::Answer, Failure>;
}

/// Which of an environment's two addresses a call goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// REST v1 and reggie.
    Api,
    /// Registration and REST v2.
    Sp,
}

/// A request before it gets its credentials.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its name in errors and logs.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) origin: Origin,
    /// The segments of its path, not yet escaped.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, Secret)>,
    pub(crate) headers: Vec<(&'static str, Secret)>,
    pub(crate) body: Body,
    pub(crate) priority: Priority,
    /// Whether it needs the bearer token: all but registration do.
    pub(crate) protected: bool,
    /// Whether it takes the platform token, where it is protected.
    pub(crate) platform_token: bool,
    /// Whether it takes the device information.
    pub(crate) device_info: bool,
    /// Whether it may be sent a second time when nobody knows what became of the first.
    pub(crate) repeatable: bool,
    /// How often it may be sent, together with others for the same question.
    pub(crate) tries: Tries,
}

/// A response on its way. In a box, and not knowing the endpoint: what goes on meanwhile is large, and would be there once for each.
pub(crate) type Responding<'a> = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + 'a>>;

/// How often one question may be sent, whatever the reasons: the way to the service, its answer, or an item of that.
#[derive(Clone, Debug)]
pub(crate) struct Tries {
    spent: Arc<AtomicU32>,
    limit: u32,
}

impl Tries {
    /// Adobe allows two or three.
    pub(crate) const LIMIT: u32 = 3;

    pub(crate) fn new() -> Self {
        Self::with(Self::LIMIT)
    }

    /// What another question for the same has left.
    pub(crate) fn with(limit: u32) -> Self {
        Self { spent: Arc::default(), limit }
    }

    /// Counts one more; returns how many there have been.
    pub(crate) fn spend(&self) -> u32 {
        self.spent.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn spent(&self) -> u32 {
        self.spent.load(Ordering::Relaxed)
    }

    pub(crate) fn left(&self) -> u32 {
        self.limit.saturating_sub(self.spent())
    }

    pub(crate) fn is_any_left(&self) -> bool {
        self.left() > 0
    }
}

/// What a request carries besides its URL. Form fields and JSON are secrets throughout: what is none today costs nothing.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Empty,
    Form(Vec<(&'static str, Secret)>),
    Json(Secret),
}

impl Call {
    /// A protected, repeatable call on which a viewer waits.
    fn new(name: &'static str, method: Method, origin: Origin, path: &[&str]) -> Self {
        Self {
            name,
            method,
            origin,
            path: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            priority: Priority::Playback,
            protected: true,
            repeatable: true,
            tries: Tries::new(),
            device_info: true,
            platform_token: true,
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, Secret::new(value)));
        self
    }

    /// Puts a credential where the placement says.
    pub(crate) fn carry(&mut self, placement: Placement, secret: &Secret) {
        placement.place(secret, self);
    }

    /// Where the platform token goes on this call. A form field needs a request that may have a form; elsewhere the header
    /// stands in.
    pub(crate) fn token_placement(&self, carrier: PlatformTokenCarrier) -> Placement {
        match carrier {
            PlatformTokenCarrier::Query => TOKEN_QUERY,
            PlatformTokenCarrier::Post
                if self.method == Method::POST && !matches!(self.body, Body::Json(_)) =>
            {
                TOKEN_FORM
            }
            PlatformTokenCarrier::Header | PlatformTokenCarrier::Post => TOKEN_HEADER,
        }
    }
}

impl Carrier for Call {
    fn header(&mut self, name: &'static str, scheme: Option<&'static str>, secret: &Secret) {
        let value =
            scheme.map_or_else(|| secret.clone(), |word| Secret::new(format!("{word} {}", secret.expose())));
        self.headers.push((name, value));
    }

    fn query(&mut self, name: &'static str, secret: &Secret) {
        self.query.push((name, secret.clone()));
    }

    fn form(&mut self, name: &'static str, secret: &Secret) {
        match &mut self.body {
            Body::Form(fields) => fields.push((name, secret.clone())),
            body => *body = Body::Form(vec![(name, secret.clone())]),
        }
    }
}

/// `name=value&…`, escaped; a space as `%20`, which means the same in a query, a form and a path.
pub(crate) fn encode<'f>(fields: impl Iterator<Item = (&'f str, &'f str)>) -> String {
    let escape = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    fields.map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

/// A complete answer.
#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) call: &'static str,
    pub(crate) status: u16,
    /// When it was given, by the service's clock.
    pub(crate) date: Option<Timestamp>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The body of a success, read as the endpoint wants it.
    fn read<T>(&self, read: impl FnOnce(&Record<'_>) -> Result<T, String>) -> Result<T, Failure> {
        if !(200..300).contains(&self.status) {
            return Err(self.refusal());
        }
        Record::read(&self.body).and_then(|record| read(&record)).map_err(|why| Failure::Unreadable {
            call: self.call,
            status: self.status,
            why,
        })
    }

    /// An error object counts as one whatever HTTP's status says: with a success it brings a status of its own.
    pub(crate) fn unmasked(self) -> Self {
        if !(200..300).contains(&self.status) {
            return self;
        }
        match Complaint::status_in_success(&self.body) {
            Some(status) => Self { status, ..self },
            None => self,
        }
    }

    /// Success without content. Something in between that answers 200 to everything has not acknowledged anything.
    fn acknowledged(&self) -> Result<(), Failure> {
        if self.body.is_empty() && (200..300).contains(&self.status) {
            return Ok(());
        }
        self.read(|_| Ok(()))
    }

    /// The status of a refusal that is the service's own, and not of something in between.
    fn refused_with(&self) -> Option<u16> {
        match self.refusal() {
            Failure::Refused { status: status @ 300.., .. } => Some(status),
            _ => None,
        }
    }

    /// What a refusal says of itself.
    fn complaint(&self) -> Complaint {
        Complaint::read(&self.body)
    }

    /// Whether it says that nobody is authenticated.
    fn refusal_is_unauthenticated(&self) -> bool {
        self.status >= 300 && self.refusal().is_unauthenticated()
    }

    /// Anything but success.
    pub(crate) fn refusal(&self) -> Failure {
        let foreign =
            |why: &str| Failure::Unreadable { call: self.call, status: self.status, why: why.to_owned() };
        match self.status {
            429 => return Failure::Throttled { call: self.call },
            300..400 => return foreign("a redirect, and the service sends none"),
            // The body of a 401 has varied, and a 451 is known by its status alone.
            400..500 if !matches!(self.status, 401 | 451) && is_page(&self.body) => {
                return foreign("a page of something in between");
            }
            _ => {}
        }
        Failure::Refused { call: self.call, status: self.status, complaint: Box::new(self.complaint()) }
    }
}

/// What an answer about several resources says of one.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) authorized: bool,
    pub(crate) complaint: Option<Complaint>,
}

/// Who is asking, on nearly every call.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) requestor: RequestorId,
    pub(crate) device_id: DeviceId,
}

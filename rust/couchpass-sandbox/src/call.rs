//! One call on its way through: what a handler is given, and what it gives back.

use url::Url;

use crate::clock::Millis;
use crate::platform;
use crate::problem::Problem;
use crate::render::Document;
use crate::request::Request;
use crate::route::Target;
use crate::state::State;
use crate::web::Asset;

/// The base addresses of a sandbox, without a slash at the end.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) api: String,
    pub(crate) sp: String,
    pub(crate) web: String,
    /// Only where the control API has been asked for.
    pub(crate) control: Option<String>,
}

impl Addresses {
    /// Whether an address is one of the sandbox's.
    pub(crate) fn include(&self, address: &Url) -> bool {
        let origins = [&self.api, &self.sp, &self.web].into_iter().filter_map(|base| Url::parse(base).ok());
        origins.map(|base| base.origin()).any(|origin| origin == address.origin())
    }
}

/// What a handler works with. The state is its own for as long as it runs.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) target: &'a Target,
    pub(crate) state: &'a mut State,
    pub(crate) now: Millis,
    pub(crate) addresses: &'a Addresses,
}

impl Call<'_> {
    /// The subject of a valid platform token, by whichever carrier; `None` without one, and when an `appId` switches
    /// SSO off. A bad token is no error.
    pub(crate) fn subject(&self) -> Option<String> {
        if self.request.parameter("appId").is_some() {
            return None;
        }
        let request = self.request;
        [request.header("adobe-subject-token"), request.query("ast"), request.form("ast")]
            .into_iter()
            .flatten()
            .find_map(|token| platform::subject(&self.state.key, token, self.now))
    }
}

/// What a handler answers.
pub(crate) type Outcome = Result<Reply, Problem>;

/// An answer that is no problem.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A document, in the format that the client asked for.
    Document { status: u16, document: Document, headers: Vec<(&'static str, String)> },
    /// A document that is always JSON.
    Json { status: u16, document: Document },
    /// No body.
    Bare(u16),
    /// A page of the second screen.
    Html { status: u16, html: String },
    /// A picture.
    Svg(String),
    /// A file of the program that pages are made with.
    Asset(Asset),
    /// On to another address.
    Redirect { status: u16, to: String },
}

impl Reply {
    /// 200 with a document.
    pub(crate) fn ok(document: Document) -> Outcome {
        Ok(Self::Document { status: 200, document, headers: Vec::new() })
    }
}

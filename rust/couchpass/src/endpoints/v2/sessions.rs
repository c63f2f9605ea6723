//! Authentication sessions: opened on the television, completed where the viewer chooses their TV provider.
//!
//! Adobe's pages: "Create authentication session", "Retrieve authentication session information using code", "Resume
//! authentication session".

use device_auth::{Priority, Secret};
use reqwest::Method;

use super::{Body, Call, Caller, Endpoint, Response};
use crate::{CodeRecord, Login, MvpdId, RegistrationCode, failure::Failure, wire::Record};

/// `POST /api/v2/{serviceProvider}/sessions`: a new session, with what is known of the login. A new one voids the one before.
pub(crate) struct CreateSession<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) login: Option<&'a Login>,
}

/// What the service says is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The viewer signs in with their TV provider at this address. It may be relative.
    Authenticate { code: RegistrationCode, url: String },
    /// Something is missing, which a second screen adds by the code.
    Resume { code: RegistrationCode, missing: Vec<String> },
    /// Nothing: there is a profile already.
    Authorize { mvpd: Option<MvpdId> },
}

impl Endpoint for CreateSession<'_> {
    type Answer = Next;

    fn call(&self) -> Call {
        let call = Call::v2("sessions", Method::POST, self.caller, &["sessions"]);
        // Sent twice it voids its own first session, and harms nobody.
        Call { body: Body::Form(self.login.map(fields).unwrap_or_default()), ..call }
    }

    fn read(&self, response: &Response) -> Result<Next, Failure> {
        response.read(|record| next(record, None))
    }
}

/// `POST /api/v2/{serviceProvider}/sessions/{code}`: adds what was missing.
pub(crate) struct ResumeSession<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
    pub(crate) login: &'a Login,
}

impl Endpoint for ResumeSession<'_> {
    type Answer = Next;

    fn call(&self) -> Call {
        let call = Call::v2("sessions/resume", Method::POST, self.caller, &["sessions", self.code]);
        Call { body: Body::Form(fields(self.login)), ..call }
    }

    fn read(&self, response: &Response) -> Result<Next, Failure> {
        response.read(|record| next(record, Some(self.code)))
    }
}

fn fields(login: &Login) -> Vec<(&'static str, Secret)> {
    vec![
        ("mvpd", Secret::new(login.mvpd.as_str())),
        ("domainName", Secret::new(login.domain.as_str())),
        ("redirectUrl", Secret::new(login.redirect_url.as_str())),
    ]
}

/// By `actionName`, an open set: a new one is taken for what its other fields make possible.
fn next(record: &Record<'_>, known: Option<&str>) -> Result<Next, String> {
    let action = record.required("actionName")?;
    if action == "authorize" {
        return Ok(Next::Authorize { mvpd: record.text("mvpd").map(MvpdId::new) });
    }
    let code = match (record.text("code"), known) {
        (Some(code), _) => code,
        (None, Some(code)) => code.to_owned(),
        (None, None) => return Err(format!("it asks to {action}, and code is missing")),
    };
    let code = RegistrationCode { code, expires: record.instant("notAfter")? };
    match (action.as_str(), record.text("url")) {
        ("authenticate", None) => Err("url is missing".to_owned()),
        ("authenticate", Some(url)) => Ok(Next::Authenticate { code, url }),
        _ => Ok(Next::Resume { code, missing: record.texts("missingParameters") }),
    }
}

/// `GET /api/v2/{serviceProvider}/sessions/{code}`: what a code is for, if it is one.
pub(crate) struct ReadSession<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for ReadSession<'_> {
    type Answer = Option<CodeRecord>;

    fn call(&self) -> Call {
        let call = Call::v2("sessions/code", Method::GET, self.caller, &["sessions", self.code]);
        Call { priority: Priority::Polling, ..call }
    }

    fn read(&self, response: &Response) -> Result<Option<CodeRecord>, Failure> {
        if is_no_code(response) {
            return Ok(None);
        }
        response.read(|record| {
            let code = RegistrationCode { code: self.code.to_owned(), expires: record.instant("notAfter")? };
            let existing = record.record("existingParameters");
            let mvpd = existing.and_then(|existing| existing.text("mvpd")).map(MvpdId::new);
            let is_complete = record.texts("missingParameters").is_empty();
            Ok(Some(CodeRecord { code, mvpd, is_complete }))
        })
    }
}

/// Whether a code is refused for being none, for being used up, or for having been replaced.
pub(super) fn is_no_code(response: &Response) -> bool {
    match response.refusal() {
        Failure::Refused { status: 400 | 404 | 410, complaint, .. } => {
            matches!(complaint.code(), Some("invalid_authentication_session" | "invalid_parameter_code"))
        }
        _ => false,
    }
}

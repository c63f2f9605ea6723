//! What went wrong, in the same shape whoever says so: what happened, what to do, and how the command ends.

use couchpass::{Error, Report};
use couchpass_sandbox::StartError;
use device_auth::StoreError;
use serde::Serialize;

use crate::exit::Exit;

/// An error as the user, or their script, gets to see it. Holds no secret.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failure {
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// What to do next, in a word; one for each exit code.
    pub(crate) kind: &'static str,
    /// What happened.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) remedy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(flatten)]
    pub(crate) details: Box<Details>,
}

/// What the service has said about it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<String>,
}

impl Details {
    /// In parentheses behind the message; nothing where the service has said nothing.
    pub(crate) fn in_words(&self) -> String {
        let status = self.status.map(|status| format!("HTTP {status}"));
        let code = self.code.as_ref().map(|code| format!("code {code}"));
        let trace = self.trace.as_ref().map(|trace| format!("trace {trace}"));
        let parts: Vec<String> =
            [self.call.map(str::to_owned), status, code, trace].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }
}

impl From<&Report> for Details {
    fn from(report: &Report) -> Self {
        Self {
            call: report.call,
            status: report.status,
            code: report.code.clone(),
            details: report.details.clone(),
            trace: report.trace.clone(),
        }
    }
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        let kind = match exit {
            Exit::Ok | Exit::Support => "support",
            Exit::Denied => "denied",
            Exit::Usage => "usage",
            Exit::SignIn => "sign_in",
            Exit::Configuration => "configuration",
            Exit::Later => "later",
            Exit::Interrupted => "interrupted",
        };
        Self {
            exit,
            kind,
            message: message.into(),
            remedy: remedy.into(),
            retry_after_ms: None,
            details: Box::default(),
        }
    }

    /// The command line says too little, or contradicts itself.
    pub(crate) fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message, remedy)
    }

    /// Something around the command has to be put right.
    pub(crate) fn configuration(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Exit::Configuration, message, remedy)
    }

    /// Nobody is signed in.
    pub(crate) fn sign_in(message: impl Into<String>) -> Self {
        Self::new(Exit::SignIn, message, "run couchpass sign-in with the same settings")
    }

    /// What should not happen.
    pub(crate) fn support(message: impl Into<String>) -> Self {
        Self::new(
            Exit::Support,
            message,
            "run it again with -vv and report what it says; the log holds no secret",
        )
    }

    /// Ended from outside.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted", "run it again when you are ready")
    }

    /// The viewer may not sign in.
    pub(crate) fn denied(report: &Report) -> Self {
        Self::new(Exit::Denied, report.message.clone(), viewers_remedy(report)).with(report)
    }

    /// As a command ends with it. A request that has had no whole answer may have had a wrong address, or something in its way.
    pub(crate) fn at_the_end(mut self) -> Self {
        if self.exit == Exit::Later && self.details.call.is_some() && self.details.status.is_none() {
            self.remedy.push_str("; couchpass doctor looks for what is in the way");
        }
        self
    }

    fn with(self, report: &Report) -> Self {
        Self { details: Box::new(report.into()), ..self }
    }
}

fn viewers_remedy(report: &Report) -> String {
    let words = report.details.as_ref().unwrap_or(&report.message);
    format!("trying again does not help; tell the viewer: {words}")
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Some(report) = error.report().cloned() else { return Self::interrupted() };
        let message = report.message.clone();
        match error {
            Error::RetryLater { after, .. } => {
                let seconds = after.as_secs().max(1);
                let plural = if seconds == 1 { "" } else { "s" };
                Self {
                    retry_after_ms: u64::try_from(after.as_millis()).ok(),
                    ..Self::new(Exit::Later, message, format!("try again in {seconds} second{plural}"))
                }
            }
            Error::SignInAgain { .. } => Self::sign_in(message),
            Error::TellViewer { .. } => Self::denied(&report),
            Error::FixConfiguration { remedy, .. } => Self::configuration(message, remedy),
            Error::Support { .. } => Self::new(
                Exit::Support,
                message,
                "nothing on this machine can mend it: report it to Adobe's support, with the trace if there is one",
            ),
            _ => Self::support(message),
        }
        .with(&report)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InUse { store } => Self::configuration(
                format!("another process is using {store}"),
                "wait for it or end it, or give this one a directory of its own with --state",
            ),
            error => Self::configuration(
                error.to_string(),
                "name a directory with --state that this user may write to",
            ),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let remedy = match error {
            StartError::Listen { .. } => {
                "choose another port, or none and let the system choose; --bind takes an address of this machine"
            }
            _ => "check that --host is a host name or an address",
        };
        Self::configuration(error.to_string(), remedy)
    }
}

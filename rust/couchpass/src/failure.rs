//! What went wrong inside, and the one place where that turns into what the app should do.

use std::time::Duration;

use device_auth::StoreError;
use thiserror::Error as ThisError;

use crate::{
    error::{Error, Report},
    wire::Complaint,
};

/// How long an app waits after a failure that says nothing of time.
const SOON: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_secs(30);
/// Adobe asks for at least one second of silence after a 429.
pub(crate) const SILENCE: Duration = Duration::from_secs(1);

/// What happened to one call.
#[derive(Clone, Debug, ThisError)]
pub(crate) enum Failure {
    #[error("{call}: {problem}")]
    Transport { call: &'static str, problem: TransportProblem },
    #[error("{call}: refused for the rate of requests (HTTP 429)")]
    Throttled { call: &'static str },
    #[error("{call}: HTTP {status}")]
    Refused { call: &'static str, status: u16, complaint: Box<Complaint> },
    #[error("{call}: the answer is not usable: {why}")]
    Unreadable { call: &'static str, status: u16, why: String },
    #[error("{0}")]
    Known(Error),
}

/// How the way to the service failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum TransportProblem {
    #[error("no connection to the service")]
    NoConnection,
    #[error("nobody that this device trusts vouches for the service's certificate")]
    Untrusted,
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke before the answer was complete")]
    Broken,
    #[error("the answer is longer than anything the service sends")]
    TooLong,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Known(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::RetryLater {
                after: SILENCE,
                report: Box::new(Report { message: error.to_string(), ..Report::default() }),
            },
            _ => Self::fix(error.to_string(), "give the app a directory that it alone writes to"),
        }
    }
}

impl Failure {
    /// Whether the same request may succeed a moment later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Transport { problem, .. } => {
                !matches!(problem, TransportProblem::TooLong | TransportProblem::Untrusted)
            }
            Self::Throttled { .. } => true,
            Self::Refused { status, complaint, .. } => match complaint.action() {
                Some(action) => action == "retry",
                None => *status >= 500,
            },
            // A 200 that is no answer of Adobe's comes from something in between, such as a hotel's login page.
            Self::Unreadable { .. } => true,
            Self::Known(error) => matches!(error, Error::RetryLater { .. }),
        }
    }

    /// Whether it says that the viewer is not, or no longer, authenticated.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        match self {
            Self::Refused { complaint, .. } => complaint.action() == Some("authentication"),
            Self::Known(error) => matches!(error, Error::SignInAgain { .. }),
            _ => false,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        match failure {
            Failure::Known(error) => error,
            Failure::Transport { call, problem: problem @ TransportProblem::Untrusted } => Self::FixConfiguration {
                remedy: "check the device's date and time; behind a debugging proxy, add its root certificate (add_tls_root; in Kotlin and Java tlsRoots, on the command line --tls-root)"
                    .to_owned(),
                report: Box::new(Report { message: problem.to_string(), call: Some(call), ..Report::default() }),
            },
            Failure::Transport { call, problem } => Self::RetryLater {
                after: SOON,
                report: Box::new(Report {
                    message: problem.to_string(),
                    call: Some(call),
                    ..Report::default()
                }),
            },
            Failure::Throttled { call } => Self::RetryLater {
                after: SOON,
                report: Box::new(Report {
                    message: "too many requests from this network".to_owned(),
                    call: Some(call),
                    status: Some(429),
                    ..Report::default()
                }),
            },
            Failure::Unreadable { call, status, .. } => Self::RetryLater {
                after: LATER,
                report: Box::new(Report {
                    message,
                    call: Some(call),
                    status: Some(status),
                    ..Report::default()
                }),
            },
            Failure::Refused { call, status, complaint } => by_refusal(call, status, &complaint),
        }
    }
}

/// Adobe's `action` decides where there is one, HTTP's status otherwise.
fn by_refusal(call: &'static str, status: u16, complaint: &Complaint) -> Error {
    let report = complaint.report(call, status);
    match (complaint.action(), status) {
        (Some("retry"), _) => Error::RetryLater { after: SOON, report },
        (Some("authentication"), _) => Error::SignInAgain { report },
        (Some("configuration"), _) => Error::FixConfiguration {
            remedy: "the integration of this requestor and TV provider is not set up for this: ask Adobe, with the trace"
                .to_owned(),
            report,
        },
        (Some("application-registration"), _) | (None, 401) => Error::FixConfiguration {
            remedy: "check that the software statement is not revoked and its registered application covers this API \
                     and requestor"
                .to_owned(),
            report,
        },
        (Some("none"), 400) if complaint.code().is_some_and(|code| code.starts_with("invalid_")) => {
            Error::FixConfiguration {
                remedy: "check the value that the error code names against what Adobe has set up".to_owned(),
                report,
            }
        }
        // With an action, a 412 that is not about the authentication is about the request, as Adobe's list has it.
        (Some(_), 400 | 405 | 412) | (None, 405) => Error::Support { report },
        (None, 400) => Error::FixConfiguration {
            remedy: "check requestor, device information and domain against what Adobe has set up; enhanced error codes, \
                     where Adobe switches them on, name the value"
                .to_owned(),
            report,
        },
        (Some(_), 500..) | (None, 500..) => Error::RetryLater { after: LATER, report },
        (None, 410 | 412) if needs_authentication_on_v1(call) => Error::SignInAgain { report },
        (Some(_), _) | (None, 403 | 451) => Error::TellViewer { report },
        (None, _) => Error::Support { report },
    }
}

/// Where v1 says by the status alone that there is none, or no more. v2 always says it in words.
fn needs_authentication_on_v1(call: &str) -> bool {
    call.starts_with("tokens/")
        || call.starts_with("checkauthn")
        || matches!(call, "authorize" | "preauthorize" | "preauthorize/code" | "authenticate/code" | "logout")
}

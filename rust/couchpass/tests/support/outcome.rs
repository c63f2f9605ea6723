//! What comes of a call, in a word, and what is told of it: for the catalogues of errors.

use couchpass::{Client, Denial, Error, Report, SignInEvent};

pub const DETAILS: &str = "Call 555-0100 & ask for <Lantern>";
pub const TRACE: &str = "12f6fef9-d2e0-422b-a9d7-60d799abe353";

/// What comes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A decision that says no.
    Deny,
    /// The sign-in goes on to a code.
    Code,
    RetryLater,
    SignInAgain,
    TellViewer,
    FixConfiguration,
    Support,
}

pub fn of_error(error: &Error) -> (Outcome, Option<Report>) {
    let outcome = match error {
        Error::RetryLater { .. } => Outcome::RetryLater,
        Error::SignInAgain { .. } => Outcome::SignInAgain,
        Error::TellViewer { .. } => Outcome::TellViewer,
        Error::FixConfiguration { .. } => Outcome::FixConfiguration,
        Error::Support { .. } => Outcome::Support,
        other => panic!("{other:?}"),
    };
    (outcome, error.report().cloned())
}

pub fn of_denial(denial: Denial) -> (Outcome, Option<Report>) {
    let mut report = Report::default();
    (report.message, report.details) = (denial.message, denial.details);
    (report.code, report.trace) = (denial.code, denial.trace);
    (Outcome::Deny, Some(report))
}

/// What the beginning of a sign-in comes to, and what it reports.
pub async fn of_beginning(client: &Client) -> (Outcome, Option<Report>) {
    let mut sign_in = client.sign_in();
    loop {
        match sign_in.next().await.unwrap() {
            SignInEvent::Checking => {}
            SignInEvent::Code(_) => return (Outcome::Code, None),
            SignInEvent::Denied(report) => return (Outcome::TellViewer, Some(*report)),
            SignInEvent::Failed(error) => return of_error(&error),
            other => panic!("{other:?}"),
        }
    }
}

/// An enhanced error in JSON.
pub fn enhanced_json(action: &str, code: &str, status: u16) -> String {
    serde_json::json!({
        "status": status, "code": code, "message": "A sentence.", "details": DETAILS,
        "helpUrl": "https://help.example/", "trace": TRACE, "action": action,
    })
    .to_string()
}

/// Nothing that support or the viewer needs is lost on the way.
#[track_caller]
pub fn assert_kept(report: Option<Report>, code: &str) {
    let Some(report) = report else { return };
    assert_eq!(report.code.as_deref(), Some(code));
    assert_eq!(report.trace.as_deref(), Some(TRACE), "{code}");
    assert_eq!(report.details.as_deref(), Some(DETAILS), "{code}");
    assert_eq!(report.message, "A sentence.", "{code}");
}

//! The errors that an app sees: one variant for each thing it can do next, the details inside.

use std::{fmt, time::Duration};

use thiserror::Error as ThisError;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something that did not work out, by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// It may well work later; the call has already been repeated as often as makes sense.
    #[error("try again {}: {report}", in_words(*after))]
    RetryLater {
        /// Not before this long from now.
        after: Duration,
        /// What happened.
        report: Box<Report>,
    },
    /// The viewer has no valid authentication: start a sign-in.
    #[error("sign in again: {report}")]
    SignInAgain {
        /// What happened.
        report: Box<Report>,
    },
    /// A refusal that neither app nor viewer can undo by trying: show [`Report::message`] and [`Report::details`].
    #[error("tell the viewer: {report}")]
    TellViewer {
        /// What happened.
        report: Box<Report>,
    },
    /// The app's set-up is wrong; its developer has to act.
    #[error("{report}; {remedy}")]
    FixConfiguration {
        /// What to change.
        remedy: String,
        /// What happened.
        report: Box<Report>,
    },
    /// Nothing that anybody in front of the device can mend: report it with its trace.
    #[error("report it to support: {report}")]
    Support {
        /// What happened.
        report: Box<Report>,
    },
    /// The call was cancelled, or the client closed under it.
    #[error("cancelled")]
    Cancelled,
}

/// What happened, for logs and support. Holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// In a sentence.
    pub message: String,
    /// More, as the service or TV provider puts it; may be meant for the viewer.
    pub details: Option<String>,
    /// Which call of Adobe's it was, such as `authorize`.
    pub call: Option<&'static str>,
    /// HTTP's status.
    pub status: Option<u16>,
    /// Adobe's error code, an open set.
    pub code: Option<String>,
    /// Adobe's trace id: support finds the request by it.
    pub trace: Option<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(call) = self.call {
            write!(f, "{call}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status}")?;
            for (name, value) in [("code", &self.code), ("trace", &self.trace)] {
                if let Some(value) = value {
                    write!(f, ", {name} {value}")?;
                }
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl Error {
    /// What happened, whatever is to be done about it.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::RetryLater { report, .. }
            | Self::SignInAgain { report }
            | Self::TellViewer { report }
            | Self::FixConfiguration { report, .. }
            | Self::Support { report } => Some(report),
            Self::Cancelled => None,
        }
    }

    /// A mistake in the app's set-up, and its remedy.
    pub(crate) fn fix(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        let report = Report { message: message.into(), ..Report::default() }.into();
        Self::FixConfiguration { remedy: remedy.into(), report }
    }

    /// Something inside is broken.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self::Support { report: Box::new(Report { message: message.into(), ..Report::default() }) }
    }

    /// There is no authentication to work with.
    pub(crate) fn signed_out(message: impl Into<String>) -> Self {
        Self::SignInAgain { report: Box::new(Report { message: message.into(), ..Report::default() }) }
    }
}

fn in_words(after: Duration) -> String {
    match after.as_secs() {
        0 | 1 => "in a second".to_owned(),
        seconds => format!("in {seconds} seconds"),
    }
}

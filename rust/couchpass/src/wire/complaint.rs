//! What a refusal says of itself: the enhanced error object, the older bodies, or nothing.
//!
//! Adobe's page: "Enhanced Error Codes".

use std::fmt;

use super::Record;
use crate::error::Report;

/// The longest text that is taken over into an error.
const LONGEST_TEXT: usize = 500;

/// The status of an enhanced error that names none: most of the catalogue has this one.
const USUAL_STATUS: u16 = 403;

/// What the body of a refusal says, in whichever of Adobe's formats.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    code: Option<String>,
    message: Option<String>,
    details: Option<String>,
    trace: Option<String>,
    action: Option<String>,
}

impl Complaint {
    /// Reads a body. One that is not Adobe's, such as an HTML page, says nothing.
    pub(crate) fn read(body: &[u8]) -> Self {
        Record::read(body).map_or_else(|_| Self::default(), |record| Self::of(&record))
    }

    /// Reads an error object, wherever it stands.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let text = |field| record.text(field).map(|text| text.chars().take(LONGEST_TEXT).collect());
        Self {
            // Registration names its errors `error`, everything else `code`.
            code: text("code").or_else(|| text("error")),
            message: text("message"),
            details: text("details"),
            trace: text("trace"),
            action: text("action"),
        }
    }

    /// The status of an enhanced error that came as the body of a success, if it is one: what answers a question has
    /// neither a code nor an action.
    pub(crate) fn status_in_success(body: &[u8]) -> Option<u16> {
        let record = Record::read(body).ok()?;
        let complaint = Self::of(&record);
        complaint.code.as_ref().and(complaint.action.as_ref())?;
        let status = record.number("status").ok().and_then(|status| u16::try_from(status).ok());
        Some(status.filter(|status| (400..600).contains(status)).unwrap_or(USUAL_STATUS))
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What to do next, where Adobe says so.
    pub(crate) fn action(&self) -> Option<&str> {
        // Its samples have these codes with several actions; its list has this one, and nothing else would help.
        if self.is_trial_used_up() { Some("authentication") } else { self.action.as_deref() }
    }

    /// Whether it says that a trial is used up.
    pub(crate) fn is_trial_used_up(&self) -> bool {
        matches!(
            self.code(),
            Some("temporary_access_duration_limit_exceeded" | "temporary_access_resources_limit_exceeded")
        )
    }

    /// For the error that the app sees.
    pub(crate) fn report(&self, call: &'static str, status: u16) -> Box<Report> {
        let message = self.message.clone().or_else(|| self.code.clone());
        Box::new(Report {
            message: message.unwrap_or_else(|| "the service has refused the request".to_owned()),
            details: self.details.clone(),
            call: Some(call),
            status: Some(status),
            code: self.code.clone(),
            trace: self.trace.clone(),
        })
    }
}

impl fmt::Debug for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Complaint")
            .field("code", &self.code)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_another_kind_says_nothing() {
        for body in [
            b"<html>".as_slice(),
            b"",
            b"[1]",
            b"{\"code\": {}}",
            b"\xff\xfe",
            b"<!DOCTYPE html><html></html>",
        ] {
            assert_eq!(Complaint::read(body), Complaint::default());
        }
    }

    #[test]
    fn json_and_xml_say_the_same() {
        let json = Complaint::read(
            br#"{"status": 403, "code": "c", "message": "m", "details": null, "action": "none"}"#,
        );
        let xml =
            b"<error><status>403</status><code>c</code><message>m</message><action>none</action></error>";
        assert_eq!(json, Complaint::read(xml));
        assert_eq!(json.action(), Some("none"));
    }
}

//! Reading what Adobe sends: leniently as to form, strictly as to what is needed.
//!
//! Numbers may come as text and text as numbers, optional fields as null, unknown fields at any time.

use std::fmt;

use device_auth::{Secret, Timestamp};
use serde_json::Value;

use crate::error::Report;

/// The longest text that is taken over into an error.
const LONGEST_TEXT: usize = 500;

/// An object of an answer.
pub(crate) struct Record(Value);

impl Record {
    /// Reads an answer's body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice(body) {
            Ok(value @ Value::Object(_)) => Ok(Self(value)),
            Ok(_) => Err("it is JSON, but no object".to_owned()),
            // serde_json quotes nothing of the text, only where it stopped.
            Err(error) => Err(format!("it is not JSON ({error})")),
        }
    }

    /// A field as text; empty counts as absent.
    pub(crate) fn text(&self, field: &'static str) -> Option<String> {
        match self.0.get(field)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A field that must be there.
    pub(crate) fn required(&self, field: &'static str) -> Result<String, String> {
        self.text(field).ok_or_else(|| format!("{field} is missing"))
    }

    /// A secret that must be there.
    pub(crate) fn secret(&self, field: &'static str) -> Result<Secret, String> {
        self.required(field).map(Secret::new)
    }

    /// A whole number that must be there.
    pub(crate) fn number(&self, field: &'static str) -> Result<i64, String> {
        // A fraction of a millisecond or second is nothing to refuse an answer for.
        let text = self.required(field)?;
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        whole.trim().parse().map_err(|_| format!("{field} is not a number"))
    }

    /// An instant that must be there, in milliseconds since 1970.
    pub(crate) fn instant(&self, field: &'static str) -> Result<Timestamp, String> {
        self.number(field).map(Timestamp::from_millis)
    }

    /// A list of texts; absent counts as empty.
    pub(crate) fn texts(&self, field: &'static str) -> Vec<String> {
        let items = self.0.get(field).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

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
        let Ok(record) = Record::read(body) else { return Self::default() };
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

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What to do next, where Adobe says so.
    pub(crate) fn action(&self) -> Option<&str> {
        self.action.as_deref()
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
    fn numbers_come_as_numbers_or_as_text() {
        let record = Record::read(br#"{"a": 5, "b": "6", "c": null, "d": "x", "e": 7.5, "f": ""}"#).unwrap();
        assert_eq!(record.number("a"), Ok(5));
        assert_eq!(record.number("b"), Ok(6));
        assert_eq!(record.number("e"), Ok(7));
        assert_eq!(record.text("c"), None);
        assert_eq!(record.text("f"), None);
        assert_eq!(record.text("a").as_deref(), Some("5"));
        assert_eq!(record.number("d"), Err("d is not a number".to_owned()));
        assert_eq!(record.number("c"), Err("c is missing".to_owned()));
    }

    #[test]
    fn a_body_of_another_kind_says_nothing() {
        for body in [b"<html>".as_slice(), b"", b"[1]", b"{\"code\": {}}", b"\xff\xfe"] {
            assert_eq!(Complaint::read(body), Complaint::default());
        }
    }
}

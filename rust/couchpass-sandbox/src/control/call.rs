//! One call of the control API: its path, its parameters, its answer, its errors.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::{Method, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use crate::journal::Happened;
use crate::request::{Pairs, pairs};
use crate::route::decoded;
use crate::service::Service;

pub(super) struct ControlCall {
    pub(super) service: Arc<Service>,
    pub(super) method: Method,
    /// The path's segments, decoded.
    pub(super) path: Vec<String>,
    query: Pairs,
    body: Bytes,
}

/// An answer.
pub(super) struct Done {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

/// A refusal, and what to do about it.
pub(super) struct ControlError {
    pub(super) status: u16,
    /// A word for programs.
    pub(super) error: &'static str,
    /// A sentence for people.
    pub(super) message: String,
}

pub(super) type Outcome = Result<Done, ControlError>;

impl ControlCall {
    pub(super) fn new(service: Arc<Service>, method: Method, uri: &Uri, body: Bytes) -> Self {
        let path = uri.path().split('/').filter(|segment| !segment.is_empty()).map(decoded).collect();
        let query = pairs(uri.query().unwrap_or_default().as_bytes());
        Self { service, method, path, query, body }
    }

    /// Whether it changes something that later requests may meet with, and that a replay has to change again. The clock is
    /// not among it, since every step of a case has its instant, and neither are visits, whose requests are recorded.
    pub(super) fn changes_the_world(&self) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        matches!(
            (self.method.as_str(), path.as_slice()),
            ("PUT", ["settings"])
                | ("POST" | "DELETE", ["faults" | "refusals" | "degradations"])
                | ("DELETE", ["faults" | "clients", _] | ["authentications" | "clients"])
                | ("POST", ["holds", _, "release"] | ["authorizations" | "bearers", "expire"])
                | ("POST", ["temp-passes", "reset"] | ["statements"] | ["statements", "revoke"])
        )
    }

    /// Whether it only waits.
    pub(super) fn waits(&self) -> bool {
        self.path.last().is_some_and(|last| last == "wait")
    }

    /// As the journal has it.
    pub(super) fn happened(&self) -> Happened {
        let body = serde_json::from_slice(&self.body).unwrap_or_default();
        let path = self.path.iter().fold(String::new(), |path, segment| {
            let escaped: String = byte_serialize(segment.as_bytes()).collect();
            // In a path a plus sign is one.
            format!("{path}/{}", escaped.replace('+', "%20"))
        });
        Happened::Control { method: self.method.to_string(), path, body }
    }

    /// A parameter of the query; `None` if it is absent, an error if it is not of its kind.
    pub(super) fn query<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ControlError> {
        let Some((_, text)) = self.query.iter().find(|(have, _)| have == name) else { return Ok(None) };
        // A number or a truth value is itself in JSON; anything else is a text.
        let value = serde_json::from_str(text).or_else(|_| serde_json::from_value(json!(text)));
        value.map(Some).map_err(|error| ControlError::bad(format!("{name}: {error}")))
    }

    /// The body as JSON; an absent one counts as `{}`.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, ControlError> {
        let text: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        let mut json = serde_json::Deserializer::from_slice(text);
        let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            let message = inner.to_string();
            // What is no JSON is found by its place in the text, what does not belong into a field by the field's name.
            if !inner.is_data() || path == "." {
                return ControlError::bad(message);
            }
            let place = format!(" at line {} column {}", inner.line(), inner.column());
            ControlError::bad(format!("{path}: {}", message.trim_end_matches(&place)))
        })?;
        json.end().map_err(|error| ControlError::bad(error.to_string()))?;
        Ok(body)
    }
}

impl Done {
    pub(super) fn ok(body: &impl Serialize) -> Outcome {
        Self::with(200, body)
    }

    pub(super) fn created(body: &impl Serialize) -> Outcome {
        Self::with(201, body)
    }

    /// Done, and there is nothing to say.
    pub(super) fn silent() -> Outcome {
        Ok(Self { status: 204, body: None })
    }

    fn with(status: u16, body: &impl Serialize) -> Outcome {
        let body = serde_json::to_value(body).expect("what the sandbox tells is plain JSON");
        Ok(Self { status, body: Some(body) })
    }
}

impl ControlError {
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self { status: 400, error: "bad_request", message: message.into() }
    }

    pub(super) fn absent(message: impl Into<String>) -> Self {
        Self { status: 404, error: "not_found", message: message.into() }
    }

    pub(super) fn body(&self) -> Value {
        json!({ "error": self.error, "message": self.message })
    }
}

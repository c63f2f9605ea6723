//! What is wrong with a configuration, in words for whoever wrote it.

use std::fmt;

/// Why a configuration cannot be used: where, what, and what to do about it.
///
/// ```
/// use couchpass_sandbox::Config;
///
/// let error = Config::from_json(r#"{ "signing_key": "k", "requestors": 3 }"#).unwrap_err();
/// assert_eq!(error.field(), "requestors");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    field: String,
    problem: String,
    advice: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}. {}", self.problem, self.advice)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    pub(super) fn new(
        field: impl Into<String>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), problem: problem.into(), advice: advice.into() }
    }

    /// Where it is, as in `mvpds[2].display_name`; empty when the text as a whole is no JSON.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What the reader of JSON complains about, with the place that it had come to.
    pub(super) fn of(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let problem = inner.to_string();
        let advice = if inner.is_syntax() || inner.is_eof() {
            "Mend the JSON there: a comma, a quote or a bracket is missing, or one too many.".to_owned()
        } else if problem.starts_with("unknown field") {
            "Correct the name, or take the field out.".to_owned()
        } else if problem.starts_with("missing field") {
            "Add the field; docs/sandbox.md says what goes into it.".to_owned()
        } else {
            "Give it a value of the kind that docs/sandbox.md names.".to_owned()
        };
        let field = if path == "." || inner.is_syntax() || inner.is_eof() { String::new() } else { path };
        Self { field, problem, advice }
    }

    /// There is more text after the configuration.
    pub(super) fn after_the_end(error: &serde_json::Error) -> Self {
        Self::new("", error.to_string(), "Leave nothing after the closing brace.")
    }
}

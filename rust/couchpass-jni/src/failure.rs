//! Why a call across the boundary did not work out, and what Kotlin gets to know of it.

use std::any::Any;

use crate::{codec::Malformed, messages};

/// Whatever ends an export or a call without an answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client says so.
    Client(couchpass::Error),
    /// There is nothing under this handle, or not any more.
    Closed,
    /// A mistake of ours.
    Malformed(Malformed),
    /// JNI itself; perhaps with an exception that is under way already.
    Jni(jni::errors::Error),
    /// Rust has panicked, with these words.
    Panicked(String),
}

impl Failure {
    /// From what a panic has thrown.
    pub(crate) fn of_panic(payload: &(dyn Any + Send)) -> Self {
        let words = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Self::Panicked(words.unwrap_or_else(|| "without a word".to_owned()))
    }
}

impl From<Failure> for messages::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Client(error) => error.into(),
            Failure::Closed => Self::Cancelled {},
            Failure::Malformed(malformed) => Self::support(malformed.to_string()),
            Failure::Jni(error) => Self::support(format!("the Java VM has refused a call: {error}")),
            Failure::Panicked(words) => Self::support(format!("a mistake inside Couchpass: {words}")),
        }
    }
}

impl From<couchpass::Error> for Failure {
    fn from(error: couchpass::Error) -> Self {
        Self::Client(error)
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<jni::errors::Error> for Failure {
    fn from(error: jni::errors::Error) -> Self {
        Self::Jni(error)
    }
}

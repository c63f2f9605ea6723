//! Whether the viewer may watch a resource, and the token that proves it.
//!
//! Adobe's pages: "Initiate Authorization", "Retrieve Authorization Token", "Obtain Short Media Token".

use device_auth::{Secret, Timestamp};

use super::{Call, Caller, Endpoint, Response};
use crate::{MvpdId, Resource, failure::Failure, wire::Record};

/// `GET /api/v1/authorize`: asks the TV provider, or Adobe's memory of its answer.
pub(crate) struct Authorize<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) resource: &'a Resource,
}

/// A permit.
#[derive(Clone, Debug)]
pub(crate) struct Permit {
    pub(crate) mvpd: Option<MvpdId>,
    /// Until when Adobe remembers it.
    pub(crate) expires: Option<Timestamp>,
}

impl Endpoint for Authorize<'_> {
    type Answer = Permit;

    fn call(&self) -> Call {
        Call::v1_get("authorize", &["api", "v1", "authorize"])
            .of(self.caller)
            .with("resource", self.resource.as_str())
    }

    fn read(&self, response: &Response) -> Result<Permit, Failure> {
        response.read(permit)
    }
}

fn permit(record: &Record<'_>) -> Result<Permit, String> {
    // A permit need not say until when it is remembered, but one that names no resource is no permit.
    record.required("resource")?;
    Ok(Permit { mvpd: record.text("mvpd").map(MvpdId::new), expires: record.instant("expires").ok() })
}

/// `GET /api/v1/tokens/authz`: a permit that Adobe remembers, without asking the TV provider.
pub(crate) struct AuthorizationToken<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) resource: &'a Resource,
}

impl Endpoint for AuthorizationToken<'_> {
    type Answer = Option<Permit>;

    fn call(&self) -> Call {
        Call::v1_get("tokens/authz", &["api", "v1", "tokens", "authz"])
            .of(self.caller)
            .with("resource", self.resource.as_str())
    }

    fn read(&self, response: &Response) -> Result<Option<Permit>, Failure> {
        match response.refused_with() {
            // None, or one that has expired.
            Some(404 | 410) => Ok(None),
            _ => response.read(permit).map(Some),
        }
    }
}

/// `GET /api/v1/tokens/media`: the proof of a permit.
pub(crate) struct Media<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) resource: &'a Resource,
}

/// The media token, as it came.
#[derive(Clone, Debug)]
pub(crate) struct MediaAnswer {
    pub(crate) serialized: Secret,
    pub(crate) expires: Timestamp,
}

impl Endpoint for Media<'_> {
    type Answer = MediaAnswer;

    fn call(&self) -> Call {
        Call::v1_get("tokens/media", &["api", "v1", "tokens", "media"])
            .of(self.caller)
            .with("resource", self.resource.as_str())
    }

    fn read(&self, response: &Response) -> Result<MediaAnswer, Failure> {
        response.read(|record| {
            Ok(MediaAnswer {
                serialized: record.secret("serializedToken")?,
                expires: record.instant("expires")?,
            })
        })
    }
}

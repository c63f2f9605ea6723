//! What the TV provider tells of the viewer.
//!
//! Adobe's page: "User Metadata".

use super::{Call, Caller, Endpoint, Response};
use crate::{UserMetadata, failure::Failure};

/// `GET /api/v1/tokens/usermetadata`
pub(crate) struct Metadata<'a> {
    pub(crate) caller: &'a Caller,
}

impl Endpoint for Metadata<'_> {
    type Answer = UserMetadata;

    fn call(&self) -> Call {
        Call::v1_get("tokens/usermetadata", &["api", "v1", "tokens", "usermetadata"]).of(self.caller)
    }

    fn read(&self, response: &Response) -> Result<UserMetadata, Failure> {
        if response.refused_with() == Some(404) {
            return Ok(UserMetadata::default());
        }
        response.read(|record| {
            let encrypted = record.texts("encrypted");
            let data = record.record("data");
            let values = data.iter().flat_map(|data| data.fields());
            Ok(UserMetadata::read(record.number("updated").ok(), &encrypted, values))
        })
    }
}

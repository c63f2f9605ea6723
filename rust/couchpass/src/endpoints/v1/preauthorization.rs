//! Which of several resources the viewer may probably watch; never a reason to play or to refuse playback.
//!
//! Adobe's pages: "Retrieve List of Preauthorized Resources", and the same "by Second Screen Web App".

use device_auth::Priority;

use super::{Call, Caller, Endpoint, Item, Response, Tries};
use crate::{
    Resource,
    failure::Failure,
    wire::{Complaint, Record},
};

/// `GET /api/v1/preauthorize`, or `GET /api/v1/preauthorize/{code}` from a second screen.
pub(crate) struct Preauthorize<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: Option<&'a str>,
    pub(crate) resources: &'a [Resource],
    pub(crate) tries: &'a Tries,
}

impl Endpoint for Preauthorize<'_> {
    type Answer = Vec<Item>;

    fn call(&self) -> Call {
        let list = self.resources.iter().map(Resource::as_str).collect::<Vec<_>>().join(",");
        let call = match self.code {
            None => Call::v1_get("preauthorize", &["api", "v1", "preauthorize"]).of(self.caller),
            Some(code) => {
                Call::v1_get("preauthorize/code", &["api", "v1", "preauthorize", code]).for_code(self.caller)
            }
        };
        Call {
            priority: Priority::Preauthorization,
            tries: self.tries.clone(),
            ..call.with("resource", &list)
        }
    }

    fn read(&self, response: &Response) -> Result<Vec<Item>, Failure> {
        response.read(|record| Ok(record.records("resources", "resource").iter().filter_map(item).collect()))
    }
}

fn item(record: &Record<'_>) -> Option<Item> {
    Some(Item {
        id: record.text("id")?,
        authorized: record.flag("authorized"),
        complaint: record.record("error").map(|error| Complaint::of(&error)),
    })
}

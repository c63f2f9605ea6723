//! The TV providers that a viewer can choose from.
//!
//! Adobe's page: "Provide MVPD List". It publishes no sample; the list is looked for where v2 and the older XML have it.

use device_auth::Priority;

use super::{Call, Caller, Endpoint, Response};
use crate::{Provider, failure::Failure};

/// `GET /api/v1/config/{requestor}`
pub(crate) struct Providers<'a> {
    pub(crate) caller: &'a Caller,
}

impl Endpoint for Providers<'_> {
    type Answer = Vec<Provider>;

    fn call(&self) -> Call {
        let call = Call::v1_get("config", &["api", "v1", "config", self.caller.requestor.as_str()]);
        Call { priority: Priority::Polling, ..call }
    }

    fn read(&self, response: &Response) -> Result<Vec<Provider>, Failure> {
        response.read(|record| {
            let inner = record.record("requestor");
            Ok(inner
                .as_ref()
                .unwrap_or(record)
                .records("mvpds", "mvpd")
                .iter()
                .filter_map(Provider::read)
                .collect())
        })
    }
}

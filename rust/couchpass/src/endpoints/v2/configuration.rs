//! The TV providers that a viewer can choose from.
//!
//! Adobe's page: "Retrieve configuration for specific service provider".

use device_auth::Priority;
use reqwest::Method;

use super::{Call, Caller, Endpoint, Response};
use crate::{Provider, failure::Failure};

/// `GET /api/v2/{serviceProvider}/configuration`
pub(crate) struct Configuration<'a> {
    pub(crate) caller: &'a Caller,
}

impl Endpoint for Configuration<'_> {
    type Answer = Vec<Provider>;

    fn call(&self) -> Call {
        let call = Call::v2("configuration", Method::GET, self.caller, &["configuration"]);
        Call { priority: Priority::Polling, ..call }
    }

    fn read(&self, response: &Response) -> Result<Vec<Provider>, Failure> {
        response.read(|record| {
            let requestor = record.record("requestor").ok_or("requestor is missing")?;
            Ok(requestor.records("mvpds", "mvpd").iter().filter_map(Provider::read).collect())
        })
    }
}

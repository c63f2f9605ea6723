//! Registration codes: made on the television, typed on a second screen.
//!
//! Adobe's pages: "Registration Code Request", "Return Registration Record", "Delete Registration Record".

use std::time::Duration;

use reqwest::Method;

use super::{Call, Caller, Endpoint, Response};
use crate::{MvpdId, RegistrationCode, failure::Failure};

fn path<'a>(caller: &'a Caller, rest: &[&'a str]) -> Vec<&'a str> {
    [&["reggie", "v1", caller.requestor.as_str(), "regcode"], rest].concat()
}

/// `POST /reggie/v1/{requestor}/regcode`: a new code.
pub(crate) struct CreateCode<'a> {
    pub(crate) caller: &'a Caller,
    /// The TV provider, where the viewer has chosen one on the television.
    pub(crate) mvpd: Option<&'a MvpdId>,
    /// How long it should live; Adobe's default is 30 minutes.
    pub(crate) lifetime: Option<Duration>,
}

impl Endpoint for CreateCode<'_> {
    type Answer = RegistrationCode;

    fn call(&self) -> Call {
        let call = Call::v1("regcode", Method::POST, &path(self.caller, &[])).of_device(self.caller);
        // Sent twice it would leave a second code alive that nobody shows.
        let call = Call { repeatable: false, ..call };
        let call = match self.mvpd {
            Some(mvpd) => call.with("mvpd", mvpd.as_str()),
            None => call,
        };
        match self.lifetime {
            Some(lifetime) => call.with("ttl", &lifetime.as_secs().to_string()),
            None => call,
        }
    }

    fn read(&self, response: &Response) -> Result<RegistrationCode, Failure> {
        response.read(|record| {
            Ok(RegistrationCode { code: record.required("code")?, expires: record.instant("expires")? })
        })
    }
}

/// `DELETE /reggie/v1/{requestor}/regcode/{code}`: the code works no longer.
pub(crate) struct DeleteCode<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for DeleteCode<'_> {
    type Answer = ();

    fn call(&self) -> Call {
        Call::v1("regcode/delete", Method::DELETE, &path(self.caller, &[self.code]))
    }

    fn read(&self, response: &Response) -> Result<(), Failure> {
        match response.refused_with() {
            // Gone is what was wanted.
            Some(404 | 410) => Ok(()),
            _ => response.acknowledged(),
        }
    }
}

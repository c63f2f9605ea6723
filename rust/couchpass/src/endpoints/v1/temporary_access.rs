//! TempPass: watching for a while without a TV provider.
//!
//! Adobe's page: "Free Preview for Temp Pass and Promotional Temp Pass".

use reqwest::Method;

use super::{Call, Caller, Endpoint, GENERIC_DATA, Response};
use crate::{MvpdId, PromotionalIdentity, failure::Failure};

/// `POST /api/v1/authenticate/freepreview`: an authentication with the TempPass provider, without a second screen.
pub(crate) struct FreePreview<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) mvpd: &'a MvpdId,
    pub(crate) domain: &'a str,
    pub(crate) identity: Option<&'a PromotionalIdentity>,
}

impl Endpoint for FreePreview<'_> {
    type Answer = ();

    fn call(&self) -> Call {
        let mut call = Call::v1("freepreview", Method::POST, &["api", "v1", "authenticate", "freepreview"])
            .of_device(self.caller)
            .with("requestor_id", self.caller.requestor.as_str())
            .with("mso_id", self.mvpd.as_str())
            .with("domain_name", self.domain);
        if let Some(identity) = self.identity {
            call.carry(GENERIC_DATA, &identity.json());
        }
        call
    }

    fn read(&self, response: &Response) -> Result<(), Failure> {
        response.acknowledged()
    }
}

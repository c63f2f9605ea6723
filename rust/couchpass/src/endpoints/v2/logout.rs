//! The end of a profile, and what is left to do for it.
//!
//! Adobe's page: "Initiate logout for specific mvpd".

use reqwest::Method;

use super::{Call, Caller, Endpoint, Response};
use crate::{MvpdId, failure::Failure};

/// `GET /api/v2/{serviceProvider}/logout/{mvpd}`: ends the TV provider's profile, with the platform token its SSO profile too.
pub(crate) struct Logout<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) mvpd: &'a MvpdId,
    /// Where a browser ends that follows the rest of it.
    pub(crate) redirect_url: &'a str,
    /// Whether the platform token may go with it.
    pub(crate) platform_token: bool,
}

impl Endpoint for Logout<'_> {
    /// The addresses that are left to open in a browser; they may be relative.
    type Answer = Vec<(MvpdId, String)>;

    fn call(&self) -> Call {
        let call = Call::v2("logout/mvpd", Method::GET, self.caller, &["logout", self.mvpd.as_str()]);
        let platform_token = call.platform_token && self.platform_token;
        Call { platform_token, ..call.with("redirectUrl", self.redirect_url) }
    }

    fn read(&self, response: &Response) -> Result<Vec<(MvpdId, String)>, Failure> {
        response.read(|record| {
            let logouts = record.record("logouts").ok_or("logouts is missing")?;
            let left = logouts.records_by_name().filter_map(|(mvpd, logout)| {
                // `complete` and `invalid` leave nothing to do, `partner_logout` is for Apple's devices.
                let is_for_browser = logout.text("actionName").as_deref() == Some("logout");
                Some((MvpdId::new(mvpd), logout.text("url").filter(|_| is_for_browser)?))
            });
            Ok(left.collect())
        })
    }
}

//! The second screen's half of a sign-in by code.
//!
//! Adobe's pages: "Return Registration Record", "Check Authentication Flow by Second Screen Web App", "Initiate
//! Authentication". `authenticate/{code}` is on no page; clients in the field use it.

use device_auth::Priority;

use super::{
    Call, Caller, Endpoint, Response, authentication::Authentication, authentication::authentication, encode,
};
use crate::{CodeRecord, Login, MvpdId, RegistrationCode, failure::Failure};

/// `GET /reggie/v1/{requestor}/regcode/{code}`: what a code is for, if it is one.
pub(crate) struct ReadCode<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for ReadCode<'_> {
    type Answer = Option<CodeRecord>;

    fn call(&self) -> Call {
        let requestor = self.caller.requestor.as_str();
        Call::v1_get("regcode/read", &["reggie", "v1", requestor, "regcode", self.code])
    }

    fn read(&self, response: &Response) -> Result<Option<CodeRecord>, Failure> {
        if is_unknown(response) {
            return Ok(None);
        }
        response.read(|record| {
            let code =
                RegistrationCode { code: record.required("code")?, expires: record.instant("expires")? };
            let mvpd = record.text("mvpd").map(MvpdId::new);
            Ok(Some(CodeRecord { code, mvpd, is_complete: false }))
        })
    }
}

/// `GET /api/v1/checkauthn/{code}`: whether the viewer has finished.
pub(crate) struct CheckCode<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for CheckCode<'_> {
    type Answer = bool;

    fn call(&self) -> Call {
        let call =
            Call::v1_get("checkauthn/code", &["api", "v1", "checkauthn", self.code]).for_code(self.caller);
        Call { priority: Priority::Polling, ..call }
    }

    fn read(&self, response: &Response) -> Result<bool, Failure> {
        if is_unknown(response) { Ok(false) } else { response.acknowledged().map(|()| true) }
    }
}

/// `GET /api/v1/authenticate/{code}`: who has finished.
pub(crate) struct AuthenticationByCode<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) code: &'a str,
}

impl Endpoint for AuthenticationByCode<'_> {
    type Answer = Option<Authentication>;

    fn call(&self) -> Call {
        Call::v1_get("authenticate/code", &["api", "v1", "authenticate", self.code]).for_code(self.caller)
    }

    fn read(&self, response: &Response) -> Result<Option<Authentication>, Failure> {
        if is_unknown(response) { Ok(None) } else { response.read(authentication).map(Some) }
    }
}

/// No page says which 4xx means "no such code": those of a rate or a bearer token are others, all the rest do.
fn is_unknown(response: &Response) -> bool {
    response.refused_with().is_some_and(|status| status < 500 && status != 401)
}

/// The query of `GET /api/v1/authenticate`, for a browser. The code goes first, since old browsers read `&reg` as ®, and the
/// way back goes last.
pub(crate) fn login_query(caller: &Caller, code: &str, login: &Login, generic_data: Option<&str>) -> String {
    let fields = [
        ("reg_code", Some(code)),
        ("requestor_id", Some(caller.requestor.as_str())),
        ("mso_id", Some(login.mvpd.as_str())),
        ("domain_name", Some(login.domain.as_str())),
        ("noflash", Some("true")),
        ("no_iframe", Some("true")),
        ("generic_data", generic_data),
        ("redirect_url", Some(login.redirect_url.as_str())),
    ];
    encode(fields.into_iter().filter_map(|(name, value)| Some((name, value?))))
}

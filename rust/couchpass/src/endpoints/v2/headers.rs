//! Which header goes on which call of REST v2: the one table.
//!
//! Adobe's reference pages leave the device's headers and the platform token out where a code stands for the device, and out
//! of the configuration. Its checklist wants the device's headers on every call, and Amazon's cookbook the platform token on
//! all of `/api/v2`: so they are sent everywhere. To narrow it, change a row.
//!
//! Adobe's pages: "REST API V2 Checklist", "Amazon SSO Cookbook (REST API V2)", and the page of each call.

/// The headers of one call, besides `Authorization` and `Accept`, which every call has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Headers {
    /// `AP-Device-Identifier`
    pub(super) device_id: bool,
    /// `X-Device-Info`
    pub(super) device_info: bool,
    /// `Adobe-Subject-Token`
    pub(super) platform_token: bool,
    /// `AP-TempPass-Identity`, for a promotional TempPass
    pub(super) identity: bool,
}

const EVERYWHERE: Headers =
    Headers { device_id: true, device_info: true, platform_token: true, identity: false };
const TRIALS_TOO: Headers = Headers { identity: true, ..EVERYWHERE };

const TABLE: [(&str, Headers); 10] = [
    ("configuration", EVERYWHERE),
    ("sessions", EVERYWHERE),
    ("sessions/code", EVERYWHERE),
    ("sessions/resume", EVERYWHERE),
    ("profiles", EVERYWHERE),
    ("profiles/mvpd", TRIALS_TOO),
    ("profiles/code", EVERYWHERE),
    ("decisions/preauthorize", EVERYWHERE),
    ("decisions/authorize", TRIALS_TOO),
    ("logout/mvpd", EVERYWHERE),
];

/// The headers of a call, by its name.
pub(super) fn of(call: &str) -> Headers {
    let row = TABLE.iter().find(|(name, _)| *name == call);
    row.expect("every call of v2 has a row").1
}

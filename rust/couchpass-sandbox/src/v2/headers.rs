//! Who calls from which device: the headers of v2, and on which calls they have to be there.
//!
//! Adobe's pages: "AP-Device-Identifier", "X-Device-Info", "AP-TempPass-Identity", and the table of headers in the
//! reference of each endpoint. The checklist wants the device's two on every call, so they may come on every call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::catalogue::ErrorCode;
use crate::config::Mvpd;
use crate::device::{Device, plain_id, plain_info};
use crate::endpoint::Endpoint;
use crate::problem::Problem;

/// The headers of v2 that begin with `ap-`; the checklist announces a 400 for others.
const OURS: [&str; 4] =
    ["ap-device-identifier", "ap-partner-framework-status", "ap-temppass-identity", "ap-visitor-identifier"];

/// Whether the reference lists the device's headers as required.
fn required(endpoint: Endpoint) -> bool {
    !matches!(
        endpoint,
        Endpoint::Configuration | Endpoint::ReadSession | Endpoint::ResumeSession | Endpoint::CodeProfile
    )
}

/// The device's id and what it says about itself, each as far as it came; what came has to be in order.
pub(super) struct Told {
    id: Option<String>,
    info: Option<Map<String, Value>>,
}

impl Told {
    /// What it says about itself, empty if it says nothing.
    pub(super) fn info(self) -> Map<String, Value> {
        self.info.unwrap_or_default()
    }
}

impl Call<'_> {
    /// Reads the device's headers and refuses what is absent, malformed or not expected.
    pub(super) fn told(&self) -> Result<Told, Problem> {
        let request = self.request;
        let stranger = request
            .headers
            .keys()
            .find(|name| name.as_str().starts_with("ap-") && !OURS.contains(&name.as_str()));
        if let Some(name) = stranger {
            return Err(Problem::plain(400, format!("Unexpected header '{name}'")));
        }
        let flawed = || Problem::of(ErrorCode::InvalidHeaderDeviceIdentifier);
        let sent = request.header("ap-device-identifier");
        let id = sent.map(|sent| plain_id(sent).ok_or_else(flawed)).transpose()?;
        let flawed_info = || Problem::of(ErrorCode::InvalidHeaderDeviceInfo);
        let sent = request.header("x-device-info");
        let info = sent.map(|sent| plain_info(sent).ok_or_else(flawed_info)).transpose()?;
        if required(self.target.endpoint) {
            id.as_ref().ok_or_else(flawed)?;
            info.as_ref().ok_or_else(flawed_info)?;
        }
        Ok(Told { id, info })
    }

    /// The device, where both headers are required.
    pub(super) fn device(&self) -> Result<Device, Problem> {
        let Told { id, info } = self.told()?;
        let id = id.ok_or_else(|| Problem::of(ErrorCode::InvalidHeaderDeviceIdentifier))?;
        Ok(Device { id, info: info.unwrap_or_default() })
    }

    /// Who the viewer of a promotional TempPass is; `None` for an MVPD that does not ask.
    pub(super) fn identity(&self, mvpd: &Mvpd) -> Result<Option<String>, Problem> {
        let Some(promotion) = &mvpd.promotion else { return Ok(None) };
        let read = |sent: &str| {
            let fields: Map<String, Value> = serde_json::from_slice(&STANDARD.decode(sent).ok()?).ok()?;
            fields.get(&promotion.key)?.as_str().filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let identity = self.request.header("ap-temppass-identity").and_then(read);
        let flawed = || Problem::of(ErrorCode::InvalidHeaderIdentityForTemporaryAccess);
        identity.map(Some).ok_or_else(flawed)
    }
}

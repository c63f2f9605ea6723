//! The device behind a call: its id, and what it says about itself.
//!
//! Adobe's page: "Passing Device and Connection Information". That page wants the Base64 URL-encoded, the samples of
//! all others show it plain; in DCR and v1 both are understood. v2's pages, "X-Device-Info" and "AP-Device-Identifier",
//! know it plain alone.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD as PLAIN;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use crate::catalogue::ErrorCode;
use crate::problem::Problem;
use crate::request::Request;
use crate::route::decoded;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Keys whose values are restricted, as far as a Fire TV sends them, with the values that Adobe lists.
const RESTRICTED: [(&str, &[&str]); 4] = [
    (
        "primaryHardwareType",
        &[
            "Camera",
            "DataCollectionTerminal",
            "Desktop",
            "EmbeddedNetworkModule",
            "eReader",
            "GamesConsole",
            "GeolocationTracker",
            "Glasses",
            "MediaPlayer",
            "MobilePhone",
            "PaymentTerminal",
            "PluginModem",
            "SetTopBox",
            "TV",
            "Tablet",
            "WirelessHotspot",
            "Wristwatch",
            "Unknown",
        ],
    ),
    (
        "osName",
        &[
            "Android",
            "Chrome OS",
            "Linux",
            "Mac OS",
            "OS X",
            "OpenBSD",
            "Roku OS",
            "Windows",
            "iOS",
            "tvOS",
            "webOS",
        ],
    ),
    (
        "osFamily",
        &[
            "Android",
            "BSD",
            "Linux",
            "PlayStation OS",
            "Roku OS",
            "Symbian",
            "Tizen",
            "Windows",
            "iOS",
            "macOS",
            "tvOS",
            "webOS",
        ],
    ),
    ("connectionSecure", &["true", "false"]),
];

/// The longest name of a model or a system that is repeated to people.
const LONGEST_WORD: usize = 30;

/// The device that a call names.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) info: Map<String, Value>,
}

impl Device {
    /// As v1 has it: both are mandatory.
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let id = request
            .parameter("deviceId")
            .ok_or_else(|| Problem::absent(ErrorCode::InvalidDeviceId, "deviceId"))?;
        Ok(Self { id: id.to_owned(), info: info(request)? })
    }

    /// Whether all restricted keys hold what they may. Otherwise the platform is unknown, and the sign-in shorter.
    pub(crate) fn known_platform(&self) -> bool {
        RESTRICTED.iter().all(|(key, values)| match self.info.get(*key) {
            None => true,
            Some(Value::String(value)) => values.contains(&value.as_str()),
            Some(Value::Bool(_)) => *key == "connectionSecure",
            Some(_) => false,
        })
    }
}

/// The device information, from `X-Device-Info` or else `device_info`. `model` and `osName` have to be there.
pub(crate) fn info(request: &Request) -> Result<Map<String, Value>, Problem> {
    let sent = request.header("x-device-info").or_else(|| request.parameter("device_info"));
    let sent = sent.ok_or_else(|| Problem::absent(ErrorCode::InvalidDeviceInfo, "device_info"))?;
    let info = read(sent).ok_or_else(|| {
        Problem::new(400, ErrorCode::InvalidDeviceInfo, "Invalid 'device_info': not Base64 of a JSON object")
    })?;
    if let Some(key) = absent(&info) {
        let message = format!("Invalid 'device_info': '{key}' is not present");
        return Err(Problem::new(400, ErrorCode::InvalidDeviceInfo, message));
    }
    Ok(info)
}

/// The device in the words of a page or a record: model and system, which are many people's. A name that could hold more
/// than that is left out.
pub(crate) fn spoken(info: &Map<String, Value>) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let word = |key: &str| {
        let text = info.get(key)?.as_str()?.trim();
        (!text.is_empty() && text.len() <= LONGEST_WORD && text.chars().all(plain)).then_some(text)
    };
    let system = word("osName").map(|name| match word("osVersion") {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    });
    match (word("model"), system) {
        (Some(model), Some(system)) => Some(format!("{model}, {system}")),
        (model, system) => model.map(str::to_owned).or(system),
    }
}

/// What no sample of Adobe's leaves out, and this one does.
fn absent(info: &Map<String, Value>) -> Option<&'static str> {
    let there = |key: &&str| info.get(*key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    ["model", "osName"].into_iter().find(|key| !there(key))
}

/// The device information of v2's header: plain Base64 of a JSON object.
pub(crate) fn plain_info(sent: &str) -> Option<Map<String, Value>> {
    let info = serde_json::from_slice(&PLAIN.decode(sent).ok()?).ok()?;
    absent(&info).is_none().then_some(info)
}

/// The device id of v2's header: the word `fingerprint`, and plain Base64 of the id.
pub(crate) fn plain_id(sent: &str) -> Option<String> {
    let (kind, id) = sent.split_once(' ')?;
    let id = String::from_utf8(PLAIN.decode(id.trim()).ok()?).ok()?;
    (kind == "fingerprint" && !id.is_empty()).then_some(id)
}

/// Plain Base64 of a text, as v2 wants it and v1 understands it.
pub(crate) fn write(json: &str) -> String {
    PLAIN.encode(json)
}

/// The device information as v1 understands it, whatever is in it.
pub(crate) fn read(sent: &str) -> Option<Map<String, Value>> {
    let text = if sent.contains('%') { decoded(sent) } else { sent.to_owned() };
    // An unescaped `+` in a query has become a space; the URL-safe alphabet is forgiven, too.
    let text = text.trim().replace([' ', '-'], "+").replace('_', "/");
    serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()
}

//! What a second screen learns about the device behind a code.
//!
//! Adobe's page: "Retrieve authentication session using code". What the device has not told is left out: the sample has
//! `null` there, which Adobe's OpenAPI does not allow.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::render::{Node, map};
use crate::state::CodeRecord;

/// The types that Adobe's OpenAPI lists.
const TYPES: [&str; 20] = [
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
    "VehicleMultimediaSystem",
    "Projector",
    "Unknown",
];

pub(super) fn describe(record: &CodeRecord) -> Node {
    let info = Info(&record.device_info);
    let kind = info.text("primaryHardwareType").filter(|kind| TYPES.contains(&kind.as_str()));
    let agent = || Some(Node::from(record.user_agent.as_str()));
    told([
        ("type", Some(kind.unwrap_or_else(|| "Unknown".to_owned()).into())),
        ("model", info.node("model")),
        ("version", info.version("version")),
        (
            "hardware",
            Some(told([("vendor", info.node("vendor")), ("manufacturer", info.node("manufacturer"))])),
        ),
        (
            "operatingSystem",
            Some(told([
                ("name", info.node("osName")),
                ("family", info.node("osFamily")),
                ("vendor", info.node("osVendor")),
                ("version", info.version("osVersion")),
            ])),
        ),
        (
            "browser",
            Some(told([
                ("name", info.node("browserName")),
                ("vendor", info.node("browserVendor")),
                ("version", info.version("browserVersion")),
                ("userAgent", agent()),
                ("originalUserAgent", agent()),
            ])),
        ),
        (
            "display",
            Some(told([
                ("width", Some(info.number("displayWidth").into())),
                ("height", Some(info.number("displayHeight").into())),
                ("ppi", Some(info.number("displayPpi").into())),
                ("name", Some("DISPLAY".into())),
            ])),
        ),
        ("applicationId", info.node("applicationId")),
        (
            "connection",
            Some(told([
                ("ipAddress", info.node("connectionIp").or_else(|| Some(record.address.as_str().into()))),
                ("port", info.node("connectionPort")),
                ("secure", Some((info.text("connectionSecure").as_deref() == Some("true")).into())),
                ("type", info.node("connectionType")),
            ])),
        ),
    ])
}

fn told<const N: usize>(fields: [(&'static str, Option<Node>); N]) -> Node {
    let known = fields.into_iter().filter_map(|(name, node)| Some((Cow::Borrowed(name), node?)));
    Node::Map(known.collect())
}

/// The device information, whose numbers and truth values may stand in quotes.
struct Info<'a>(&'a Map<String, Value>);

impl Info<'_> {
    fn text(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    fn node(&self, key: &str) -> Option<Node> {
        self.text(key).map(Node::from)
    }

    fn number(&self, key: &str) -> u64 {
        self.text(key).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    fn version(&self, key: &str) -> Option<Node> {
        let text = self.text(key)?;
        let mut parts = text.split('.').map(|part| part.parse::<u32>().map_or(0, u64::from));
        let mut part = || Node::from(parts.next().unwrap_or_default());
        Some(map([("major", part()), ("minor", part()), ("patch", part()), ("profile", "".into())]))
    }
}

//! The device as Adobe sees it: an id that must never change, and a description that decides lifetimes.

use std::fmt::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use device_auth::Secret;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// The stable, unique id of this device. Whoever sends it shares its authentication, so it is kept like a secret.
///
/// On Fire OS: SHA-256 over `ANDROID_ID`, computed once and then kept, since a later system may compute another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId(Secret);

impl DeviceId {
    /// Takes an id.
    ///
    /// # Errors
    /// [`Error::FixConfiguration`] for an empty one.
    pub fn new(id: impl Into<String>) -> Result<Self> {
        let id = Secret::new(id);
        if id.expose().trim().is_empty() {
            return Err(Error::fix(
                "the device id is empty",
                "pass an id that is unique to this device and survives restarts, or pass none and let one be made",
            ));
        }
        Ok(Self(id))
    }

    /// An id made up from 256 random bits.
    pub(crate) fn random() -> Result<Self> {
        let mut bits = [0_u8; 32];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bits).map_err(|_| {
            Error::fix(
                "the system has no random numbers to make a device id from",
                "pass a device id yourself",
            )
        })?;
        Ok(Self(Secret::new(bits.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        }))))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

/// What the device tells about itself on every call (`X-Device-Info`). A missing or wrong description makes it an unknown
/// platform, whose authentications may be shorter.
///
/// Adobe's page: "Passing client information" (v1), "X-Device-Info" (v2).
///
/// ```
/// use couchpass::DeviceInfo;
///
/// let info = DeviceInfo::new("AFTKA", "Android", "9")
///     .manufacturer("Amazon")
///     .version("kara")
///     .connection_type("WIFI");
/// # let _ = info;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    fields: Map<String, Value>,
}

impl DeviceInfo {
    /// The description of a device by its model (`Build.MODEL`), its operating system's name (`Android` on Fire OS) and
    /// version (`Build.VERSION.RELEASE`). What else Adobe requires starts out as unknown.
    pub fn new(model: impl Into<String>, os_name: impl Into<String>, os_version: impl Into<String>) -> Self {
        let info = Self { fields: Map::new() };
        info.with("primaryHardwareType", "TV")
            .with("model", model)
            .with("osName", os_name)
            .with("osVersion", os_version)
            .with("version", "unknown")
            .with("connectionType", "notAccessible")
    }

    /// Who made it (`Build.MANUFACTURER`).
    #[must_use]
    pub fn manufacturer(self, manufacturer: impl Into<String>) -> Self {
        self.with("manufacturer", manufacturer)
    }

    /// Under which name it is sold (`Build.BRAND`).
    #[must_use]
    pub fn vendor(self, vendor: impl Into<String>) -> Self {
        self.with("vendor", vendor)
    }

    /// The hardware's version (`Build.DEVICE`).
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with("version", version)
    }

    /// `WIFI`, `ETHERNET` and so on, or `notAccessible`.
    #[must_use]
    pub fn connection_type(self, connection_type: impl Into<String>) -> Self {
        self.with("connectionType", connection_type)
    }

    /// The app's own id.
    #[must_use]
    pub fn application_id(self, id: impl Into<String>) -> Self {
        self.with("applicationId", id)
    }

    /// Any other field of Adobe's table.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<String>) -> Self {
        self.fields.insert(field.to_owned(), Value::String(value.into()));
        self
    }

    /// Adobe's required fields that are missing or empty. A client is not made with such a description.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let is_empty =
            |field: &&str| self.fields.get(*field).and_then(Value::as_str).is_none_or(str::is_empty);
        ["model", "osName", "osVersion", "version", "connectionType"].into_iter().filter(is_empty).collect()
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self.missing().first() {
            None => Ok(()),
            Some(field) => Err(Error::fix(
                format!("the device information has no {field}"),
                "fill it from the system; where it cannot be known, say so with a word such as unknown",
            )),
        }
    }

    /// The header's value: Base64 of the JSON, made of letters and digits alone.
    ///
    /// One of Adobe's pages wants the Base64 URL-encoded, the others want it plain. ASCII JSON without `>`, `?`, `~` and
    /// DEL, padded with spaces to a multiple of three bytes, encodes without `+`, `/` and `=`, so it is right both ways.
    pub(crate) fn header(&self) -> String {
        let mut json = ascii_json(&Value::Object(self.fields.clone()));
        while !json.len().is_multiple_of(3) {
            json.push(' ');
        }
        STANDARD.encode(json)
    }

    /// The description in a header of ours.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of_header(header: &str) -> Option<Self> {
        Some(Self { fields: serde_json::from_slice(&STANDARD.decode(header).ok()?).ok()? })
    }
}

fn ascii_json(value: &Value) -> String {
    let mut escaped = String::new();
    for character in value.to_string().chars() {
        if character.is_ascii() && !matches!(character, '>' | '?' | '~' | '\u{7f}') {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

impl fmt::Display for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = |name: &str| self.fields.get(name).and_then(Value::as_str).unwrap_or("unknown");
        write!(f, "{} ({} {})", field("model"), field("osName"), field("osVersion"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_header_needs_no_escaping_and_loses_nothing(model in ".*", version in "[>?~\u{7f}é😀]*") {
            let info = DeviceInfo::new(model, "Android", version);
            let header = info.header();
            prop_assert!(header.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{header}");
            prop_assert_eq!(DeviceInfo::of_header(&header), Some(info));
        }
    }

    #[test]
    fn a_required_field_that_is_empty_is_named() {
        let error = DeviceInfo::new("", "Android", "9").check().unwrap_err();
        assert!(error.to_string().contains("model"), "{error}");
        assert!(DeviceInfo::new("AFTKA", "Android", "9").check().is_ok());
    }
}

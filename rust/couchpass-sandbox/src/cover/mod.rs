//! Covering what a recording holds: which parts of a request are a client's secrets, and what stands in for each.

mod json;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::call::Addresses;
use crate::config::Config;
use crate::device::{self, plain_id};
use crate::jwt::SigningKey;
use crate::record::{self, SecretKind};
use crate::request::{Pairs, is_type, pairs};
use crate::state::meant;
use crate::veil::{SHORT, Veil};

/// What Adobe's pages let a device tell about itself. All of it describes a kind of device, none of it one device.
const DEVICE_INFO: [&str; 21] = [
    "applicationId",
    "browserName",
    "browserVendor",
    "browserVersion",
    "connectionIp",
    "connectionPort",
    "connectionSecure",
    "connectionType",
    "displayHeight",
    "displayPpi",
    "displayWidth",
    "manufacturer",
    "model",
    "osFamily",
    "osName",
    "osVendor",
    "osVersion",
    "primaryHardwareType",
    "userAgent",
    "vendor",
    "version",
];

/// What stands in for something that a client has brought along.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Given {
    /// This text.
    Text(String),
    /// Base64 of this JSON.
    Base64(Value),
    /// A token with these claims, signed by the sandbox that replays.
    Signed(Value),
}

impl Given {
    /// The text to be sent.
    pub(crate) fn written(&self, veil: &Veil, key: &SigningKey) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Base64(json) => device::write(&veil.uncover(&json.to_string())),
            Self::Signed(claims) => key.sign(claims),
        }
    }
}

/// A body of a request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// The pairs of a form.
    Form(Pairs),
    /// Any other text.
    Text(String),
}

/// A request with all secrets covered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Covered {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) query: Pairs,
    pub(crate) headers: Pairs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Body>,
}

/// Covers one recording from its first line to its last.
pub(crate) struct Cover<'a> {
    pub(crate) veil: Veil,
    pub(crate) given: BTreeMap<String, Given>,
    config: &'a Config,
    key: SigningKey,
}

/// The name that the addresses of a sandbox have in a recording.
pub(crate) fn name_addresses(veil: &mut Veil, addresses: &Addresses) {
    for (name, address) in [("api", &addresses.api), ("sp", &addresses.sp), ("web", &addresses.web)] {
        veil.give(name, address);
    }
}

/// The name of an account's password in a case, which stands in for one that is not built in.
pub(crate) fn password_of(account: &str) -> String {
    format!("password-of-{account}")
}

impl<'a> Cover<'a> {
    pub(crate) fn new(addresses: &Addresses, config: &'a Config) -> Self {
        let mut veil = Veil::default();
        name_addresses(&mut veil, addresses);
        for account in &config.accounts {
            veil.bind(&password_of(&account.name), &account.password);
        }
        Self { veil, given: BTreeMap::new(), config, key: SigningKey::new(&config.signing_key) }
    }

    /// The request of a HAR entry.
    pub(crate) fn request(&mut self, request: &Value, web: bool) -> Covered {
        let url = Url::parse(request["url"].as_str().unwrap_or_default()).ok();
        let path = url.as_ref().map_or("/", Url::path).to_owned();
        let query = url.as_ref().and_then(Url::query).unwrap_or_default();
        let v2 = path.starts_with("/api/v2/");
        let query = pairs(query.as_bytes()).into_iter().map(|pair| self.parameter(pair, v2, web)).collect();
        let headers = request["headers"].as_array().into_iter().flatten();
        let headers: Pairs = headers.filter_map(|header| self.header(header, v2)).collect();
        let body = self.body(request, &headers, v2, web);
        let method = request["method"].as_str().unwrap_or_default().to_owned();
        Covered { method, path: self.veil.cover(&path), query, headers, body }
    }

    /// The address that the throttling went by.
    pub(crate) fn client(&mut self, address: &str) -> String {
        let loopback = address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if loopback {
            return address.to_owned();
        }
        let (name, new) = self.veil.name("address", address);
        if new {
            // Of a network that is there for measurements, and large enough for every client to stay one of its own.
            let number = self.given.keys().filter(|name| name.starts_with("address-")).count() + 1;
            let other = format!("198.18.{}.{}", number / 256 % 256, number % 256);
            self.stand_in(&name, address, Given::Text(other));
        }
        format!("{{{{{name}}}}}")
    }

    /// A text that may hold secrets anywhere.
    pub(crate) fn text(&self, text: &str) -> String {
        self.veil.cover(text)
    }

    fn stand_in(&mut self, name: &str, text: &str, given: Given) {
        self.given.insert(name.to_owned(), given);
        self.veil.give(name, text);
    }

    /// A name for a text of this kind, unless the sandbox itself has issued it.
    fn named(
        &mut self,
        kind: &'static str,
        text: &str,
        given: impl FnOnce(&mut Self, &str) -> Given,
    ) -> String {
        if let Some(issued) = self.veil.issued(text) {
            return issued;
        }
        let (name, new) = self.veil.name(kind, text);
        if new {
            let given = given(self, &name);
            self.stand_in(&name, text, given);
        }
        format!("{{{{{name}}}}}")
    }

    /// As [`named`](Self::named), where any other text does as well.
    fn any(&mut self, kind: &'static str, text: &str) -> String {
        // What would have to be escaped in JSON does not stand there as it is.
        let kept = text.len() < SHORT && !text.contains(|c: char| c == '"' || c == '\\' || c.is_control());
        self.named(kind, text, |_, name| Given::Text(if kept { text } else { name }.to_owned()))
    }

    fn header(&mut self, header: &Value, v2: bool) -> Option<(String, String)> {
        let (name, value) = (header["name"].as_str()?, header["value"].as_str()?);
        let value = match name {
            "accept" | "content-type" | "user-agent" => self.veil.cover(value),
            "authorization" => match value.split_once(' ') {
                Some((scheme, token)) => format!("{scheme} {}", self.any("bearer", token.trim())),
                None => self.any("bearer", value),
            },
            "ap-device-identifier" => match plain_id(value) {
                Some(id) => {
                    let name = self.any("device", &id);
                    format!("fingerprint {}", name.replace("}}", ":base64}}"))
                }
                None => self.any("odd-device", value),
            },
            "x-device-info" => self.device_info(value, v2),
            "adobe-subject-token" => self.signed("platform-token", value),
            "ap-temppass-identity" => self.viewer(value),
            name if name.starts_with("ap-") || name == "ad-service-token" => self.any("header", value),
            _ => return None,
        };
        Some((name.to_owned(), value))
    }

    fn parameter(&mut self, (name, value): (String, String), v2: bool, web: bool) -> (String, String) {
        let covered = match record::kind(&name) {
            None if web && name == "code" => self.veil.issued(&meant(&value)).unwrap_or(value),
            None => self.veil.cover(&value),
            Some(_) if value.is_empty() => value,
            Some(kind) => self.secret(kind, &value, v2),
        };
        (self.veil.cover(&name), covered)
    }

    fn secret(&mut self, kind: SecretKind, value: &str, v2: bool) -> String {
        match kind {
            SecretKind::PlatformToken => self.signed("platform-token", value),
            SecretKind::SoftwareStatement => self.signed("statement", value),
            SecretKind::DeviceId => self.any("device", value),
            SecretKind::DeviceInfo => self.device_info(value, v2),
            SecretKind::ClientId => self.any("client", value),
            SecretKind::ClientSecret => self.any("client-secret", value),
            SecretKind::Bearer => self.any("bearer", value),
            SecretKind::GenericData => self.identities(value),
            SecretKind::Password => {
                let account = self.config.accounts.iter().find(|account| account.password == value);
                account.map_or_else(
                    || "a wrong password".to_owned(),
                    |account| format!("{{{{{}}}}}", password_of(&account.name)),
                )
            }
            SecretKind::TempPassIdentity => self.viewer(value),
            SecretKind::ServiceToken | SecretKind::VisitorId => self.any("header", value),
        }
    }

    /// A token of ours keeps its claims, but for the one that says who the viewer is. Any other is as good as none.
    fn signed(&mut self, kind: &'static str, token: &str) -> String {
        self.named(kind, token, |cover, name| match cover.key.read::<Value>(token) {
            Some(Value::Object(mut claims)) => {
                if let Some(Value::String(subject)) = claims.get("sub").cloned() {
                    claims.insert("sub".into(), cover.veil.name("subject", &subject).0.into());
                }
                Given::Signed(claims.into())
            }
            _ => Given::Text(name.to_owned()),
        })
    }

    fn device_info(&mut self, sent: &str, v2: bool) -> String {
        let read = if v2 { device::plain_info(sent) } else { device::read(sent) };
        let Some(info) = read else { return self.any("odd-device-info", sent) };
        let name = self.named("device-info", sent, |cover, _| {
            let known = info.iter().filter(|(key, _)| DEVICE_INFO.contains(&key.as_str()));
            let mut kept: Map<String, Value> =
                known.map(|(key, value)| (key.clone(), value.clone())).collect();
            if let Some(Value::String(address)) = kept.get("connectionIp").cloned() {
                kept.insert("connectionIp".into(), cover.client(&address).into());
            }
            Given::Base64(kept.into())
        });
        // As the record of a code gives it back.
        let written = device::write(&Value::from(info).to_string());
        if let Some(name) = name.strip_prefix("{{").and_then(|name| name.strip_suffix("}}")) {
            self.veil.form(written, name, "");
        }
        name
    }

    fn body(&mut self, request: &Value, headers: &Pairs, v2: bool, web: bool) -> Option<Body> {
        let text = request["postData"]["text"].as_str()?;
        if request["postData"].get("_encoding").is_some() {
            return Some(Body::Text("(left out: no text)".to_owned()));
        }
        let announced = headers.iter().find(|(name, _)| name == "content-type");
        if announced.is_some_and(|(_, kind)| is_type(kind, "application/x-www-form-urlencoded")) {
            let form = pairs(text.as_bytes()).into_iter();
            return Some(Body::Form(form.map(|pair| self.parameter(pair, v2, web)).collect()));
        }
        let covered = match serde_json::from_str(text) {
            Ok(json) => self.json_text(json, v2),
            Err(_) => self.veil.cover(text),
        };
        Some(Body::Text(covered))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn covering<R>(work: impl FnOnce(&mut Cover<'_>) -> R) -> R {
        let address = || "http://127.0.0.1:1".to_owned();
        let addresses = Addresses { api: address(), sp: address(), web: address(), control: None };
        work(&mut Cover::new(&addresses, &Config::default()))
    }

    #[test]
    fn no_two_clients_share_an_address_in_a_replay() {
        covering(|cover| {
            for number in 0..1_000 {
                cover.client(&format!("2001:db8::{number:x}"));
            }
            let mut others: Vec<_> = cover.given.values().map(|given| json!(given).to_string()).collect();
            others.sort();
            others.dedup();
            assert_eq!(others.len(), 1_000);
        });
    }

    #[test]
    fn a_form_is_one_however_its_type_is_written() {
        covering(|cover| {
            for kind in
                ["Application/X-WWW-Form-URLEncoded; charset=utf-8", "application/x-www-form-urlencoded ;x"]
            {
                let request = json!({
                    "method": "POST",
                    "url": "http://127.0.0.1:1/authenticate",
                    "headers": [{ "name": "content-type", "value": kind }],
                    "postData": { "text": "password=my-own-word" },
                });
                let form = vec![("password".to_owned(), "a wrong password".to_owned())];
                assert_eq!(cover.request(&request, true).body, Some(Body::Form(form)), "{kind}");
            }
        });
    }
}

//! One recorded request, with a fingerprint in the place of every secret.

use std::collections::BTreeMap;

use ring::digest;
use serde::Serialize;

use crate::clock::Millis;
use crate::device::{plain_id, read, spoken};
use crate::endpoint::{Endpoint, Origin};
use crate::random;
use crate::request::{Pairs, Request};

/// Parameters that tell what a call was about and identify nobody.
const TELLING: [&str; 12] = [
    "requestor",
    "requestor_id",
    "resource",
    "mvpd",
    "mso_id",
    "domainName",
    "ttl",
    "format",
    "reg_code",
    "grant_type",
    "noflash",
    "no_iframe",
];

/// The longest name that is written down; a longer one is taken for a misplaced secret.
const LONGEST_NAME: usize = 40;

/// The first eight hexadecimal digits of a secret's SHA-256: enough to tell whether two requests carried the same.
pub fn fingerprint(secret: &str) -> String {
    let mut hex = random::hex(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
    hex.truncate(8);
    hex
}

/// Where a value sat in a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub enum Carrier {
    /// A header.
    Header,
    /// The query.
    Query,
    /// A body: a form, or JSON.
    Form,
}

/// What a secret was.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// The access token of `Authorization`.
    Bearer,
    /// `Adobe-Subject-Token` or `ast`.
    PlatformToken,
    /// `deviceId`, or the id of `AP-Device-Identifier` in clear.
    DeviceId,
    /// The device information, which says whose device it is.
    DeviceInfo,
    /// `client_id`.
    ClientId,
    /// `client_secret`.
    ClientSecret,
    /// `software_statement`.
    SoftwareStatement,
    /// A viewer's password.
    Password,
    /// `generic_data`, which says who a viewer of a promotional TempPass is.
    GenericData,
    /// `AP-TempPass-Identity`, which says the same in v2.
    TempPassIdentity,
    /// `AD-Service-Token`.
    ServiceToken,
    /// `AP-Visitor-Identifier`.
    VisitorId,
}

/// A secret that a request carried.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Seen {
    /// What it was.
    pub kind: SecretKind,
    /// Where it sat.
    pub carrier: Carrier,
    /// Its [`fingerprint`].
    pub fingerprint: String,
}

/// A request that reached a sandbox. It holds no secret in clear, so it may be printed.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// Its place in the order of arrival, from 0.
    pub number: usize,
    /// When it came, in milliseconds since 1970 by the sandbox's clock.
    pub at: Millis,
    /// The host that it came to.
    pub origin: Origin,
    /// The method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The endpoint, or `None` if the address leads nowhere.
    pub endpoint: Option<Endpoint>,
    /// The names of the headers, in lower case.
    pub headers: Vec<String>,
    /// The names of the query's parameters.
    pub query: Vec<String>,
    /// The names of the form's fields.
    pub form: Vec<String>,
    /// The parameters that are no secret, with their values.
    pub parameters: BTreeMap<String, String>,
    /// The secrets, in the order header, query, form.
    pub secrets: Vec<Seen>,
    /// The device in words, such as `AFTKA, Android 9`, where it has told about itself. Many devices share them.
    pub device: Option<String>,
    /// The client that throttling took it for.
    pub client: String,
    /// `X-Forwarded-For`, to the letter.
    pub forwarded_for: Option<String>,
    /// The status of the answer; `None` while there is none, and for a connection that was cut.
    pub status: Option<u16>,
    /// Whether it has been answered or cut; `false` while it is being served.
    pub ended: bool,
    /// The fault that was injected, by name.
    pub fault: Option<&'static str>,
}

impl RecordedRequest {
    /// Whether a device made it, and not a browser.
    pub fn by_device(&self) -> bool {
        !self.endpoint.map_or(self.origin == Origin::Web, Endpoint::by_browser)
    }

    /// The carriers of its platform token: none, one, or several.
    pub fn platform_token_carriers(&self) -> Vec<Carrier> {
        self.of_kind(SecretKind::PlatformToken).map(|seen| seen.carrier).collect()
    }

    /// The fingerprint of the first secret of this kind.
    pub fn fingerprint(&self, kind: SecretKind) -> Option<&str> {
        self.of_kind(kind).map(|seen| seen.fingerprint.as_str()).next()
    }

    fn of_kind(&self, kind: SecretKind) -> impl Iterator<Item = &Seen> {
        self.secrets.iter().filter(move |seen| seen.kind == kind)
    }

    pub(crate) fn of(request: &Request, endpoint: Option<Endpoint>, at: Millis) -> Self {
        let names = |pairs: &Pairs| pairs.iter().map(|(name, _)| harmless(name)).collect();
        let parameters = request.query.iter().chain(&request.form);
        let parameters = parameters.filter(|(name, _)| TELLING.contains(&name.as_str())).cloned();
        Self {
            number: 0,
            at,
            origin: request.origin,
            method: request.method.to_string(),
            path: request.path.clone(),
            endpoint,
            headers: request.headers.keys().map(|name| harmless(name.as_str())).collect(),
            query: names(&request.query),
            form: names(&request.form),
            parameters: parameters.chain(resources(request)).collect(),
            secrets: secrets(request),
            device: device(request),
            client: request.client.clone(),
            forwarded_for: request.header("x-forwarded-for").map(str::to_owned),
            status: None,
            ended: false,
            fault: None,
        }
    }
}

/// The list of resources in the JSON body of v2's decisions, as one text with commas.
fn resources(request: &Request) -> Option<(String, String)> {
    if !request.is("application/json") {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(&request.body).ok()?;
    let resources: Option<Vec<&str>> =
        body.get("resources")?.as_array()?.iter().map(|one| one.as_str()).collect();
    Some(("resources".to_owned(), resources?.join(",")))
}

fn device(request: &Request) -> Option<String> {
    let sent = request.header("x-device-info").or_else(|| request.parameter("device_info"))?;
    spoken(&read(sent)?)
}

fn harmless(name: &str) -> String {
    if name.len() > LONGEST_NAME { format!("({})", fingerprint(name)) } else { name.to_owned() }
}

fn secrets(request: &Request) -> Vec<Seen> {
    let mut secrets = Vec::new();
    for (name, value) in &request.headers {
        let Ok(value) = value.to_str() else { continue };
        let (kind, secret) = match name.as_str() {
            "authorization" => (SecretKind::Bearer, value.split_once(' ').map_or(value, |(_, token)| token)),
            "adobe-subject-token" => (SecretKind::PlatformToken, value),
            "x-device-info" => (SecretKind::DeviceInfo, value),
            "ap-device-identifier" => (SecretKind::DeviceId, value),
            "ap-temppass-identity" => (SecretKind::TempPassIdentity, value),
            "ad-service-token" => (SecretKind::ServiceToken, value),
            "ap-visitor-identifier" => (SecretKind::VisitorId, value),
            _ => continue,
        };
        // So that a device shows under one fingerprint in v1 and in v2.
        let id = (kind == SecretKind::DeviceId).then(|| plain_id(secret)).flatten();
        let fingerprint = fingerprint(id.as_deref().unwrap_or(secret).trim());
        secrets.push(Seen { kind, carrier: Carrier::Header, fingerprint });
    }
    for (pairs, carrier) in [(&request.query, Carrier::Query), (&request.form, Carrier::Form)] {
        secrets.extend(pairs.iter().filter_map(|(name, value)| {
            Some(Seen { kind: kind(name)?, carrier, fingerprint: fingerprint(value) })
        }));
    }
    if request.is("application/json")
        && let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(&request.body)
    {
        secrets.extend(fields.iter().filter_map(|(name, value)| {
            Some(Seen {
                kind: kind(name)?,
                carrier: Carrier::Form,
                fingerprint: fingerprint(value.as_str()?),
            })
        }));
    }
    secrets
}

pub(crate) fn kind(parameter: &str) -> Option<SecretKind> {
    Some(match parameter {
        "ast" => SecretKind::PlatformToken,
        "deviceId" | "pt_device_id" => SecretKind::DeviceId,
        "device_info" => SecretKind::DeviceInfo,
        "client_id" => SecretKind::ClientId,
        "client_secret" => SecretKind::ClientSecret,
        "software_statement" => SecretKind::SoftwareStatement,
        "access_token" => SecretKind::Bearer,
        "generic_data" => SecretKind::GenericData,
        "password" => SecretKind::Password,
        _ => return None,
    })
}

//! The objects inside the events of `--json`, and what stands in each. `docs/command-line.md` lists the same.

use std::collections::BTreeMap;

use couchpass::{
    Decision, DecisionSource, Denial, Environment, MediaToken, MetadataValue, Metadatum, Preauthorization,
    Profile, Provider, SignOutAction,
};
use device_auth::{Secret, Timestamp};
use serde::Serialize;

use crate::secrets::Place;

/// Who is signed in.
#[derive(Debug, Serialize)]
pub(crate) struct ProfileJson<'a> {
    mvpd: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    not_after: Timestamp,
    #[serde(rename = "type")]
    profile_type: &'a str,
}

impl<'a> From<&'a Profile> for ProfileJson<'a> {
    fn from(profile: &'a Profile) -> Self {
        Self {
            mvpd: profile.mvpd.as_str(),
            user_id: profile.user_id.as_deref(),
            not_after: profile.not_after,
            profile_type: profile.profile_type.as_str(),
        }
    }
}

/// A permit or a deny.
#[derive(Debug, Serialize)]
pub(crate) struct DecisionJson<'a> {
    resource: &'a str,
    authorized: bool,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mvpd: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_token: Option<MediaTokenJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    denial: Option<DenialJson<'a>>,
}

impl<'a> DecisionJson<'a> {
    /// With the media token in clear only where somebody has asked for it.
    pub(crate) fn new(decision: &'a Decision, in_clear: bool) -> Self {
        Self {
            resource: decision.resource.as_str(),
            authorized: decision.authorized,
            source: match &decision.source {
                DecisionSource::Mvpd => "mvpd",
                DecisionSource::TempPass => "temppass",
                DecisionSource::Degradation => "degradation",
                DecisionSource::Other(name) => name,
                _ => "unknown",
            },
            mvpd: decision.mvpd.as_ref().map(couchpass::MvpdId::as_str),
            not_after: decision.not_after,
            media_token: decision.media_token.as_ref().map(|token| MediaTokenJson::new(token, in_clear)),
            denial: decision.denial.as_ref().map(DenialJson::from),
        }
    }
}

/// A media token, masked or in clear.
#[derive(Debug, Serialize)]
struct MediaTokenJson<'a> {
    masked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    serialized: Option<&'a str>,
    not_after: Timestamp,
}

impl<'a> MediaTokenJson<'a> {
    fn new(token: &'a MediaToken, in_clear: bool) -> Self {
        Self {
            masked: masked(&token.serialized),
            serialized: in_clear.then(|| token.serialized.expose()),
            not_after: token.not_after,
        }
    }
}

/// The first characters of a media token, which are the same for all of them, and its length.
pub(crate) fn masked(token: &Secret) -> String {
    let text = token.expose();
    let start: String = text.chars().take(if text.len() > 64 { 8 } else { 0 }).collect();
    format!("{start}… ({} characters)", text.len())
}

/// Why not.
#[derive(Debug, Serialize)]
struct DenialJson<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a str>,
}

impl<'a> From<&'a Denial> for DenialJson<'a> {
    fn from(denial: &'a Denial) -> Self {
        Self {
            message: &denial.message,
            details: denial.details.as_deref(),
            code: denial.code.as_deref(),
            trace: denial.trace.as_deref(),
        }
    }
}

/// Which Adobe Pass.
#[derive(Debug, Serialize)]
pub(crate) struct EnvironmentJson<'a> {
    name: &'a str,
    api: &'a str,
    sp: &'a str,
}

impl<'a> From<&'a Environment> for EnvironmentJson<'a> {
    fn from(environment: &'a Environment) -> Self {
        Self { name: environment.name(), api: environment.api().as_str(), sp: environment.sp().as_str() }
    }
}

/// What is left to do after a sign-out.
#[derive(Debug, Serialize)]
pub(crate) struct ActionJson<'a> {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mvpd: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> From<&'a SignOutAction> for ActionJson<'a> {
    fn from(action: &'a SignOutAction) -> Self {
        match action {
            SignOutAction::OpenUrl { mvpd, url } => {
                Self { action: "open_url", mvpd: Some(mvpd.as_str()), url: Some(url) }
            }
            _ => Self { action: "unknown", mvpd: None, url: None },
        }
    }
}

/// Where a platform token was found, in a word.
pub(crate) fn place(place: Place) -> &'static str {
    match place {
        Place::File => "file",
        Place::Environment => "environment",
    }
}

/// A TV provider to choose, or a trial.
#[derive(Debug, Serialize)]
pub(crate) struct ProviderJson<'a> {
    id: &'a str,
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_url: Option<&'a str>,
    temp_pass: bool,
    platform_sso: bool,
}

impl<'a> From<&'a Provider> for ProviderJson<'a> {
    fn from(provider: &'a Provider) -> Self {
        Self {
            id: provider.id.as_str(),
            display_name: &provider.display_name,
            logo_url: provider.logo_url.as_deref(),
            temp_pass: provider.is_temp_pass,
            platform_sso: provider.platform_sso,
        }
    }
}

/// Whether a resource may probably be watched.
#[derive(Debug, Serialize)]
pub(crate) struct PreauthorizationJson<'a> {
    resource: &'a str,
    authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    denial: Option<DenialJson<'a>>,
}

impl<'a> From<&'a Preauthorization> for PreauthorizationJson<'a> {
    fn from(item: &'a Preauthorization) -> Self {
        Self {
            resource: item.resource.as_str(),
            authorized: item.authorized,
            denial: item.denial.as_ref().map(DenialJson::from),
        }
    }
}

/// One property of the viewer's.
#[derive(Debug, Serialize)]
pub(crate) struct MetadatumJson<'a> {
    value: ValueJson<'a>,
    encrypted: bool,
}

/// In the type that it came in.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ValueJson<'a> {
    Text(&'a str),
    List(&'a [String]),
    Map(&'a BTreeMap<String, String>),
}

impl<'a> From<&'a Metadatum> for MetadatumJson<'a> {
    fn from(datum: &'a Metadatum) -> Self {
        Self {
            value: match &datum.value {
                MetadataValue::Text(text) => ValueJson::Text(text),
                MetadataValue::List(texts) => ValueJson::List(texts),
                MetadataValue::Map(texts) => ValueJson::Map(texts),
            },
            encrypted: datum.encrypted,
        }
    }
}

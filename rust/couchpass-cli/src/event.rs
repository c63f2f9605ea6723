//! What `--json` says, one event per line. `docs/command-line.md` describes the same for those who read it.
//!
//! The shape is a promise: fields may be added, none is renamed or dropped without a note in the changelog. Instants are
//! milliseconds since 1970. A field that has nothing to say is left out.

use couchpass::{
    Decision, DecisionSource, Denial, Environment, MediaToken, Profile, ProfileType, SignOutAction,
};
use couchpass_sandbox::Difference;
use device_auth::{Secret, Timestamp};
use serde::Serialize;

use crate::{failure::Failure, request_line::RequestLine, secrets::Place, sso::Sso};

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "snake_case")]
pub(crate) enum Event<'a> {
    /// The sign-in looks for an authentication that needs no viewer.
    Checking,
    /// A code to be typed on a second screen.
    Code {
        code: &'a str,
        expires: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        activate_url: Option<&'a str>,
    },
    /// A page to be opened in a browser on this device.
    Page { url: &'a str, redirect_url: &'a str },
    /// The code or page shown last works no longer.
    CodeExpired,
    /// The viewer is signed in.
    SignedIn {
        profile: ProfileJson<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        platform_token: Option<Sso>,
    },
    /// The TV provider has decided.
    Decision {
        #[serde(flatten)]
        decision: DecisionJson<'a>,
    },
    /// Who is signed in.
    Status {
        api: &'static str,
        environment: EnvironmentJson<'a>,
        requestor: &'a str,
        signed_in: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<ProfileJson<'a>>,
        /// All of them, the current one first.
        profiles: Vec<ProfileJson<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        platform_token_from: Option<&'static str>,
        state: String,
    },
    /// The viewer is signed out.
    SignedOut { actions: Vec<ActionJson<'a>> },
    /// The state was not readable and has been set aside.
    StateLost { reason: &'a str, set_aside: &'a str },
    /// The sandbox listens.
    SandboxStarted {
        api: &'a str,
        sp: &'a str,
        web: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        api_tls: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sp_tls: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        control: Option<&'a str>,
    },
    /// The sandbox has answered a request.
    Request {
        #[serde(skip_serializing_if = "Option::is_none")]
        app: Option<&'a str>,
        #[serde(flatten)]
        request: &'a RequestLine,
    },
    /// A recorded case has been replayed.
    Replayed { requests: usize, same: bool, differences: &'a [Difference] },
    /// The demo turns to an app.
    App { app: &'a str, requestor: &'a str, elapsed_ms: u64 },
    /// The demo has looked something up in the sandbox's record.
    Check { claim: &'a str, holds: bool },
    /// The demo is over.
    DemoDone { requests: usize, elapsed_ms: u64 },
    /// The command ends with this.
    Error {
        #[serde(flatten)]
        failure: &'a Failure,
        exit: u8,
    },
}

impl Event<'_> {
    /// The line that stands for it.
    pub(crate) fn as_json(&self) -> String {
        serde_json::to_string(self).expect("events have text keys and no fallible serializer")
    }
}

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
            profile_type: match &profile.profile_type {
                ProfileType::Regular => "regular",
                ProfileType::PlatformSso => "platformSSO",
                ProfileType::Temporary => "temporary",
                ProfileType::Degraded => "degraded",
                ProfileType::Other(name) => name,
                _ => "unknown",
            },
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

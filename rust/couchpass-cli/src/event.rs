//! What `--json` says, one event per line. `docs/command-line.md` describes the same for those who read it.
//!
//! The shape is a promise: fields may be added, none is renamed or dropped without a note in the changelog. Instants are
//! milliseconds since 1970. A field that has nothing to say is left out.

use std::collections::BTreeMap;

use couchpass_sandbox::Difference;
use device_auth::Timestamp;
use serde::Serialize;

use crate::{
    doctor::Finding,
    failure::Failure,
    load::Figures,
    request_line::RequestLine,
    shape::{
        ActionJson, DecisionJson, EnvironmentJson, MetadatumJson, PreauthorizationJson, ProfileJson,
        ProviderJson,
    },
    sso::Sso,
};

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
    /// The TV providers to choose from.
    Providers { providers: Vec<ProviderJson<'a>> },
    /// What the viewer may probably watch.
    Preauthorization { resources: Vec<PreauthorizationJson<'a>> },
    /// What the TV provider tells of the viewer.
    Metadata {
        #[serde(skip_serializing_if = "Option::is_none")]
        updated: Option<Timestamp>,
        values: BTreeMap<&'a str, MetadatumJson<'a>>,
    },
    /// A trial is under way.
    TemporaryAccess { profile: ProfileJson<'a>, time_left_ms: u64 },
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
    /// The doctor has looked at something.
    Finding {
        #[serde(flatten)]
        finding: &'a Finding,
    },
    /// The doctor is through.
    DoctorDone { errors: usize, warnings: usize, requests: usize },
    /// What so many devices at once have come to.
    LoadDone {
        #[serde(flatten)]
        figures: &'a Figures,
    },
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

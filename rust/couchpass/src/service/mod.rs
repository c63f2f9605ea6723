//! Adobe Pass as the rest of the client sees it: one service, in v2's terms, whichever of its two APIs is behind it.
//!
//! What a step takes in requests is decided here; what follows from its outcome is decided above.

mod v1;
mod v2;

use std::{sync::Arc, time::Duration};

use device_auth::{Clock, Priority, Timestamp};

pub(crate) use self::{
    v1::V1,
    v2::{V2, Whose},
};
use crate::{
    ByCode, CodeRecord, Decision, DecisionSource, Denial, Found, Login, LoginPage, LoginStep, MediaToken,
    MvpdId, Profile, ProfileType, PromotionalIdentity, Provider, RegistrationCode, Resource, SignInWith,
    UserMetadata,
    endpoints::{Caller, Item, Tries},
    failure::Failure,
    pipeline::Pipeline,
    wire::Complaint,
};

/// Which of Adobe's REST APIs a client speaks. A sign-in belongs to one of them: another one begins signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// REST API v1, which Adobe has announced to end about the end of 2026: for apps in the field until they have moved.
    V1,
    /// REST API v2: for every new app. Needs a registered application with its scope.
    V2,
}

impl Api {
    /// The scope that a registered application needs, where Adobe has published its name.
    pub(crate) fn scope(self) -> Option<&'static str> {
        match self {
            Self::V1 => None,
            Self::V2 => Some("api:client:v2"),
        }
    }
}

/// One of the two, ready to be asked.
#[derive(Debug)]
pub(crate) enum Service {
    V1(V1),
    V2(V2),
}

/// What both need in order to ask.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) caller: Caller,
    pub(crate) clock: Arc<dyn Clock>,
    /// How many resources one preauthorization may name.
    pub(crate) at_once: usize,
}

/// What a new session has come to.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A code to show, or a page to open.
    Waiting { code: RegistrationCode, page: Option<LoginPage> },
    /// There is a profile already.
    Found(Found),
}

impl Service {
    pub(crate) fn new(api: Api, link: Link, code_lifetime: Option<Duration>) -> Self {
        match api {
            Api::V1 => Self::V1(V1 { link, code_lifetime }),
            Api::V2 => Self::V2(V2 { link }),
        }
    }

    /// The device's profiles, but for trials.
    pub(crate) async fn profiles(&self, priority: Priority) -> Result<Vec<Found>, Failure> {
        match self {
            Self::V1(v1) => v1.profiles(priority).await,
            Self::V2(v2) => v2.profiles(priority).await,
        }
    }

    /// Whether the viewer has finished with the code that this device shows.
    pub(crate) async fn poll(&self, code: &str) -> Result<ByCode, Failure> {
        match self {
            Self::V1(v1) => v1.poll().await,
            Self::V2(v2) => v2.profile_by_code(code).await,
        }
    }

    /// Opens a session for the viewer to sign in.
    pub(crate) async fn open(&self, way: &SignInWith) -> Result<Opened, Failure> {
        match self {
            Self::V1(v1) => v1.open(way).await,
            Self::V2(v2) => v2.open(way).await,
        }
    }

    /// Makes a code stop working, as far as that is possible.
    pub(crate) async fn release(&self, code: &str) -> Result<(), Failure> {
        match self {
            Self::V1(v1) => v1.release(code).await,
            // v2 has no call for it: the code ends with its 30 minutes, or with the next session of this device.
            Self::V2(_) => Ok(()),
        }
    }

    /// Decides before a playback. A deny is an answer.
    pub(crate) async fn authorize(
        &self,
        profile: &Profile,
        identity: Option<&PromotionalIdentity>,
        resource: &Resource,
    ) -> Result<Decision, Failure> {
        match self {
            Self::V1(v1) => v1.authorize(profile, resource).await,
            Self::V2(v2) => v2.authorize(profile, identity, resource).await,
        }
    }

    /// Cuts a list into what one preauthorization may ask for.
    pub(crate) fn portions(&self, resources: &[Resource]) -> crate::Result<Vec<Vec<Resource>>> {
        match self {
            Self::V1(v1) => v1.portions(resources),
            Self::V2(v2) => Ok(v2.portions(resources)),
        }
    }

    /// Asks for one portion.
    pub(crate) async fn preauthorize(
        &self,
        on_behalf: OnBehalf<'_>,
        resources: &[Resource],
        tries: &Tries,
    ) -> Result<Vec<Item>, Failure> {
        match self {
            Self::V1(v1) => v1.preauthorize(on_behalf, resources, tries).await,
            Self::V2(v2) => v2.preauthorize(on_behalf, resources, tries).await,
        }
    }

    /// What the TV provider tells of the viewer.
    pub(crate) async fn metadata(
        &self,
        profile: &Profile,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<UserMetadata, Failure> {
        match self {
            Self::V1(v1) => v1.metadata().await,
            Self::V2(v2) => v2.metadata(profile, identity).await,
        }
    }

    /// The TV providers to choose from, and the trials.
    pub(crate) async fn providers(&self) -> Result<Vec<Provider>, Failure> {
        match self {
            Self::V1(v1) => v1.providers().await,
            Self::V2(v2) => v2.providers().await,
        }
    }

    /// Begins a trial, or finds it; `None` where it is used up or was not granted.
    pub(crate) async fn trial(
        &self,
        mvpd: &MvpdId,
        domain: &str,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Option<Found>, Failure> {
        match self {
            Self::V1(v1) => v1.trial(mvpd, domain, identity).await,
            Self::V2(v2) => v2.profile_of(mvpd, identity).await,
        }
    }

    /// What a code is for, if it is one.
    pub(crate) async fn look_up(&self, code: &str) -> Result<Option<CodeRecord>, Failure> {
        match self {
            Self::V1(v1) => v1.look_up(code).await,
            Self::V2(v2) => v2.look_up(code).await,
        }
    }

    /// What a second screen does next with a code.
    pub(crate) async fn log_in(
        &self,
        record: &CodeRecord,
        login: &Login,
        generic_data: Option<&str>,
    ) -> Result<LoginStep, Failure> {
        match self {
            Self::V1(v1) => Ok(v1.log_in(record, login, generic_data)),
            Self::V2(v2) => v2.log_in(record, login, generic_data).await,
        }
    }

    /// Whether a code has been used, as a second screen asks.
    pub(crate) async fn is_used(&self, code: &str) -> Result<bool, Failure> {
        match self {
            Self::V1(v1) => v1.is_used(code).await,
            Self::V2(v2) => Ok(matches!(v2.profile_by_code(code).await?, ByCode::Used(_))),
        }
    }

    /// The profile that came about by a code, as a second screen asks.
    pub(crate) async fn profile_of_code(&self, code: &str) -> Result<Option<Profile>, Failure> {
        match self {
            Self::V1(v1) => v1.profile_of_code(code).await,
            Self::V2(v2) => match v2.profile_by_code(code).await? {
                ByCode::Used(found) => Ok(Some(found.profile)),
                ByCode::Open | ByCode::Gone => Ok(None),
            },
        }
    }
}

/// For whom a preauthorization asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OnBehalf<'a> {
    /// This device's viewer.
    Profile(&'a Profile),
    /// Whoever has used a code.
    Code(&'a str),
}

/// A permit as a decision.
fn permit(
    resource: &Resource,
    mvpd: MvpdId,
    source: DecisionSource,
    not_after: Option<Timestamp>,
    token: MediaToken,
) -> Decision {
    Decision {
        resource: resource.clone(),
        authorized: true,
        mvpd: Some(mvpd),
        source,
        not_after,
        media_token: Some(token),
        denial: None,
    }
}

/// A deny as a decision.
fn deny(resource: &Resource, mvpd: &MvpdId, source: DecisionSource, complaint: &Complaint) -> Decision {
    Decision {
        resource: resource.clone(),
        authorized: false,
        mvpd: Some(mvpd.clone()),
        source,
        not_after: None,
        media_token: None,
        denial: Some(denial(complaint)),
    }
}

/// The reason of a deny, for the viewer.
pub(crate) fn denial(complaint: &Complaint) -> Denial {
    let report = complaint.report("", 403);
    Denial { code: report.code, message: report.message, details: report.details, trace: report.trace }
}

/// Who decides for a profile, where the answer does not say.
fn usual_source(profile: &Profile) -> DecisionSource {
    match profile.profile_type {
        ProfileType::Temporary => DecisionSource::TempPass,
        ProfileType::Degraded => DecisionSource::Degradation,
        _ => DecisionSource::Mvpd,
    }
}

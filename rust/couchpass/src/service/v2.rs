//! REST API v2.

use device_auth::Priority;

use super::{Link, OnBehalf, Opened, deny, permit, usual_source};
use crate::{
    ByCode, CodeRecord, Decision, Error, Found, Login, LoginPage, LoginStep, MvpdId, Profile,
    PromotionalIdentity, Provider, Resource, SignInWith, UserMetadata,
    endpoints::{
        Item, Origin, Tries,
        v2::{
            configuration::Configuration,
            decisions::{Authorize, Decided, Outcome, Preauthorize},
            logout::Logout,
            profiles::{ProfileByCode, ProfileOf, Profiles},
            sessions::{CreateSession, Next, ReadSession, ResumeSession},
        },
    },
    failure::Failure,
    pipeline::BETWEEN_TRIES,
    wire::Complaint,
};

/// Whose profile a logout is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// That of the viewer for whom the platform vouches: in all apps, where it is one of the platform's.
    Viewers,
    /// The device's own, whoever has left it there. What the platform vouches for is another's, and stays.
    Devices,
}

#[derive(Debug)]
pub(crate) struct V2 {
    pub(super) link: Link,
}

impl V2 {
    pub(crate) async fn profiles(&self, priority: Priority) -> Result<Vec<Found>, Failure> {
        self.link.pipeline.ask(&Profiles { caller: &self.link.caller, priority }).await
    }

    /// The profile with one TV provider, a trial's or a degraded one too.
    pub(crate) async fn profile_of(
        &self,
        mvpd: &MvpdId,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Option<Found>, Failure> {
        self.link.pipeline.ask(&ProfileOf { caller: &self.link.caller, mvpd, identity }).await
    }

    pub(super) async fn profile_by_code(&self, code: &str) -> Result<ByCode, Failure> {
        match self.link.pipeline.ask(&ProfileByCode { caller: &self.link.caller, code }).await {
            // Somebody has chosen a trial that is used up: to sign in is what they are about, so it is for them to know.
            Err(Failure::Refused { call, status, complaint }) if complaint.is_trial_used_up() => {
                Err(Error::TellViewer { report: complaint.report(call, status) }.into())
            }
            outcome => outcome,
        }
    }

    pub(super) async fn open(&self, way: &SignInWith) -> Result<Opened, Failure> {
        let login = way.login();
        let request = CreateSession { caller: &self.link.caller, login };
        match (self.link.pipeline.ask(&request).await?, way) {
            (Next::Authorize { mvpd }, _) => {
                let mvpd = mvpd.or_else(|| login.map(|login| login.mvpd.clone()));
                let found = match mvpd {
                    Some(mvpd) => self.profile_of(&mvpd, None).await?,
                    None => self.profiles(Priority::Playback).await?.into_iter().next(),
                };
                found.map(Opened::Found).ok_or_else(|| unusable("it speaks of a profile that is not there"))
            }
            (Next::Authenticate { code, url }, SignInWith::Browser(login)) => {
                let page = LoginPage {
                    url: self.absolute(&url).ok_or_else(no_page)?,
                    redirect_url: login.redirect_url.clone(),
                };
                Ok(Opened::Waiting { code, page: Some(page) })
            }
            (Next::Resume { missing, .. }, SignInWith::Browser(_)) => Err(incomplete(&missing)),
            (Next::Authenticate { code, .. } | Next::Resume { code, .. }, _) => {
                Ok(Opened::Waiting { code, page: None })
            }
        }
    }

    pub(super) async fn authorize(
        &self,
        profile: &Profile,
        identity: Option<&PromotionalIdentity>,
        resource: &Resource,
    ) -> Result<Decision, Failure> {
        let tries = Tries::new();
        let request =
            Authorize { caller: &self.link.caller, mvpd: &profile.mvpd, resource, identity, tries: &tries };
        let decided = loop {
            let decided = match self.link.pipeline.ask(&request).await {
                // A deny in place of an answer is as good as one inside it.
                Err(Failure::Refused { status: status @ 403, complaint, .. })
                    if complaint.action() == Some("none") =>
                {
                    let outcome = Outcome::Deny { status, complaint };
                    Decided { mvpd: None, source: None, outcome }
                }
                outcome => outcome?,
            };
            if !may_change(&decided) || !tries.is_any_left() {
                break decided;
            }
            self.link.clock.sleep(BETWEEN_TRIES * tries.spent()).await;
        };
        let mvpd = decided.mvpd.unwrap_or_else(|| profile.mvpd.clone());
        let source = decided.source.unwrap_or_else(|| usual_source(profile));
        match decided.outcome {
            Outcome::Permit { token, not_after } => Ok(permit(resource, mvpd, source, not_after, token)),
            Outcome::Deny { status, complaint } if is_denial(status, &complaint) => {
                Ok(deny(resource, &mvpd, source, &complaint))
            }
            Outcome::Deny { status, complaint } => {
                Err(Failure::Refused { call: "decisions/authorize", status, complaint })
            }
        }
    }

    pub(super) fn portions(&self, resources: &[Resource]) -> Vec<Vec<Resource>> {
        resources.chunks(self.link.at_once).map(<[Resource]>::to_vec).collect()
    }

    pub(super) async fn preauthorize(
        &self,
        on_behalf: OnBehalf<'_>,
        resources: &[Resource],
        tries: &Tries,
    ) -> Result<Vec<Item>, Failure> {
        let OnBehalf::Profile(profile) = on_behalf else {
            return Err(Error::fix(
                "REST v2 has no preauthorization by code",
                "ask on the television, or leave the list of channels to it",
            )
            .into());
        };
        let request = Preauthorize { caller: &self.link.caller, mvpd: &profile.mvpd, resources, tries };
        let items = self.link.pipeline.ask(&request).await?;
        // v2 says at each item what is true of the profile.
        let mut complaints = items.iter().filter_map(|item| item.complaint.as_ref());
        match complaints.find(|complaint| is_about_the_profile(complaint)) {
            Some(complaint) => Err(Failure::Refused {
                call: "decisions/preauthorize",
                status: 403,
                complaint: Box::new(complaint.clone()),
            }),
            None => Ok(items),
        }
    }

    pub(super) async fn metadata(
        &self,
        profile: &Profile,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<UserMetadata, Failure> {
        let found = self.profile_of(&profile.mvpd, identity).await?;
        let found = found.ok_or_else(|| Error::signed_out("the service knows no such profile any more"))?;
        Ok(found.metadata.unwrap_or_default())
    }

    pub(super) async fn providers(&self) -> Result<Vec<Provider>, Failure> {
        self.link.pipeline.ask(&Configuration { caller: &self.link.caller }).await
    }

    /// Ends the profile with one TV provider. Returns the page that is left to open, if there is one.
    pub(crate) async fn log_out(
        &self,
        mvpd: &MvpdId,
        redirect_url: &str,
        whose: Whose,
    ) -> Result<Option<String>, Failure> {
        let platform_token = whose == Whose::Viewers;
        let request = Logout { caller: &self.link.caller, mvpd, redirect_url, platform_token };
        let left = match self.link.pipeline.ask(&request).await {
            Err(Failure::Refused { complaint, .. }) if is_over_anyway(&complaint) => return Ok(None),
            outcome => outcome?,
        };
        // The profile has ended whatever is wrong with the page.
        Ok(left.into_iter().find(|(of, _)| of == mvpd).and_then(|(_, url)| self.absolute(&url)))
    }

    pub(super) async fn look_up(&self, code: &str) -> Result<Option<CodeRecord>, Failure> {
        self.link.pipeline.ask(&ReadSession { caller: &self.link.caller, code }).await
    }

    pub(super) async fn log_in(
        &self,
        record: &CodeRecord,
        login: &Login,
        generic_data: Option<&str>,
    ) -> Result<LoginStep, Failure> {
        if generic_data.is_some() {
            return Err(Error::fix(
                "REST v2 takes no generic data at a login",
                "leave it out; a promotional trial names its identity in temporary_access",
            )
            .into());
        }
        let (caller, code) = (&self.link.caller, record.code.code.as_str());
        if record.is_complete {
            let path = ["api", "v2", "authenticate", caller.requestor.as_str(), code];
            return Ok(LoginStep::Open(self.link.pipeline.courier.url(Origin::Sp, &path).into()));
        }
        match self.link.pipeline.ask(&ResumeSession { caller, code, login }).await? {
            Next::Authenticate { url, .. } => self.absolute(&url).map(LoginStep::Open).ok_or_else(no_page),
            Next::Authorize { .. } => Ok(LoginStep::Done),
            Next::Resume { missing, .. } => Err(incomplete(&missing)),
        }
    }

    /// What a browser can open; Adobe's samples have relative addresses.
    fn absolute(&self, url: &str) -> Option<String> {
        let base = self.link.pipeline.courier.url(Origin::Sp, &[""]);
        let url = base.join(url).ok().filter(|url| url.scheme() == "https" || url.origin() == base.origin());
        if url.is_none() {
            log::warn!("the service names an address that no browser should open");
        }
        url.map(Into::into)
    }
}

fn unusable(why: &str) -> Failure {
    Failure::Unreadable { call: "sessions", status: 200, why: why.to_owned() }
}

fn no_page() -> Failure {
    unusable("its address is none that a browser should open")
}

/// A login that lacks something the service wants before it lets a viewer sign in.
fn incomplete(missing: &[String]) -> Failure {
    Error::fix(
        format!("the service does not take this login as complete; it misses {}", missing.join(", ")),
        "check TV provider, domain and redirect URL against what Adobe has set up",
    )
    .into()
}

fn may_change(decided: &Decided) -> bool {
    matches!(&decided.outcome, Outcome::Deny { complaint, .. } if complaint.action() == Some("retry"))
}

/// Whether an item's error says that this viewer may not watch this, and not that something else is to be done first.
fn is_denial(status: u16, complaint: &Complaint) -> bool {
    match complaint.action() {
        Some("authentication" | "application-registration" | "configuration" | "retry") => false,
        _ => status == 403,
    }
}

/// Whether an item's error is none of its resource's. Others that ask for a sign-in may be.
fn is_about_the_profile(complaint: &Complaint) -> bool {
    complaint.code().is_some_and(|code| {
        code.starts_with("authenticated_profile_") || code == "temporary_access_duration_limit_exceeded"
    })
}

/// Nobody is signed in any more, or nobody can be: the integration with the TV provider was taken down.
fn is_over_anyway(complaint: &Complaint) -> bool {
    complaint.action() == Some("authentication")
        || matches!(complaint.code(), Some("invalid_integration" | "invalid_parameter_mvpd"))
}

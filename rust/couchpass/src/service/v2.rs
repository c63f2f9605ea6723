//! REST API v2.

use device_auth::Priority;

use super::{Link, OnBehalf, Opened, deny, usual_source};
use crate::{
    ByCode, CodeRecord, Decision, Error, Found, Login, LoginPage, LoginStep, MvpdId, Profile,
    PromotionalIdentity, Provider, Resource, SignInWith, SignOutAction, UserMetadata,
    endpoints::{
        Item, Origin,
        v2::{
            configuration::Configuration,
            decisions::{Authorize, Decided, Outcome, Preauthorize},
            logout::Logout,
            profiles::{ProfileByCode, ProfileOf, Profiles},
            sessions::{CreateSession, Next, ReadSession, ResumeSession},
        },
    },
    failure::Failure,
    pipeline::{BETWEEN_TRIES, TRIES},
    wire::Complaint,
};

#[derive(Debug)]
pub(crate) struct V2 {
    pub(super) link: Link,
}

impl V2 {
    pub(super) async fn profiles(&self, priority: Priority) -> Result<Vec<Found>, Failure> {
        self.link.pipeline.ask(&Profiles { caller: &self.link.caller, priority }).await
    }

    async fn profile_of(
        &self,
        mvpd: &MvpdId,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Option<Found>, Failure> {
        self.link.pipeline.ask(&ProfileOf { caller: &self.link.caller, mvpd, identity }).await
    }

    pub(super) async fn profile_by_code(&self, code: &str) -> Result<ByCode, Failure> {
        self.link.pipeline.ask(&ProfileByCode { caller: &self.link.caller, code }).await
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
                let page = LoginPage { url: self.absolute(&url)?, redirect_url: login.redirect_url.clone() };
                Ok(Opened::Waiting { code, page: Some(page) })
            }
            (Next::Resume { missing, .. }, SignInWith::Browser(_)) => Err(Error::fix(
                format!("the service does not take this login as complete; it misses {}", missing.join(", ")),
                "check TV provider, domain and redirect URL against what Adobe has set up",
            )
            .into()),
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
        let request = Authorize { caller: &self.link.caller, mvpd: &profile.mvpd, resource, identity };
        let mut attempt = 1;
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
            if !may_change(&decided) || attempt == TRIES {
                break decided;
            }
            self.link.clock.sleep(BETWEEN_TRIES * attempt).await;
            attempt += 1;
        };
        let mvpd = decided.mvpd.unwrap_or_else(|| profile.mvpd.clone());
        let source = decided.source.unwrap_or_else(|| usual_source(profile));
        match decided.outcome {
            Outcome::Permit { token, not_after } => Ok(Decision {
                resource: resource.clone(),
                authorized: true,
                mvpd: Some(mvpd),
                source,
                not_after,
                media_token: Some(token),
                denial: None,
            }),
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
    ) -> Result<Vec<Item>, Failure> {
        let OnBehalf::Profile(profile) = on_behalf else {
            return Err(Error::fix(
                "REST v2 has no preauthorization by code",
                "ask on the television, or leave the list of channels to it",
            )
            .into());
        };
        let request = Preauthorize { caller: &self.link.caller, mvpd: &profile.mvpd, resources };
        let items = self.link.pipeline.ask(&request).await?;
        match complaint_of_all(&items) {
            // v2 says at each item what is true of the profile.
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

    pub(super) async fn trial(
        &self,
        mvpd: &MvpdId,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Option<Found>, Failure> {
        match self.profile_of(mvpd, identity).await {
            // Adobe's samples have this code with several actions.
            Err(Failure::Refused { call, status, complaint }) if is_used_up(&complaint) => {
                Err(Error::SignInAgain { report: complaint.report(call, status) }.into())
            }
            outcome => outcome,
        }
    }

    pub(super) async fn log_out(
        &self,
        known: &[MvpdId],
        redirect_url: &str,
    ) -> Result<Vec<SignOutAction>, Failure> {
        let mut mvpds = known.to_vec();
        if mvpds.is_empty() {
            let found = self.profiles(Priority::Playback).await?;
            mvpds = found.into_iter().map(|found| found.profile.mvpd).collect();
        }
        let mut left = Vec::new();
        for mvpd in &mvpds {
            let request = Logout { caller: &self.link.caller, mvpd, redirect_url };
            for (mvpd, url) in self.link.pipeline.ask(&request).await? {
                left.push(SignOutAction::OpenUrl { mvpd, url: self.absolute(&url)? });
            }
        }
        Ok(left)
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
            Next::Authenticate { url, .. } => Ok(LoginStep::Open(self.absolute(&url)?)),
            Next::Authorize { .. } => Ok(LoginStep::Done),
            Next::Resume { missing, .. } => Err(Error::fix(
                format!("the service misses {}", missing.join(", ")),
                "check TV provider, domain and redirect URL against what Adobe has set up",
            )
            .into()),
        }
    }

    /// Adobe's samples have relative addresses.
    fn absolute(&self, url: &str) -> Result<String, Failure> {
        let base = self.link.pipeline.courier.url(Origin::Sp, &[""]);
        match base.join(url) {
            Ok(url) if url.scheme() == "https" || url.origin() == base.origin() => Ok(url.into()),
            _ => Err(unusable("its address is none that a browser should open")),
        }
    }
}

fn unusable(why: &str) -> Failure {
    Failure::Unreadable { call: "sessions", status: 200, why: why.to_owned() }
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

/// What is said where each item asks for a sign-in; one alone says something of its resource.
fn complaint_of_all(items: &[Item]) -> Option<&Complaint> {
    let wants_sign_in = |item: &Item| {
        let action = item.complaint.as_ref().and_then(Complaint::action);
        !item.authorized && action == Some("authentication")
    };
    if items.iter().all(wants_sign_in) { items.first()?.complaint.as_ref() } else { None }
}

fn is_used_up(complaint: &Complaint) -> bool {
    complaint.code().is_some_and(|code| code.starts_with("temporary_access_"))
}

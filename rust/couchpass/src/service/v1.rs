//! REST API v1 in v2's terms: one profile at most, and a permit takes two requests.

use std::time::Duration;

use device_auth::{Priority, Timestamp};

use super::{Link, OnBehalf, Opened, deny, permit, usual_source};
use crate::{
    ByCode, CodeRecord, Decision, Error, Found, Login, LoginPage, LoginStep, MediaToken, MvpdId, Profile,
    ProfileType, PromotionalIdentity, Provider, Resource, Result, SignInWith, UserMetadata,
    endpoints::{
        Item, Origin, Tries,
        v1::{
            authentication::{Authentication, AuthenticationToken, CheckAuthentication, Logout},
            authorization::{AuthorizationToken, Authorize, Media},
            metadata::Metadata,
            preauthorization::Preauthorize,
            providers::Providers,
            regcode::{CreateCode, DeleteCode},
            second_screen::{AuthenticationByCode, CheckCode, ReadCode, login_query},
            temporary_access::FreePreview,
        },
    },
    failure::Failure,
};

/// Longer lists of MRSS would make the URL too long for something on the way.
const LONGEST_LIST: usize = 4 * 1024;

#[derive(Debug)]
pub(crate) struct V1 {
    pub(super) link: Link,
    /// How long a code should live; Adobe's default without it.
    pub(super) code_lifetime: Option<Duration>,
}

impl V1 {
    async fn authentication(&self, priority: Priority) -> Result<Option<Found>, Failure> {
        let question = AuthenticationToken { caller: &self.link.caller, priority };
        Ok(self.link.pipeline.ask(&question).await?.map(|found| in_v2s_terms(found, ProfileType::Regular)))
    }

    pub(super) async fn profiles(&self, priority: Priority) -> Result<Vec<Found>, Failure> {
        Ok(self.authentication(priority).await?.into_iter().collect())
    }

    /// v1 asks for the device, not for the code: what is found may have come about otherwise.
    pub(super) async fn poll(&self) -> Result<ByCode, Failure> {
        Ok(self.authentication(Priority::Polling).await?.map_or(ByCode::Open, ByCode::Used))
    }

    pub(super) async fn open(&self, way: &SignInWith) -> Result<Opened, Failure> {
        let login = way.login();
        let request = CreateCode {
            caller: &self.link.caller,
            mvpd: login.map(Login::mvpd),
            lifetime: self.code_lifetime,
        };
        let code = self.link.pipeline.ask(&request).await?;
        let page = match way {
            SignInWith::Browser(login) => Some(LoginPage {
                url: self.login_url(&code.code, login, None),
                redirect_url: login.redirect_url.clone(),
            }),
            SignInWith::Code | SignInWith::CodeFor(_) => None,
        };
        Ok(Opened::Waiting { code, page })
    }

    pub(super) async fn release(&self, code: &str) -> Result<(), Failure> {
        self.link.pipeline.ask(&DeleteCode { caller: &self.link.caller, code }).await
    }

    pub(super) async fn authorize(
        &self,
        profile: &Profile,
        resource: &Resource,
    ) -> Result<Decision, Failure> {
        let (pipeline, caller) = (&self.link.pipeline, &self.link.caller);
        let given = match pipeline.ask(&Authorize { caller, resource }).await {
            Ok(given) => given,
            Err(failure) => return self.not_permitted(profile, resource, failure).await,
        };
        let media = pipeline.ask(&Media { caller, resource }).await?;
        let mvpd = given.mvpd.unwrap_or_else(|| profile.mvpd.clone());
        let token = MediaToken { serialized: media.serialized, not_after: media.expires };
        Ok(permit(resource, mvpd, usual_source(profile), given.expires, token))
    }

    /// A refusal is the TV provider's deny, or the end of the authentication. Without enhanced error codes a 403 may be
    /// either: another question tells.
    async fn not_permitted(
        &self,
        profile: &Profile,
        resource: &Resource,
        failure: Failure,
    ) -> Result<Decision, Failure> {
        let Failure::Refused { call, status, complaint } = &failure else { return Err(failure) };
        match (complaint.action(), status) {
            // By the action alone: Adobe's list has the same code with several statuses.
            (Some("authorization"), _) | (Some("none"), 403) => {}
            (None, 403) => {
                let question = CheckAuthentication { caller: &self.link.caller };
                if !self.link.pipeline.ask(&question).await? {
                    return Err(Error::SignInAgain { report: complaint.report(call, *status) }.into());
                }
            }
            _ => return Err(failure),
        }
        Ok(deny(resource, &profile.mvpd, usual_source(profile), complaint))
    }

    /// Until when Adobe remembers a permit, without asking the TV provider.
    pub(crate) async fn permit(
        &self,
        resource: &Resource,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Failure> {
        let question = AuthorizationToken { caller: &self.link.caller, resource };
        Ok(self.link.pipeline.ask(&question).await?.map(|permit| permit.expires.unwrap_or(now)))
    }

    pub(super) fn portions(&self, resources: &[Resource]) -> Result<Vec<Vec<Resource>>> {
        resources.iter().try_for_each(check_list_item)?;
        let mut portions: Vec<Vec<Resource>> = Vec::new();
        let mut length = 0;
        for resource in resources {
            length += resource.as_str().len();
            match portions.last_mut() {
                Some(portion)
                    if portion.len() < self.link.at_once
                        && length <= LONGEST_LIST
                        && !is_lonely(resource, portion) =>
                {
                    portion.push(resource.clone());
                }
                _ => {
                    portions.push(vec![resource.clone()]);
                    length = resource.as_str().len();
                }
            }
        }
        Ok(portions)
    }

    pub(super) async fn preauthorize(
        &self,
        on_behalf: OnBehalf<'_>,
        resources: &[Resource],
        tries: &Tries,
    ) -> Result<Vec<Item>, Failure> {
        let code = match on_behalf {
            OnBehalf::Profile(_) => None,
            OnBehalf::Code(code) => Some(code),
        };
        self.link.pipeline.ask(&Preauthorize { caller: &self.link.caller, code, resources, tries }).await
    }

    pub(super) async fn metadata(&self) -> Result<UserMetadata, Failure> {
        self.link.pipeline.ask(&Metadata { caller: &self.link.caller }).await
    }

    pub(super) async fn providers(&self) -> Result<Vec<Provider>, Failure> {
        self.link.pipeline.ask(&Providers { caller: &self.link.caller }).await
    }

    pub(super) async fn trial(
        &self,
        mvpd: &MvpdId,
        domain: &str,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Option<Found>, Failure> {
        let caller = &self.link.caller;
        self.link.pipeline.ask(&FreePreview { caller, mvpd, domain, identity }).await?;
        let question = AuthenticationToken { caller, priority: Priority::Playback };
        let found = self.link.pipeline.ask(&question).await?.filter(|found| found.mvpd == *mvpd);
        Ok(found.map(|found| in_v2s_terms(found, ProfileType::Temporary)))
    }

    /// Ends the device's authentication.
    pub(crate) async fn log_out(&self) -> Result<(), Failure> {
        self.link.pipeline.ask(&Logout { caller: &self.link.caller }).await
    }

    pub(super) async fn look_up(&self, code: &str) -> Result<Option<CodeRecord>, Failure> {
        self.link.pipeline.ask(&ReadCode { caller: &self.link.caller, code }).await
    }

    pub(super) fn log_in(&self, record: &CodeRecord, login: &Login, generic_data: Option<&str>) -> LoginStep {
        LoginStep::Open(self.login_url(&record.code.code, login, generic_data))
    }

    fn login_url(&self, code: &str, login: &Login, generic_data: Option<&str>) -> String {
        let mut url = self.link.pipeline.courier.url(Origin::Api, &["api", "v1", "authenticate"]);
        url.set_query(Some(&login_query(&self.link.caller, code, login, generic_data)));
        url.into()
    }

    pub(super) async fn is_used(&self, code: &str) -> Result<bool, Failure> {
        self.link.pipeline.ask(&CheckCode { caller: &self.link.caller, code }).await
    }

    pub(super) async fn profile_of_code(&self, code: &str) -> Result<Option<Profile>, Failure> {
        let found = self.link.pipeline.ask(&AuthenticationByCode { caller: &self.link.caller, code }).await?;
        Ok(found.map(|found| in_v2s_terms(found, ProfileType::Regular).profile))
    }
}

fn in_v2s_terms(found: Authentication, profile_type: ProfileType) -> Found {
    let profile =
        Profile { mvpd: found.mvpd, user_id: found.user_id, not_after: found.expires, profile_type };
    Found { profile, metadata: None }
}

/// v1 separates resources by commas and has no way to write one inside an id.
fn check_list_item(resource: &Resource) -> Result<()> {
    if resource.as_str().contains(',') && !resource.is_mrss() {
        return Err(Error::fix(
            format!(
                "the resource {:?} has a comma, which separates resources in a preauthorization of REST v1",
                resource.as_str()
            ),
            "authorize it on its own, agree on an id without a comma, or use REST v2",
        ));
    }
    Ok(())
}

/// A comma inside MRSS should separate nothing; whoever gets that wrong must not mix it up with its neighbours.
fn is_lonely(resource: &Resource, portion: &[Resource]) -> bool {
    [Some(resource), portion.last()].into_iter().flatten().any(|resource| resource.as_str().contains(','))
}

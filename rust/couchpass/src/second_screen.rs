//! The second screen: what a programmer's login page asks of Adobe while a viewer types a code on it.

use std::sync::Arc;

use crate::{
    CodeRecord, MvpdId, Preauthorization, Profile, ProfileType, Resource, Result,
    core::Core,
    endpoints::{
        Origin,
        second_screen::{AuthenticationByCode, CheckCode, ReadCode, login_query},
    },
    entitlements::Preauthorizer,
};

/// The second screen's half of a sign-in by code, for the backend of a login page. From [`Client::second_screen`].
///
/// [`Client::second_screen`]: crate::Client::second_screen
#[derive(Clone, Debug)]
pub struct SecondScreen {
    core: Arc<Core>,
}

impl SecondScreen {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// What a code is for; `None` for one that does not exist (any more). Ask before the viewer chooses a TV provider.
    ///
    /// Adobe's page: "Return Registration Record".
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn look_up(&self, code: &str) -> Result<Option<CodeRecord>> {
        Ok(self.core.pipeline.ask(&ReadCode { caller: &self.core.caller, code }).await?)
    }

    /// The address at which the viewer's browser signs in with the TV provider and comes back to `redirect_url`.
    ///
    /// `domain` is one that is registered with Adobe; `generic_data` is for promotional trials. No request is made: the
    /// browser makes it, without any credential of ours.
    ///
    /// Adobe's page: "Initiate Authentication".
    #[must_use]
    pub fn login_url(
        &self,
        code: &str,
        mvpd: &MvpdId,
        domain: &str,
        generic_data: Option<&str>,
        redirect_url: &str,
    ) -> String {
        let mut url = self.core.pipeline.courier.url(Origin::Api, &["api", "v1", "authenticate"]);
        url.set_query(Some(&login_query(&self.core.caller, code, mvpd, domain, generic_data, redirect_url)));
        url.into()
    }

    /// Whether the viewer has finished. Only then should the page say "done".
    ///
    /// Adobe's page: "Check Authentication Flow by Second Screen Web App".
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn is_authenticated(&self, code: &str) -> Result<bool> {
        Ok(self.core.pipeline.ask(&CheckCode { caller: &self.core.caller, code }).await?)
    }

    /// The profile that came about by a code, if the viewer has finished.
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn profile(&self, code: &str) -> Result<Option<Profile>> {
        let found = self.core.pipeline.ask(&AuthenticationByCode { caller: &self.core.caller, code }).await?;
        Ok(found.map(|found| Profile {
            mvpd: found.mvpd,
            user_id: found.user_id,
            not_after: found.expires,
            profile_type: ProfileType::Regular,
        }))
    }

    /// Which of these the viewer may probably watch.
    ///
    /// Adobe's page: "Retrieve List of Preauthorized Resources by Second Screen Web App".
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn preauthorize(&self, code: &str, resources: &[Resource]) -> Result<Vec<Preauthorization>> {
        let core = &self.core;
        let asking = Preauthorizer { pipeline: &core.pipeline, caller: &core.caller, code: Some(code) };
        asking.ask(resources, async |pause| core.clock.sleep(pause).await).await
    }
}

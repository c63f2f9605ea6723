//! The second screen: what a programmer's login page asks of Adobe while a viewer types a code on it.

use std::sync::Arc;

use crate::{
    CodeRecord, Login, LoginStep, Preauthorization, Profile, Resource, Result, core::Core,
    preauthorizer::Preauthorizer, service::OnBehalf,
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
    /// Adobe's pages: "Return Registration Record" (v1), "Retrieve authentication session information using code" (v2).
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn look_up(&self, code: &str) -> Result<Option<CodeRecord>> {
        Ok(self.core.service.look_up(code).await?)
    }

    /// Takes the viewer's choice and says where to send their browser, which signs in with the TV provider and ends at the
    /// login's redirect URL. No credential of ours goes with it.
    ///
    /// Where the record is complete, REST v2 goes by what the television has named, and not by this login.
    ///
    /// `generic_data` is for promotional trials on REST v1.
    ///
    /// Adobe's pages: "Initiate Authentication" (v1), "Resume authentication session" and "Perform authentication in user
    /// agent" (v2).
    ///
    /// # Errors
    /// [`FixConfiguration`](crate::Error::FixConfiguration) for a login that the service does not take as complete, and for
    /// generic data on v2; the other variants as they say.
    pub async fn log_in(
        &self,
        record: &CodeRecord,
        login: &Login,
        generic_data: Option<&str>,
    ) -> Result<LoginStep> {
        Ok(self.core.service.log_in(record, login, generic_data).await?)
    }

    /// Whether the viewer has finished. Only then should the page say "done". A code that works no longer has not: look it up
    /// to tell it from one that is waiting.
    ///
    /// Adobe's pages: "Check Authentication Flow by Second Screen Web App" (v1), "Retrieve profile for specific code" (v2).
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn is_authenticated(&self, code: &str) -> Result<bool> {
        Ok(self.core.service.is_used(code).await?)
    }

    /// The profile that came about by a code, if the viewer has finished.
    ///
    /// # Errors
    /// As for every call; see [`Error`](crate::Error).
    pub async fn profile(&self, code: &str) -> Result<Option<Profile>> {
        Ok(self.core.service.profile_of_code(code).await?)
    }

    /// Which of these the viewer may probably watch.
    ///
    /// Adobe's page: "Retrieve List of Preauthorized Resources by Second Screen Web App".
    ///
    /// # Errors
    /// [`FixConfiguration`](crate::Error::FixConfiguration) on REST v2, which has no such call; else as for every call.
    pub async fn preauthorize(&self, code: &str, resources: &[Resource]) -> Result<Vec<Preauthorization>> {
        let core = &self.core;
        let asking = Preauthorizer { service: &core.service, on_behalf: OnBehalf::Code(code) };
        asking.ask(resources, |pause| core.clock.sleep(pause)).await
    }
}

//! What a client is made of, shared with a sign-in under way, and the steps that a sign-in takes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Priority, Timestamp};
use tokio::runtime::Handle;

use crate::{
    Error, MvpdId, Profile, ProfileType, Provider, RegistrationCode, Result,
    endpoints::{
        Caller,
        authentication::{Authentication, AuthenticationToken, Logout},
        regcode::{CreateCode, DeleteCode},
    },
    entitlements::Permits,
    pipeline::Pipeline,
    server_time::ServerTime,
    session::{Absence, Session},
    sign_in::Reason,
};

/// What a client is made of. The calls that apps make are in the modules named after them.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) pipeline: Pipeline,
    pub(crate) session: Session,
    pub(crate) caller: Caller,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) server_time: Arc<ServerTime>,
    pub(crate) code_lifetime: Option<Duration>,
    pub(crate) random: Mutex<fastrand::Rng>,
    pub(crate) runtime: Handle,
    pub(crate) permits: Permits,
    pub(crate) providers: Mutex<Option<(Duration, Vec<Provider>)>>,
}

impl Core {
    /// The service's time, with which everything is compared that the service has dated.
    pub(crate) fn now(&self) -> Timestamp {
        self.server_time.now()
    }

    pub(crate) fn random(&self) -> fastrand::Rng {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fork()
    }

    /// The profile that is remembered and still valid, if it belongs to whom the platform vouches for now.
    pub(crate) async fn profile(&self) -> Option<Profile> {
        if self.session.knows_a_subject() {
            // Another Amazon profile may have taken the remote control: its viewer is not the one who signed in.
            self.pipeline.platform_tokens.current().await;
            if let Some(subject) = self.pipeline.platform_tokens.subject()
                && self.session.set_aside_unless(&subject)
            {
                log::info!("the platform vouches for somebody else now: the session is set aside");
                self.permits.forget();
            }
        }
        self.session.profile(self.pipeline.bearers.client_id().as_deref(), self.now())
    }

    /// The profile, or the reason why there is none.
    pub(crate) async fn signed_in(&self) -> Result<Profile> {
        match self.profile().await {
            Some(profile) => Ok(profile),
            None => Err(Error::signed_out(match self.session.absence() {
                Absence::SignedOut => "the viewer has signed out",
                Absence::TrialOver => "the time of the trial is up",
                Absence::Expired => {
                    "the authentication has expired, or belongs to an earlier registration of the app"
                }
                Absence::Never => "the viewer is not signed in",
            })),
        }
    }

    /// What a sign-in can begin with. A trial is no reason not to sign in.
    pub(crate) async fn restored(&self) -> Option<Profile> {
        self.profile().await.filter(|profile| profile.profile_type != ProfileType::Temporary)
    }

    pub(crate) fn stored_code(&self) -> Option<RegistrationCode> {
        self.session.code(self.now())
    }

    /// Asks Adobe for this device's authentication; one that is found is remembered before anybody hears of it.
    pub(crate) async fn find_authentication(&self, reason: Reason) -> Result<Option<Profile>> {
        let tokens = &self.pipeline.platform_tokens;
        // The first question is one that the viewer waits for; after that we wait for the viewer.
        let priority = if reason == Reason::Code { Priority::Polling } else { Priority::Playback };
        let carried_before = tokens.is_sent();
        let found = self.pipeline.ask(&AuthenticationToken { caller: &self.caller, priority }).await?;
        let found = found.filter(|authentication| self.is_welcome(authentication));
        // A token that came meanwhile may not have been on the way.
        let carried = tokens.is_sent() && (carried_before || reason == Reason::Start);
        let Some(authentication) = found else {
            if carried {
                tokens.note_honoured(false);
            }
            return Ok(None);
        };
        // Adobe never says what it has recognised. It was the token only where nothing else explains it: no code that
        // somebody may have typed, no earlier sign-in of this device.
        let bearers = &self.pipeline.bearers;
        let by_token = carried
            && match reason {
                Reason::Start => {
                    let own =
                        self.session.may_have_own(bearers.client_id().as_deref()) || bearers.is_imported();
                    self.stored_code().is_none() && !own
                }
                Reason::Code => false,
                Reason::LateToken => true,
            };
        if by_token {
            tokens.note_honoured(true);
        }
        let profile_type = if by_token { ProfileType::PlatformSso } else { ProfileType::Regular };
        Ok(Some(self.remember(authentication, profile_type)))
    }

    /// Not the trial that the viewer is about to leave, and not that of another of the device's profiles.
    fn is_welcome(&self, found: &Authentication) -> bool {
        let subject = self.pipeline.platform_tokens.subject();
        !self.session.is_trial_of(&found.mvpd)
            && !self.session.is_set_aside(
                &found.mvpd,
                found.user_id.as_deref(),
                found.expires,
                subject.as_deref(),
            )
    }

    pub(crate) fn remember(&self, found: Authentication, profile_type: ProfileType) -> Profile {
        let profile =
            Profile { mvpd: found.mvpd, user_id: found.user_id, not_after: found.expires, profile_type };
        let client_id = self.pipeline.bearers.client_id().unwrap_or_default();
        let subject = self.pipeline.platform_tokens.subject();
        let provider = self.known_provider(&profile.mvpd);
        self.session.sign_in(&profile, &client_id, subject.as_deref(), &provider);
        self.permits.forget();
        profile
    }

    fn known_provider(&self, id: &MvpdId) -> Provider {
        let listed = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = listed.iter().flat_map(|(_, providers)| providers).find(|provider| provider.id == *id);
        let remembered = || self.session.provider().filter(|provider| provider.id == *id);
        listed.cloned().or_else(remembered).unwrap_or_else(|| Provider::unnamed(id))
    }

    pub(crate) async fn create_code(&self) -> Result<RegistrationCode> {
        let request = CreateCode { caller: &self.caller, lifetime: self.code_lifetime };
        Ok(self.pipeline.ask(&request).await?)
    }

    pub(crate) async fn release_code(&self, code: &RegistrationCode) {
        if let Err(failure) = self.pipeline.ask(&DeleteCode { caller: &self.caller, code: &code.code }).await
        {
            log::warn!("a code could not be released and stays valid until it expires: {failure}");
        }
    }

    pub(crate) async fn sign_out(&self) -> Result<()> {
        match self.pipeline.ask(&Logout { caller: &self.caller }).await.map_err(Error::from) {
            // Where there is nothing to sign out of, it is as good as done.
            Ok(()) | Err(Error::SignInAgain { .. }) => {}
            Err(error) => return Err(error),
        }
        self.permits.forget();
        self.session.sign_out();
        // Until the viewer asks to sign in again, the platform does not do it for them.
        self.pipeline.platform_tokens.suspend(true);
        Ok(())
    }

    /// The service may have said that this authentication is over.
    pub(crate) fn lose_session<T>(&self, profile: &Profile, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(Error::SignInAgain { .. })) {
            self.permits.forget();
            self.session.lose(profile);
        }
        outcome
    }
}

//! What a client is made of, shared with a sign-in under way, and the steps that a sign-in takes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Timestamp};
use tokio::runtime::Handle;

use crate::{
    Api, Error, Profile, ProfileSelection, ProfileType, Provider, Result, SignOutAction,
    entitlements::Permits,
    pipeline::Pipeline,
    server_time::ServerTime,
    service::Service,
    session::{Absence, Session},
};

/// What a client is made of. The calls that apps make are in the modules named after them.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) service: Service,
    pub(crate) session: Session,
    pub(crate) selection: ProfileSelection,
    /// Where a browser ends after signing out.
    pub(crate) redirect_url: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) server_time: Arc<ServerTime>,
    pub(crate) random: Mutex<fastrand::Rng>,
    pub(crate) runtime: Handle,
    pub(crate) permits: Permits,
    pub(crate) providers: Mutex<Option<(Duration, Vec<Provider>)>>,
    /// What earlier attempts to sign out have left for the app to do, before one of them failed.
    pub(crate) left: Mutex<Vec<SignOutAction>>,
}

impl Core {
    /// The service's time, with which everything is compared that the service has dated.
    pub(crate) fn now(&self) -> Timestamp {
        self.server_time.now()
    }

    pub(crate) fn random(&self) -> fastrand::Rng {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fork()
    }

    pub(crate) fn api(&self) -> Api {
        self.pipeline.api
    }

    /// The profile that is remembered and still valid, if it belongs to whom the platform vouches for now.
    pub(crate) async fn profile(&self) -> Option<Profile> {
        self.catch_up();
        self.set_others_aside().await;
        self.session.profile(self.pipeline.bearers.client_id().as_deref(), self.now())
    }

    /// Another client on the same store may have signed the viewer in, or out.
    pub(crate) fn catch_up(&self) {
        if self.session.refresh() {
            self.permits.forget();
            self.pipeline.platform_tokens.suspend(self.session.is_signed_out());
        }
    }

    /// All profiles that are remembered and still valid, the current one first.
    pub(crate) async fn profiles(&self) -> Vec<Profile> {
        // Where the current one has expired, another takes its place.
        self.profile().await;
        self.session.profiles(self.pipeline.bearers.client_id().as_deref(), self.now())
    }

    /// Another Amazon profile may have taken the remote control: its viewer is not the one who signed in.
    async fn set_others_aside(&self) {
        if !self.session.knows_a_subject() {
            return;
        }
        self.pipeline.platform_tokens.current().await;
        if let Some(subject) = self.pipeline.platform_tokens.subject()
            && self.session.set_aside_unless(&subject)
        {
            log::info!("the platform vouches for somebody else now: the session is set aside");
            self.permits.forget();
        }
    }

    /// The profile, or the reason why there is none.
    pub(crate) async fn signed_in(&self) -> Result<Profile> {
        match self.profile().await {
            Some(profile) => Ok(profile),
            // v2 lets the time of a trial run from its first playback, so there the service has the last word.
            None if self.api() == Api::V2 => self.prolonged_trial().await,
            None => Err(self.signed_out()),
        }
    }

    /// Why nobody is signed in.
    pub(crate) fn signed_out(&self) -> Error {
        Error::signed_out(match self.session.absence() {
            Absence::SignedOut => "the viewer has signed out",
            Absence::TrialOver => "the time of the trial is up",
            Absence::Expired => {
                "the authentication has expired, or belongs to an earlier registration of the app"
            }
            Absence::Never => "the viewer is not signed in",
        })
    }

    /// The service may have said that this authentication is over.
    pub(crate) fn lose_session<T>(&self, profile: &Profile, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(Error::SignInAgain { .. })) {
            self.permits.forget();
            self.session.lose(profile, self.has_to_be_renewed(profile, &outcome));
        }
        outcome
    }

    /// Whether v2 wants a new sign-in in place of a profile that it may go on listing. One that it merely does not find, for
    /// want of the platform token say, is as good as before when it lists it again.
    fn has_to_be_renewed<T>(&self, profile: &Profile, outcome: &Result<T>) -> bool {
        let report = outcome.as_ref().err().and_then(Error::report);
        let code = report.and_then(|report| report.code.as_deref());
        self.api() == Api::V2
            && profile.profile_type != ProfileType::PlatformSso
            && matches!(
                code,
                Some(
                    "authenticated_profile_invalidated"
                        | "authorization_denied_by_hba_policies"
                        | "authorization_denied_by_session_invalidated"
                        | "identity_not_recognized_by_mvpd"
                )
            )
    }
}

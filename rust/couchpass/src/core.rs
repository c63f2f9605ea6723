//! What a client is made of, shared with a sign-in under way, and the steps that a sign-in takes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Timestamp};
use tokio::runtime::Handle;

use crate::{
    Api, Error, Profile, ProfileSelection, Provider, Result, SignOutAction,
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
        self.set_others_aside().await;
        self.session.profile(self.pipeline.bearers.client_id().as_deref(), self.now())
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
        if let Some(profile) = self.profile().await {
            return Ok(profile);
        }
        Err(Error::signed_out(match self.session.absence() {
            Absence::SignedOut => "the viewer has signed out",
            Absence::TrialOver => return self.prolonged_trial().await,
            Absence::Expired => {
                "the authentication has expired, or belongs to an earlier registration of the app"
            }
            Absence::Never => "the viewer is not signed in",
        }))
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

//! What a client is made of, shared with a sign-in under way, and the steps that a sign-in takes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use device_auth::{Clock, Priority, Timestamp};
use tokio::runtime::Handle;

use crate::{
    Api, ByCode, Error, Found, MvpdId, Profile, ProfileSelection, ProfileType, PromotionalIdentity, Provider,
    RegistrationCode, Result, SignInWith, SignOutAction,
    entitlements::Permits,
    pipeline::Pipeline,
    server_time::ServerTime,
    service::{Opened, Service},
    session::{Absence, Arrival, Session},
    sign_in::{Finding, Opening, Reason, Ticket},
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
    /// TV providers whose profile on this device is another person's.
    pub(crate) foreign: Mutex<Vec<MvpdId>>,
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

    /// What a sign-in can begin with. A trial is no reason not to sign in, and neither is a profile with another TV provider
    /// than the one that the viewer has chosen.
    pub(crate) async fn restored(&self, wanted: Option<&MvpdId>) -> Option<Profile> {
        let profile = match wanted {
            None => self.profile().await,
            Some(mvpd) => self.select_profile(mvpd).await.ok(),
        };
        profile.filter(|profile| profile.profile_type != ProfileType::Temporary)
    }

    pub(crate) fn stored_code(&self) -> Option<RegistrationCode> {
        self.session.code(self.now())
    }

    /// Asks Adobe for this device's profiles, or for the one of a code; one that is found is remembered before anybody hears
    /// of it. Where the viewer has chosen a TV provider, no other will do.
    pub(crate) async fn find_profile(&self, reason: &Reason, wanted: Option<&MvpdId>) -> Result<Finding> {
        let tokens = &self.pipeline.platform_tokens;
        let carried_before = tokens.is_sent();
        // The first question is one that the viewer waits for; with a code we wait for the viewer.
        let (mut found, is_complete) = match reason {
            Reason::Start | Reason::LateToken => (self.service.profiles(Priority::Playback).await?, true),
            Reason::Code(code) => match self.service.poll(code).await? {
                // v1 has one profile at most: what is found by a code is all there is.
                ByCode::Used(found) => (vec![found], self.api() == Api::V1),
                ByCode::Open => (Vec::new(), false),
                ByCode::Gone => return Ok(Finding::CodeGone),
            },
        };
        if is_complete {
            let foreign = found.iter().filter(|found| self.is_set_aside(&found.profile));
            let foreign = foreign.map(|found| found.profile.mvpd.clone()).collect();
            *self.foreign.lock().unwrap_or_else(PoisonError::into_inner) = foreign;
        }
        found.retain(|found| self.is_welcome(&found.profile));
        // A token that came meanwhile may not have been on the way.
        let carried = tokens.is_sent() && (carried_before || *reason == Reason::Start);
        if self.api() == Api::V1 && carried && self.only_the_token_explains_it(reason) {
            for found in &mut found {
                found.profile.profile_type = ProfileType::PlatformSso;
            }
        }
        if carried {
            if found.is_empty() {
                tokens.note_honoured(false);
            } else if found.iter().any(|found| found.profile.profile_type == ProfileType::PlatformSso) {
                tokens.note_honoured(true);
            }
        }
        let Some(chosen) = self.choose(&found, wanted) else { return Ok(Finding::Nothing) };
        let chosen = found.remove(chosen);
        let others = is_complete.then_some(found.as_slice());
        Ok(Finding::SignedIn(self.remember(&chosen, others, None)))
    }

    /// v1 never says what it has recognised. It was the token only where nothing else explains an authentication: no code that
    /// somebody may have typed, no earlier sign-in of this device.
    fn only_the_token_explains_it(&self, reason: &Reason) -> bool {
        let bearers = &self.pipeline.bearers;
        match reason {
            Reason::Start => {
                let own = self.session.may_have_own(bearers.client_id().as_deref()) || bearers.is_imported();
                self.stored_code().is_none() && !own
            }
            Reason::Code(_) => false,
            Reason::LateToken => true,
        }
    }

    /// Which of several profiles becomes the current one.
    fn choose(&self, found: &[Found], wanted: Option<&MvpdId>) -> Option<usize> {
        let last = self.session.provider().map(|provider| provider.id);
        let rank = |found: &Found| {
            let is_last = Some(&found.profile.mvpd) == last.as_ref();
            (self.selection == ProfileSelection::LastProvider && is_last, found.profile.not_after)
        };
        let is_wanted = |found: &Found| wanted.is_none_or(|mvpd| *mvpd == found.profile.mvpd);
        let candidates = (0..found.len()).filter(|position| is_wanted(&found[*position]));
        candidates.max_by_key(|position| rank(&found[*position]))
    }

    /// Not the trial that the viewer is about to leave, and not that of another of the device's profiles.
    fn is_welcome(&self, found: &Profile) -> bool {
        !self.session.is_trial_of(&found.mvpd) && !self.is_set_aside(found)
    }

    fn is_set_aside(&self, found: &Profile) -> bool {
        let subject = self.pipeline.platform_tokens.subject();
        self.session.is_set_aside(found, subject.as_deref())
    }

    /// Remembers a profile as the current one; `others` are all the others there are, where that is known.
    pub(crate) fn remember(
        &self,
        found: &Found,
        others: Option<&[Found]>,
        identity: Option<&PromotionalIdentity>,
    ) -> Profile {
        self.session.sign_in(&Arrival {
            found,
            others,
            client_id: &self.pipeline.bearers.client_id().unwrap_or_default(),
            subject: self.pipeline.platform_tokens.subject().as_deref(),
            provider: &self.known_provider(&found.profile.mvpd),
            identity,
        });
        self.permits.forget();
        found.profile.clone()
    }

    /// Makes another of the viewer's profiles the current one.
    pub(crate) async fn select_profile(&self, mvpd: &MvpdId) -> Result<Profile> {
        let valid = self.profiles().await;
        if !valid.iter().any(|profile| profile.mvpd == *mvpd) {
            return Err(Error::signed_out(format!("the viewer is not signed in with {mvpd}")));
        }
        if valid[0].mvpd != *mvpd {
            self.permits.forget();
        }
        self.session.select(mvpd).ok_or_else(|| Error::signed_out("the viewer has signed out meanwhile"))
    }

    fn known_provider(&self, id: &MvpdId) -> Provider {
        let listed = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = listed.iter().flat_map(|(_, providers)| providers).find(|provider| provider.id == *id);
        let remembered = || self.session.provider().filter(|provider| provider.id == *id);
        listed.cloned().or_else(remembered).unwrap_or_else(|| Provider::unnamed(id))
    }

    /// Opens a session for the viewer to sign in.
    pub(crate) async fn open_session(&self, way: &SignInWith) -> Result<Opening> {
        if self.api() == Api::V2 {
            self.make_room().await;
        }
        match self.service.open(way).await? {
            Opened::Waiting { code, page } => Ok(Opening::Waiting(Ticket { code, page })),
            Opened::Found(found) => Ok(Opening::SignedIn(self.remember(&found, None, None))),
        }
    }

    /// v2 has one profile of a TV provider on a device, and takes whoever signs in with that provider for the one who has it.
    /// So that of another of the device's people is ended before this one can sign in; v1 replaces it by itself.
    async fn make_room(&self) {
        let foreign = std::mem::take(&mut *self.foreign.lock().unwrap_or_else(PoisonError::into_inner));
        if foreign.is_empty() {
            return;
        }
        if let Err(failure) = self.service.log_out(&foreign, &self.redirect_url).await {
            log::warn!("another person's profile stays in the way of this sign-in: {failure}");
        }
    }

    pub(crate) async fn release_code(&self, code: &RegistrationCode) {
        if let Err(failure) = self.service.release(&code.code).await {
            log::warn!("a code could not be released and stays valid until it expires: {failure}");
        }
    }

    pub(crate) async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        let known = self.session.signed_in_with();
        let left = match self.service.log_out(&known, &self.redirect_url).await.map_err(Error::from) {
            Ok(left) => left,
            // Where there is nothing to sign out of, it is as good as done.
            Err(Error::SignInAgain { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        self.permits.forget();
        self.session.sign_out();
        // Until the viewer asks to sign in again, the platform does not do it for them.
        self.pipeline.platform_tokens.suspend(true);
        Ok(left)
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

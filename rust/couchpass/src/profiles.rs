//! Which profiles there are, which of them is the current one, and how a sign-in comes by one.

use std::sync::PoisonError;

use device_auth::Priority;

use crate::{
    Api, ByCode, Error, Found, MvpdId, Profile, ProfileSelection, ProfileType, PromotionalIdentity, Provider,
    RegistrationCode, Result, SignInWith,
    core::Core,
    service::{Opened, Service, Whose},
    session::Arrival,
    sign_in::{Finding, Opening, Reason, Ticket},
};

impl Core {
    /// What a sign-in can begin with. A trial is no reason not to sign in, and neither is a profile with another TV provider
    /// than the one that the viewer has chosen.
    pub(crate) async fn restored(&self, wanted: Option<&MvpdId>) -> Option<Profile> {
        let profile = match wanted {
            None => self.profile().await,
            Some(mvpd) => self.select_profile(mvpd).await.ok(),
        };
        profile.filter(|profile| profile.profile_type != ProfileType::Temporary)
    }

    /// Makes another of the viewer's profiles the current one.
    pub(crate) async fn select_profile(&self, mvpd: &MvpdId) -> Result<Profile> {
        if !self.profiles().await.iter().any(|profile| profile.mvpd == *mvpd) {
            return Err(Error::signed_out(format!("the viewer is not signed in with {mvpd}")));
        }
        self.session.select(mvpd).ok_or_else(|| Error::signed_out("the viewer has signed out meanwhile"))
    }

    /// Asks Adobe for this device's profiles, or for the one of a code; one that is found is remembered before anybody hears
    /// of it. Where the viewer has chosen a TV provider, no other will do.
    pub(crate) async fn find_profile(&self, reason: &Reason, wanted: Option<&MvpdId>) -> Result<Finding> {
        let tokens = &self.pipeline.platform_tokens;
        let carried_before = tokens.is_sent();
        // The first question is one that the viewer waits for; with a code we wait for the viewer.
        let mut found = match reason {
            Reason::Start | Reason::LateToken => self.service.profiles(Priority::Playback).await?,
            Reason::Code(code) => match self.service.poll(code).await? {
                ByCode::Used(found) if self.api() == Api::V2 => return self.finished(found).await,
                ByCode::Used(found) => vec![found],
                ByCode::Open if self.api() == Api::V2 => return Ok(Finding::Nothing),
                ByCode::Open => Vec::new(),
                ByCode::Gone => return Ok(Finding::CodeGone),
            },
        };
        // A token that came meanwhile may not have been on the way.
        let carried = tokens.is_sent() && (carried_before || *reason == Reason::Start);
        match self.api() {
            Api::V1 => {
                found.retain(|found| self.is_welcome(&found.profile));
                if carried && self.only_the_token_explains_it(reason) {
                    for found in &mut found {
                        found.profile.profile_type = ProfileType::PlatformSso;
                    }
                }
                self.note_honoured(carried, &found);
            }
            Api::V2 => {
                self.note_honoured(carried, &found);
                found.retain(|found| self.is_welcome(&found.profile));
            }
        }
        let Some(chosen) = self.choose(&found, wanted) else { return Ok(Finding::Nothing) };
        let chosen = found.remove(chosen);
        Ok(Finding::SignedIn(self.remember(&chosen, Some(&found), None)))
    }

    /// Somebody has used the code of this sign-in. Where v2 has a profile with the chosen TV provider already, it takes that
    /// for theirs: if it is not, it ends now, since they have asked to sign in with that provider, and they do it again.
    async fn finished(&self, found: Found) -> Result<Finding> {
        if !self.is_anothers(&found.profile) {
            return Ok(Finding::SignedIn(self.remember(&found, None, None)));
        }
        self.end(&found.profile.mvpd).await?;
        Ok(Finding::CodeGone)
    }

    /// Opens a session for the viewer to sign in. A profile that is found instead is not remembered yet: the viewer may have
    /// had enough meanwhile.
    pub(crate) async fn open_session(&self, way: &SignInWith) -> Result<Opening> {
        let mut opened = self.service.open(way).await?;
        if let Opened::Found(found) = &opened
            && self.is_anothers(&found.profile)
        {
            self.end(&found.profile.mvpd).await?;
            opened = self.service.open(way).await?;
        }
        match opened {
            Opened::Waiting { code, page } => Ok(Opening::Waiting(Ticket { code, page })),
            Opened::Found(found) if self.is_anothers(&found.profile) => {
                Err(Error::broken("the service goes on with a profile that was ended"))
            }
            Opened::Found(found) => Ok(Opening::Found(found)),
        }
    }

    /// Ends a profile that stands in the way of the viewer's sign-in with the same TV provider.
    async fn end(&self, mvpd: &MvpdId) -> Result<()> {
        if let Service::V2(v2) = &self.service {
            v2.log_out(mvpd, &self.redirect_url, Whose::Devices).await?;
        }
        Ok(())
    }

    pub(crate) async fn release_code(&self, code: &RegistrationCode) {
        if let Err(failure) = self.service.release(&code.code).await {
            log::warn!("a code could not be released and stays valid until it expires: {failure}");
        }
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

    fn known_provider(&self, id: &MvpdId) -> Provider {
        let listed = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = listed.iter().flat_map(|(_, providers)| providers).find(|provider| provider.id == *id);
        let remembered = || self.session.provider().filter(|provider| provider.id == *id);
        listed.cloned().or_else(remembered).unwrap_or_else(|| Provider::unnamed(id))
    }

    /// v1 never says what it has recognised. It was the token only where nothing else explains an authentication: no code that
    /// somebody may have typed, no earlier sign-in of this device.
    fn only_the_token_explains_it(&self, reason: &Reason) -> bool {
        let bearers = &self.pipeline.bearers;
        match reason {
            Reason::Start => {
                let own = self.session.may_have_own(bearers.client_id().as_deref()) || bearers.is_imported();
                self.session.code(self.now()).is_none() && !own
            }
            Reason::Code(_) => false,
            Reason::LateToken => true,
        }
    }

    /// What an answer about all profiles says of the token that went with the question.
    fn note_honoured(&self, carried: bool, found: &[Found]) {
        let tokens = &self.pipeline.platform_tokens;
        if !carried {
            return;
        }
        if found.iter().any(|found| found.profile.profile_type == ProfileType::PlatformSso) {
            tokens.note_honoured(true);
        } else if found.is_empty() {
            tokens.note_honoured(false);
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

    /// Not the trial that the viewer is about to leave, and none that somebody else has to sign in anew for.
    fn is_welcome(&self, found: &Profile) -> bool {
        !self.session.is_trial_of(&found.mvpd) && !self.is_anothers(found)
    }

    /// Another of the device's people has left it there, or the service has said that it wants a new sign-in.
    fn is_anothers(&self, found: &Profile) -> bool {
        self.is_set_aside(found) || self.session.is_refused(found)
    }

    /// Another of the device's people has left it there.
    pub(crate) fn is_set_aside(&self, found: &Profile) -> bool {
        let subject = self.pipeline.platform_tokens.subject();
        self.session.is_set_aside(found, subject.as_deref())
    }
}

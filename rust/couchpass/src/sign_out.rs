//! Signing out: every profile of the viewer, and nobody else's.

use std::sync::PoisonError;

use device_auth::Priority;

use crate::{
    Error, Found, MvpdId, Profile, ProfileType, Result, SignOutAction,
    core::Core,
    service::{Service, V2, Whose},
};

impl Core {
    /// Signs out, and returns what is left for the app to do.
    pub(crate) async fn sign_out(&self) -> Result<Vec<SignOutAction>> {
        match &self.service {
            Service::V1(v1) => match v1.log_out().await.map_err(Error::from) {
                // Where there is nothing to sign out of, it is as good as done.
                Ok(()) | Err(Error::SignInAgain { .. }) => {}
                Err(error) => return Err(error),
            },
            Service::V2(v2) => self.end_all(v2).await?,
        }
        self.permits.forget();
        self.session.sign_out();
        // Until the viewer asks to sign in again, the platform does not do it for them.
        self.pipeline.platform_tokens.suspend(true);
        Ok(std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Ends what is remembered, and what the service knows besides: a code that was cancelled here may have been used all the
    /// same. Each success counts, whatever becomes of the others.
    async fn end_all(&self, v2: &V2) -> Result<()> {
        // Whoever has the remote control now signs out, and nobody else.
        self.profile().await;
        let mut outcome = Ok(());
        let remembered = self.session.signed_in_with();
        for mvpd in &remembered {
            outcome = self.end_one(v2, mvpd).await.and(outcome);
        }
        match v2.profiles(Priority::Playback).await {
            Ok(found) => {
                for Found { profile, .. } in found {
                    if self.is_left_over(&profile) && !remembered.contains(&profile.mvpd) {
                        outcome = self.end_one(v2, &profile.mvpd).await.and(outcome);
                    }
                }
            }
            Err(failure) if remembered.is_empty() => outcome = Err(failure.into()),
            Err(failure) => {
                log::warn!("nobody knows whether that is all there was to sign out of: {failure}");
            }
        }
        outcome
    }

    async fn end_one(&self, v2: &V2, mvpd: &MvpdId) -> Result<()> {
        let page = v2.log_out(mvpd, &self.redirect_url, Whose::Viewers).await?;
        let action = page.map(|url| SignOutAction::OpenUrl { mvpd: mvpd.clone(), url });
        self.left.lock().unwrap_or_else(PoisonError::into_inner).extend(action);
        self.session.forget(mvpd);
        Ok(())
    }

    /// A sign-in of this device's own, as far as is known of this viewer. What the platform vouches for is not used any more
    /// either, and other apps go on using it.
    fn is_left_over(&self, profile: &Profile) -> bool {
        let subject = self.pipeline.platform_tokens.subject();
        profile.profile_type == ProfileType::Regular
            && !self.session.may_be_anothers(profile, subject.as_deref())
    }
}

//! Signing out: every profile of the viewer, and nobody else's.

use std::sync::PoisonError;

use device_auth::Priority;

use crate::{
    Error, MvpdId, ProfileType, Result, SignOutAction,
    core::Core,
    failure::Failure,
    service::{Service, V2},
    wire::Complaint,
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

    /// Ends what is remembered and what the service knows besides: a code that was cancelled here may have been used all the
    /// same. Each success counts, whatever becomes of the others.
    async fn end_all(&self, v2: &V2) -> Result<()> {
        let mut failed = None;
        for mvpd in self.all_signed_in_with(v2).await? {
            match v2.log_out(&mvpd, &self.redirect_url).await {
                Ok(url) => {
                    let action = url.map(|url| SignOutAction::OpenUrl { mvpd: mvpd.clone(), url });
                    self.left.lock().unwrap_or_else(PoisonError::into_inner).extend(action);
                    self.session.forget(&mvpd);
                }
                Err(Failure::Refused { complaint, .. }) if is_over_anyway(&complaint) => {
                    self.session.forget(&mvpd);
                }
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(()), |failure| Err(failure.into()))
    }

    async fn all_signed_in_with(&self, v2: &V2) -> Result<Vec<MvpdId>> {
        let mut all = self.session.signed_in_with();
        for found in v2.profiles(Priority::Playback).await? {
            let profile = found.profile;
            let is_own = profile.profile_type != ProfileType::Temporary && !self.is_set_aside(&profile);
            if is_own && !all.contains(&profile.mvpd) {
                all.push(profile.mvpd);
            }
        }
        Ok(all)
    }
}

/// Nobody is signed in any more, or nobody can be: the integration with the TV provider was taken down.
fn is_over_anyway(complaint: &Complaint) -> bool {
    complaint.action() == Some("authentication")
        || matches!(complaint.code(), Some("invalid_integration" | "invalid_parameter_mvpd"))
}

//! Around the sign-in: the viewer's metadata, the TV providers to choose from, and the trial that needs none.

use std::{sync::PoisonError, time::Duration};

use crate::{
    Error, MvpdId, Profile, PromotionalIdentity, Provider, Result, UserMetadata, core::Core,
    failure::Failure, service::Service,
};

/// Adobe's pages name 2, 2 to 3 and 3 to 5 minutes.
const PROVIDERS_ARE_FRESH: Duration = Duration::from_secs(180);

impl Core {
    /// The viewer's metadata: as remembered, unless an authorization may have changed it.
    pub(crate) async fn user_metadata(&self) -> Result<UserMetadata> {
        let profile = self.signed_in().await?;
        if let Some(metadata) = self.session.metadata() {
            return Ok(metadata);
        }
        let generation = self.session.metadata_generation();
        let identity = self.session.identity();
        let outcome = self.service.metadata(&profile, identity.as_ref()).await.map_err(Error::from);
        let metadata = self.lose_session(&profile, outcome)?;
        // One viewer's metadata is not handed out, or kept, in the name of another.
        if self.session.remember_metadata(&metadata, &profile, generation) {
            Ok(metadata)
        } else {
            Err(Error::signed_out("the viewer has changed meanwhile"))
        }
    }

    /// The TV providers, asked for at most every three minutes.
    pub(crate) async fn providers(&self) -> Result<Vec<Provider>> {
        let now = self.clock.monotonic();
        if let Some((at, providers)) = &*self.providers.lock().unwrap_or_else(PoisonError::into_inner)
            && now.saturating_sub(*at) < PROVIDERS_ARE_FRESH
        {
            return Ok(providers.clone());
        }
        let providers = self.service.providers().await?;
        *self.providers.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, providers.clone()));
        Ok(providers)
    }

    /// Begins a trial, or finds the one that is under way.
    pub(crate) async fn temporary_access(
        &self,
        mvpd: &MvpdId,
        domain: &str,
        identity: Option<&PromotionalIdentity>,
    ) -> Result<Profile> {
        if self.restored(None).await.is_some() {
            return Err(in_the_way());
        }
        match self.service.trial(mvpd, domain, identity).await {
            // Without enhanced errors a trial that is used up looks like any bad request; whoever was in it knows better.
            Err(Failure::Refused { status: 400, complaint, .. })
                if complaint.action().is_none() && self.session.is_trial_of(mvpd) =>
            {
                Err(Error::signed_out("the time of the trial is up"))
            }
            Err(failure) => Err(failure.into()),
            // Somebody may have signed in meanwhile.
            Ok(Some(_)) if self.restored(None).await.is_some() => Err(in_the_way()),
            Ok(Some(found)) => Ok(self.remember(&found, Some(&[]), identity)),
            Ok(None) => Err(Error::signed_out("the trial is over, or was not granted")),
        }
    }

    /// The trial that is over by our count, if the service lets it go on.
    pub(crate) async fn prolonged_trial(&self) -> Result<Profile> {
        let (Service::V2(v2), Some((mvpd, identity))) = (&self.service, self.session.expired_trial()) else {
            return Err(self.signed_out());
        };
        let found = match v2.profile_of(&mvpd, identity.as_ref()).await.map_err(Error::from) {
            Err(error @ Error::SignInAgain { .. }) => {
                self.session.settle_trial(&mvpd, None);
                return Err(error);
            }
            outcome => outcome?.filter(|found| found.profile.not_after > self.now()),
        };
        self.session.settle_trial(&mvpd, found.as_ref());
        // By now it may be another's turn.
        self.profile().await.ok_or_else(|| self.signed_out())
    }
}

fn in_the_way() -> Error {
    Error::fix(
        "the viewer is signed in with a TV provider, which a trial would replace",
        "offer the trial to viewers who are not signed in, or sign out first",
    )
}

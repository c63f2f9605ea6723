//! What the viewer may watch: one resource before its playback, or several for a list of channels.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use device_auth::Timestamp;

use crate::{
    Decision, Error, Preauthorization, Profile, Resource, Result,
    core::Core,
    preauthorizer::Preauthorizer,
    service::{OnBehalf, Service},
};

const MOST_PERMITS: usize = 512;

/// Permits, kept in memory for as long as the session is the same: those that a list of channels has brought, and until when
/// Adobe remembers those of playbacks.
#[derive(Debug, Default)]
pub(crate) struct Permits {
    known: Mutex<Known>,
}

/// The permits of one profile: those of another one say nothing of it.
#[derive(Debug, Default)]
struct Known {
    profile: Option<Profile>,
    permits: HashMap<Resource, Permit>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Permit {
    is_preauthorized: bool,
    remembered_until: Option<Timestamp>,
}

impl Permits {
    fn of(&self, profile: &Profile, resource: &Resource) -> Permit {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let permit = known.permits.get(resource).filter(|_| known.profile.as_ref() == Some(profile));
        permit.copied().unwrap_or_default()
    }

    fn note(&self, profile: &Profile, resource: &Resource, change: impl FnOnce(&mut Permit)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.profile.as_ref() != Some(profile) {
            *known = Known { profile: Some(profile.clone()), permits: HashMap::new() };
        }
        // A catalogue of programmes, each its own MRSS, must not fill the memory of a stick.
        if known.permits.len() < MOST_PERMITS || known.permits.contains_key(resource) {
            change(known.permits.entry(resource.clone()).or_default());
        }
    }

    fn remove(&self, resource: &Resource) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).permits.remove(resource);
    }

    pub(crate) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known::default();
    }
}

impl Core {
    /// Decides before a playback.
    pub(crate) async fn authorize(&self, resource: &Resource) -> Result<Decision> {
        let profile = self.signed_in().await?;
        let identity = self.session.identity();
        let outcome =
            self.service.authorize(&profile, identity.as_ref(), resource).await.map_err(Error::from);
        match &outcome {
            Ok(decision) if !decision.authorized => {
                // What a list has promised before is no longer so.
                self.permits.remove(resource);
            }
            outcome => {
                // TV providers may tell more, or something else, at an authorization, whatever becomes of its media token.
                self.session.outdate_metadata();
                if let Ok(decision) = outcome {
                    self.permits
                        .note(&profile, resource, |permit| permit.remembered_until = decision.not_after);
                }
            }
        }
        self.lose_session(&profile, outcome)
    }

    /// Until when Adobe remembers a permit, without asking the TV provider. v2 has no call for it, and tells it with each
    /// decision.
    pub(crate) async fn remembered_permit(&self, resource: &Resource) -> Result<Option<Timestamp>> {
        let profile = self.profile().await.ok_or_else(|| self.signed_out())?;
        match &self.service {
            Service::V1(v1) => {
                let outcome = v1.permit(resource, self.now()).await.map_err(Error::from);
                self.lose_session(&profile, outcome)
            }
            Service::V2(_) => {
                Ok(self.permits.of(&profile, resource).remembered_until.filter(|until| *until > self.now()))
            }
        }
    }

    /// Decides for a list of channels, in the order of the resources.
    pub(crate) async fn preauthorize(&self, resources: &[Resource]) -> Result<Vec<Preauthorization>> {
        let profile = self.signed_in().await?;
        let unknown: Vec<_> = resources
            .iter()
            .filter(|resource| !self.permits.of(&profile, resource).is_preauthorized)
            .cloned()
            .collect();
        let asking = Preauthorizer { service: &self.service, on_behalf: OnBehalf::Profile(&profile) };
        let outcome = asking.ask(&unknown, |pause| self.clock.sleep(pause)).await;
        let asked = self.lose_session(&profile, outcome)?;
        for item in asked.iter().filter(|item| item.authorized) {
            self.permits.note(&profile, &item.resource, |permit| permit.is_preauthorized = true);
        }
        let answer = |resource: &Resource| {
            let item = asked.iter().find(|item| item.resource == *resource).cloned();
            item.unwrap_or_else(|| Preauthorization {
                resource: resource.clone(),
                authorized: true,
                denial: None,
            })
        };
        Ok(resources.iter().map(answer).collect())
    }
}

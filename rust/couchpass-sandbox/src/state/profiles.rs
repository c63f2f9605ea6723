//! v2's profiles: who is signed in, with several MVPDs side by side.
//!
//! A sign-in makes a regular profile, which belongs to a service provider, a device id and a client registration. If a
//! platform token came along, it makes a second one, which belongs to the token's subject and which every app sees that
//! shows the same subject, for as long as it shows it.
//!
//! Adobe's pages: "Retrieve profiles", "Single sign-on using platform identity flows", "Single logout flow".

use std::collections::BTreeMap;

use super::{Authentication, Holder, NoAuthentication, State};
use crate::clock::Millis;

impl State {
    /// The profile that a holder has with this MVPD, its own or, by the subject of a platform token, a shared one.
    pub(crate) fn profile(
        &self,
        holder: &Holder,
        mvpd: &str,
        subject: Option<&str>,
        now: Millis,
    ) -> Result<Authentication, NoAuthentication> {
        let own = self.profiles.get(&(holder.clone(), mvpd.to_owned()));
        if let Some(own) = own.filter(|own| own.expires > now) {
            return Ok(own.clone());
        }
        let shared = subject.and_then(|subject| self.shared_profile(holder, mvpd, subject));
        match shared {
            Some(shared) if shared.expires > now => Ok(shared),
            shared if own.is_some() || shared.is_some() => Err(NoAuthentication::Expired),
            _ => Err(NoAuthentication::Missing),
        }
    }

    /// All of them that are valid, in the order of their MVPDs' ids.
    pub(crate) fn valid_profiles(
        &self,
        holder: &Holder,
        subject: Option<&str>,
        now: Millis,
    ) -> Vec<Authentication> {
        let own = self.profiles.iter().filter(|((of, _), _)| of == holder);
        let own = own.map(|((_, mvpd), one)| (mvpd, one.clone()));
        let shared = self.platform_profiles.keys().filter_map(|(of, mvpd)| {
            let subject = subject.filter(|subject| subject == of)?;
            Some((mvpd, self.shared_profile(holder, mvpd, subject)?))
        });
        // What comes later takes the place of what came before: an own one that has expired hides no shared one.
        let all: BTreeMap<_, _> = shared.chain(own).filter(|(_, one)| one.expires > now).collect();
        all.into_values().collect()
    }

    fn shared_profile(&self, holder: &Holder, mvpd: &str, subject: &str) -> Option<Authentication> {
        let serves = self.config.integration(&holder.requestor, mvpd).is_some_and(|mvpd| mvpd.platform_sso);
        let source = self.platform_profiles.get(&(subject.to_owned(), mvpd.to_owned())).filter(|_| serves)?;
        Some(Authentication {
            requestor: holder.requestor.clone(),
            by_platform_token: true,
            ..source.clone()
        })
    }

    /// Keeps the profile of a sign-in, in the place of an older one with the same MVPD.
    pub(super) fn keep_profile(&mut self, holder: &Holder, profile: Authentication) {
        let mvpd = profile.mvpd.clone();
        self.forget_authorizations(holder, &mvpd);
        if let Some(subject) = &profile.subject {
            self.platform_profiles.insert((subject.clone(), mvpd.clone()), profile.clone());
        }
        self.profiles.insert((holder.clone(), mvpd), profile);
    }

    /// Deletes what a holder has with this MVPD, by a platform token the shared profile and all that were made with it,
    /// too. `false` if nothing of it was valid.
    pub(crate) fn log_out(
        &mut self,
        holder: &Holder,
        mvpd: &str,
        subject: Option<&str>,
        now: Millis,
    ) -> bool {
        let had = self.profile(holder, mvpd, subject, now).is_ok();
        self.forget_authorizations(holder, mvpd);
        self.profiles.remove(&(holder.clone(), mvpd.to_owned()));
        if let Some(subject) = subject {
            self.platform_profiles.remove(&(subject.to_owned(), mvpd.to_owned()));
            self.profiles.retain(|(_, of), one| of != mvpd || one.subject.as_deref() != Some(subject));
        }
        had
    }

    fn forget_authorizations(&mut self, holder: &Holder, mvpd: &str) {
        self.authorizations.retain(|(of, with, _), _| of != holder || with != mvpd);
    }

    pub(super) fn forget_profiles(&mut self) {
        self.profiles.clear();
        self.platform_profiles.clear();
    }

    /// The MVPD has told more about the viewer.
    pub(super) fn enrich_profile(&mut self, holder: &Holder, of: &Authentication, now: Millis) {
        if let Some(own) = self.profiles.get_mut(&(holder.clone(), of.mvpd.clone())) {
            own.enriched = Some(now);
        }
        let shared = of.subject.clone().map(|subject| (subject, of.mvpd.clone()));
        if let Some(shared) = shared.and_then(|key| self.platform_profiles.get_mut(&key)) {
            shared.enriched = Some(now);
        }
    }

    /// The profiles that belong to an app on a device.
    pub(super) fn own_profiles(&self) -> impl Iterator<Item = &Authentication> {
        self.profiles.values()
    }
}

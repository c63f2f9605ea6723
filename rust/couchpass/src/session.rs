//! What is remembered of a requestor's sign-in: the profile, a code still shown, and that the viewer has signed out.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use device_auth::{Store, StoreError, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Api, Environment, Found, MvpdId, Profile, ProfileType, PromotionalIdentity, Provider, RegistrationCode,
    RequestorId, UserMetadata, slot::Slot,
};

/// Profiles of the device, besides the current one, whose sign-ins are remembered.
const ASIDE: usize = 8;

/// The sign-in of one requestor in one environment.
#[derive(Debug)]
pub(crate) struct Session {
    kept: Slot<Kept>,
    /// How often metadata has been outdated: an answer that was asked for before is outdated too.
    outdated: AtomicU64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    signed_in: Option<SignedIn>,
    /// The viewer's valid profiles with other TV providers, which REST v2 keeps side by side.
    others: Vec<SignedIn>,
    code: Option<RegistrationCode>,
    /// The viewer has signed out and not asked to sign in since.
    signed_out: bool,
    /// The registration under which Adobe may have an authentication of this device's own, besides the platform token's.
    own_since: Option<String>,
    /// Sign-ins of other subjects of the platform token: known in order not to be mistaken for the current one's.
    aside: Vec<Vouched>,
    provider: Option<Provider>,
    /// The TV provider that was chosen for the code.
    code_for: Option<MvpdId>,
    /// Profiles for which the service has asked for a new sign-in, and which it may go on listing.
    refused: Vec<Vouched>,
}

/// A profile is bound to the registration under which it came about, and to whom the platform vouched for then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SignedIn {
    profile: Profile,
    client_id: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    metadata: Option<UserMetadata>,
    /// Whose promotional trial it is.
    #[serde(default)]
    identity: Option<PromotionalIdentity>,
    /// The service has said that the trial is over.
    #[serde(default)]
    is_over: bool,
}

impl SignedIn {
    fn is_valid(&self, client_id: Option<&str>, now: Timestamp) -> bool {
        self.profile.not_after > now && client_id.is_none_or(|id| id == self.client_id)
    }
}

/// A profile that has just come about, or been found.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) found: &'a Found,
    /// The viewer's other profiles, where the answer was one of all.
    pub(crate) others: Option<&'a [Found]>,
    pub(crate) client_id: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) provider: &'a Provider,
    pub(crate) identity: Option<&'a PromotionalIdentity>,
}

impl Arrival<'_> {
    fn signed_in(&self, found: &Found, identity: Option<&PromotionalIdentity>) -> SignedIn {
        SignedIn {
            profile: found.profile.clone(),
            client_id: self.client_id.to_owned(),
            subject: self.subject.map(str::to_owned),
            metadata: found.metadata.clone(),
            identity: identity.cloned(),
            is_over: false,
        }
    }
}

/// An authentication, and for whom the platform vouched then, where it vouched for anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Vouched {
    subject: Option<String>,
    known: Known,
}

impl Vouched {
    /// Whether it is this authentication, and somebody else's than this subject's.
    fn is_anothers(&self, known: &Known, subject: Option<&str>) -> bool {
        self.known == *known && self.subject.is_some() && self.subject.as_deref() != subject
    }
}

/// One authentication, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    mvpd: MvpdId,
    user_id: Option<String>,
    /// Tells this authentication from a later one of the same account, which two people of a household may share.
    not_after: Timestamp,
}

impl Known {
    fn of(profile: &Profile) -> Self {
        Self { mvpd: profile.mvpd.clone(), user_id: profile.user_id.clone(), not_after: profile.not_after }
    }
}

/// Why there is no valid profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    Never,
    SignedOut,
    Expired,
    TrialOver,
}

impl Session {
    /// Reads what is remembered. A sign-in belongs to one API; which TV provider the viewer has chosen is as true for the
    /// next.
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        environment: &Environment,
        requestor: &RequestorId,
        api: Api,
    ) -> Result<Self, StoreError> {
        let of = |api: Api| match api {
            Api::V1 => Slot::<Kept>::open(store, environment.api().as_str(), format!("session/{requestor}")),
            Api::V2 => Slot::open(store, environment.sp().as_str(), format!("session/v2/{requestor}")),
        };
        let kept = of(api)?;
        // An app may move from v1 to v2, and back where the new version disappoints.
        let other = match api {
            Api::V1 => Api::V2,
            Api::V2 => Api::V1,
        };
        if kept.get().provider.is_none()
            && let Some(provider) = of(other)?.get().provider
        {
            kept.update(|kept| kept.provider = Some(provider.clone()));
        }
        Ok(Self { kept, outdated: AtomicU64::new(0) })
    }

    /// Takes in what another client on the same store has done meanwhile. Returns whether there was something.
    pub(crate) fn refresh(&self) -> bool {
        self.kept.refresh()
    }

    /// The current profile, unless it has expired or belongs to another registration; then another valid one takes its
    /// place.
    pub(crate) fn profile(&self, client_id: Option<&str>, now: Timestamp) -> Option<Profile> {
        let is_valid = |signed_in: &SignedIn| signed_in.is_valid(client_id, now);
        let kept = self.kept.get();
        if let Some(current) = kept.signed_in.filter(is_valid) {
            return Some(current.profile);
        }
        let next = longest(kept.others.into_iter().filter(is_valid))?;
        self.select(&next.profile.mvpd)
    }

    /// All valid profiles, the current one first.
    pub(crate) fn profiles(&self, client_id: Option<&str>, now: Timestamp) -> Vec<Profile> {
        let kept = self.kept.get();
        let all = kept.signed_in.into_iter().chain(kept.others);
        all.filter(|signed_in| signed_in.is_valid(client_id, now))
            .map(|signed_in| signed_in.profile)
            .collect()
    }

    /// Makes the profile with this TV provider the current one. Returns it, where there is one.
    pub(crate) fn select(&self, mvpd: &MvpdId) -> Option<Profile> {
        let kept = self.kept.update(|kept| {
            let is_chosen = |signed_in: &SignedIn| signed_in.profile.mvpd == *mvpd;
            if let Some(position) = kept.others.iter().position(is_chosen) {
                let chosen = kept.others.remove(position);
                kept.others.extend(kept.signed_in.replace(chosen));
            }
        });
        kept.signed_in.map(|signed_in| signed_in.profile).filter(|profile| profile.mvpd == *mvpd)
    }

    /// Whose promotional trial the current session is.
    pub(crate) fn identity(&self) -> Option<PromotionalIdentity> {
        self.kept.get().signed_in?.identity
    }

    /// The TV providers with which the viewer has signed in. A trial is no TV provider, and needs no logout.
    pub(crate) fn signed_in_with(&self) -> Vec<MvpdId> {
        let kept = self.kept.get();
        let all = kept.signed_in.into_iter().chain(kept.others).map(|signed_in| signed_in.profile);
        let is_trial = |profile: &Profile| profile.profile_type == ProfileType::Temporary;
        all.filter(|profile| !is_trial(profile)).map(|profile| profile.mvpd).collect()
    }

    /// Why [`Session::profile`] has none.
    pub(crate) fn absence(&self) -> Absence {
        let kept = self.kept.get();
        match kept.signed_in {
            Some(signed_in) if signed_in.profile.profile_type == ProfileType::Temporary => Absence::TrialOver,
            Some(_) => Absence::Expired,
            None if kept.signed_out => Absence::SignedOut,
            None => Absence::Never,
        }
    }

    /// Whether the viewer has signed out and not asked to sign in since.
    pub(crate) fn is_signed_out(&self) -> bool {
        self.kept.get().signed_out
    }

    /// The code that was shown last, unless it has expired.
    pub(crate) fn code(&self, now: Timestamp) -> Option<RegistrationCode> {
        self.kept.get().code.filter(|code| code.expires > now)
    }

    /// The TV provider that was chosen for that code.
    pub(crate) fn code_for(&self) -> Option<MvpdId> {
        self.kept.get().code_for
    }

    /// Whether the service wants a new sign-in in place of this profile.
    pub(crate) fn is_refused(&self, profile: &Profile) -> bool {
        let known = Known::of(profile);
        self.kept.get().refused.iter().any(|refused| refused.known == known)
    }

    /// Whether another subject has left it there; where the platform vouches for nobody, any subject may be another.
    pub(crate) fn may_be_anothers(&self, profile: &Profile, subject: Option<&str>) -> bool {
        let known = Known::of(profile);
        let kept = self.kept.get();
        kept.aside.iter().chain(&kept.refused).any(|vouched| vouched.is_anothers(&known, subject))
    }

    /// The trial whose time is up as far as is known here, and whose it is; `None` where the service has said so, too.
    pub(crate) fn expired_trial(&self) -> Option<(MvpdId, Option<PromotionalIdentity>)> {
        let signed_in = self.kept.get().signed_in?;
        let is_open = signed_in.profile.profile_type == ProfileType::Temporary && !signed_in.is_over;
        is_open.then_some((signed_in.profile.mvpd, signed_in.identity))
    }

    /// Notes what the service says of that trial: when it ends, or that it has. Whatever has come in its place stays.
    pub(crate) fn settle_trial(&self, mvpd: &MvpdId, found: Option<&Found>) {
        self.kept.update(|kept| {
            let is_it = |signed_in: &&mut SignedIn| {
                signed_in.profile.profile_type == ProfileType::Temporary && signed_in.profile.mvpd == *mvpd
            };
            if let Some(trial) = kept.signed_in.as_mut().filter(is_it) {
                match found {
                    Some(found) => {
                        (trial.profile, trial.metadata) = (found.profile.clone(), found.metadata.clone());
                    }
                    None => trial.is_over = true,
                }
            }
        });
    }

    /// The TV provider that was chosen last.
    pub(crate) fn provider(&self) -> Option<Provider> {
        self.kept.get().provider
    }

    /// The metadata, unless an authorization may have changed it.
    pub(crate) fn metadata(&self) -> Option<UserMetadata> {
        self.kept.get().signed_in?.metadata
    }

    /// Whether it matters whom the platform vouches for.
    pub(crate) fn knows_a_subject(&self) -> bool {
        let kept = self.kept.get();
        let mut all = kept.signed_in.iter().chain(&kept.others);
        !kept.aside.is_empty() || all.any(|signed_in| signed_in.subject.is_some())
    }

    /// Sets a session of another subject aside. Returns whether there was one.
    pub(crate) fn set_aside_unless(&self, subject: &str) -> bool {
        let others = |kept: &Kept| -> Vec<Vouched> {
            let all = kept.signed_in.iter().chain(&kept.others);
            let of_others = all.filter(|it| it.subject.as_deref().is_some_and(|theirs| theirs != subject));
            of_others
                .map(|it| Vouched { subject: it.subject.clone(), known: Known::of(&it.profile) })
                .collect()
        };
        if others(&self.kept.get()).is_empty() {
            return false;
        }
        self.kept.update(|kept| {
            let others = others(kept);
            kept.aside.retain(|vouched| others.iter().all(|other| vouched.subject != other.subject));
            kept.aside.extend(others);
            let surplus = kept.aside.len().saturating_sub(ASIDE);
            kept.aside.drain(..surplus);
            (kept.signed_in, kept.code) = (None, None);
            kept.others.clear();
        });
        true
    }

    /// Whether an authentication that Adobe has for this device is one that another subject has left there.
    pub(crate) fn is_set_aside(&self, profile: &Profile, subject: Option<&str>) -> bool {
        let known = Known::of(profile);
        // Where the platform vouches for nobody, there is nobody else to keep apart.
        subject.is_some() && self.kept.get().aside.iter().any(|vouched| vouched.is_anothers(&known, subject))
    }

    /// Whether Adobe may have an authentication of this device's own, which would explain one that is found.
    pub(crate) fn may_have_own(&self, client_id: Option<&str>) -> bool {
        let own_since = self.kept.get().own_since;
        own_since.is_some() && own_since.as_deref() == client_id
    }

    /// Whether the current session is a trial with this provider.
    pub(crate) fn is_trial_of(&self, mvpd: &MvpdId) -> bool {
        self.kept.get().signed_in.is_some_and(|signed_in| {
            signed_in.profile.profile_type == ProfileType::Temporary && signed_in.profile.mvpd == *mvpd
        })
    }

    pub(crate) fn begin_sign_in(&self) {
        self.kept.update(|kept| kept.signed_out = false);
    }

    pub(crate) fn sign_in(&self, arrival: &Arrival<'_>) {
        let profile = &arrival.found.profile;
        self.kept.update(|kept| {
            if let Some(subject) = arrival.subject {
                kept.aside.retain(|vouched| vouched.subject.as_deref() != Some(subject));
            }
            let before = kept.signed_in.replace(arrival.signed_in(arrival.found, arrival.identity));
            match arrival.others {
                Some(others) => {
                    kept.others = others.iter().map(|other| arrival.signed_in(other, None)).collect();
                }
                None => {
                    // A trial ends with a sign-in, and is none of several.
                    let is_trial = |it: &SignedIn| it.profile.profile_type == ProfileType::Temporary;
                    kept.others.extend(before.filter(|before| !is_trial(before)));
                    kept.others.retain(|other| {
                        other.profile.mvpd != profile.mvpd && other.client_id == arrival.client_id
                    });
                }
            }
            if profile.profile_type != ProfileType::Temporary {
                kept.provider = Some(arrival.provider.clone());
            }
            if profile.profile_type == ProfileType::Regular {
                kept.own_since = Some(arrival.client_id.to_owned());
            }
            kept.refused.retain(|refused| refused.known.mvpd != profile.mvpd);
            kept.code = None;
        });
    }

    /// Remembers the code that is shown, or none, and the TV provider that was chosen for it.
    pub(crate) fn remember_code(&self, code: Option<&RegistrationCode>, mvpd: Option<&MvpdId>) {
        self.kept.update(|kept| (kept.code, kept.code_for) = (code.cloned(), mvpd.cloned()));
    }

    pub(crate) fn remember_provider(&self, provider: &Provider) {
        self.kept.update(|kept| kept.provider = Some(provider.clone()));
    }

    /// To be handed to [`Session::remember_metadata`] by whoever is about to ask for it.
    pub(crate) fn metadata_generation(&self) -> u64 {
        self.outdated.load(Ordering::Acquire)
    }

    /// Keeps what was asked for on behalf of this profile, unless it is outdated by now. Returns whether the profile is still
    /// the current one.
    pub(crate) fn remember_metadata(
        &self,
        metadata: &UserMetadata,
        profile: &Profile,
        generation: u64,
    ) -> bool {
        let is_current =
            |kept: &Kept| kept.signed_in.as_ref().is_some_and(|signed_in| signed_in.profile == *profile);
        let kept = self.kept.update(|kept| {
            if is_current(kept)
                && generation == self.metadata_generation()
                && let Some(signed_in) = &mut kept.signed_in
            {
                signed_in.metadata = Some(metadata.clone());
            }
        });
        is_current(&kept)
    }

    /// An authorization may have changed the metadata.
    pub(crate) fn outdate_metadata(&self) {
        self.outdated.fetch_add(1, Ordering::AcqRel);
        self.kept.update(|kept| {
            for signed_in in kept.signed_in.iter_mut().chain(&mut kept.others) {
                signed_in.metadata = None;
            }
        });
    }

    /// The service says that this profile is not valid any more. A newer one stays. `is_refused`: the service wants a new
    /// sign-in although it may go on listing this one.
    pub(crate) fn lose(&self, profile: &Profile, is_refused: bool) {
        let known = Known::of(profile);
        self.kept.update(|kept| {
            let mut all = kept.signed_in.iter().chain(&kept.others);
            let lost = all.find(|signed_in| signed_in.profile == *profile);
            let subject = lost.and_then(|signed_in| signed_in.subject.clone());
            kept.signed_in.take_if(|signed_in| signed_in.profile == *profile);
            kept.others.retain(|other| other.profile != *profile);
            if is_refused && kept.refused.iter().all(|refused| refused.known != known) {
                kept.refused.push(Vouched { subject, known: known.clone() });
                let surplus = kept.refused.len().saturating_sub(ASIDE);
                kept.refused.drain(..surplus);
            }
        });
    }

    /// Forgets the profile with this TV provider, which has been signed out.
    pub(crate) fn forget(&self, mvpd: &MvpdId) {
        self.kept.update(|kept| {
            kept.signed_in.take_if(|signed_in| signed_in.profile.mvpd == *mvpd);
            kept.others.retain(|other| other.profile.mvpd != *mvpd);
        });
    }

    /// Forgets the sign-in, and that of nobody else. The provider stays: it is offered first the next time.
    pub(crate) fn sign_out(&self) {
        self.kept.update(|kept| {
            (kept.signed_in, kept.code, kept.own_since) = (None, None, None);
            kept.others.clear();
            kept.refused.clear();
            kept.signed_out = true;
        });
    }
}

/// The one that is valid for the longest time.
fn longest(signed_in: impl Iterator<Item = SignedIn>) -> Option<SignedIn> {
    signed_in.max_by_key(|signed_in| signed_in.profile.not_after)
}

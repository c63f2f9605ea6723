//! What is remembered of a requestor's sign-in: the profile, a code still shown, and that the viewer has signed out.

use std::sync::Arc;

use device_auth::{Store, StoreError, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    MvpdId, Profile, ProfileType, Provider, RegistrationCode, RequestorId, UserMetadata, slot::Slot,
};

/// Profiles of the device, besides the current one, whose sign-ins are remembered.
const ASIDE: usize = 8;

/// The sign-in of one requestor in one environment.
#[derive(Debug)]
pub(crate) struct Session {
    kept: Slot<Kept>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    signed_in: Option<SignedIn>,
    code: Option<RegistrationCode>,
    /// The viewer has signed out and not asked to sign in since.
    signed_out: bool,
    /// Sign-ins of other subjects of the platform token: known in order not to be mistaken for the current one's.
    aside: Vec<Aside>,
    provider: Option<Provider>,
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Aside {
    subject: String,
    mvpd: MvpdId,
    user_id: Option<String>,
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
    /// Reads what is remembered.
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        issuer: impl Into<String>,
        requestor: &RequestorId,
    ) -> Result<Self, StoreError> {
        Ok(Self { kept: Slot::open(store, issuer, format!("session/{requestor}"))? })
    }

    /// The profile, unless it has expired or belongs to another registration.
    pub(crate) fn profile(&self, client_id: Option<&str>, now: Timestamp) -> Option<Profile> {
        let signed_in = self.kept.get().signed_in?;
        let is_valid =
            signed_in.profile.not_after > now && client_id.is_none_or(|id| id == signed_in.client_id);
        is_valid.then_some(signed_in.profile)
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

    /// The code that was shown last, unless it has expired.
    pub(crate) fn code(&self, now: Timestamp) -> Option<RegistrationCode> {
        self.kept.get().code.filter(|code| code.expires > now)
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
        !kept.aside.is_empty() || kept.signed_in.is_some_and(|signed_in| signed_in.subject.is_some())
    }

    /// Sets a session of another subject aside. Returns whether there was one.
    pub(crate) fn set_aside_unless(&self, subject: &str) -> Result<bool, StoreError> {
        let other = |kept: &Kept| {
            let signed_in = kept.signed_in.as_ref()?;
            let theirs = signed_in.subject.as_ref().filter(|theirs| *theirs != subject)?;
            let profile = &signed_in.profile;
            Some(Aside {
                subject: theirs.clone(),
                mvpd: profile.mvpd.clone(),
                user_id: profile.user_id.clone(),
            })
        };
        if other(&self.kept.get()).is_none() {
            return Ok(false);
        }
        self.change(|kept| {
            if let Some(aside) = other(kept) {
                kept.aside.retain(|known| known.subject != aside.subject);
                kept.aside.push(aside);
                let surplus = kept.aside.len().saturating_sub(ASIDE);
                kept.aside.drain(..surplus);
                (kept.signed_in, kept.code) = (None, None);
            }
        })?;
        Ok(true)
    }

    /// Whether an authentication that Adobe has for this device is one of another subject.
    pub(crate) fn is_set_aside(&self, mvpd: &MvpdId, user_id: Option<&str>, subject: Option<&str>) -> bool {
        let is_theirs = |aside: &Aside| {
            aside.mvpd == *mvpd
                && aside.user_id.as_deref() == user_id
                && Some(aside.subject.as_str()) != subject
        };
        self.kept.get().aside.iter().any(is_theirs)
    }

    /// Whether the current session is a trial with this provider.
    pub(crate) fn is_trial_of(&self, mvpd: &MvpdId) -> bool {
        self.kept.get().signed_in.is_some_and(|signed_in| {
            signed_in.profile.profile_type == ProfileType::Temporary && signed_in.profile.mvpd == *mvpd
        })
    }

    pub(crate) fn begin_sign_in(&self) -> Result<(), StoreError> {
        self.change(|kept| kept.signed_out = false)
    }

    pub(crate) fn sign_in(
        &self,
        profile: &Profile,
        client_id: &str,
        subject: Option<&str>,
        provider: &Provider,
    ) -> Result<(), StoreError> {
        self.change(|kept| {
            if let Some(subject) = subject {
                kept.aside.retain(|known| known.subject != subject);
            }
            kept.signed_in = Some(SignedIn {
                profile: profile.clone(),
                client_id: client_id.to_owned(),
                subject: subject.map(str::to_owned),
                metadata: None,
            });
            if profile.profile_type != ProfileType::Temporary {
                kept.provider = Some(provider.clone());
            }
            kept.code = None;
        })
    }

    pub(crate) fn remember_code(&self, code: Option<&RegistrationCode>) -> Result<(), StoreError> {
        self.change(|kept| kept.code = code.cloned())
    }

    pub(crate) fn remember_provider(&self, provider: &Provider) -> Result<(), StoreError> {
        self.change(|kept| kept.provider = Some(provider.clone()))
    }

    pub(crate) fn remember_metadata(&self, metadata: &UserMetadata) -> Result<(), StoreError> {
        self.change(|kept| {
            if let Some(signed_in) = &mut kept.signed_in {
                signed_in.metadata = Some(metadata.clone());
            }
        })
    }

    /// An authorization may have changed the metadata.
    pub(crate) fn outdate_metadata(&self) -> Result<(), StoreError> {
        self.change(|kept| {
            if let Some(signed_in) = &mut kept.signed_in {
                signed_in.metadata = None;
            }
        })
    }

    /// The service says that there is no authentication any more.
    pub(crate) fn lose(&self) -> Result<(), StoreError> {
        self.change(|kept| kept.signed_in = None)
    }

    /// Forgets the sign-in, and that of nobody else. The provider stays: it is offered first the next time.
    pub(crate) fn sign_out(&self) -> Result<(), StoreError> {
        self.change(|kept| {
            (kept.signed_in, kept.code) = (None, None);
            kept.signed_out = true;
        })
    }

    fn change(&self, change: impl Fn(&mut Kept)) -> Result<(), StoreError> {
        self.kept.update(change).map(|_| ())
    }
}

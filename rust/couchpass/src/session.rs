//! What is remembered of a requestor's sign-in: the profile, a code still shown, and that the viewer has signed out.

use std::sync::Arc;

use device_auth::{Store, StoreError, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Profile, RegistrationCode, RequestorId, slot::Slot};

/// The sign-in of one requestor in one environment.
#[derive(Debug)]
pub(crate) struct Session {
    kept: Slot<Kept>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    signed_in: Option<SignedIn>,
    code: Option<RegistrationCode>,
    /// The viewer has signed out and not asked to sign in since.
    signed_out: bool,
}

/// A profile is bound to the registration under which it came about: with another one it is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SignedIn {
    profile: Profile,
    client_id: String,
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

    /// The code that was shown last, unless it has expired.
    pub(crate) fn code(&self, now: Timestamp) -> Option<RegistrationCode> {
        self.kept.get().code.filter(|code| code.expires > now)
    }

    /// Whether the viewer has signed out and not asked to sign in since.
    pub(crate) fn is_signed_out(&self) -> bool {
        self.kept.get().signed_out
    }

    pub(crate) fn begin_sign_in(&self) -> Result<(), StoreError> {
        self.change(|kept| kept.signed_out = false)
    }

    pub(crate) fn sign_in(&self, profile: &Profile, client_id: &str) -> Result<(), StoreError> {
        self.change(|kept| {
            kept.signed_in = Some(SignedIn { profile: profile.clone(), client_id: client_id.to_owned() });
            kept.code = None;
        })
    }

    pub(crate) fn remember_code(&self, code: Option<&RegistrationCode>) -> Result<(), StoreError> {
        self.change(|kept| kept.code = code.cloned())
    }

    /// The service says that there is no authentication any more.
    pub(crate) fn lose(&self) -> Result<(), StoreError> {
        self.change(|kept| kept.signed_in = None)
    }

    pub(crate) fn sign_out(&self) -> Result<(), StoreError> {
        self.change(|kept| *kept = Kept { signed_out: true, ..Kept::default() })
    }

    fn change(&self, change: impl Fn(&mut Kept)) -> Result<(), StoreError> {
        self.kept.update(change).map(|_| ())
    }
}

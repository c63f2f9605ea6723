//! One typed entry of the store, kept at hand and written through.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use device_auth::{CredentialKey, Revision, Store, StoreError};
use serde::{Serialize, de::DeserializeOwned};

/// The system's name in the store.
const SYSTEM: &str = "adobe-pass";

/// A value that outlives the process. Without an entry, or with one that is not readable, it is the default.
pub(crate) struct Slot<T> {
    store: Arc<dyn Store>,
    key: CredentialKey,
    held: Mutex<Held<T>>,
}

struct Held<T> {
    revision: Option<Revision>,
    value: T,
    /// The store does not have the value yet.
    is_unsaved: bool,
}

impl<T: Clone + Default + PartialEq + Serialize + DeserializeOwned> Slot<T> {
    /// Reads the entry of an issuer and a subject.
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        issuer: impl Into<String>,
        subject: impl Into<String>,
    ) -> Result<Self, StoreError> {
        let key = CredentialKey { system: SYSTEM, issuer: issuer.into(), subject: subject.into() };
        let held = read(&**store, &key)?;
        Ok(Self { store: Arc::clone(store), key, held: Mutex::new(held) })
    }

    pub(crate) fn get(&self) -> T {
        self.lock().value.clone()
    }

    /// Takes in what another client on the same store has written meanwhile.
    pub(crate) fn refresh(&self) {
        let mut held = self.lock();
        if !held.is_unsaved
            && let Ok(fresh) = read(&*self.store, &self.key)
        {
            *held = fresh;
        }
    }

    /// Changes the value and writes it, unless the change changes nothing. Where somebody else has written meanwhile, the
    /// change is made on what they wrote. Returns the value that came out.
    ///
    /// A store that cannot be written, on a full disk say, stops nobody from watching: the value lives in memory then, and is
    /// written with the next change that succeeds.
    pub(crate) fn update(&self, change: impl Fn(&mut T)) -> T {
        self.change(&change)
    }

    /// Written down once for a type, not once for a change.
    fn change(&self, change: &dyn Fn(&mut T)) -> T {
        let mut held = self.lock();
        let mut value = held.value.clone();
        change(&mut value);
        if value != held.value || held.is_unsaved {
            let mut outcome = self.save(&held, &value);
            if matches!(outcome, Err(StoreError::Conflict))
                && let Ok(theirs) = read(&*self.store, &self.key)
            {
                *held = theirs;
                value = held.value.clone();
                change(&mut value);
                outcome = self.save(&held, &value);
            }
            match outcome {
                Ok(revision) => (held.revision, held.is_unsaved) = (revision, false),
                Err(error) => {
                    log::warn!("{} is kept in memory for now: {error}", self.key.subject);
                    held.is_unsaved = true;
                }
            }
            held.value = value;
        }
        held.value.clone()
    }

    fn save(&self, held: &Held<T>, value: &T) -> Result<Option<Revision>, StoreError> {
        let json = serde_json::to_string(value).map(device_auth::Secret::new);
        let json = json.expect("the stored types have text keys and no fallible serializer");
        self.store.replace(&self.key, held.revision, Some(json.expose().as_bytes()))
    }

    fn lock(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T: Default + DeserializeOwned>(
    store: &dyn Store,
    key: &CredentialKey,
) -> Result<Held<T>, StoreError> {
    let Some(entry) = store.load(key)? else {
        return Ok(Held { revision: None, value: T::default(), is_unsaved: false });
    };
    let value = serde_json::from_slice(&entry.value).unwrap_or_else(|error| {
        // serde_json says where it stopped and, for a wrong type, which: nothing of the text itself may be shown.
        log::warn!("the entry {} of the store is not readable ({:?})", key.subject, error.classify());
        T::default()
    });
    Ok(Held { revision: Some(entry.revision), value, is_unsaved: false })
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.key)
    }
}

//! One typed entry of the store, kept at hand and written through.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
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
        self.held.lock().unwrap_or_else(PoisonError::into_inner).value.clone()
    }

    /// Reads again what is stored: another client of this process may have written since.
    pub(crate) fn reload(&self) -> Result<T, StoreError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = read(&*self.store, &self.key)?;
        Ok(held.value.clone())
    }

    /// Changes the value and writes it, unless the change changes nothing. Where somebody else has written meanwhile,
    /// the change is made once more on what they wrote.
    pub(crate) fn update(&self, change: impl Fn(&mut T)) -> Result<T, StoreError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match self.write(&mut held, &change) {
            Err(StoreError::Conflict) => {
                *held = read(&*self.store, &self.key)?;
                self.write(&mut held, &change)?;
            }
            outcome => outcome?,
        }
        Ok(held.value.clone())
    }

    fn write(&self, held: &mut Held<T>, change: impl Fn(&mut T)) -> Result<(), StoreError> {
        let mut value = held.value.clone();
        change(&mut value);
        if value == held.value {
            return Ok(());
        }
        let json = serde_json::to_string(&value).map(device_auth::Secret::new);
        let json = json.expect("the stored types have text keys and no fallible serializer");
        held.revision = self.store.replace(&self.key, held.revision, Some(json.expose().as_bytes()))?;
        held.value = value;
        Ok(())
    }
}

fn read<T: Default + DeserializeOwned>(
    store: &dyn Store,
    key: &CredentialKey,
) -> Result<Held<T>, StoreError> {
    let Some(entry) = store.load(key)? else { return Ok(Held { revision: None, value: T::default() }) };
    let value = serde_json::from_slice(&entry.value).unwrap_or_else(|error| {
        // serde_json says where it stopped and, for a wrong type, which: nothing of the text itself may be shown.
        log::warn!("the entry {} of the store is not readable ({:?})", key.subject, error.classify());
        T::default()
    });
    Ok(Held { revision: Some(entry.revision), value })
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.key)
    }
}

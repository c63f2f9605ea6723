//! A store that lasts as long as the process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use zeroize::Zeroizing;

use super::{CredentialKey, Entry, Revision, Store, StoreError};

/// Entries in memory, wiped when replaced or dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    entries: Mutex<Entries>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// The entries of a store and the count that gives each version its revision.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    pub(super) by_key: BTreeMap<String, Entry>,
    last_revision: u64,
}

impl Entries {
    pub(super) fn get(&self, key: &CredentialKey) -> Option<Entry> {
        self.by_key.get(&key.to_string()).cloned()
    }

    pub(super) fn insert(&mut self, key: String, value: Zeroizing<Vec<u8>>) -> Revision {
        self.last_revision += 1;
        let revision = Revision(self.last_revision);
        self.by_key.insert(key, Entry { revision, value });
        revision
    }

    /// Compare and swap, the one rule of all stores.
    pub(super) fn replace(
        &mut self,
        key: &CredentialKey,
        expected: Option<Revision>,
        new: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError> {
        let key = key.to_string();
        if self.by_key.get(&key).map(|entry| entry.revision) != expected {
            return Err(StoreError::Conflict);
        }
        Ok(match new {
            Some(value) => Some(self.insert(key, Zeroizing::new(value.to_vec()))),
            None => {
                self.by_key.remove(&key);
                None
            }
        })
    }
}

impl Store for MemoryStore {
    fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(key))
    }

    fn replace(
        &self,
        key: &CredentialKey,
        expected: Option<Revision>,
        new: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).replace(key, expected, new)
    }
}

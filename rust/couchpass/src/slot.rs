//! One typed entry of the store, kept at hand and written through.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use device_auth::{CredentialKey, Entry, Revision, Store, StoreError};
use serde::{Serialize, de::DeserializeOwned};

/// The system's name in the store.
const SYSTEM: &str = "adobe-pass";

/// A value that outlives the process. Without an entry, or with one that is not readable, it is the default.
pub(crate) struct Slot<T> {
    store: Arc<dyn Store>,
    key: CredentialKey,
    held: Mutex<Held<T>>,
    /// One change after the other. Flash may be slow, and whoever only reads does not wait for it.
    one_at_a_time: Mutex<()>,
}

#[derive(Clone)]
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
        let held = read(store.load(&key)?, &key);
        let (held, one_at_a_time) = (Mutex::new(held), Mutex::default());
        Ok(Self { store: Arc::clone(store), key, held, one_at_a_time })
    }

    pub(crate) fn get(&self) -> T {
        lock(&self.held).value.clone()
    }

    /// Takes in what another client on the same store has written meanwhile. Returns whether there was something.
    pub(crate) fn refresh(&self) -> bool {
        let _turn = lock(&self.one_at_a_time);
        let Ok(entry) = self.store.load(&self.key) else { return false };
        let mut held = lock(&self.held);
        let is_news = !held.is_unsaved && entry.as_ref().map(|entry| entry.revision) != held.revision;
        if is_news {
            *held = read(entry, &self.key);
        }
        is_news
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
        let _turn = lock(&self.one_at_a_time);
        let mut held = lock(&self.held).clone();
        let mut value = held.value.clone();
        change(&mut value);
        if value != held.value || held.is_unsaved {
            let mut outcome = self.save(&held, &value);
            if matches!(outcome, Err(StoreError::Conflict))
                && let Ok(theirs) = self.store.load(&self.key)
            {
                held = read(theirs, &self.key);
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
            *lock(&self.held) = held.clone();
        }
        held.value
    }

    fn save(&self, held: &Held<T>, value: &T) -> Result<Option<Revision>, StoreError> {
        let json = serde_json::to_string(value).map(device_auth::Secret::new);
        let json = json.expect("the stored types have text keys and no fallible serializer");
        self.store.replace(&self.key, held.revision, Some(json.expose().as_bytes()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T: Default + DeserializeOwned>(entry: Option<Entry>, key: &CredentialKey) -> Held<T> {
    let Some(entry) = entry else {
        return Held { revision: None, value: T::default(), is_unsaved: false };
    };
    let value = serde_json::from_slice(&entry.value).unwrap_or_else(|error| {
        // serde_json says where it stopped and, for a wrong type, which: nothing of the text itself may be shown.
        log::warn!("the entry {} of the store is not readable ({:?})", key.subject, error.classify());
        T::default()
    });
    Held { revision: Some(entry.revision), value, is_unsaved: false }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.key)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc::{Receiver, Sender, channel},
        thread,
    };

    use device_auth::MemoryStore;

    use super::*;

    /// Writes when it is let, as slow flash does.
    #[derive(Debug)]
    struct SlowStore {
        inner: MemoryStore,
        begun: Sender<()>,
        go_on: Mutex<Receiver<()>>,
    }

    impl Store for SlowStore {
        fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError> {
            self.inner.load(key)
        }

        fn replace(
            &self,
            key: &CredentialKey,
            expected: Option<Revision>,
            new: Option<&[u8]>,
        ) -> Result<Option<Revision>, StoreError> {
            self.begun.send(()).expect("the test waits for it");
            lock(&self.go_on).recv().expect("the test lets it go on");
            self.inner.replace(key, expected, new)
        }
    }

    #[test]
    fn whoever_reads_does_not_wait_for_whoever_writes() {
        let ((begun, has_begun), (goes_on, go_on)) = (channel(), channel());
        let store: Arc<dyn Store> =
            Arc::new(SlowStore { inner: MemoryStore::new(), begun, go_on: Mutex::new(go_on) });
        let slot = Arc::new(Slot::<Vec<u8>>::open(&store, "issuer", "subject").unwrap());
        let writer = Arc::clone(&slot);
        let writer = thread::spawn(move || writer.update(|value| value.push(1)));
        has_begun.recv().unwrap();
        assert_eq!(slot.get(), [0_u8; 0], "what is not written yet does not count yet");
        goes_on.send(()).unwrap();
        assert_eq!(writer.join().unwrap(), [1]);
        assert_eq!(slot.get(), [1]);
    }

    #[test]
    fn what_another_has_written_is_taken_in_and_nothing_of_ones_own_is_lost() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let open = || Slot::<Vec<u8>>::open(&store, "issuer", "subject").unwrap();
        let (here, there) = (open(), open());
        here.update(|value| value.push(1));
        assert_eq!(there.get(), [0_u8; 0]);
        assert!(there.refresh());
        assert!(!there.refresh(), "there is news once");
        assert_eq!(there.get(), [1]);
        there.update(|value| value.push(2));
        assert_eq!(here.update(|value| value.push(3)), [1, 2, 3]);
    }
}

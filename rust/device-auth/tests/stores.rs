//! What holds for every store, whatever it is made of.

#![allow(clippy::unwrap_used)]

use device_auth::{CredentialKey, FileStore, MemoryStore, Store, StoreError, StoreKey};

fn key(subject: &str) -> CredentialKey {
    CredentialKey { system: "test", issuer: "here".into(), subject: subject.into() }
}

fn every_store(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::new());
    let directory = tempfile::tempdir().unwrap();
    check(&FileStore::open(directory.path().join("store"), StoreKey::new([1; 32])).unwrap());
}

#[test]
fn an_entry_is_replaced_only_by_whoever_has_seen_it() {
    every_store(|store| {
        let first = store.replace(&key("a"), None, Some(b"1")).unwrap();
        assert!(matches!(store.replace(&key("a"), None, Some(b"x")), Err(StoreError::Conflict)));
        let second = store.replace(&key("a"), first, Some(b"2")).unwrap();
        assert!(matches!(store.replace(&key("a"), first, Some(b"x")), Err(StoreError::Conflict)));
        assert_eq!(store.load(&key("a")).unwrap().unwrap().value.as_slice(), b"2");
        assert_eq!(store.replace(&key("a"), second, None).unwrap(), None);
        assert!(store.load(&key("a")).unwrap().is_none());
    });
}

#[test]
fn keys_do_not_mix() {
    every_store(|store| {
        store.replace(&key("a"), None, Some(b"1")).unwrap();
        assert!(store.load(&key("b")).unwrap().is_none());
    });
}

#[test]
fn a_store_does_not_print_what_it_holds() {
    every_store(|store| {
        store.replace(&key("a"), None, Some(b"canary")).unwrap();
        let bytes = format!("{:?}", b"canary").trim_matches(['[', ']']).to_owned();
        let shown = format!("{store:?} {:?}", store.load(&key("a")).unwrap());
        assert!(!shown.contains("canary") && !shown.contains(&bytes), "{shown}");
    });
}

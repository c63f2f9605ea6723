//! The files in which clients keep what they know. Clients over one file share the open store: they are one installation.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use couchpass::Report;
use device_auth::{FileStore, Store, StoreKey};
use zeroize::Zeroizing;

use crate::{failure::Failure, messages};

static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<FileStore>>>> = LazyLock::new(Mutex::default);

/// Opens a store, or joins the one that is open already: also one whose last client is closed, but has a call that has not
/// noticed yet.
pub(crate) fn open(file: &messages::StoreFile) -> Result<Arc<dyn Store>, Failure> {
    let path = Path::new(&file.path);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, store| store.strong_count() > 0);
    if let Some(store) = open.get(path).and_then(Weak::upgrade) {
        return Ok(store);
    }
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(file.key.as_slice().try_into().map_err(|_| {
        fix("the key of the store does not have 32 bytes", "pass 32 random bytes, the same at every start")
    })?);
    let store = FileStore::open(path, StoreKey::new(*key)).map_err(|error| {
        fix(
            &error.to_string(),
            "pass a path in the app's own files directory, one for each process that opens a client",
        )
    })?;
    if let Some(reason) = store.lost() {
        log::warn!("what was kept cannot be used, so nobody is signed in: {reason}");
    }
    let store = Arc::new(store);
    open.insert(path.to_owned(), Arc::downgrade(&store));
    Ok(store)
}

fn fix(message: &str, remedy: &str) -> Failure {
    let mut report = Report::default();
    message.clone_into(&mut report.message);
    Failure::Client(couchpass::Error::FixConfiguration {
        remedy: remedy.to_owned(),
        report: Box::new(report),
    })
}

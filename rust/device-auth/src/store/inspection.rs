//! Looking at a store's file without touching it: for a tool that says what is wrong before anything is set aside.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;

use super::{
    StoreError,
    file::{FileStore, StoreKey, beside, io_error, open_sealed, read},
};

/// What [`FileStore::inspect`] has found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileStoreState {
    /// There is no file: nothing has been kept yet.
    Absent,
    /// It can be opened with this key.
    Readable,
    /// Opening it would set it aside.
    Unreadable {
        /// Why.
        reason: String,
    },
}

impl FileStore {
    /// Looks whether the store at `path` could be opened with this key. Makes, moves and writes nothing.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process holds it, [`StoreError::Io`] when it cannot be reached.
    pub fn inspect(path: impl Into<PathBuf>, key: &StoreKey) -> Result<FileStoreState, StoreError> {
        let path = path.into();
        let _lock = look_at_lock(&path)?;
        Ok(match read(&path).map_err(|source| io_error(&path, source))? {
            None => FileStoreState::Absent,
            Some(content) => match open_sealed(&content, key) {
                Ok(_) => FileStoreState::Readable,
                Err(reason) => FileStoreState::Unreadable { reason: reason.to_owned() },
            },
        })
    }
}

/// Holds the lock where there is one; a store that was never opened has none.
fn look_at_lock(path: &Path) -> Result<Option<File>, StoreError> {
    let file = match File::open(beside(path, "lock")) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path, error)),
    };
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::InUse { store: path.display().to_string() }),
        Err(errno) => Err(io_error(path, errno.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CredentialKey, Store as _};

    #[test]
    fn a_look_finds_what_opening_would_and_leaves_no_trace() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/store");
        let (key, other) = (StoreKey::new([7; 32]), StoreKey::new([8; 32]));
        assert_eq!(FileStore::inspect(&path, &key).unwrap(), FileStoreState::Absent);
        assert!(!path.parent().unwrap().exists(), "it has made a directory");

        let store = FileStore::open(&path, key.clone()).unwrap();
        let entry = CredentialKey { system: "test", issuer: "here".into(), subject: "me".into() };
        store.replace(&entry, None, Some(b"value")).unwrap();
        assert!(matches!(FileStore::inspect(&path, &key), Err(StoreError::InUse { .. })));
        drop(store);

        let before = std::fs::read(&path).unwrap();
        assert_eq!(FileStore::inspect(&path, &key).unwrap(), FileStoreState::Readable);
        let FileStoreState::Unreadable { reason } = FileStore::inspect(&path, &other).unwrap() else {
            panic!("another key opens it")
        };
        assert!(reason.contains("another key"), "{reason}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert!(!beside(&path, "unreadable").exists());
        assert!(FileStore::open(&path, key).unwrap().lost().is_none());
    }
}

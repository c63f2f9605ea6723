//! Keeping what was obtained: small entries under a key, replaced whole, never half.

mod memory;

#[cfg(feature = "file-store")]
mod file;
#[cfg(feature = "file-store")]
mod inspection;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

#[cfg(feature = "file-store")]
pub use self::file::{FileStore, StoreKey};
#[cfg(feature = "fuzzing")]
pub use self::file::{check_store_content, check_store_file};
#[cfg(feature = "file-store")]
pub use self::inspection::FileStoreState;
pub use self::memory::MemoryStore;

/// Whose entry it is: panels, households, environments and devices are never mixed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialKey {
    /// The system, such as `adobe-pass`.
    pub system: &'static str,
    /// Who issued the credential: an environment, a host, a household.
    pub issuer: String,
    /// For whom or for what: a requestor, a device, a purpose.
    pub subject: String,
}

impl fmt::Display for CredentialKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.system, self.issuer, self.subject)
    }
}

/// Which version of an entry it is; changes with every replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub(crate) u64);

/// An entry as it was found.
#[derive(Clone)]
pub struct Entry {
    /// Its version, to be named when it is replaced.
    pub revision: Revision,
    /// Its content, wiped when dropped.
    pub value: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?}, {} bytes)", self.revision, self.value.len())
    }
}

/// What a store can answer instead.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else has replaced the entry since it was read: read it again and decide anew.
    #[error("the entry has been replaced by somebody else meanwhile")]
    Conflict,
    /// Another process holds the store, or another store of this one.
    #[error(
        "{store} is in use by another process, or by a client of this one that is still open; close that, or use a store of its own"
    )]
    InUse {
        /// Where the store is.
        store: String,
    },
    /// The store cannot be reached or written. What it held is still there.
    #[error("{store} cannot be used: {source}")]
    Io {
        /// Where the store is.
        store: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A place for credentials that outlives the process, or does not.
///
/// Calls are short and do not wait for anybody; they may be made from any thread.
pub trait Store: Send + Sync + fmt::Debug {
    /// The entry under a key, or `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the store cannot be read.
    fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError>;

    /// Replaces an entry whole, or removes it with `None`. `expected` is the revision that the caller has seen, `None`
    /// where it has seen no entry. Returns the new revision; after a removal it stands for "no entry".
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the entry is not the expected one: nothing was changed. [`StoreError::Io`] when it
    /// cannot be written: the old entry stays.
    fn replace(
        &self,
        key: &CredentialKey,
        expected: Option<Revision>,
        new: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError>;
}

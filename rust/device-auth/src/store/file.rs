//! A store in one encrypted file: readable with the caller's key alone, replaced atomically, held by one process.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use rustix::fs::FlockOperation;
use zeroize::Zeroizing;

use super::{CredentialKey, Entry, Revision, Store, StoreError, memory::Entries};

/// What every file starts with: a name, and the version of all that follows.
const HEADER: &[u8; 8] = b"CPSTORE\x01";
/// Far above what a store holds; a larger file is not one of ours.
const LARGEST_FILE: u64 = 1 << 20;

/// The 256-bit key of a [`FileStore`], from wherever the platform keeps such things.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// Takes the key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, &*self.0).expect("32 bytes are the key length of AES-256"),
        )
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(32 bytes)")
    }
}

/// Entries in one file, encrypted and authenticated as a whole with AES-256-GCM.
///
/// A file that cannot be read with the key (another key, another version, torn, tampered with) is set aside under the
/// name `….unreadable` and the store starts empty; [`FileStore::lost`] tells why. So a viewer is signed out at the worst, and
/// nothing crashes. With the right key it comes back by itself, whatever other keys were tried in between; what those
/// wrote is kept as `….displaced`, the latest only.
///
/// The file `….lock` beside it keeps a second process out for as long as the store lives.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    key: StoreKey,
    entries: Mutex<Entries>,
    lost: Option<Lost>,
    // Held, not used: closing it gives the lock back.
    _lock: File,
}

/// A file that could not be used.
#[derive(Debug)]
struct Lost {
    reason: String,
    kept_as: PathBuf,
}

impl FileStore {
    /// Opens the store at `path`, creating it and its directory with the first entry that is written.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process holds it, [`StoreError::Io`] when it cannot be reached.
    pub fn open(path: impl Into<PathBuf>, key: StoreKey) -> Result<Self, StoreError> {
        let path = path.into();
        let lock = lock(&path)?;
        bring_back_if_missing(&path, &key).map_err(|source| io_error(&path, source))?;
        let (entries, lost) = match read(&path).map_err(|source| io_error(&path, source))? {
            None => (Entries::default(), None),
            Some(content) => match open_sealed(&content, &key) {
                Ok(entries) => (entries, None),
                Err(reason) => set_aside(&path, &key, reason).map_err(|source| io_error(&path, source))?,
            },
        };
        Ok(Self { path, key, entries: Mutex::new(entries), lost, _lock: lock })
    }

    /// Why the file that was there could not be used, if so.
    #[must_use]
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_ref().map(|lost| lost.reason.as_str())
    }

    /// Where that file is kept now.
    #[must_use]
    pub fn lost_to(&self) -> Option<&Path> {
        self.lost.as_ref().map(|lost| lost.kept_as.as_path())
    }

    fn write(&self, entries: &Entries) -> io::Result<()> {
        let temporary = beside(&self.path, "new");
        let mut file =
            private(OpenOptions::new().write(true).create(true).truncate(true)).open(&temporary)?;
        file.write_all(&seal(entries, &self.key)?)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &self.path)?;
        // The directory records the rename. Should it not be synced, a power cut brings the old file back, whole; the new one
        // is in place all the same, so this is no failure of the write.
        if let Some(parent) = self.path.parent()
            && let Err(error) = File::open(directory(parent)).and_then(|directory| directory.sync_all())
        {
            log::debug!("the directory of the store cannot be synced: {error}");
        }
        Ok(())
    }
}

impl Store for FileStore {
    fn load(&self, key: &CredentialKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(key))
    }

    fn replace(
        &self,
        key: &CredentialKey,
        expected: Option<Revision>,
        new: Option<&[u8]>,
    ) -> Result<Option<Revision>, StoreError> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = entries.clone();
        let revision = changed.replace(key, expected, new)?;
        self.write(&changed).map_err(|source| io_error(&self.path, source))?;
        *entries = changed;
        Ok(revision)
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let open = || {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(directory(parent))?;
        }
        private(OpenOptions::new().write(true).create(true).truncate(false)).open(beside(path, "lock"))
    };
    let file = open().map_err(|source| io_error(path, source))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::InUse { store: path.display().to_string() }),
        Err(errno) => Err(io_error(path, errno.into())),
    }
}

pub(super) fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Zeroizing::new(Vec::new());
    file.take(LARGEST_FILE + 1).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Puts a file that cannot be used out of the way. If the one that was put there before fits the key, it comes back: a
/// wrong key, tried once or twice, must not cost what the right one protects.
fn set_aside(path: &Path, key: &StoreKey, reason: &str) -> io::Result<(Entries, Option<Lost>)> {
    let lost = |kept_as| Some(Lost { reason: reason.to_owned(), kept_as });
    let aside = beside(path, "unreadable");
    let earlier = read(&aside)?;
    let Some(earlier) = earlier else {
        std::fs::rename(path, &aside)?;
        return Ok((Entries::default(), lost(aside)));
    };
    // Each step leaves the earlier file where the next start finds it.
    let displaced = beside(path, "displaced");
    std::fs::rename(path, &displaced)?;
    match open_sealed(&earlier, key) {
        Ok(entries) => {
            std::fs::rename(&aside, path)?;
            std::fs::rename(&displaced, &aside)?;
            Ok((entries, None))
        }
        Err(_) => Ok((Entries::default(), lost(displaced))),
    }
}

/// The process may have died between two steps of [`set_aside`].
fn bring_back_if_missing(path: &Path, key: &StoreKey) -> io::Result<()> {
    let aside = beside(path, "unreadable");
    if !path.exists()
        && let Some(content) = read(&aside)?
        && open_sealed(&content, key).is_ok()
    {
        std::fs::rename(&aside, path)?;
    }
    Ok(())
}

/// Header, nonce, then the sealed entries; the header is authenticated with them.
fn seal(entries: &Entries, key: &StoreKey) -> io::Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(|_| io::Error::other("the system has no random numbers"))?;
    let mut sealed = encode(entries);
    key.cipher()
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(HEADER), &mut *sealed)
        .map_err(|_| io::Error::other("the entries are too large to be encrypted"))?;
    Ok([HEADER.as_slice(), &nonce, &sealed].concat())
}

pub(super) fn open_sealed(content: &[u8], key: &StoreKey) -> Result<Entries, &'static str> {
    const FOREIGN: &str = "it is not a store file, or of another version";
    if content.len() as u64 > LARGEST_FILE {
        return Err(FOREIGN);
    }
    let rest = content.strip_prefix(HEADER).ok_or(FOREIGN)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or("it is cut short")?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| "it is cut short")?;
    let mut opened = Zeroizing::new(sealed.to_vec());
    let plain = key
        .cipher()
        .open_in_place(nonce, Aad::from(HEADER), &mut opened)
        .map_err(|_| "it was written with another key, or is damaged")?;
    decode(plain).ok_or("its content is damaged")
}

/// Each entry as key and value, both behind their length: 4 bytes, the lowest first.
fn encode(entries: &Entries) -> Zeroizing<Vec<u8>> {
    // Sized beforehand with room for the tag: growing would leave copies of secrets in freed memory.
    let size = entries.by_key.iter().map(|(key, entry)| 8 + key.len() + entry.value.len()).sum::<usize>();
    let mut plain = Zeroizing::new(Vec::with_capacity(size + AES_256_GCM.tag_len()));
    for (key, entry) in &entries.by_key {
        for part in [key.as_bytes(), &entry.value] {
            plain.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
            plain.extend_from_slice(part);
        }
    }
    plain
}

fn decode(mut plain: &[u8]) -> Option<Entries> {
    let mut entries = Entries::default();
    while !plain.is_empty() {
        let key = String::from_utf8(take_part(&mut plain)?.to_vec()).ok()?;
        entries.insert(key, Zeroizing::new(take_part(&mut plain)?.to_vec()));
    }
    Some(entries)
}

fn take_part<'p>(plain: &mut &'p [u8]) -> Option<&'p [u8]> {
    let (length, rest) = plain.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *plain = rest;
    Some(part)
}

/// Files that their owner alone may read.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// `store` → `store.lock` and the like, in the same directory.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The parent of a bare file name is the empty path, which means the current directory but cannot be opened.
fn directory(parent: &Path) -> &Path {
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}

pub(super) fn io_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { store: path.display().to_string(), source }
}

/// For the fuzzer: whatever a file holds, reading it ends in entries or in a reason; entries survive being written again.
#[cfg(feature = "fuzzing")]
pub fn check_store_file(content: &[u8], key: &StoreKey) {
    if let Ok(entries) = open_sealed(content, key) {
        let again = seal(&entries, key).expect("there are random numbers");
        // What is written again must fit as it did before: an entry must never be the one that makes a store unreadable.
        let reread = open_sealed(&again, key).expect("our own file is readable");
        let values = |entries: &Entries| {
            entries.by_key.iter().map(|(key, entry)| (key.clone(), entry.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(values(&entries), values(&reread));
    }
}

/// For the fuzzer: the same behind the seal, as somebody with the key, or another version of ours, might have written it.
#[cfg(feature = "fuzzing")]
pub fn check_store_content(plain: &[u8], key: &StoreKey) {
    let mut sealed = plain.to_vec();
    let nonce = [0; NONCE_LEN];
    key.cipher()
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(HEADER), &mut sealed)
        .expect("the fuzzer's inputs are small");
    check_store_file(&[HEADER.as_slice(), &nonce, &sealed].concat(), key);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CredentialKey {
        CredentialKey { system: "test", issuer: "here".into(), subject: "me".into() }
    }

    fn open(path: &Path) -> FileStore {
        FileStore::open(path, StoreKey::new([7; 32])).unwrap()
    }

    #[test]
    fn an_entry_survives_a_restart_and_is_not_readable_in_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/store");
        open(&path).replace(&key(), None, Some(b"a canary")).unwrap();
        let raw = std::fs::read(&path).unwrap();
        assert!(!raw.windows(8).any(|window| window == b"a canary"));
        let store = open(&path);
        assert_eq!(store.load(&key()).unwrap().unwrap().value.as_slice(), b"a canary");
        assert_eq!(store.lost(), None);
    }

    #[test]
    fn a_second_opener_is_told_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let _first = open(&path);
        let second = FileStore::open(&path, StoreKey::new([7; 32]));
        assert!(matches!(second, Err(StoreError::InUse { .. })), "{second:?}");
    }

    #[test]
    fn an_unreadable_file_is_set_aside_with_its_reason() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        open(&path).replace(&key(), None, Some(b"value")).unwrap();
        let good = std::fs::read(&path).unwrap();
        let mut tampered = good.clone();
        *tampered.last_mut().unwrap() ^= 1;
        let mut foreign = good.clone();
        foreign[7] = 9;
        for bad in [tampered, foreign, good[..15].to_vec(), good[..good.len() - 3].to_vec(), Vec::new()] {
            std::fs::write(&path, &bad).unwrap();
            let _ = std::fs::remove_file(beside(&path, "unreadable"));
            let store = open(&path);
            assert!(store.lost().is_some());
            assert!(store.load(&key()).unwrap().is_none());
            assert_eq!(std::fs::read(beside(&path, "unreadable")).unwrap(), bad, "the old file is kept");
        }
        std::fs::write(&path, &good).unwrap();
        std::fs::remove_file(beside(&path, "unreadable")).unwrap();
        let store = FileStore::open(&path, StoreKey::new([8; 32])).unwrap();
        assert!(store.lost().unwrap().contains("another key"));
    }

    #[test]
    fn a_wrong_key_does_not_cost_what_the_right_one_protects() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        open(&path).replace(&key(), None, Some(b"value")).unwrap();
        for key_byte in [9, 8] {
            let wrong = FileStore::open(&path, StoreKey::new([key_byte; 32])).unwrap();
            assert!(wrong.lost().is_some());
            wrong.replace(&key(), None, Some(b"other")).unwrap();
        }
        let right = open(&path);
        assert_eq!(right.lost(), None);
        assert_eq!(right.load(&key()).unwrap().unwrap().value.as_slice(), b"value");
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_entry() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let store = open(&path);
        let first = store.replace(&key(), None, Some(b"old")).unwrap();
        std::fs::create_dir(beside(&path, "new")).unwrap();
        assert!(matches!(store.replace(&key(), first, Some(b"new")), Err(StoreError::Io { .. })));
        assert_eq!(store.load(&key()).unwrap().unwrap().value.as_slice(), b"old");
        drop(store);
        std::fs::remove_dir(beside(&path, "new")).unwrap();
        assert_eq!(open(&path).load(&key()).unwrap().unwrap().value.as_slice(), b"old");
    }
}

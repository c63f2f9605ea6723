//! A process that is killed while it writes loses nothing that it has been told is written, and leaves nothing torn.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use device_auth::{CredentialKey, FileStore, Store as _, StoreKey};

/// How often the writer is killed.
const KILLS: usize = 40;
const SEED: u64 = 0x0c0f_fee5;
/// At most so many writes are acknowledged before a kill.
const MOST_WRITES: u64 = 24;
const ENTRIES: u64 = 8;
/// Enough for some files of many pages and some of one.
const LARGEST_VALUE: usize = 20_000;

const STORE: &str = "COUCHPASS_TEST_STORE";
const FIRST: &str = "COUCHPASS_TEST_FIRST_WRITE";
const ACKNOWLEDGED: &str = "acknowledged ";

/// The n-th write: to which entry, and what; `None` removes it. Known to the writer and to whoever looks afterwards.
fn nth_write(n: u64) -> (u64, Option<Vec<u8>>) {
    let mut random = fastrand::Rng::with_seed(SEED ^ n);
    let value = (!n.is_multiple_of(7)).then(|| {
        let mut value = n.to_le_bytes().to_vec();
        value.resize(8 + random.usize(..LARGEST_VALUE), random.u8(..));
        value
    });
    (random.u64(..ENTRIES), value)
}

/// What the store holds after the first n writes.
fn after(n: u64) -> BTreeMap<u64, Vec<u8>> {
    let mut entries = BTreeMap::new();
    for (entry, value) in (1..=n).map(nth_write) {
        match value {
            Some(value) => entries.insert(entry, value),
            None => entries.remove(&entry),
        };
    }
    entries
}

fn key(entry: u64) -> CredentialKey {
    CredentialKey { system: "test", issuer: "here".into(), subject: entry.to_string() }
}

fn open(path: &Path) -> FileStore {
    FileStore::open(path, StoreKey::new([3; 32])).unwrap()
}

fn content(store: &FileStore) -> BTreeMap<u64, Vec<u8>> {
    let load = |entry| Some((entry, store.load(&key(entry)).unwrap()?.value.to_vec()));
    (0..ENTRIES).filter_map(load).collect()
}

/// The process that the test below starts. Nothing but a kill ends it.
#[test]
#[ignore = "it is what the test below kills"]
fn writer() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let store = open(path.as_ref());
    let mut out = std::io::stdout().lock();
    for n in first.. {
        let (entry, value) = nth_write(n);
        let seen = store.load(&key(entry)).unwrap().map(|entry| entry.revision);
        store.replace(&key(entry), seen, value.as_deref()).unwrap();
        writeln!(out, "{ACKNOWLEDGED}{n}").unwrap();
    }
}

/// Lets the writer go on from `first` and kills it after so many acknowledged writes; it is by then in one of the next.
/// Returns the last that it has acknowledged.
fn write_and_be_killed(path: &Path, first: u64, writes: u64) -> u64 {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--ignored", "--nocapture"])
        .env(STORE, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(writer.stdout.take().unwrap());
    let mut last = first - 1;
    let mut is_alive = true;
    // Past the kill, too: what was written to the pipe before it was acknowledged.
    for line in out.lines() {
        // The test harness has its own words in front of the first.
        if let Some((_, n)) = line.unwrap().rsplit_once(ACKNOWLEDGED) {
            last = n.parse().unwrap();
        }
        if is_alive && last + 1 >= first + writes {
            writer.kill().unwrap();
            is_alive = false;
        }
    }
    assert!(!writer.wait().unwrap().success());
    assert!(!is_alive, "it ended by itself");
    last
}

#[test]
fn a_killed_writer_loses_nothing_acknowledged_and_tears_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut last = 0;
    for _ in 0..KILLS {
        let acknowledged = write_and_be_killed(&path, last + 1, random.u64(..=MOST_WRITES));
        // The lock has died with its process, and the file is what one of its writes has left.
        let store = open(&path);
        assert_eq!(store.lost(), None);
        let found = content(&store);
        // The write under way may have come through; no other may be missing, and none may be half there.
        last = (acknowledged..=acknowledged + 1)
            .find(|n| found == after(*n))
            .unwrap_or_else(|| panic!("not what {acknowledged} writes have left"));
    }
}

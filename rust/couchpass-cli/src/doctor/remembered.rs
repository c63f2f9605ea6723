//! What is remembered: whether the state can be opened, by nobody but its owner, and is not in use.

use std::{
    fs,
    path::{Path, PathBuf},
};

use device_auth::{FileStore, FileStoreState, StoreError};

use super::finding::Findings;
use crate::{failure::Failure, state::StateArguments};

const STATE: &str = "state";
const KEY: &str = "state_key";

/// Returns whether a client can open it and lose nothing by that. Looks only: nothing is made or moved.
pub(super) fn look_at_state(arguments: &StateArguments, findings: &mut Findings) -> bool {
    let Some(file) = findings.take(STATE, arguments.file()) else { return false };
    let Some(key_file) = findings.take(KEY, arguments.key_file()) else { return false };
    for private in [Some(&file), key_file.as_ref()].into_iter().flatten() {
        look_at_permissions(private, findings);
    }
    look_beside(&file, findings);
    let Some(key) = findings.take(KEY, arguments.key_at_hand()) else { return false };
    let shown = file.display();
    let Some(key) = key else {
        if !file.exists() {
            findings.note(
                STATE,
                format!("nothing is remembered yet; it will be in {shown}, and a key is made for it"),
            );
            return true;
        }
        findings.error(
            KEY,
            format!("there is a state in {shown} and no key to it: the next command would make another key, and sign you out"),
            "bring back the key with --store-key-file or COUCHPASS_STORE_KEY; without it, delete the state and sign in again",
        );
        return false;
    };
    match FileStore::inspect(&file, &key) {
        Ok(FileStoreState::Absent) => {
            findings.note(STATE, format!("nothing is remembered yet; it will be in {shown}"));
            true
        }
        Ok(FileStoreState::Readable) => {
            findings.ok(STATE, format!("the state in {shown} can be read"));
            true
        }
        Ok(FileStoreState::Unreadable { reason }) => {
            findings.error(
                STATE,
                format!("the state in {shown} cannot be read: {reason}. The next command would set it aside and sign you out"),
                "use the key that it was written with (--store-key-file, COUCHPASS_STORE_KEY); without it, sign in again",
            );
            false
        }
        Ok(_) => true,
        Err(error) => {
            let check = if matches!(error, StoreError::InUse { .. }) { "state_locked" } else { STATE };
            findings.failure(check, &Failure::from(error));
            false
        }
    }
}

/// Others on the machine may be able to read it, or to put another in its place.
fn look_at_permissions(file: &Path, findings: &mut Findings) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(file) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            findings.warning(
                "state_permissions",
                format!("{} is open to other users of this machine (mode {mode:03o})", file.display()),
                format!("chmod 600 {}", file.display()),
            );
        }
    }
}

/// What an earlier start could not read.
fn look_beside(file: &Path, findings: &mut Findings) {
    let aside = PathBuf::from(format!("{}.unreadable", file.display()));
    if aside.exists() {
        findings.warning(
            "state_lost",
            format!("an earlier state could not be read and is kept as {}", aside.display()),
            "run any command with the key that it was written with, and it comes back; otherwise delete it",
        );
    }
}

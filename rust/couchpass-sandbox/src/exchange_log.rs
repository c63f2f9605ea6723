//! The log of exchanges: what a sandbox was asked and what it answered, in clear, one line each.
//!
//! A line is an entry of the HTTP Archive format (HAR 1.2). Nothing here is masked: the log is written only where
//! somebody has asked for it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{env, process};

use serde_json::Value;

/// The environment variable that makes every sandbox of a test suite write a log.
const VARIABLE: &str = "COUCHPASS_SANDBOX_EXCHANGES";

/// How many logs this process has begun.
static BEGUN: AtomicUsize = AtomicUsize::new(0);

/// A file that takes one line for each exchange.
#[derive(Debug)]
pub(crate) struct ExchangeLog {
    file: Mutex<File>,
}

impl ExchangeLog {
    /// The log in the directory that the builder names, or else in the one that the environment names for `suite`.
    pub(crate) fn wanted(named: Option<PathBuf>) -> Option<PathBuf> {
        named.or_else(|| of_environment(env::var_os(VARIABLE), &suite()))
    }

    /// Begins a log in this directory, under a name that no other sandbox has.
    pub(crate) fn begin(directory: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        loop {
            let name = format!("{}-{}.jsonl", process::id(), BEGUN.fetch_add(1, Ordering::Relaxed));
            let file =
                OpenOptions::new().append(true).create_new(true).mode(0o600).open(directory.join(name));
            match file {
                Ok(file) => return Ok(Self { file: Mutex::new(file) }),
                // Left there by an earlier process of the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn write(&self, entry: &Value) {
        let line = format!("{entry}\n");
        // A full disk must not change what a client is answered. A reader notices the line that is torn.
        let _ = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

/// A folder for each suite, so that a reader can tell whose requests it sees.
fn of_environment(variable: Option<OsString>, suite: &str) -> Option<PathBuf> {
    Some(Path::new(&variable.filter(|directory| !directory.is_empty())?).join(suite))
}

/// The package whose tests run, as cargo tells them, or else the name of the program.
fn suite() -> String {
    let package = env::var("CARGO_PKG_NAME").ok().filter(|name| !name.is_empty());
    package.unwrap_or_else(|| {
        let program = env::current_exe().ok();
        let name =
            program.as_deref().and_then(Path::file_stem).map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "unknown".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_a_directory_and_every_suite_has_a_folder_in_it() {
        let wanted = |variable: &str| of_environment(Some(variable.into()), "my-tests");
        assert_eq!(wanted("/tmp/log"), Some("/tmp/log/my-tests".into()));
        assert_eq!(wanted(""), None);
        assert_eq!(of_environment(None, "my-tests"), None);
        assert_eq!(suite(), "couchpass-sandbox");
    }

    #[test]
    fn what_the_builder_names_comes_first() {
        assert_eq!(ExchangeLog::wanted(Some("here".into())), Some("here".into()));
    }
}

//! A sandbox, a directory to call home, and the command in front of them.

mod api;
mod bench;
mod process;
mod terminal;

use std::{path::Path, time::Duration};

pub(crate) use self::{
    api::{Api, on_both_apis},
    bench::Bench,
    process::{Outcome, Running},
};

/// What is not said by then is never said: a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(120);

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it neither speaks nor ends")
}

pub(crate) fn mode(file: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions()) & 0o777
}

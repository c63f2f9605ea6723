//! Ctrl-C, and the signal by which a service manager ends a process.

use std::future::Future;

use crate::{exit::Exit, failure::Failure};

/// Returns when the process is asked to end.
pub(crate) async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    ctrl_c().await;
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler of ours the system's own applies, and ends the process.
        std::future::pending::<()>().await;
    }
}

/// Does the work, unless it is interrupted: then nothing of it is worth keeping.
pub(crate) async fn or(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    tokio::select! {
        outcome = work => outcome,
        () = asked_to_end() => Err(Failure::interrupted()),
    }
}

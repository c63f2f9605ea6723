//! Ctrl-C, and the signal by which a service manager ends a process.

use std::future::Future;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{exit::Exit, failure::Failure};

/// Hears of both from the moment it is made; until then they end the process by themselves.
#[derive(Debug)]
pub(crate) struct Interrupt {
    ctrl_c: Signal,
    terminate: Signal,
}

impl Interrupt {
    /// Begins to listen. Done before anything is told or begun that an interruption has to put in order.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::configuration(
                    format!("signals cannot be heard: {error}"),
                    "check the limits of this user",
                )
            })
        };
        Ok(Self { ctrl_c: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Returns when the process is asked to end, each time anew.
    pub(crate) async fn asked_to_end(&mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Does the work, unless it is interrupted: then nothing of it is worth keeping.
pub(crate) async fn or(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen()?;
    tokio::select! {
        outcome = work => outcome,
        () = interrupt.asked_to_end() => Err(Failure::interrupted()),
    }
}

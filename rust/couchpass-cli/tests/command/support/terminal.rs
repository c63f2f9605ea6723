//! A command on a terminal of its own.

use std::io::Read as _;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::{
    process::{Child, Command},
    sync::mpsc,
};

use super::in_time;

/// A command on a terminal, and what stands on it, escape sequences included.
pub(crate) struct Terminal {
    child: Child,
    written: mpsc::UnboundedReceiver<Vec<u8>>,
    bytes: Vec<u8>,
    screen: String,
}

impl Terminal {
    pub(super) fn start(mut command: Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || std::fs::OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let child = command.stdin(theirs()).stdout(theirs()).stderr(theirs()).spawn().unwrap();
        let (write, written) = mpsc::unbounded_channel();
        // On a thread of its own: a terminal cannot be waited for as a socket can.
        std::thread::spawn(move || {
            let (mut ours, mut buffer) = (std::fs::File::from(ours), [0; 4096]);
            // Once the other end is closed, reading fails.
            while let Ok(count @ 1..) = ours.read(&mut buffer) {
                if write.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, written, bytes: Vec::new(), screen: String::new() }
    }

    /// Waits until the screen shows this.
    pub(crate) async fn shown(&mut self, is_shown: impl Fn(&str) -> bool) {
        while !is_shown(&self.screen) {
            assert!(self.next().await, "it ended too early: {}", self.screen);
        }
    }

    pub(crate) fn screen(&self) -> &str {
        &self.screen
    }

    /// Waits for its end: the exit code, and all that was ever shown.
    pub(crate) async fn end(mut self) -> (i32, String) {
        while self.next().await {}
        let code = in_time(self.child.wait()).await.unwrap().code().unwrap();
        (code, self.screen)
    }

    async fn next(&mut self) -> bool {
        let Some(written) = in_time(self.written.recv()).await else { return false };
        self.bytes.extend(written);
        self.screen = String::from_utf8_lossy(&self.bytes).into_owned();
        true
    }
}

//! The Enter key, or whatever else writes lines to standard input.

use std::io;

use tokio::sync::{mpsc, oneshot};

/// Lines of standard input, from the first time that one is waited for.
#[derive(Debug, Default)]
pub(crate) struct Enter {
    lines: Option<mpsc::UnboundedReceiver<()>>,
}

impl Enter {
    /// Waits for a line; `false` where there will be none.
    pub(crate) async fn pressed(&mut self) -> bool {
        self.lines.get_or_insert_with(listen).recv().await.is_some()
    }
}

/// Waits until standard input ends, whatever bytes come before that.
pub(crate) async fn input_ends() {
    let (ended, end) = oneshot::channel::<()>();
    // As below.
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        drop(ended);
    });
    let _ = end.await;
}

/// On a thread of its own that nobody waits for: a read from a terminal cannot be called off, and must not keep the
/// process from ending.
fn listen() -> mpsc::UnboundedReceiver<()> {
    let (line, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for read in io::stdin().lines() {
            if read.is_err() || line.send(()).is_err() {
                return;
            }
        }
    });
    lines
}

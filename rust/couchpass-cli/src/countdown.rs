//! How long a code still works, counted down where somebody watches a terminal.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use device_auth::Timestamp;

use crate::{output::Output, when};

/// The line below a code that is shown. Anywhere but on a terminal it stands there once, without the time.
#[derive(Debug)]
pub(crate) struct Countdown {
    output: Output,
    until: Option<Timestamp>,
}

impl Countdown {
    pub(crate) fn new(output: Output) -> Self {
        Self { output, until: None }
    }

    /// Begins anew; `until` goes by this device's clock.
    pub(crate) fn start(&mut self, until: Timestamp) {
        if self.output.is_watched() {
            self.until = Some(until);
            self.draw();
        } else {
            self.output.say("Waiting for the viewer. Ctrl-C gives up.");
        }
    }

    /// Draws the line a second later. Never returns where nothing counts down.
    pub(crate) async fn tick(&self) {
        if self.until.is_none() {
            return std::future::pending().await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.draw();
    }

    /// Takes the line away, to make room for what is told next.
    pub(crate) fn stop(&mut self) {
        if self.until.take().is_some() {
            self.output.redraw("");
        }
    }

    fn draw(&self) {
        if let Some(until) = self.until {
            let left = when::clock(until.since(now()));
            self.output.redraw(&format!(
                "Waiting for the viewer; the code works for another {left}. Ctrl-C gives up."
            ));
        }
    }
}

/// By this device's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

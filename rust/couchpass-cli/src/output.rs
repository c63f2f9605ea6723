//! The one place that writes: events as JSON or as text for people, errors, and nothing else.

use std::{
    io::{self, ErrorKind, IsTerminal as _, Write as _},
    sync::OnceLock,
};

use crate::{event::Event, exit::Exit, failure::Failure, style::Style};

/// What a line that is redrawn takes, and so what has to be cleared; terminals have 80 columns or more.
const LINE: usize = 79;

/// Why something that was told has not arrived.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Where everything is told.
///
/// A reader that has gone away (`couchpass … | head`) is no reason to fail: what is written then is lost, the work is done.
/// A full disk is one, which [`Output::ended`] tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    /// Text for people goes to standard error, because standard output is for something else.
    aside: bool,
    pub(crate) style: Style,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, aside: false, style: Style::of_stdout() }
    }

    /// The same, with standard output kept free for [`Output::hand_over`].
    pub(crate) fn aside(self) -> Self {
        Self { aside: true, style: Style::plain(), ..self }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Tells an event: as a line of JSON, or in these words.
    pub(crate) fn tell(self, event: &Event<'_>, words: impl FnOnce(Style) -> String) {
        if self.json { self.write_json(event) } else { self.say(&words(self.style)) }
    }

    /// Tells people something that is no event.
    pub(crate) fn say(self, words: &str) {
        if self.json {
        } else if self.aside {
            let _ = writeln!(io::stderr().lock(), "{words}");
        } else {
            note(writeln!(io::stdout().lock(), "{words}"));
        }
    }

    /// Whether somebody watches a terminal, on which a line may change.
    pub(crate) fn is_watched(self) -> bool {
        !self.json && !self.aside && io::stdout().is_terminal()
    }

    /// Writes over the line that stands on the terminal, and stays on it. Spaces take away what was longer: they need no
    /// escape sequence, which not everybody who watches has or wants.
    pub(crate) fn redraw(self, line: &str) {
        let mut out = io::stdout().lock();
        let _ = write!(out, "\r{:LINE$}\r{line}", "").and_then(|()| out.flush());
    }

    /// Writes a line to standard output that somebody has asked for, secret or not.
    ///
    /// # Errors
    /// [`Failure`] when it could not be delivered: whoever asked must not believe to have it.
    pub(crate) fn hand_over(self, line: &str) -> Result<(), Failure> {
        self.hand_over_bytes(format!("{line}\n").as_bytes())
    }

    /// The same, for what has lines of its own.
    ///
    /// # Errors
    /// As [`Output::hand_over`].
    pub(crate) fn hand_over_bytes(self, content: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(content).and_then(|()| out.flush()).map_err(|error| undelivered(&error))
    }

    /// Tells people, whatever mode it is, what they should know without having asked.
    pub(crate) fn warn(self, event: &Event<'_>, words: &str) {
        if self.json {
            self.write_json(event);
        }
        let _ = writeln!(io::stderr().lock(), "warning: {words}");
    }

    /// Tells what went wrong and what to do; returns how to end.
    pub(crate) fn failed(self, failure: &Failure) -> Exit {
        let failure = &failure.clone().at_the_end();
        if self.json {
            self.write_json(&Event::Error { failure, exit: failure.exit.code() });
        }
        let Failure { message, remedy, details, .. } = failure;
        let _ = writeln!(io::stderr().lock(), "error: {message}{}\n  do: {remedy}", details.in_words());
        failure.exit
    }

    /// How the command ends, once all is told: what has not arrived was in vain, even if it has worked.
    pub(crate) fn ended(self, exit: Exit) -> Exit {
        match LOST.get() {
            // What else it ends with is an answer in itself.
            Some(error) if exit == Exit::Ok => self.failed(&undelivered(error)),
            _ => exit,
        }
    }

    fn write_json(self, event: &Event<'_>) {
        let mut out = io::stdout().lock();
        note(writeln!(out, "{}", event.as_json()).and_then(|()| out.flush()));
    }
}

/// Keeps why standard output takes no more, unless nobody reads it any more.
fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error);
    }
}

fn undelivered(error: &io::Error) -> Failure {
    Failure::configuration(
        format!("what was asked for cannot be written to standard output: {error}"),
        "give standard output somewhere to go, and ask again",
    )
}

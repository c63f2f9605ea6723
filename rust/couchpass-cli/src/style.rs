//! A little emphasis, where a person is reading.

use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Color};

/// Whether, and how, words stand out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    is_on: bool,
}

impl Style {
    /// On for a terminal, unless the user prefers none (<https://no-color.org>).
    pub(crate) fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { is_on: io::stdout().is_terminal() && !refused }
    }

    pub(crate) fn plain() -> Self {
        Self { is_on: false }
    }

    /// What the eye should find first.
    pub(crate) fn strong(self, text: &str) -> String {
        self.paint(anstyle::Style::new().bold(), text)
    }

    /// What is there for those who look closer.
    pub(crate) fn faint(self, text: &str) -> String {
        self.paint(anstyle::Style::new().dimmed(), text)
    }

    /// Black on white, as on paper; as it is without colours.
    pub(crate) fn paper(self, text: &str) -> String {
        let black = Some(Color::Ansi(AnsiColor::Black));
        let white = Some(Color::Ansi(AnsiColor::BrightWhite));
        self.paint(anstyle::Style::new().fg_color(black).bg_color(white), text)
    }

    pub(crate) fn is_on(self) -> bool {
        self.is_on
    }

    fn paint(self, style: anstyle::Style, text: &str) -> String {
        if self.is_on { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

//! What can go wrong.

use serde::{Deserialize, Serialize};

use crate::catalogue::ErrorCode;
use crate::mangle::Mangle;

/// What goes wrong.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// This answer instead.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The media type of the body.
        content_type: String,
        /// The body.
        body: String,
    },
    /// So many milliseconds of the sandbox's clock pass before the call goes on.
    Delay {
        /// Milliseconds.
        millis: u64,
    },
    /// The call stands still until [`Faults::release`](super::Faults::release) is called with this name.
    Hold {
        /// A name for the hold.
        name: String,
    },
    /// The connection is closed without an answer.
    Drop,
    /// The connection is reset (TCP RST) without an answer.
    Reset,
    /// This status, with the older body of an error in the format that the client asked for.
    Status {
        /// The HTTP status, from 200.
        status: u16,
    },
    /// An error of Adobe's catalogue: enhanced where enhanced errors are on, or else as the older body; in the format
    /// that the client asked for.
    Error {
        /// The code.
        code: ErrorCode,
        /// The HTTP status; without one, the code's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// A text for the viewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<String>,
    },
    /// 200 with the HTML page of a network that wants its guests to sign in first.
    HotelPage,
    /// The answer breaks off after so many bytes of its body: the connection ends before the announced length.
    Truncate {
        /// Bytes that still come.
        keep: usize,
    },
    /// The answer ends after so many bytes of its body, and its `Content-Length` says so too: only a parser notices.
    Shorten {
        /// Bytes that still come.
        keep: usize,
    },
    /// The body comes piece by piece, each so many milliseconds of the sandbox's clock after the one before; the first
    /// comes at once.
    Drip {
        /// Bytes in a piece.
        bytes: usize,
        /// Milliseconds between two pieces.
        millis: u64,
    },
    /// The headers come, and so many bytes of the body; the rest stands still until
    /// [`Faults::release`](super::Faults::release) is called with this name.
    Stall {
        /// A name for the hold.
        name: String,
        /// Bytes that come at once.
        #[serde(default)]
        keep: usize,
    },
    /// The true answer in another encoding than its headers say, which is UTF-8 without a byte order mark.
    Encoding {
        /// The encoding.
        is: Encoding,
    },
    /// The true answer, written otherwise.
    Mangle {
        /// How.
        how: Mangle,
    },
    /// The true answer of a server whose clock is off: the `Date` and all instants in the body are shifted.
    ClockOffset {
        /// Seconds that the server is ahead; below zero, behind.
        seconds: i64,
    },
    /// The true answer, under another media type.
    ContentType {
        /// The media type.
        is: String,
    },
    /// A redirection.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The address to go to.
        to: String,
    },
    /// 200 with bytes that are neither JSON nor XML, under the media type of the true answer.
    Garbage,
    /// 200 with no body.
    Empty,
    /// 200 with so many bytes of white space, unannounced.
    Oversized {
        /// Bytes.
        bytes: u64,
    },
    /// 429 with the HTML page of Adobe's throttling. With [`Fault::always`](super::Fault::always), a storm.
    TooManyRequests,
    /// 401, as for a bearer token that has expired.
    BearerExpired,
}

impl Effect {
    /// The name under which the recorder notes it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Delay { .. } => "delay",
            Self::Hold { .. } => "hold",
            Self::Drop => "drop",
            Self::Reset => "reset",
            Self::Status { .. } => "status",
            Self::Error { .. } => "error",
            Self::HotelPage => "hotel_page",
            Self::Truncate { .. } => "truncate",
            Self::Shorten { .. } => "shorten",
            Self::Drip { .. } => "drip",
            Self::Stall { .. } => "stall",
            Self::Encoding { .. } => "encoding",
            Self::Mangle { .. } => "mangle",
            Self::ClockOffset { .. } => "clock_offset",
            Self::ContentType { .. } => "content_type",
            Self::Redirect { .. } => "redirect",
            Self::Garbage => "garbage",
            Self::Empty => "empty",
            Self::Oversized { .. } => "oversized",
            Self::TooManyRequests => "too_many_requests",
            Self::BearerExpired => "bearer_expired",
        }
    }

    /// Whether it changes the true answer, and so can only strike when there is one.
    pub(super) fn alters(&self) -> bool {
        matches!(
            self,
            Self::Truncate { .. }
                | Self::Shorten { .. }
                | Self::Drip { .. }
                | Self::Stall { .. }
                | Self::ContentType { .. }
                | Self::Encoding { .. }
                | Self::Mangle { .. }
                | Self::ClockOffset { .. }
        )
    }

    /// The name under which it holds a call, if it does.
    pub(super) fn hold(&self) -> Option<&str> {
        match self {
            Self::Hold { name } | Self::Stall { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The HTTP status that it answers with, if it names one.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } | Self::Status { status } | Self::Redirect { status, .. } => {
                Some(*status)
            }
            Self::Error { status, .. } => *status,
            _ => None,
        }
    }
}

/// How a body is turned into bytes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8 after a byte order mark.
    Utf8Bom,
    /// UTF-16, the high byte first, after a byte order mark.
    Utf16,
    /// ISO 8859-1; what it cannot write is a question mark.
    Latin1,
}

impl Encoding {
    /// The text in this encoding.
    pub(crate) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8Bom => format!("\u{feff}{text}").into_bytes(),
            Self::Utf16 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Latin1 => {
                text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
            }
        }
    }
}

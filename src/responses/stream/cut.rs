//! Why the reading of an answer stopped before its end.

use std::fmt;
use std::time::Duration;

use super::frames::MAX_EVENT_BYTES;
use crate::format::{format_bytes, format_duration};

/// Why the reading of an answer stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// The bytes ended: a proxy, a timeout or a crash.
    Ended,
    /// The connection broke; what the browser said.
    Broken(String),
    /// No byte came for so long.
    Silent(Duration),
    /// It was not complete after so long.
    Late(Duration),
    /// It is larger than so many bytes.
    TooLarge(usize),
    /// One event is larger than [`MAX_EVENT_BYTES`].
    EventTooLong,
}

impl fmt::Display for Cut {
    /// What happened, in words that follow "The answer broke off: ".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |bytes: usize| format_bytes(u64::try_from(bytes).unwrap_or(u64::MAX));
        match self {
            Self::Ended => f.write_str("the stream ended before its last event"),
            Self::Broken(message) => write!(f, "the connection broke ({message})"),
            Self::Silent(idle) => write!(f, "nothing came for {}, so it was closed", format_duration(*idle)),
            Self::Late(total) => write!(f, "it was not complete after {}, so it was closed", format_duration(*total)),
            Self::TooLarge(bytes) => {
                write!(f, "it is larger than {}, so it was closed; of its raw text the beginning is kept", size(*bytes))
            }
            Self::EventTooLong => {
                write!(f, "one of its events is larger than {}, so it was closed", size(MAX_EVENT_BYTES))
            }
        }
    }
}

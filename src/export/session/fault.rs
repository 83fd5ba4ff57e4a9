//! Why a session file is not opened.

use std::fmt;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The byte in the line, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a session file is not opened: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    /// Nothing in it.
    #[error("The file is empty. Choose a session file or a JSON export that Sluice wrote.")]
    Empty,
    /// Another kind of file.
    #[error("This is no session file: {found}. Choose a session file or a JSON export that Sluice wrote.")]
    OtherFile {
        /// What it is, in a few words.
        found: &'static str,
    },
    /// A version that this Sluice does not know.
    #[error(
        "This file is of version {version}, and this page reads versions up to {known}: a newer Sluice wrote it. Reload the page to get the newest Sluice, or export the calls again where they were made."
    )]
    Newer {
        /// Its version.
        version: u64,
        /// The newest that is read.
        known: u32,
    },
    /// JSON that breaks off or is malformed.
    #[error(
        "The file is not valid JSON at {at}: {why}. It was cut short or changed; fetch it again from where it was made."
    )]
    NotJson {
        /// Where.
        at: Place,
        /// Why.
        why: String,
    },
    /// A member beside the calls that cannot be.
    #[error("The file's \"{member}\" cannot be read: {why}. It was changed; fetch it again from where it was made.")]
    Member {
        /// Its name.
        member: &'static str,
        /// Why.
        why: String,
    },
    /// A call that cannot be read.
    #[error(
        "Call {number} of the file cannot be read, at {at}: {why}. Nothing was opened; mend or remove that call, or fetch the file again."
    )]
    Call {
        /// Which, from 1.
        number: usize,
        /// Where.
        at: Place,
        /// Why.
        why: String,
    },
    /// A call longer than is read.
    #[error(
        "Call {number} of the file, at {at}, is longer than {most} MB, the most that is read of one. Nothing was opened; remove that call, or export without prompts and answers."
    )]
    CallTooLong {
        /// Which, from 1.
        number: usize,
        /// Where it begins.
        at: Place,
        /// The most, in MB.
        most: usize,
    },
    /// More calls than are read.
    #[error(
        "The file holds more than {most} calls, the most that are opened at once. Export fewer: filter them first."
    )]
    TooManyCalls {
        /// The most.
        most: usize,
    },
    /// A file larger than is read.
    #[error(
        "The file is larger than {most} MB, the most that is read. Export fewer calls, or leave prompts and answers out."
    )]
    TooLarge {
        /// The most, in MB.
        most: usize,
    },
}

//! What happens to a job, as the batch's journal holds it.

use serde::{Deserialize, Serialize};

use crate::responses::BatchObject;

/// Something that happened to a batch's job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobRecord {
    /// Its file is made; what waits goes out as a job, and not one by one.
    Prepared {
        /// How many requests it holds.
        requests: u32,
        /// Its size in bytes.
        bytes: u64,
        /// The model of all of them.
        model: String,
    },
    /// The file is with the server.
    Uploaded {
        /// Under that id.
        file_id: String,
    },
    /// The job is about to be made. Must be durable before the request goes out: a job costs money.
    AboutToCreate,
    /// The server refused to make it, or it never was asked.
    NotCreated {
        /// Why, for people.
        reason: String,
    },
    /// A person says that it is to be made again, though nobody knows whether it was.
    CreateAgain,
    /// The job as the server tells of it.
    Seen(Box<BatchObject>),
    /// A person wants it cancelled.
    CancelWanted,
    /// The server does not cancel it: it is over, or nearly so.
    CancelRefused,
    /// A line of results that belongs to no line of the file, kept as it came.
    Stray {
        /// Its text.
        text: String,
    },
    /// All lines of one of its files are in the journal.
    Merged {
        /// The file.
        file_id: String,
    },
    /// Nothing more comes of it: what still waits may be sent otherwise.
    Closed,
}

impl JobRecord {
    /// Whether it must be durable before anything else is done.
    pub const fn is_urgent(&self) -> bool {
        matches!(self, Self::Prepared { .. } | Self::AboutToCreate)
    }
}

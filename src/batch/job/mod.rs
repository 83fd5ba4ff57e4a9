//! A batch as one of OpenAI's own jobs: a file is uploaded, a job is made of it, and its results are fetched and merged.
//! Half the price, within 24 hours, and outside the limits of the minute (OpenAI's Batch guide, read 2026-11).
//!
//! [`JobState`] says which request is next; it changes by [`JobRecord`]s alone, which stand in the batch's journal, so a
//! reload goes on where it was. A job whose creation was not answered is looked for by its file, not made again.

mod book;
mod compare;
mod file;
mod lines;
mod merge;
mod record;
mod stage;
mod state;

pub use book::JobBook;
pub use compare::{Comparison, Offer};
pub use file::{JobFault, JobFile, MOST_BYTES, MOST_REQUESTS, check, over_cap};
pub use lines::ResultLines;
pub use merge::{Merged, Merger};
pub use record::JobRecord;
pub use stage::{Stage, fault_words, line_at_fault};
pub use state::{JobEnd, JobState, NotTaken, Step};

use std::time::Duration;

/// The first wait between two looks at a job.
const FIRST_POLL: Duration = Duration::from_secs(5);
/// The longest: a job takes minutes to hours, and a look costs a request.
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// How long to wait before the next look at a job that was looked at `looks` times without a change: 5 s, half as much
/// again each time, a minute at most. OpenAI names no interval; its libraries' examples wait a minute.
pub fn poll_interval(looks: u32) -> Duration {
    let mut wait = FIRST_POLL;
    for _ in 0..looks.min(8) {
        wait = (wait + wait / 2).min(LONGEST_POLL);
    }
    wait
}

//! What can go wrong where something is to be kept.

use std::fmt;

use crate::format::format_bytes;

/// Why the store did not do it. What was acknowledged before is kept, whatever comes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no room left.
    #[error("The browser's storage for this site is full{}. What was saved is still there. Download the results, then delete batches that are done or free space on the disk.", of(*.0))]
    Full(Option<StorageUsage>),
    /// The browser gives this page no storage; its words.
    #[error(
        "The browser gives this page no storage for batches ({0}). What is on the page lasts only until it is closed: download the results before that."
    )]
    Blocked(String),
    /// Another tab runs a newer version of this page, which has changed what is stored.
    #[error(
        "A newer version of this page runs in another tab and has taken over the stored batches. They are all there: reload this page."
    )]
    Newer,
    /// What was to be read or continued is no longer there.
    #[error(
        "This batch is no longer in the browser's storage: it was deleted, or this site's data was cleared. What is on the page lasts only until it is closed: download the results before that."
    )]
    Gone,
    /// Somebody else has written in the meantime; nothing was overwritten.
    #[error(
        "Another tab has written to this batch. What it wrote is kept, this was not added: reload this page, and run the batch in one tab alone."
    )]
    Conflict,
    /// Anything else, in the browser's words.
    #[error(
        "The browser did not save it ({0}). What was saved before is still there: try again, or download the results."
    )]
    Failed(String),
}

/// What this site uses of the browser's storage, as far as the browser tells: it rounds and pads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageUsage {
    /// Bytes in use.
    pub used: u64,
    /// Bytes that this site may use.
    pub quota: u64,
}

impl StorageUsage {
    /// Bytes that are left.
    pub const fn free(self) -> u64 {
        self.quota.saturating_sub(self.used)
    }
}

impl fmt::Display for StorageUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", format_bytes(self.used), format_bytes(self.quota))
    }
}

fn of(usage: Option<StorageUsage>) -> String {
    usage.map(|usage| format!(" ({usage} in use)")).unwrap_or_default()
}

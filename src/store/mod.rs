//! The store as a port: the journal of each batch, which outlives the page. In memory for tests and where the browser
//! keeps nothing; in IndexedDB in the page (`platform::indexed_db`).

mod error;
mod group;
mod memory;

pub use error::{StorageUsage, StoreError};
pub use group::{Commit, Entry, GroupCommit};
pub use memory::MemoryStore;

use std::future::Future;

/// Keeps batches: for each an append-only journal of records, a label, and the file it was made from, if wanted.
///
/// Records are text without a meaning here, numbered from 0 by batch without gaps. One writer a batch is the caller's
/// care (`platform::lock`); a second one is refused with [`StoreError::Conflict`], and overwrites nothing.
pub trait Store: Clone {
    /// A file as this store takes and gives it.
    type File;

    /// Begins an empty journal under `label`, a text of the caller's for [`list`](Self::list).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is such a batch, and whatever hinders writing.
    fn create(&self, batch: &str, label: &str) -> impl Future<Output = Result<(), StoreError>>;

    /// Replaces the label.
    ///
    /// # Errors
    /// [`StoreError::Gone`] where there is no such batch, and whatever hinders writing.
    fn relabel(&self, batch: &str, label: &str) -> impl Future<Output = Result<(), StoreError>>;

    /// Appends `records`, all or none, and gives the number of the first once they are durable.
    ///
    /// They are on their way from the call on: dropping the future takes nothing back. Appends of the same moment share
    /// a commit.
    ///
    /// # Errors
    /// [`StoreError::Gone`] where there is no such batch, and whatever hinders writing; the records are then not kept.
    fn append(&self, batch: &str, records: Vec<String>) -> impl Future<Output = Result<u64, StoreError>>;

    /// At most `most` records from number `from` on, fewer only at the end.
    ///
    /// # Errors
    /// Whatever hinders reading; a batch that is not there reads as empty.
    fn read(&self, batch: &str, from: u64, most: u32) -> impl Future<Output = Result<Vec<String>, StoreError>>;

    /// All batches, in the order of their names.
    ///
    /// # Errors
    /// Whatever hinders reading.
    fn list(&self) -> impl Future<Output = Result<Vec<StoredBatch>, StoreError>>;

    /// Deletes a batch with all that is kept of it; one that is not there is deleted already.
    ///
    /// # Errors
    /// Whatever hinders writing.
    fn delete(&self, batch: &str) -> impl Future<Output = Result<(), StoreError>>;

    /// Keeps a copy of the batch's file, in place of one kept before.
    ///
    /// # Errors
    /// [`StoreError::Gone`] where there is no such batch, and whatever hinders writing.
    fn keep_file(&self, batch: &str, file: &Self::File) -> impl Future<Output = Result<(), StoreError>>;

    /// The file kept with the batch.
    ///
    /// # Errors
    /// Whatever hinders reading.
    fn file(&self, batch: &str) -> impl Future<Output = Result<Option<Self::File>, StoreError>>;

    /// What is used and what there is, where the store can tell.
    fn usage(&self) -> impl Future<Output = Option<StorageUsage>>;
}

/// A batch in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBatch {
    /// Its name.
    pub id: String,
    /// The caller's text about it.
    pub label: String,
    /// The records in its journal.
    pub records: u64,
    /// Whether its file is kept.
    pub has_file: bool,
}

/// A page of [`read_all`] is to be of some so many bytes: little enough for a frame, enough to be few.
const PAGE_BYTES: usize = 1 << 20;
const FIRST_PAGE: u32 = 256;
const LARGEST_PAGE: u32 = 4_096;

/// Hands each record of a batch with its number to `each`, in order, a page at a time: never all of them in memory.
///
/// # Errors
/// Whatever hinders reading; what was handed over stays right.
pub async fn read_all<S: Store>(store: &S, batch: &str, mut each: impl FnMut(u64, String)) -> Result<(), StoreError> {
    let (mut from, mut most) = (0, FIRST_PAGE);
    loop {
        let page = store.read(batch, from, most).await?;
        let is_last = page.len() < usize::try_from(most).unwrap_or(usize::MAX);
        let bytes: usize = page.iter().map(String::len).sum();
        for record in page {
            each(from, record);
            from += 1;
        }
        if is_last {
            return Ok(());
        }
        most = if bytes > PAGE_BYTES { most / 2 } else { most * 2 }.clamp(1, LARGEST_PAGE);
    }
}

#[cfg(test)]
mod tests;

//! A batch's book with its journal in a store, for the driver of its job.

use std::cell::Ref;

use super::BatchBook;
use crate::batch::job::JobBook;
use crate::batch::{BatchState, Record};
use crate::redact::Redactor;
use crate::store::{Store, StoreError};

/// A batch's book, and where it is written.
#[derive(Debug)]
pub struct StoredBook<'a, S> {
    /// The book.
    pub book: &'a BatchBook,
    /// Keeps the journal.
    pub store: &'a S,
    /// The batch's name in the store.
    pub id: &'a str,
    /// Takes the key out of what is kept.
    pub redactor: &'a Redactor,
}

impl<S: Store> JobBook for StoredBook<'_, S> {
    type Error = StoreError;

    fn state(&self) -> Ref<'_, BatchState> {
        self.book.state()
    }

    async fn keep(&self, records: Vec<Record>) -> Result<(), StoreError> {
        self.book.write_all(&records, (self.store, self.id, self.redactor)).await
    }

    async fn called(&self) {
        self.book.job_called().await;
    }
}

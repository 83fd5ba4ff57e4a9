//! Where a job's records are kept, as its driver needs it.

use std::cell::Ref;

use super::record::JobRecord;
use crate::batch::{BatchState, Record};

/// A batch's journal, and the state that it amounts to.
pub trait JobBook {
    /// Why a record was not kept.
    type Error;

    /// The state.
    fn state(&self) -> Ref<'_, BatchState>;

    /// Makes records durable, all or none, and only then applies them.
    ///
    /// # Errors
    /// Where they cannot be kept; the state is then as before.
    fn keep(&self, records: Vec<Record>) -> impl Future<Output = Result<(), Self::Error>>;

    /// The same of one of the job's own.
    ///
    /// # Errors
    /// As [`keep`](Self::keep).
    fn keep_job(&self, record: JobRecord) -> impl Future<Output = Result<(), Self::Error>> {
        self.keep(vec![Record::Job(record)])
    }

    /// Completes when somebody does not want to wait for the next look: to cancel, or to look now.
    fn called(&self) -> impl Future<Output = ()>;
}

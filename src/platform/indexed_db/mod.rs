//! The store in IndexedDB: every write is a transaction of its own that is on the disk when it is acknowledged.
//!
//! Over web-sys alone: of the kept crates (2026-11), idb 0.6.5 and rexie 0.6.2 cannot ask for a strict commit, which is
//! the very point here, and `indexed_db_futures` 0.6.4 brings tokio and six crates of macros.

mod connection;
mod request;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, IdbTransaction};

use self::connection::Connection;
use self::request::{all_of, key_of, result_of};
use super::{BrowserClock, quota, visibility};
use crate::clock::Clock as _;
use crate::store::{Commit, Entry, GroupCommit, StorageUsage, Store, StoreError, StoredBatch};
use crate::time::Instant;

/// The database of batches.
pub const BATCHES: &str = "sluice-batches";
const VERSION: u32 = 1;
/// By batch: its label.
const LABELS: &str = "labels";
/// By batch and number: a record.
const RECORDS: &str = "records";
/// By batch: the file it was made from.
const FILES: &str = "files";

/// Batches in IndexedDB. Clones share the connection.
#[derive(Debug, Clone)]
pub struct IndexedDb {
    writer: Writer,
    group: GroupCommit<Writer>,
}

#[derive(Debug, Clone)]
struct Writer {
    connection: Rc<Connection>,
    // By batch, the number of its next record, as far as this connection has written to it.
    next: Rc<RefCell<HashMap<String, u64>>>,
    // When the last group was taken.
    taken: Rc<Cell<Option<Instant>>>,
}

/// Small groups are taken no oftener than that, about a frame: each commit costs the page's main thread a millisecond,
/// whatever it holds. It is short: what was not written when a page crashes is of unknown outcome, and a request that is
/// announced goes up to that much later than its turn, the last one as well.
const TAKEN_EVERY: Duration = Duration::from_millis(16);
/// So many records are worth a commit of their own.
const WORTH_A_COMMIT: usize = 32;

impl IndexedDb {
    /// Opens the database, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Blocked`] where the browser gives this page none, [`StoreError::Newer`] where a newer version of
    /// the page has made it its own.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let connection = Connection::open(name, VERSION, &[LABELS, RECORDS, FILES]).await?;
        let writer = Writer { connection: Rc::new(connection), next: Rc::default(), taken: Rc::default() };
        Ok(Self { group: GroupCommit::new(writer.clone()), writer })
    }

    /// Makes one strict transaction, and completes when it is on the disk.
    async fn write<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        stores: &[&str],
        write: impl FnOnce(IdbTransaction) -> F,
    ) -> Result<T, StoreError> {
        self.writer.connection.write(stores, write).await
    }
}

impl Writer {
    /// The number that the next record of `batch` gets.
    async fn next(&self, transaction: &IdbTransaction, batch: &str) -> Result<u64, StoreError> {
        let known = self.next.borrow().get(batch).copied();
        match known {
            Some(next) => Ok(next),
            None => count(transaction, batch).await,
        }
    }
}

impl Commit for Writer {
    async fn commit(&self, group: &[Entry]) -> Result<Vec<u64>, StoreError> {
        let mut next = HashMap::new();
        let written = self.connection.write(&[LABELS, RECORDS], async |transaction| {
            let (labels, records) = (store(&transaction, LABELS)?, store(&transaction, RECORDS)?);
            let (mut firsts, mut found) = (Vec::with_capacity(group.len()), Vec::new());
            for Entry { batch, records: texts } in group {
                if !next.contains_key(batch) {
                    found.push(result_of(labels.get_key(&batch.into()).map_err(refused)?));
                    next.insert(batch.clone(), self.next(&transaction, batch).await?);
                }
                let Some(number) = next.get_mut(batch) else { continue };
                firsts.push(*number);
                for text in texts {
                    // Not put: what somebody else has written is never overwritten.
                    records.add_with_key(&text.into(), &key_of(batch, *number)).map_err(refused)?;
                    *number += 1;
                }
            }
            // Asked before the records are added and looked at after, so that there is one round trip: a batch that was
            // deleted must not come back in pieces.
            for label in found {
                if label.await?.is_undefined() {
                    return Err(StoreError::Gone);
                }
            }
            Ok(firsts)
        });
        let written = written.await;
        match &written {
            Ok(_) => self.next.borrow_mut().extend(next),
            // Counted afresh the next time.
            Err(_) => self.next.borrow_mut().retain(|batch, _| !next.contains_key(batch)),
        }
        written
    }

    async fn gather(&self, records: usize) {
        let next = self.taken.get().map(|taken| taken + TAKEN_EVERY);
        // A hidden page's timers come once a second, or once a minute.
        if let Some(next) = next.filter(|_| records < WORTH_A_COMMIT && !visibility::is_hidden()) {
            BrowserClock.sleep_until(next).await;
        }
        self.taken.set(Some(BrowserClock.now()));
    }
}

impl Store for IndexedDb {
    type File = Blob;

    async fn create(&self, batch: &str, label: &str) -> Result<(), StoreError> {
        let create = async |transaction| {
            store(&transaction, LABELS)?.add_with_key(&label.into(), &batch.into()).map_err(refused)?;
            Ok(())
        };
        self.write(&[LABELS], create).await
    }

    async fn relabel(&self, batch: &str, label: &str) -> Result<(), StoreError> {
        let relabel = async |transaction| {
            known(&transaction, batch).await?;
            store(&transaction, LABELS)?.put_with_key(&label.into(), &batch.into()).map_err(refused)?;
            Ok(())
        };
        self.write(&[LABELS], relabel).await
    }

    fn append(&self, batch: &str, records: Vec<String>) -> impl Future<Output = Result<u64, StoreError>> {
        let appending = self.group.append(Entry { batch: batch.to_owned(), records });
        // Whoever waits may be dropped; what was handed over is written all the same.
        if let Some(writing) = self.group.take_writing() {
            wasm_bindgen_futures::spawn_local(writing);
        }
        appending
    }

    async fn read(&self, batch: &str, from: u64, most: u32) -> Result<Vec<String>, StoreError> {
        let transaction = self.writer.connection.read(&[RECORDS])?;
        let range = request::range(batch, from)?;
        let found = store(&transaction, RECORDS)?.get_all_with_key_and_limit(&range, most).map_err(refused)?;
        Ok(all_of(result_of(found).await?).filter_map(|record| record.as_string()).collect())
    }

    async fn list(&self) -> Result<Vec<StoredBatch>, StoreError> {
        let transaction = self.writer.connection.read(&[LABELS, RECORDS, FILES])?;
        let (labels, files) = (store(&transaction, LABELS)?, store(&transaction, FILES)?);
        let ids = result_of(labels.get_all_keys().map_err(refused)?).await?;
        let labels = result_of(labels.get_all().map_err(refused)?).await?;
        let with_files = Array::from(&result_of(files.get_all_keys().map_err(refused)?).await?);
        let mut found = Vec::new();
        for (id, label) in all_of(ids).zip(all_of(labels)) {
            let has_file = with_files.includes(&id, 0);
            let (Some(id), Some(label)) = (id.as_string(), label.as_string()) else { continue };
            let records = count(&transaction, &id).await?;
            found.push(StoredBatch { id, label, records, has_file });
        }
        Ok(found)
    }

    async fn delete(&self, batch: &str) -> Result<(), StoreError> {
        let delete = async |transaction| {
            store(&transaction, LABELS)?.delete(&batch.into()).map_err(refused)?;
            store(&transaction, FILES)?.delete(&batch.into()).map_err(refused)?;
            store(&transaction, RECORDS)?.delete(&request::range(batch, 0)?.into()).map_err(refused)?;
            Ok(())
        };
        let deleted = self.write(&[LABELS, RECORDS, FILES], delete).await;
        self.writer.next.borrow_mut().remove(batch);
        deleted
    }

    async fn keep_file(&self, batch: &str, file: &Blob) -> Result<(), StoreError> {
        let keep = async |transaction| {
            known(&transaction, batch).await?;
            store(&transaction, FILES)?.put_with_key(file, &batch.into()).map_err(refused)?;
            Ok(())
        };
        self.write(&[LABELS, FILES], keep).await
    }

    async fn file(&self, batch: &str) -> Result<Option<Blob>, StoreError> {
        let transaction = self.writer.connection.read(&[FILES])?;
        let found = result_of(store(&transaction, FILES)?.get(&batch.into()).map_err(refused)?).await?;
        Ok(found.dyn_into().ok())
    }

    async fn usage(&self) -> Option<StorageUsage> {
        quota::usage().await
    }
}

async fn known(transaction: &IdbTransaction, batch: &str) -> Result<(), StoreError> {
    let label = store(transaction, LABELS)?.get_key(&batch.into()).map_err(refused)?;
    if result_of(label).await?.is_undefined() { Err(StoreError::Gone) } else { Ok(()) }
}

/// The records of `batch`: without gaps, so one more than the last one's number.
async fn count(transaction: &IdbTransaction, batch: &str) -> Result<u64, StoreError> {
    request::last_number(&store(transaction, RECORDS)?, batch).await.map(|last| last.map_or(0, |last| last + 1))
}

fn store(transaction: &IdbTransaction, name: &str) -> Result<web_sys::IdbObjectStore, StoreError> {
    transaction.object_store(name).map_err(refused)
}

/// What a thrown value says of why it was not done.
#[allow(clippy::needless_pass_by_value)] // for map_err
fn refused(thrown: JsValue) -> StoreError {
    let message = super::message_of(&thrown);
    match super::name_of(&thrown).as_deref() {
        Some("QuotaExceededError") => StoreError::Full(None),
        Some("ConstraintError") => StoreError::Conflict,
        Some("VersionError") => StoreError::Newer,
        Some("SecurityError") => StoreError::Blocked(message),
        // The connection is closed, or the object stores are gone.
        Some("InvalidStateError" | "NotFoundError") => StoreError::Gone,
        _ => StoreError::Failed(message),
    }
}

//! A store in memory: for tests, which it can let down in every way, and for pages that the browser gives no storage.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use super::{Commit, Entry, GroupCommit, StorageUsage, Store, StoreError, StoredBatch};

/// Keeps batches, with files of the kind `F`, as long as the program runs. Clones share them.
#[derive(Debug, Clone)]
pub struct MemoryStore<F = Rc<[u8]>> {
    commit: MemoryCommit<F>,
    group: GroupCommit<MemoryCommit<F>>,
}

#[derive(Debug, Clone)]
struct MemoryCommit<F> {
    disk: Rc<Disk<F>>,
    // The crash that this handle was opened after: a later one ends it.
    crashes: u32,
}

type Wait = Box<dyn Fn() -> LocalBoxFuture<'static, ()>>;

struct Disk<F> {
    batches: RefCell<BTreeMap<String, Kept<F>>>,
    quota: Cell<Option<u64>>,
    next_fault: RefCell<Option<StoreError>>,
    wait: RefCell<Option<Wait>>,
    commits: Cell<u64>,
    crashes: Cell<u32>,
}

#[derive(Debug)]
struct Kept<F> {
    label: String,
    records: Vec<String>,
    file: Option<F>,
}

impl<F: Clone + 'static> MemoryStore<F> {
    /// An empty store without a limit.
    pub fn new() -> Self {
        let disk = Disk {
            batches: RefCell::default(),
            quota: Cell::default(),
            next_fault: RefCell::default(),
            wait: RefCell::default(),
            commits: Cell::default(),
            crashes: Cell::default(),
        };
        Self::on(MemoryCommit { disk: Rc::new(disk), crashes: 0 })
    }

    fn on(commit: MemoryCommit<F>) -> Self {
        Self { group: GroupCommit::new(commit.clone()), commit }
    }

    #[cfg(test)]
    pub(super) const fn group(&self) -> &GroupCommit<impl Commit + use<F>> {
        &self.group
    }

    /// Lets the next write fail with `error`, in whole.
    pub fn fail_next(&self, error: StoreError) {
        *self.commit.disk.next_fault.borrow_mut() = Some(error);
    }

    /// Sets the bytes that all labels and records together may have; `None` is no limit.
    pub fn set_quota(&self, bytes: Option<u64>) {
        self.commit.disk.quota.set(bytes);
    }

    /// Lets each write take as long as the future that `wait` makes.
    pub fn set_wait<W: Future<Output = ()> + 'static>(&self, wait: impl Fn() -> W + 'static) {
        *self.commit.disk.wait.borrow_mut() = Some(Box::new(move || wait().boxed_local()));
    }

    /// The writes so far.
    pub fn commits(&self) -> u64 {
        self.commit.disk.commits.get()
    }

    /// The store as it is found after a crash at this moment: what was acknowledged is there, what was on its way is
    /// not, and neither this handle nor its clones write any more.
    #[must_use]
    pub fn crashed(&self) -> Self {
        let disk = &self.commit.disk;
        disk.crashes.set(disk.crashes.get() + 1);
        Self::on(MemoryCommit { disk: Rc::clone(disk), crashes: disk.crashes.get() })
    }
}

impl<F: Clone + 'static> Default for MemoryStore<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> MemoryCommit<F> {
    /// Makes one write that adds `bytes`.
    async fn write<T>(
        &self,
        bytes: usize,
        write: impl FnOnce(&mut BTreeMap<String, Kept<F>>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let wait = self.disk.wait.borrow().as_ref().map(|wait| wait());
        if let Some(wait) = wait {
            wait.await;
        }
        if self.crashes != self.disk.crashes.get() {
            return std::future::pending().await;
        }
        self.disk.commits.set(self.disk.commits.get() + 1);
        if let Some(error) = self.disk.next_fault.borrow_mut().take() {
            return Err(error);
        }
        let usage = self.disk.usage();
        if usage.is_some_and(|usage| as_bytes(bytes) > usage.free()) {
            return Err(StoreError::Full(usage));
        }
        write(&mut self.disk.batches.borrow_mut())
    }
}

impl<F> Disk<F> {
    fn usage(&self) -> Option<StorageUsage> {
        let quota = self.quota.get()?;
        let used = self.batches.borrow().values().map(Kept::bytes).sum();
        Some(StorageUsage { used: as_bytes(used), quota })
    }
}

impl<F> Kept<F> {
    fn bytes(&self) -> usize {
        self.label.len() + self.records.iter().map(String::len).sum::<usize>()
    }
}

fn as_bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl<F: Clone + 'static> Commit for MemoryCommit<F> {
    async fn commit(&self, group: &[Entry]) -> Result<Vec<u64>, StoreError> {
        let bytes = group.iter().flat_map(|entry| &entry.records).map(String::len).sum();
        self.write(bytes, |batches| {
            if group.iter().any(|entry| !batches.contains_key(&entry.batch)) {
                return Err(StoreError::Gone);
            }
            let append = |entry: &Entry| {
                let kept = batches.get_mut(&entry.batch).ok_or(StoreError::Gone)?;
                let first = as_bytes(kept.records.len());
                kept.records.extend_from_slice(&entry.records);
                Ok(first)
            };
            group.iter().map(append).collect()
        })
        .await
    }
}

impl<F: Clone + 'static> Store for MemoryStore<F> {
    type File = F;

    async fn create(&self, batch: &str, label: &str) -> Result<(), StoreError> {
        let write = |batches: &mut BTreeMap<String, Kept<F>>| {
            if batches.contains_key(batch) {
                return Err(StoreError::Conflict);
            }
            batches.insert(batch.to_owned(), Kept { label: label.to_owned(), records: Vec::new(), file: None });
            Ok(())
        };
        self.commit.write(label.len(), write).await
    }

    async fn relabel(&self, batch: &str, label: &str) -> Result<(), StoreError> {
        let write = |batches: &mut BTreeMap<String, Kept<F>>| {
            label.clone_into(&mut batches.get_mut(batch).ok_or(StoreError::Gone)?.label);
            Ok(())
        };
        self.commit.write(label.len(), write).await
    }

    fn append(&self, batch: &str, records: Vec<String>) -> impl Future<Output = Result<u64, StoreError>> {
        self.group.append(Entry { batch: batch.to_owned(), records })
    }

    async fn read(&self, batch: &str, from: u64, most: u32) -> Result<Vec<String>, StoreError> {
        let (from, most) = (usize::try_from(from).unwrap_or(usize::MAX), usize::try_from(most).unwrap_or(usize::MAX));
        let batches = self.commit.disk.batches.borrow();
        let records = batches.get(batch).into_iter().flat_map(|kept| &kept.records);
        Ok(records.skip(from).take(most).cloned().collect())
    }

    async fn list(&self) -> Result<Vec<StoredBatch>, StoreError> {
        let stored = |(id, kept): (&String, &Kept<F>)| StoredBatch {
            id: id.clone(),
            label: kept.label.clone(),
            records: as_bytes(kept.records.len()),
            has_file: kept.file.is_some(),
        };
        Ok(self.commit.disk.batches.borrow().iter().map(stored).collect())
    }

    async fn delete(&self, batch: &str) -> Result<(), StoreError> {
        let write = |batches: &mut BTreeMap<String, Kept<F>>| {
            batches.remove(batch);
            Ok(())
        };
        self.commit.write(0, write).await
    }

    async fn keep_file(&self, batch: &str, file: &Self::File) -> Result<(), StoreError> {
        let write = |batches: &mut BTreeMap<String, Kept<F>>| {
            batches.get_mut(batch).ok_or(StoreError::Gone)?.file = Some(file.clone());
            Ok(())
        };
        self.commit.write(0, write).await
    }

    async fn file(&self, batch: &str) -> Result<Option<Self::File>, StoreError> {
        Ok(self.commit.disk.batches.borrow().get(batch).and_then(|kept| kept.file.clone()))
    }

    async fn usage(&self) -> Option<StorageUsage> {
        self.commit.disk.usage()
    }
}

impl<F> std::fmt::Debug for Disk<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").field("batches", &self.batches.borrow().len()).finish_non_exhaustive()
    }
}

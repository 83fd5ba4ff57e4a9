//! The page's store: IndexedDB, or memory alone where the browser keeps nothing.

use std::future::Future;

use futures_util::future::Either;
use web_sys::Blob;

use super::indexed_db::IndexedDb;
use crate::store::{MemoryStore, StorageUsage, Store, StoreError, StoredBatch};

/// Where the page keeps its batches.
#[derive(Debug, Clone)]
pub enum PageStore {
    /// On the disk.
    IndexedDb(IndexedDb),
    /// Until the page is closed.
    Memory(MemoryStore<Blob>),
}

impl PageStore {
    /// Opens the database `name`. Where that cannot be had, all is kept in memory, and why is told beside it.
    pub async fn open(name: &str) -> (Self, Option<StoreError>) {
        match IndexedDb::open(name).await {
            Ok(store) => (Self::IndexedDb(store), None),
            Err(error) => (Self::Memory(MemoryStore::new()), Some(error)),
        }
    }

    /// Whether batches outlive the page.
    pub const fn is_durable(&self) -> bool {
        matches!(self, Self::IndexedDb(_))
    }
}

macro_rules! of_either {
    ($page_store:expr, $store:ident => $call:expr) => {
        match $page_store {
            PageStore::IndexedDb($store) => Either::Left($call),
            PageStore::Memory($store) => Either::Right($call),
        }
    };
}

impl Store for PageStore {
    type File = Blob;

    fn create(&self, batch: &str, label: &str) -> impl Future<Output = Result<(), StoreError>> {
        of_either!(self, store => store.create(batch, label))
    }

    fn relabel(&self, batch: &str, label: &str) -> impl Future<Output = Result<(), StoreError>> {
        of_either!(self, store => store.relabel(batch, label))
    }

    fn append(&self, batch: &str, records: Vec<String>) -> impl Future<Output = Result<u64, StoreError>> {
        of_either!(self, store => store.append(batch, records))
    }

    fn read(&self, batch: &str, from: u64, most: u32) -> impl Future<Output = Result<Vec<String>, StoreError>> {
        of_either!(self, store => store.read(batch, from, most))
    }

    fn list(&self) -> impl Future<Output = Result<Vec<StoredBatch>, StoreError>> {
        of_either!(self, store => store.list())
    }

    fn delete(&self, batch: &str) -> impl Future<Output = Result<(), StoreError>> {
        of_either!(self, store => store.delete(batch))
    }

    fn keep_file(&self, batch: &str, file: &Blob) -> impl Future<Output = Result<(), StoreError>> {
        of_either!(self, store => store.keep_file(batch, file))
    }

    fn file(&self, batch: &str) -> impl Future<Output = Result<Option<Blob>, StoreError>> {
        of_either!(self, store => store.file(batch))
    }

    fn usage(&self) -> impl Future<Output = Option<StorageUsage>> {
        of_either!(self, store => store.usage())
    }
}

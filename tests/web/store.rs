//! The journal in IndexedDB: what was acknowledged is there, whatever happens around it.

use futures_util::future::{join, join_all};
use js_sys::{Function, Object, Reflect};
use sluice::platform::PageStore;
use sluice::platform::indexed_db::{BATCHES, IndexedDb};
use sluice::store::{Store, StoreError, StoredBatch, read_all};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

/// A database of its own for each test, empty at first and deleted at its end.
struct Database(String);

impl Database {
    fn new(test: &str) -> Self {
        Self(format!("web-test-{test}-{:016x}", sluice::platform::random::seed()))
    }

    async fn open(&self) -> IndexedDb {
        IndexedDb::open(&self.0).await.unwrap()
    }

    async fn with_batch(&self) -> IndexedDb {
        let store = self.open().await;
        store.create("b", "label").await.unwrap();
        store
    }

    fn delete(&self) {
        indexed_db("deleteDatabase", &[(&self.0).into()]);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.delete();
    }
}

fn indexed_db(method: &str, arguments: &[JsValue]) -> JsValue {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).unwrap();
    let method: Function = Reflect::get(&factory, &method.into()).unwrap().unchecked_into();
    method.apply(&factory, &arguments.iter().collect()).unwrap()
}

/// Replaces a method of a class by a function of this body, until it is dropped.
struct Patched {
    prototype: Object,
    name: &'static str,
    original: JsValue,
}

impl Patched {
    fn new(class: &str, name: &'static str, body: &str) -> Self {
        let class = Reflect::get(&js_sys::global(), &class.into()).unwrap();
        let prototype: Object = Reflect::get(&class, &"prototype".into()).unwrap().unchecked_into();
        let original = Reflect::get(&prototype, &name.into()).unwrap();
        let make = Function::new_with_args("original", &format!("return function (...args) {{ {body} }}"));
        let patch = make.call1(&JsValue::NULL, &original).unwrap();
        Reflect::set(&prototype, &name.into(), &patch).unwrap();
        Self { prototype, name, original }
    }
}

impl Drop for Patched {
    fn drop(&mut self) {
        Reflect::set(&self.prototype, &self.name.into(), &self.original).unwrap();
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

async fn all(store: &IndexedDb) -> Vec<String> {
    let mut found = Vec::new();
    read_all(store, "b", |number, record| {
        assert_eq!(number, found.len() as u64);
        found.push(record);
    })
    .await
    .unwrap();
    found
}

async fn all_anew(database: &Database) -> Vec<String> {
    all(&database.open().await).await
}

#[wasm_bindgen_test]
async fn appended_records_are_there_for_the_next_connection_in_order() {
    let database = Database::new("append");
    let store = database.with_batch().await;
    let large = "x".repeat(100_000);
    let appends = [texts(&["a", "\u{1f6a7} \0"]), vec![large.clone()], texts(&["z"])];
    let firsts = join_all(appends.map(|records| store.append("b", records))).await;
    assert_eq!(firsts, [Ok(0), Ok(2), Ok(3)]);
    assert_eq!(all_anew(&database).await, ["a", "\u{1f6a7} \0", &large, "z"]);
    // Numbers go on where the last connection stopped.
    assert_eq!(database.open().await.append("b", texts(&["more"])).await, Ok(4));
    assert_eq!(store.read("b", 3, 1).await.unwrap(), ["z"]);
    assert_eq!(store.read("b", 5, 1).await.unwrap(), Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn every_write_asks_for_a_strict_commit_and_appends_of_a_moment_share_one() {
    let database = Database::new("strict");
    let store = database.with_batch().await;
    let patch = "const transaction = original.apply(this, args); \
                 (globalThis.seen ??= []).push(`${transaction.mode} ${transaction.durability}`); return transaction;";
    let patched = Patched::new("IDBDatabase", "transaction", patch);
    join_all((0..50).map(|_| store.append("b", texts(&["x"])))).await;
    drop(patched);
    let seen = Reflect::get(&js_sys::global(), &"seen".into()).unwrap();
    Reflect::delete_property(js_sys::global().unchecked_ref::<Object>(), &"seen".into()).unwrap();
    let seen: Vec<_> = js_sys::Array::from(&seen).iter().filter_map(|mode| mode.as_string()).collect();
    assert_eq!(seen, ["readwrite strict"]);
}

#[wasm_bindgen_test]
async fn an_append_that_nobody_waits_for_is_written_all_the_same() {
    let database = Database::new("dropped");
    let store = database.with_batch().await;
    drop(store.append("b", texts(&["dropped"])));
    assert_eq!(store.append("b", texts(&["kept"])).await, Ok(1));
    assert_eq!(all_anew(&database).await, ["dropped", "kept"]);
}

#[wasm_bindgen_test]
async fn a_transaction_aborted_half_way_keeps_what_was_acknowledged_and_nothing_of_its_own() {
    let database = Database::new("abort");
    let store = database.with_batch().await;
    store.append("b", texts(&["kept"])).await.unwrap();
    let patch =
        "const request = original.apply(this, args); if (args[0] === 'half') this.transaction.abort(); return request;";
    let patched = Patched::new("IDBObjectStore", "add", patch);
    let failed = store.append("b", texts(&["lost", "half", "lost too"])).await;
    drop(patched);
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    assert_eq!(store.append("b", texts(&["after"])).await, Ok(1));
    assert_eq!(all_anew(&database).await, ["kept", "after"]);
}

#[wasm_bindgen_test]
async fn a_full_storage_is_told_with_its_numbers_and_keeps_only_the_large_record_out() {
    let database = Database::new("full");
    let store = database.with_batch().await;
    let patch = "if (args[0].length > 1000) throw new DOMException('no room', 'QuotaExceededError'); \
                 return original.apply(this, args);";
    let patched = Patched::new("IDBObjectStore", "add", patch);
    let (small, large) = join(store.append("b", texts(&["small"])), store.append("b", vec!["x".repeat(2_000)])).await;
    drop(patched);
    assert_eq!(small, Ok(0));
    let Err(StoreError::Full(Some(usage))) = large else { panic!("{large:?}") };
    assert!(usage.quota > usage.used && usage.used > 0, "{usage:?}");
    assert_eq!(all_anew(&database).await, ["small"]);
}

#[wasm_bindgen_test]
async fn a_commit_that_finds_the_disk_full_is_full() {
    // Chromium tells of a full disk only when it commits: the transaction then aborts by itself, with this error.
    let database = Database::new("full-commit");
    let store = database.with_batch().await;
    let patch = "Object.defineProperty(this, 'error', { value: new DOMException('disk', 'QuotaExceededError') }); this.abort();";
    let patched = Patched::new("IDBTransaction", "commit", patch);
    let failed = store.append("b", texts(&["x"])).await;
    drop(patched);
    assert!(matches!(failed, Err(StoreError::Full(Some(_)))), "{failed:?}");
}

#[wasm_bindgen_test]
async fn a_second_writer_is_refused_and_overwrites_nothing() {
    let database = Database::new("conflict");
    let first = database.with_batch().await;
    let second = database.open().await;
    assert_eq!(first.append("b", texts(&["first"])).await, Ok(0));
    assert_eq!(second.append("b", texts(&["second"])).await, Ok(1));
    assert_eq!(first.append("b", texts(&["late"])).await, Err(StoreError::Conflict));
    assert_eq!(first.append("b", texts(&["again"])).await, Ok(2));
    assert_eq!(all_anew(&database).await, ["first", "second", "again"]);
    assert_eq!(second.create("b", "").await, Err(StoreError::Conflict));
}

#[wasm_bindgen_test]
async fn a_deleted_batch_does_not_come_back_and_a_deleted_database_is_gone() {
    let database = Database::new("gone");
    let (store, other) = (database.with_batch().await, database.open().await);
    store.append("b", texts(&["x"])).await.unwrap();
    other.delete("b").await.unwrap();
    assert_eq!(store.append("b", texts(&["y"])).await, Err(StoreError::Gone));
    assert_eq!(store.relabel("b", "").await, Err(StoreError::Gone));
    assert_eq!(store.list().await.unwrap(), []);
    store.create("c", "").await.unwrap();
    database.delete();
    // The deletion waits for its turn behind what was asked before it.
    while store.append("c", texts(&["x"])).await.is_ok() {}
    assert_eq!(store.append("c", texts(&["x"])).await, Err(StoreError::Gone));
    assert_eq!(store.read("c", 0, 1).await, Err(StoreError::Gone));
}

#[wasm_bindgen_test]
async fn a_newer_version_in_another_tab_is_told_on_both_sides() {
    let database = Database::new("newer");
    let store = database.with_batch().await;
    let newer = indexed_db("open", &[(&database.0).into(), 99.into()]);
    // Listened to from now on: it is opened as soon as this side has let go.
    let opening = Function::new_with_args(
        "request",
        "return new Promise((done) => (request.onsuccess = () => { request.result.close(); done() }))",
    );
    let opened = opening.call1(&JsValue::NULL, &newer).unwrap().unchecked_into::<js_sys::Promise>();
    while store.append("b", texts(&["x"])).await.is_ok() {}
    assert_eq!(store.append("b", texts(&["x"])).await, Err(StoreError::Newer));
    JsFuture::from(opened).await.unwrap();
    assert!(matches!(IndexedDb::open(&database.0).await, Err(StoreError::Newer)));
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_is_blocked() {
    let database = Database::new("blocked");
    for body in ["throw new DOMException('denied', 'SecurityError');", "throw new DOMException('odd', 'UnknownError');"]
    {
        let _patched = Patched::new("IDBFactory", "open", body);
        let opened = IndexedDb::open(&database.0).await;
        assert!(matches!(&opened, Err(StoreError::Blocked(why)) if why == "denied" || why == "odd"), "{opened:?}");
    }
}

#[wasm_bindgen_test]
async fn a_page_without_storage_keeps_batches_until_it_is_closed_and_says_so() {
    let patched = Patched::new("IDBFactory", "open", "throw new DOMException('denied', 'SecurityError');");
    let (store, why) = PageStore::open(BATCHES).await;
    drop(patched);
    assert_eq!((store.is_durable(), why), (false, Some(StoreError::Blocked("denied".to_owned()))));
    store.create("b", "label").await.unwrap();
    assert_eq!(store.append("b", texts(&["x"])).await, Ok(0));
    let (durable, why) = PageStore::open(BATCHES).await;
    assert_eq!((durable.is_durable(), why), (true, None));
    assert_eq!(durable.append("no such batch", texts(&["x"])).await, Err(StoreError::Gone));
}

#[wasm_bindgen_test]
async fn batches_are_listed_with_labels_counts_and_files() {
    let database = Database::new("list");
    let store = database.with_batch().await;
    store.create("a", "first").await.unwrap();
    store.relabel("b", "renamed").await.unwrap();
    store.append("b", texts(&["1", "2", "3"])).await.unwrap();
    let content = "näh \u{1f6a7}";
    let parts: JsValue = js_sys::Array::of1(&content.into()).into();
    store.keep_file("a", &Blob::new_with_str_sequence(&parts).unwrap()).await.unwrap();
    let stored = |id: &str, label: &str, records, has_file| StoredBatch {
        id: id.to_owned(),
        label: label.to_owned(),
        records,
        has_file,
    };
    let anew = database.open().await;
    assert_eq!(anew.list().await.unwrap(), [stored("a", "first", 0, true), stored("b", "renamed", 3, false)]);
    let file = anew.file("a").await.unwrap().unwrap();
    assert_eq!(JsFuture::from(file.text()).await.unwrap().as_string().as_deref(), Some(content));
    assert!(anew.file("b").await.unwrap().is_none());
    assert!(anew.usage().await.unwrap().quota > 0);
    anew.delete("a").await.unwrap();
    assert_eq!(store.list().await.unwrap(), [stored("b", "renamed", 3, false)]);
}

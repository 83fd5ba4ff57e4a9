//! The connection to a database: opened, lost, and its transactions.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbTransaction, IdbVersionChangeEvent};

use super::refused;
use super::request::failure_of;
use crate::platform::first_event::first_event;
use crate::platform::{Listener, quota};
use crate::store::StoreError;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = IdbDatabase)]
    type Database;

    // web-sys has the options only for those who switch on its unstable interfaces.
    #[wasm_bindgen(catch, method)]
    fn transaction(this: &Database, stores: &Array, mode: &str, options: &Object) -> Result<IdbTransaction, JsValue>;

    #[wasm_bindgen(extends = IdbTransaction)]
    type Transaction;

    // web-sys calls it deprecated; no specification and no browser does.
    #[wasm_bindgen(catch, method)]
    fn commit(this: &Transaction) -> Result<(), JsValue>;
}

#[derive(Debug)]
pub(super) struct Connection {
    database: IdbDatabase,
    /// Why it is no longer there.
    lost: Rc<RefCell<Option<StoreError>>>,
    _listeners: [Listener; 2],
}

impl Connection {
    pub(super) async fn open(name: &str, version: u32, stores: &[&str]) -> Result<Self, StoreError> {
        // The global itself, so that it works in a worker as well; reading it throws where site data is blocked.
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(unopened)?;
        let none = |_| StoreError::Blocked("it is switched off, as in some private windows".to_owned());
        let factory: IdbFactory = factory.dyn_into().map_err(none)?;
        let opening = factory.open_with_u32(name, version).map_err(unopened)?;
        loop {
            let event = first_event(opening.clone(), ["success", "error", "upgradeneeded"]).await;
            match event.type_().as_str() {
                "success" => break,
                "upgradeneeded" => make(&opening, stores)?,
                _ => return Err(unopened_by(failure_of(&opening))),
            }
        }
        let database: IdbDatabase = opening.result().map_err(refused)?.unchecked_into();
        Ok(Self::over(database))
    }

    fn over(database: IdbDatabase) -> Self {
        let lost = Rc::<RefCell<Option<StoreError>>>::default();
        let (newer, closed, open) = (Rc::clone(&lost), Rc::clone(&lost), database.clone());
        let target = || Some(database.clone().into());
        let listeners = [
            // Whoever wants to change or delete the database waits until all others have let go of it.
            Listener::new(target(), "versionchange", move |event| {
                let version = event.dyn_ref::<IdbVersionChangeEvent>().and_then(IdbVersionChangeEvent::new_version);
                *newer.borrow_mut() = Some(version.map_or(StoreError::Gone, |_| StoreError::Newer));
                open.close();
            }),
            // Site data was cleared, or the browser lost it.
            Listener::new(target(), "close", move |_| {
                closed.borrow_mut().get_or_insert(StoreError::Gone);
            }),
        ];
        Self { database, lost, _listeners: listeners }
    }

    pub(super) fn read(&self, stores: &[&str]) -> Result<IdbTransaction, StoreError> {
        self.transaction(stores, "readonly")
    }

    /// Makes what `write` asks for in one transaction, and completes when it is on the disk. An error leaves no trace.
    pub(super) async fn write<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        stores: &[&str],
        write: impl FnOnce(IdbTransaction) -> F,
    ) -> Result<T, StoreError> {
        let transaction = self.transaction(stores, "readwrite")?;
        let ended = first_event(transaction.clone(), ["complete", "abort"]);
        let written = write(transaction.clone()).await;
        // Both throw where it has ended already: then that is what counts.
        let _ = match &written {
            // Sooner than by itself, when all its requests were answered.
            Ok(_) => transaction.unchecked_ref::<Transaction>().commit(),
            Err(_) => transaction.abort(),
        };
        let completed = ended.await.type_() == "complete";
        let failed = match written {
            Ok(value) if completed => return Ok(value),
            Ok(_) => transaction.error().map_or_else(aborted, |error| refused(error.into())),
            // The transaction knows more than the request that it was too late for.
            Err(error) => transaction.error().map_or(error, |error| refused(error.into())),
        };
        match failed {
            StoreError::Full(_) => Err(StoreError::Full(quota::usage().await)),
            other => Err(self.lost.borrow().clone().unwrap_or(other)),
        }
    }

    fn transaction(&self, stores: &[&str], mode: &str) -> Result<IdbTransaction, StoreError> {
        if let Some(error) = &*self.lost.borrow() {
            return Err(error.clone());
        }
        let options = Object::new();
        // It throws only for what is no object.
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        let stores: Array = stores.iter().map(|&name| JsValue::from(name)).collect();
        self.database.unchecked_ref::<Database>().transaction(&stores, mode, &options).map_err(refused)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // What is under way is still finished.
        self.database.close();
    }
}

fn make(opening: &IdbOpenDbRequest, stores: &[&str]) -> Result<(), StoreError> {
    let database: IdbDatabase = opening.result().map_err(refused)?.unchecked_into();
    stores.iter().try_for_each(|name| database.create_object_store(name).map(drop).map_err(refused))
}

fn aborted() -> StoreError {
    StoreError::Failed("the transaction was aborted".to_owned())
}

/// Nothing was there that could be gone.
fn unopened_by(error: StoreError) -> StoreError {
    match error {
        StoreError::Gone => StoreError::Blocked("it could not be opened".to_owned()),
        StoreError::Failed(why) => StoreError::Blocked(why),
        other => other,
    }
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn unopened(thrown: JsValue) -> StoreError {
    unopened_by(refused(thrown))
}

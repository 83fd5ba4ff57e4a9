//! Locks over all tabs of this site (Web Locks): one runner a batch. The browser frees a lock when its tab goes, however
//! that comes about.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{Either, select};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    // web-sys has it only for those who switch on its unstable interfaces.
    type LockManager;

    #[wasm_bindgen(catch, method)]
    fn request(this: &LockManager, name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, method)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;
}

/// Why no lock could be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Browsers offer locks only to pages over https or from this machine.
    #[error(
        "This browser cannot tell this page whether the same batch runs in another tab: keep it open in one tab alone."
    )]
    Unavailable,
    /// The browser said no; its words.
    #[error("The browser did not lock the batch ({0}), so it was not started: try again.")]
    Refused(String),
}

/// A lock that is held until this is dropped.
#[must_use = "a lock that is dropped is free"]
pub struct Lock {
    free: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The resolver of a promise of ours: it does not throw.
        let _ = self.free.call0(&JsValue::UNDEFINED);
    }
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock")
    }
}

/// The lock `name`, or `None` where another tab, or this one, holds it.
///
/// # Errors
/// Where the browser has no locks for this page, or refuses.
pub async fn try_lock(name: &str) -> Result<Option<Lock>, LockError> {
    let options = Object::new();
    set(&options, "ifAvailable", &true.into());
    request(name, &options).await
}

/// The names of all locks that some tab of this site holds now; none where the browser does not tell.
pub async fn held() -> Vec<String> {
    let Some(Ok(asked)) = manager().map(|manager| manager.query()) else { return Vec::new() };
    let held = JsFuture::from(asked).await.and_then(|snapshot| Reflect::get(&snapshot, &"held".into()));
    let Some(held) = held.ok().and_then(|held| held.dyn_into::<Array>().ok()) else { return Vec::new() };
    held.iter().filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string()).collect()
}

/// Waits for the lock `name`: that is also how to hear that another tab's runner has gone. Dropping the future leaves
/// the queue.
///
/// # Errors
/// Where the browser has no locks for this page, or refuses.
pub async fn lock(name: &str) -> Result<Lock, LockError> {
    let abort = AbortController::new().map_err(|thrown| refused(&thrown))?;
    let options = Object::new();
    set(&options, "signal", &abort.signal());
    let _leaves = LeavesQueue(abort);
    request(name, &options).await?.ok_or_else(|| LockError::Refused("it gave none".to_owned()))
}

/// Aborting has no effect on a lock that was granted.
struct LeavesQueue(AbortController);

impl Drop for LeavesQueue {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn request(name: &str, options: &Object) -> Result<Option<Lock>, LockError> {
    let manager = manager().ok_or(LockError::Unavailable)?;
    let wanted = Rc::new(Wanted::default());
    let answered = Promise::new(&mut |answer, _| *wanted.answer.borrow_mut() = Some(answer));
    // A future that was dropped no longer wants what it is given all the same.
    let asker = Rc::downgrade(&wanted);
    let granted = Closure::once_into_js(move |lock: JsValue| {
        let wanted = asker.upgrade()?;
        let held = (!lock.is_null()).then(|| Promise::new(&mut |free, _| wanted.lock.set(Some(Lock { free }))));
        if let Some(answer) = &*wanted.answer.borrow() {
            let _ = answer.call0(&JsValue::UNDEFINED);
        }
        held
    });
    let requested = manager.request(name, options, granted.unchecked_ref()).map_err(|thrown| refused(&thrown))?;
    // It rejects where the browser refuses; otherwise it ends after the lock was freed.
    match select(JsFuture::from(answered), JsFuture::from(requested)).await {
        Either::Right((Err(thrown), _)) => Err(refused(&thrown)),
        _ => Ok(wanted.lock.take()),
    }
}

#[derive(Default)]
struct Wanted {
    answer: RefCell<Option<Function>>,
    lock: Cell<Option<Lock>>,
}

fn manager() -> Option<LockManager> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let manager = Reflect::get(&navigator, &"locks".into()).ok().filter(|manager| manager.is_object())?;
    Some(manager.unchecked_into())
}

fn set(options: &Object, name: &str, value: &JsValue) {
    // It throws only for what is no object.
    let _ = Reflect::set(options, &name.into(), value);
}

fn refused(thrown: &JsValue) -> LockError {
    LockError::Refused(super::message_of(thrown))
}

//! How much this site may store, and whether the browser may take it away again.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

use crate::store::StorageUsage;

/// What is in use and what there may be; `None` where the browser does not tell.
pub async fn usage() -> Option<StorageUsage> {
    let estimate: StorageEstimate = JsFuture::from(manager()?.estimate().ok()?).await.ok()?.unchecked_into();
    Some(StorageUsage { used: bytes(estimate.get_usage()?), quota: bytes(estimate.get_quota()?) })
}

/// Asks the browser not to clear what this site stores when space is short; says whether it promised that.
pub async fn ask_to_persist() -> bool {
    let Some(asked) = manager().and_then(|manager| manager.persist().ok()) else { return false };
    JsFuture::from(asked).await.is_ok_and(|promised| promised.is_truthy())
}

// Its type does not say so, but it is undefined on a page that is not secure.
fn manager() -> Option<StorageManager> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    Reflect::get(&navigator, &"storage".into()).ok()?.dyn_into().ok()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole bytes, cast saturates
const fn bytes(number: f64) -> u64 {
    number as u64
}

//! Requests and keys.

use std::future::Future;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbCursor, IdbCursorDirection, IdbKeyRange, IdbObjectStore, IdbRequest};

use super::refused;
use crate::platform::first_event::first_event;
use crate::store::StoreError;

/// What the request brings, listened for from now on. Its transaction goes on for as long as the next request is made in
/// the same turn.
pub(super) fn result_of(request: IdbRequest) -> impl Future<Output = Result<JsValue, StoreError>> {
    let answered = first_event(request.clone(), ["success", "error"]);
    async move {
        let event = answered.await;
        if event.type_() == "success" { request.result().map_err(refused) } else { Err(failure_of(&request)) }
    }
}

/// Why the request failed.
pub(super) fn failure_of(request: &IdbRequest) -> StoreError {
    match request.error() {
        Ok(Some(error)) => refused(error.into()),
        Ok(None) => StoreError::Failed("the browser gave no reason".to_owned()),
        Err(thrown) => refused(thrown),
    }
}

/// The values of an array that the browser made.
pub(super) fn all_of(values: JsValue) -> impl Iterator<Item = JsValue> {
    Array::from(&values).into_iter()
}

/// The key of record `number`.
#[allow(clippy::cast_precision_loss)] // 2^53 records do not fit anywhere
pub(super) fn key_of(batch: &str, number: u64) -> JsValue {
    Array::of2(&batch.into(), &(number as f64).into()).into()
}

/// The keys of the records from number `from` on.
pub(super) fn range(batch: &str, from: u64) -> Result<IdbKeyRange, StoreError> {
    // By IndexedDB's order, an array comes after every number.
    let end = Array::of2(&batch.into(), &Array::new().into());
    IdbKeyRange::bound(&key_of(batch, from), &end).map_err(refused)
}

/// The number of the last record.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a key of ours
pub(super) async fn last_number(records: &IdbObjectStore, batch: &str) -> Result<Option<u64>, StoreError> {
    let range = range(batch, 0)?;
    let request =
        records.open_key_cursor_with_range_and_direction(&range, IdbCursorDirection::Prev).map_err(refused)?;
    let Ok(cursor) = result_of(request).await?.dyn_into::<IdbCursor>() else { return Ok(None) };
    let key = Array::from(&cursor.key().map_err(refused)?);
    Ok(key.get(1).as_f64().map(|number| number as u64))
}

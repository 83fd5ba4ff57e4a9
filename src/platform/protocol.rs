//! Over which HTTP version answers come, as far as the browser tells.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::Performance;

/// So many of the last ones are looked at: where another origin allows it, each of its answers tells.
const LOOKED_AT: usize = 8;

/// The version of the answers from addresses that begin with `origin`, such as `h2` or `http/1.1`: that of the last one
/// on record. `None` where the browser tells none, as of another origin that does not allow it.
pub fn of_answers_from(origin: &str) -> Option<String> {
    let performance: Performance = web_sys::window()?.performance()?;
    let entries = performance.get_entries_by_type("resource");
    let text = |entry: &JsValue, name: &str| Reflect::get(entry, &name.into()).ok()?.as_string();
    let of_origin = |entry: &JsValue| text(entry, "name").is_some_and(|name| name.starts_with(origin));
    let protocol = |entry: JsValue| text(&entry, "nextHopProtocol").filter(|protocol| !protocol.is_empty());
    entries.iter().rev().filter(of_origin).take(LOOKED_AT).find_map(protocol)
}

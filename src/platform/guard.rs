//! What `public/guard.js` put in place before the program was loaded.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The one origin, besides the page's own, that the browser lets this page reach as an API; `None` where no guard ran.
pub fn api_origin() -> Option<String> {
    text("apiOrigin")
}

/// The one origin that the browser lets this page reach besides, to take traces; `None` where there is none.
pub fn collector_origin() -> Option<String> {
    text("collectorOrigin").filter(|origin| !origin.is_empty())
}

fn text(name: &str) -> Option<String> {
    let guard = Reflect::get(&js_sys::global(), &"sluiceGuard".into()).ok()?;
    Reflect::get(&guard, &name.into()).ok()?.as_string()
}

/// A text that the present entry of the history holds under `name`. Other sites can neither see nor set it.
pub fn entry_text(name: &str) -> Option<String> {
    let state = web_sys::window()?.history().ok()?.state().ok()?;
    Reflect::get(&state, &name.into()).ok()?.as_string()
}

/// Lets the present entry of the history hold these texts alone, also over a reload; with none it holds nothing.
pub fn set_entry_texts(texts: &[(&str, &str)]) {
    let state = js_sys::Object::new();
    for (name, text) in texts {
        let _ = Reflect::set(&state, &(*name).into(), &(*text).into());
    }
    let state = if texts.is_empty() { JsValue::NULL } else { state.into() };
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state(&state, "");
    }
}

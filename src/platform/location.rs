//! The address: its hash is the page's route.

use super::Listener;
use super::listener::window_target;
use wasm_bindgen::JsValue;
use web_sys::ScrollRestoration;

/// The part of the address from `#` on, percent-encoded as it stands there; empty where there is none.
pub fn hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Goes to `hash` (with or without `#`): a new entry in the history, told to [`on_hash_change`].
pub fn set_hash(hash: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(hash);
    }
}

/// Puts `hash` (with or without `#`) into the address: no new entry, and not told to [`on_hash_change`].
pub fn replace_hash(hash: &str) {
    let address = format!("#{}", hash.strip_prefix('#').unwrap_or(hash));
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        // Browsers refuse after some hundred changes in a short time; the next change will do.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// The part of the address from `?` to `#`, percent-encoded as it stands there; empty where there is none.
pub fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Takes the query out of the address; the hash stays, and nothing is told.
pub fn drop_query() {
    let page = page_address();
    let address = format!("{}{}", page.split('?').next().unwrap_or_default(), hash());
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Tells `callback` of each new hash, as [`hash`] gives it: links, Back, Forward and [`set_hash`].
pub fn on_hash_change(callback: impl Fn(String) + 'static) -> Listener {
    Listener::new(window_target(), "hashchange", move |_| callback(hash()))
}

/// Leaves it to the page how far an address is scrolled, until it is unloaded: of a reload the browser sees to that.
pub fn keep_scroll() -> Listener {
    restore_scroll(ScrollRestoration::Manual);
    Listener::new(window_target(), "pagehide", |_| restore_scroll(ScrollRestoration::Auto))
}

fn restore_scroll(by: ScrollRestoration) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let _ = history.set_scroll_restoration(by);
    }
}

/// The page's origin, such as `https://example.com`; `null` for a file or a sandboxed frame.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_else(|| "null".to_owned())
}

/// The address of the page itself, without its fragment.
pub fn page_address() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Loads the page anew, at the same address.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Whether another page holds this one in a frame; yes where the browser does not tell.
pub fn is_framed() -> bool {
    let Some(window) = web_sys::window() else { return true };
    match window.top() {
        Ok(Some(top)) => AsRef::<JsValue>::as_ref(&top) != AsRef::<JsValue>::as_ref(&window),
        _ => true,
    }
}

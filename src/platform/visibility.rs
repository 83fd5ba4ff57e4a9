//! Whether the page can be seen. Hidden pages have their timers throttled; pages that were left may be kept whole for a
//! return by Back, with all that is in their memory.

use js_sys::Reflect;
use web_sys::Event;

use super::listener::window_target;
use super::{Listener, document};

/// Whether the page is hidden: another tab is in front, or the window is minimised.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// Tells `callback` each time the page is hidden (`true`) or shown (`false`).
pub fn on_visibility_change(callback: impl Fn(bool) + 'static) -> Listener {
    Listener::new(document().map(Into::into), "visibilitychange", move |_| callback(is_hidden()))
}

/// Tells `callback` each time the page is left and kept for a return.
pub fn on_put_away(callback: impl Fn() + 'static) -> Listener {
    Listener::new(window_target(), "pagehide", move |event| {
        if is_persisted(&event) {
            callback();
        }
    })
}

/// Tells `callback` each time the page that was put away is shown again.
pub fn on_brought_back(callback: impl Fn() + 'static) -> Listener {
    Listener::new(window_target(), "pageshow", move |event| {
        if is_persisted(&event) {
            callback();
        }
    })
}

/// Lets the browser ask before the page is closed or reloaded, until it is dropped.
pub fn ask_before_leaving() -> Listener {
    Listener::new(window_target(), "beforeunload", |event| event.prevent_default())
}

fn is_persisted(event: &Event) -> bool {
    Reflect::get(event, &"persisted".into()).is_ok_and(|persisted| persisted.is_truthy())
}

//! Noticing that a reader is about to come to something.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry};

use super::Listener;
use super::listener::window_target;

/// Watches an element; dropping it ends that.
pub struct Near {
    observer: IntersectionObserver,
    _tell: Closure<dyn FnMut(js_sys::Array)>,
}

impl Near {
    /// Calls `callback` when `element` comes into sight. `None` where the browser cannot tell.
    pub fn watch(element: &HtmlElement, callback: impl Fn() + 'static) -> Option<Self> {
        let tell = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let is_in_sight = |entry: JsValue| {
                entry.dyn_ref::<IntersectionObserverEntry>().is_some_and(IntersectionObserverEntry::is_intersecting)
            };
            if entries.iter().any(is_in_sight) {
                callback();
            }
        });
        let observer = IntersectionObserver::new(tell.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _tell: tell })
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl std::fmt::Debug for Near {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Near")
    }
}

/// Tells `callback` of each sign of a reader: a pointer that moves, a key, a wheel, a touch, a click.
pub fn on_reader(callback: impl Fn() + Clone + 'static) -> [Listener; 5] {
    ["pointermove", "keydown", "wheel", "touchstart", "click"].map(|event| {
        let callback = callback.clone();
        Listener::new(window_target(), event, move |_| callback())
    })
}

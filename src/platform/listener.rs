//! An event listener that goes when it is dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Listens until it is dropped. In a component, keep it in a `StoredValue::new_local`.
#[must_use = "a listener that is dropped no longer listens"]
#[derive(Debug)]
pub struct Listener {
    target: Option<EventTarget>,
    event: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `callback` for each `event` on `target`; where there is no target, never.
    pub(super) fn new(target: Option<EventTarget>, event: &'static str, callback: impl FnMut(Event) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(callback);
        if let Some(target) = &target {
            // It throws only for a callback that is none.
            let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        }
        Self { target, event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(target) = &self.target {
            let _ = target.remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
        }
    }
}

/// The window as a target of events.
pub(super) fn window_target() -> Option<EventTarget> {
    web_sys::window().map(Into::into)
}

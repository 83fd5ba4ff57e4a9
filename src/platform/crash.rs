//! The last words of a panic: where it happened, for the boot script's banner, and nothing of the data.

use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// From now on a panic shows the page's crash banner with the place in the source.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        // The message can hold what a person typed, so only the place is told.
        web_sys::console::error_1(&JsValue::from_str(&format!("Sluice stopped at {place}")));
        let init = CustomEventInit::new();
        init.set_detail(&JsValue::from_str(&place));
        let event = CustomEvent::new_with_event_init_dict("sluice:panic", &init);
        if let (Some(document), Ok(event)) = (web_sys::window().and_then(|window| window.document()), event) {
            let _ = document.dispatch_event(&event);
        }
    }));
}

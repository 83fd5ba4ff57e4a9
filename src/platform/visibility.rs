//! Whether the page can be seen. Hidden pages have their timers throttled.

use super::{Listener, document};

/// Whether the page is hidden: another tab is in front, or the window is minimised.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// Tells `callback` each time the page is hidden (`true`) or shown (`false`).
pub fn on_visibility_change(callback: impl Fn(bool) + 'static) -> Listener {
    Listener::new(document().map(Into::into), "visibilitychange", move |_| callback(is_hidden()))
}

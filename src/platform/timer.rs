//! Something to do a little later.

use std::time::Duration;

use gloo_timers::callback::Timeout;

/// A timer that has not fired; dropping it cancels it.
#[derive(Debug)]
pub struct Timer {
    _timeout: Timeout,
}

impl Timer {
    /// Runs `callback` once after `wait`, which is cut to what a browser's timer holds (24.8 days).
    pub fn after(wait: Duration, callback: impl FnOnce() + 'static) -> Self {
        let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
        #[allow(clippy::disallowed_methods)] // clamped above
        let timeout = Timeout::new(millis.unsigned_abs(), callback);
        Self { _timeout: timeout }
    }
}

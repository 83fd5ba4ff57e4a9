//! The page's clock: `performance.now()`, `Date.now()` and timers.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::{Clock, timer_millis};
use crate::time::{Instant, UnixTime};

#[wasm_bindgen]
extern "C" {
    // The global itself, so that it works in a worker as well.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// The browser's clock; its origin is the loading of the page.
///
/// Timers of a hidden page are throttled to 1 s and later to 1 min: sleeps end late there, never early.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserClock;

impl BrowserClock {
    /// The page's clock: there is but one.
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for BrowserClock {
    fn now(&self) -> Instant {
        Instant::from_origin(from_millis(performance_now()))
    }

    fn wall(&self) -> UnixTime {
        UnixTime::from_epoch(from_millis(js_sys::Date::now()))
    }

    async fn sleep_until(&self, deadline: Instant) {
        loop {
            let remaining = deadline.saturating_since(self.now());
            if remaining.is_zero() {
                return;
            }
            #[allow(clippy::disallowed_methods)] // this is the sleep that clamps
            TimeoutFuture::new(timer_millis(remaining)).await;
        }
    }
}

fn from_millis(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
}

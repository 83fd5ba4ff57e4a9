//! Something to do a little later.

use std::time::Duration;

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;

use super::visibility::is_hidden;

/// Lets the browser do what else there is to do, such as draw; a hidden page, which would wait for long, goes on.
pub async fn next_task() {
    pause(0).await;
}

/// Lets the browser draw a frame, unless the page is hidden.
pub async fn next_frame() {
    pause(FRAME_MILLIS).await;
}

/// Of 60 a second; a callback before the frame would not come where the page is hidden meanwhile.
const FRAME_MILLIS: u32 = 17;

async fn pause(millis: u32) {
    if !is_hidden() {
        #[allow(clippy::disallowed_methods, reason = "no wait is too long here")]
        TimeoutFuture::new(millis).await;
    }
}

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

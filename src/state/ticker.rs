//! A slow tick for countdowns.

use std::time::Duration;

use leptos::prelude::*;

/// Four times a second, tells whoever reads it to look at the clock again.
#[derive(Debug, Clone, Copy)]
pub struct Ticker(RwSignal<u64>);

impl Ticker {
    /// Starts ticking, until the current owner is cleaned up.
    pub fn start() -> Self {
        let ticks = RwSignal::new(0);
        let tick = move || {
            let _ = ticks.try_update(|count: &mut u64| *count = count.wrapping_add(1));
        };
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_millis(250)) {
            on_cleanup(move || handle.clear());
        }
        Self(ticks)
    }

    /// Makes the caller run again with each tick.
    pub fn track(self) {
        self.0.track();
    }
}

/// The page's ticker.
pub fn use_ticker() -> Ticker {
    expect_context()
}

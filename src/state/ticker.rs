//! A slow tick for countdowns, and for what changes oftener than one can read.

use std::time::Duration;

use leptos::prelude::*;

/// What the next tick does.
#[derive(Default)]
struct Due {
    /// What is to be told.
    callbacks: Vec<Box<dyn FnOnce()>>,
    /// Whether every other tick is left out, and whether the last one was.
    is_halved: bool,
    was_left_out: bool,
}

/// How often it ticks, unless it is halved.
pub const TICK: Duration = Duration::from_millis(250);

/// Four times a second, tells whoever reads it to look at the clock again.
#[derive(Debug, Clone, Copy)]
pub struct Ticker {
    ticks: RwSignal<u64>,
    due: StoredValue<Due, LocalStorage>,
}

impl Ticker {
    /// Starts ticking, until the current owner is cleaned up.
    pub fn start() -> Self {
        let ticker = Self { ticks: RwSignal::new(0), due: StoredValue::new_local(Due::default()) };
        if let Ok(handle) = set_interval_with_handle(move || ticker.tick(), TICK) {
            on_cleanup(move || handle.clear());
        }
        ticker
    }

    /// Makes the caller run again with each tick.
    pub fn track(self) {
        self.ticks.track();
    }

    /// Runs `callback` once with the next tick: what is told then is drawn in the same frame as all that ticks.
    pub fn at_next(self, callback: impl FnOnce() + 'static) {
        let _ = self.due.try_update_value(|due| due.callbacks.push(Box::new(callback)));
    }

    /// Ticks half as often while something runs that changes all there is to see for minutes.
    pub fn halve(self, is_halved: bool) {
        let _ = self.due.try_update_value(|due| due.is_halved = is_halved);
    }

    fn tick(self) {
        // Taken out first: what is told may ask for the next tick.
        let due = self.due.try_update_value(|due| {
            due.was_left_out = due.is_halved && !due.was_left_out;
            (!due.was_left_out).then(|| std::mem::take(&mut due.callbacks))
        });
        let Some(due) = due.flatten() else { return };
        for callback in due {
            callback();
        }
        let _ = self.ticks.try_update(|count| *count = count.wrapping_add(1));
    }
}

/// The page's ticker.
pub fn use_ticker() -> Ticker {
    expect_context()
}

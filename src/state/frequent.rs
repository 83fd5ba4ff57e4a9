//! A value that changes with every answer, and is told of four times a second at most.

use leptos::prelude::*;

use super::ticker::{TICK, Ticker};
use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::time::Instant;

/// A value whose readers run again at once on a change after a rest, and with the next tick on all changes before it:
/// fifty answers a second are drawn four times.
#[derive(Debug)]
pub struct Frequent<T: 'static> {
    value: StoredValue<T>,
    told: RwSignal<Instant>,
    is_due: StoredValue<bool>,
    ticker: Ticker,
}

impl<T> Clone for Frequent<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Frequent<T> {}

impl<T: Default + Send + Sync + 'static> Frequent<T> {
    /// The default value.
    pub fn new(ticker: Ticker) -> Self {
        let told = RwSignal::new(Instant::ORIGIN);
        Self { value: StoredValue::new(T::default()), told, is_due: StoredValue::new(false), ticker }
    }

    /// Reads the value, as it is now; tracked.
    pub fn with<O>(self, read: impl FnOnce(&T) -> O) -> O {
        self.told.track();
        self.value.with_value(read)
    }

    /// Changes the value; `None` once the page is taken down.
    pub fn update<O>(self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        let changed = self.value.try_update_value(change)?;
        // What is due is told with all else that ticks, however long ago the last was.
        if !self.is_due.try_get_value()? {
            if BrowserClock.now().saturating_since(self.told.try_get_untracked()?) >= TICK {
                self.tell();
            } else {
                self.is_due.set_value(true);
                self.ticker.at_next(move || self.tell());
            }
        }
        Some(changed)
    }

    /// Changes the value without telling: of many changes one after another, the last alone need be told.
    pub fn update_untold<O>(self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        self.value.try_update_value(change)
    }

    fn tell(self) {
        let _ = self.is_due.try_set_value(false);
        let _ = self.told.try_set(BrowserClock.now());
    }
}

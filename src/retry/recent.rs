//! How many events there were of late.

use std::collections::VecDeque;
use std::time::Duration;

use crate::time::Instant;

/// A window is counted in this many slices, as Finagle does: events are forgotten slice by slice.
const SLICES: u32 = 10;

/// Counts events, and forgets those older than its window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recent {
    slice: Duration,
    // The slice's number, and its events.
    slices: VecDeque<(u128, u32)>,
}

impl Recent {
    /// Of a window so long.
    pub(super) fn new(window: Duration) -> Self {
        Self { slice: (window / SLICES).max(Duration::from_nanos(1)), slices: VecDeque::new() }
    }

    pub(super) fn add(&mut self, now: Instant) {
        let index = self.index(now);
        match self.slices.back_mut() {
            Some((last, count)) if *last >= index => *count = count.saturating_add(1),
            _ => self.slices.push_back((index, 1)),
        }
    }

    pub(super) fn count(&mut self, now: Instant) -> u32 {
        let index = self.index(now);
        while self.slices.front().is_some_and(|(slice, _)| slice + u128::from(SLICES) <= index) {
            self.slices.pop_front();
        }
        self.slices.iter().map(|(_, count)| *count).sum()
    }

    fn index(&self, now: Instant) -> u128 {
        now.since_origin().as_nanos() / self.slice.as_nanos().max(1)
    }
}

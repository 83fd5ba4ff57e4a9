//! When time did not pass as it does while a page runs: it was frozen, the machine slept, the clock was set.

use std::time::Duration;

use crate::time::{Instant, UnixTime};

/// Below this, timers are merely late and clocks are merely being corrected.
pub const SHORTEST_INTERRUPTION: Duration = Duration::from_secs(5);

/// Time that did not pass as it does while a page runs.
///
/// Waits go by the monotonic clock, so none ends early, whatever the wall clock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// Nothing ran for so long: the browser had frozen the page, or it was busy.
    Frozen(Duration),
    /// The wall clock went ahead by so much more than the monotonic one: the machine slept (on Linux and macOS the
    /// monotonic clock then stands still, w3c/hr-time#115), or the clock was set.
    Ahead(Duration),
    /// The clock was set back by so much.
    Back(Duration),
}

/// Compares both clocks each time that something wakes.
#[derive(Debug, Clone, Copy, Default)]
pub struct InterruptionWatch {
    last: Option<(Instant, UnixTime)>,
}

impl InterruptionWatch {
    /// Takes both clocks' readings at a moment that was due at `due`; says what has happened since the last ones.
    pub fn observe(&mut self, due: Instant, now: Instant, wall: UnixTime) -> Option<Interruption> {
        let (last_now, last_wall) = self.last.replace((now, wall)).unwrap_or((now, wall));
        // Since the last readings alone: the slow correction of a clock adds up over hours.
        let expected = last_wall + now.saturating_since(last_now);
        let (ahead, back) = (expected.until(wall), wall.until(expected));
        let late = now.saturating_since(due);
        if ahead >= SHORTEST_INTERRUPTION {
            Some(Interruption::Ahead(ahead))
        } else if back >= SHORTEST_INTERRUPTION {
            Some(Interruption::Back(back))
        } else {
            (late >= SHORTEST_INTERRUPTION).then_some(Interruption::Frozen(late))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn sleep_freezing_and_set_clocks_are_told_apart_and_lateness_is_none() {
        let mut watch = InterruptionWatch::default();
        let mut observe = |due, now, wall| watch.observe(at(due), at(now), UnixTime::from_secs(wall));
        assert_eq!(observe(10, 10, 1_000), None);
        assert_eq!(observe(11, 14, 1_004), None);
        // Frozen for an hour: both clocks went on.
        assert_eq!(observe(15, 3_615, 4_605), Some(Interruption::Frozen(Duration::from_secs(3_600))));
        // Asleep for an hour: the monotonic clock stood still.
        assert_eq!(observe(3_616, 3_616, 8_206), Some(Interruption::Ahead(Duration::from_secs(3_600))));
        assert_eq!(observe(3_617, 3_617, 8_207), None);
        assert_eq!(observe(3_618, 3_618, 4_608), Some(Interruption::Back(Duration::from_secs(3_600))));
    }

    #[test]
    fn a_clock_that_is_corrected_slowly_is_no_interruption() {
        let mut watch = InterruptionWatch::default();
        // 500 ppm, the most that NTP slews, for a day.
        for second in 0..86_400 {
            let wall = UnixTime::from_epoch(Duration::from_micros(second * 1_000_500));
            assert_eq!(watch.observe(at(second), at(second), wall), None);
        }
    }
}

//! Waits cut to what a browser's timer can hold.

use std::time::Duration;

/// The longest wait given to one browser timer; a longer sleep sets several, one after another.
///
/// A timer of 2^31 ms or more fires at once, and a timer of days would not notice a changed clock.
pub const LONGEST_TIMER: Duration = Duration::from_secs(3600);

/// The milliseconds to give a timer for a sleep of which `remaining` is left: rounded up, so that
/// it never fires early, and never above [`LONGEST_TIMER`].
pub fn timer_millis(remaining: Duration) -> u32 {
    let wait = remaining.min(LONGEST_TIMER);
    u32::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wait_overflows_a_timer_or_fires_early() {
        for (remaining, millis) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(1), 1),
            (Duration::from_micros(1_001), 2),
            (LONGEST_TIMER, 3_600_000),
            (Duration::from_millis(1 << 31), 3_600_000),
            (Duration::from_millis(1 << 40), 3_600_000),
            (Duration::MAX, 3_600_000),
        ] {
            assert_eq!(timer_millis(remaining), millis, "{remaining:?}");
        }
    }
}

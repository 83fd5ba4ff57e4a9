//! When a key that nobody uses any more is forgotten.

use std::time::Duration;

use crate::clock::Clock;
use crate::time::{Instant, UnixTime};

/// How long nothing may happen on the page before it forgets the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdleLimit {
    /// A quarter of an hour.
    QuarterHour,
    /// An hour.
    #[default]
    Hour,
    /// Four hours.
    FourHours,
    /// The key stays until it is forgotten by hand.
    Never,
}

impl IdleLimit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::QuarterHour, Self::Hour, Self::FourHours, Self::Never];

    /// A short stable name, for storage.
    pub const fn id(self) -> &'static str {
        match self {
            Self::QuarterHour => "15",
            Self::Hour => "60",
            Self::FourHours => "240",
            Self::Never => "never",
        }
    }

    /// The limit of that [`IdleLimit::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.id() == id)
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QuarterHour => "15 idle minutes",
            Self::Hour => "60 idle minutes",
            Self::FourHours => "240 idle minutes",
            Self::Never => "Never by itself",
        }
    }

    const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::QuarterHour => 15 * 60,
            Self::Hour => 60 * 60,
            Self::FourHours => 240 * 60,
            Self::Never => u64::MAX,
        })
    }
}

/// Since when nothing has happened: no key or button pressed in the page, no request under way.
///
/// Told by both clocks: the monotonic one stands still while a machine sleeps, the other can be set back.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdleWatch {
    since: Instant,
    since_wall: UnixTime,
}

impl IdleWatch {
    /// Idle from now on.
    pub fn start(clock: &impl Clock) -> Self {
        Self { since: clock.now(), since_wall: clock.wall() }
    }

    /// Whether it has lasted as long as `limit`; while something runs it has not begun.
    pub fn is_over(&mut self, clock: &impl Clock, limit: IdleLimit, is_running: bool) -> bool {
        if is_running {
            *self = Self::start(clock);
        }
        let idle = clock.now().saturating_since(self.since).max(self.since_wall.until(clock.wall()));
        idle >= limit.duration()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::VirtualClock;

    fn minutes(clock: &VirtualClock, minutes: u64) {
        clock.advance_to(clock.now() + Duration::from_secs(minutes * 60));
    }

    #[test]
    fn the_key_goes_after_its_idle_time_and_not_before() {
        for (limit, least) in [(IdleLimit::QuarterHour, 15), (IdleLimit::Hour, 60), (IdleLimit::FourHours, 240)] {
            let clock = VirtualClock::starting_at(UnixTime::from_secs(1_764_000_000));
            let mut idle = IdleWatch::start(&clock);
            minutes(&clock, least - 1);
            assert!(!idle.is_over(&clock, limit, false));
            minutes(&clock, 1);
            assert!(idle.is_over(&clock, limit, false));
            assert!(!idle.is_over(&clock, IdleLimit::Never, false));
            assert_eq!(IdleLimit::from_id(limit.id()), Some(limit));
        }
    }

    #[test]
    fn what_runs_keeps_it() {
        let clock = VirtualClock::default();
        let mut idle = IdleWatch::start(&clock);
        for _ in 0..10 {
            minutes(&clock, 50);
            assert!(!idle.is_over(&clock, IdleLimit::Hour, true));
        }
        minutes(&clock, 59);
        assert!(!idle.is_over(&clock, IdleLimit::Hour, false));
        minutes(&clock, 1);
        assert!(idle.is_over(&clock, IdleLimit::Hour, false));
    }

    #[test]
    fn sleep_counts_and_a_clock_set_back_does_not_help() {
        let clock = VirtualClock::starting_at(UnixTime::from_secs(1_764_000_000));
        // The machine slept: only the wall clock went on.
        let mut slept = IdleWatch { since: clock.now(), since_wall: UnixTime::from_secs(1_764_000_000 - 3_600) };
        assert!(slept.is_over(&clock, IdleLimit::Hour, false));
        minutes(&clock, 60);
        let mut set_back = IdleWatch { since: Instant::ORIGIN, since_wall: UnixTime::from_secs(1_900_000_000) };
        assert!(set_back.is_over(&clock, IdleLimit::Hour, false));
    }
}

//! Requests that become durable with one commit would all go in one task. They take turns, so that a page can draw between.

use std::time::Duration;

use crate::time::Instant;

/// So many go without a pause: each costs a page about half a millisecond (Chromium 148).
const AT_ONCE: u32 = 8;
/// The pause after them, long enough for a timer to end in another task.
const PAUSE: Duration = Duration::from_millis(4);

/// Who has gone lately, and who is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Turns {
    last: Option<Instant>,
    gone: u32,
    /// The latest place in the line that was given, and to how many.
    end_of_line: Option<Instant>,
    placed: u32,
}

impl Turns {
    /// Goes at `now`; else gives its place in the line, which is when to ask again with it. Each asks about once, in the
    /// order they came, however many wait.
    pub fn take(&mut self, place: Option<Instant>, now: Instant) -> Option<Instant> {
        let pause = self.last.map(|last| last + PAUSE).filter(|end| now < *end);
        if pause.is_none() {
            self.gone = 0;
        }
        let is_first = place.is_some() || self.end_of_line.is_none_or(|end| end <= now);
        if self.gone < AT_ONCE && is_first {
            self.gone += 1;
            self.last = Some(now);
            return None;
        }
        Some(self.line_up(pause.unwrap_or(now)))
    }

    fn line_up(&mut self, earliest: Instant) -> Instant {
        let end = self.end_of_line.filter(|end| *end >= earliest);
        let (end, placed) = match end {
            Some(end) if self.placed < AT_ONCE => (end, self.placed + 1),
            Some(end) => (end + PAUSE, 1),
            None => (earliest, 1),
        };
        (self.end_of_line, self.placed) = (Some(end), placed);
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> Instant {
        Instant::ORIGIN + Duration::from_micros(micros)
    }

    #[test]
    fn eight_go_together_and_a_pause_follows() {
        let mut turns = Turns::default();
        // In one task, each half a millisecond after the other.
        assert!((0..8).all(|place| turns.take(None, at(place * 500)).is_none()));
        assert_eq!(turns.take(None, at(3_600)), Some(at(7_500)));
        let place = Some(at(7_500));
        assert!((0..8).all(|_| turns.take(place, at(7_500)).is_none()));
        assert_eq!(turns.take(None, at(7_500)), Some(at(11_500)));
    }

    #[test]
    fn whoever_comes_alone_never_waits() {
        let mut turns = Turns::default();
        assert!((0..100).all(|place| turns.take(None, at(place * 4_000)).is_none()));
    }

    #[test]
    fn a_crowd_asks_twice_each_and_goes_in_the_order_it_came() {
        let mut turns = Turns::default();
        let mut places: Vec<Option<Instant>> = (0..500).map(|_| turns.take(None, at(0))).collect();
        assert_eq!(places.iter().filter(|place| place.is_none()).count(), 8);
        // Eight to each place: the last of 500 goes 62 pauses after the first.
        assert_eq!((places[8], places[499]), (Some(at(4_000)), Some(at(62 * 4_000))));
        assert!(places.is_sorted());
        // One that comes later goes after them.
        places.push(turns.take(None, at(2_000)));
        assert!(places[500] >= places[499]);
        for place in places.into_iter().flatten() {
            assert_eq!(turns.take(Some(place), place), None);
        }
    }

    #[test]
    fn after_a_task_that_lasts_no_more_than_eight_go_together() {
        let mut turns = Turns::default();
        let places: Vec<Instant> = (0..40).filter_map(|_| turns.take(None, at(0))).collect();
        let late = at(50_000);
        let gone = places.iter().filter(|place| turns.take(Some(**place), late).is_none()).count();
        assert_eq!(gone, 8);
    }
}

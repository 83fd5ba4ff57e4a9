//! Requests that become durable with one commit would all go in one task. They take turns, so that a page can draw between.

use std::time::Duration;

use crate::time::Instant;

/// So many go without a pause: each costs a page about half a millisecond (Chromium 148).
const AT_ONCE: u32 = 8;
/// The pause after them, long enough for a timer to end in another task.
const PAUSE: Duration = Duration::from_millis(4);

/// Who has gone lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Turns {
    last: Option<Instant>,
    gone: u32,
}

impl Turns {
    /// Goes at `now`; else gives when to ask again.
    pub fn take(&mut self, now: Instant) -> Option<Instant> {
        let pause = self.last.map(|last| last + PAUSE).filter(|end| now < *end);
        if pause.is_none() {
            self.gone = 0;
        }
        if self.gone >= AT_ONCE {
            return pause;
        }
        self.gone += 1;
        self.last = Some(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_go_together_and_a_pause_follows() {
        let at = |micros| Instant::ORIGIN + Duration::from_micros(micros);
        let mut turns = Turns::default();
        // In one task, each half a millisecond after the other.
        assert!((0..8).all(|place| turns.take(at(place * 500)).is_none()));
        assert_eq!(turns.take(at(3_600)), Some(at(7_500)));
        assert_eq!(turns.take(at(7_499)), Some(at(7_500)));
        assert!((0..8).all(|_| turns.take(at(7_500)).is_none()));
        assert_eq!(turns.take(at(7_500)), Some(at(11_500)));
    }

    #[test]
    fn whoever_comes_alone_never_waits() {
        let mut turns = Turns::default();
        assert!((0..100).all(|place| turns.take(Instant::ORIGIN + Duration::from_millis(place * 4)).is_none()));
    }
}

//! How many requests may be in flight: adaptive concurrency, as TCP finds a link's capacity.

/// What is left of the window after a cut.
const CUT: f64 = 0.7;
/// Answers that an overload is judged by.
const JUDGED: u32 = 16;
/// Fewest answers to judge by.
const FEWEST_JUDGED: u32 = 8;

/// Up to so many in flight the window doubles each round trip, beyond it grows by half: what goes out while the first refusal
/// is on its way back is refused as well, and from a busy page that is most of a round trip's.
const DOUBLES_UNTIL: f64 = 16.0;

/// The window of requests in flight: grows with each round trip at first, is cut once an episode, and recovers by one a
/// round trip.
///
/// It binds only while no limit is known, and after the server was overloaded.
#[derive(Debug, Clone, PartialEq)]
pub struct FlightWindow {
    size: f64,
    slow_start_until: f64,
    most: usize,
    // Answers for requests that went before the cut belong to the same episode.
    cut_at: u64,
    recent: u32,
    judged: u32,
}

impl FlightWindow {
    pub(super) fn new(initial: usize, most: usize) -> Self {
        let most = most.max(1);
        Self {
            size: size(initial.clamp(1, most)),
            slow_start_until: f64::INFINITY,
            most,
            cut_at: 0,
            recent: 0,
            judged: 0,
        }
    }

    /// The most that may be in flight; `is_told` where limits are known.
    pub fn capacity(&self, is_told: bool) -> usize {
        if is_told && self.slow_start_until.is_infinite() { self.most } else { self.whole_size() }
    }

    pub(super) fn set_most(&mut self, most: usize) {
        self.most = most.max(1);
        self.size = self.size.min(size(self.most)).max(1.0);
    }

    /// An answer that tells of a server that copes; `in_flight` counts it still.
    pub(super) fn succeeded(&mut self, in_flight: usize) {
        self.judge(false);
        // A window that is not used says nothing of what would be too much.
        if in_flight.saturating_mul(2) < self.whole_size() {
            return;
        }
        let growth = match self.size {
            size if size >= self.slow_start_until => 1.0 / size,
            size if size >= DOUBLES_UNTIL => 0.5,
            _ => 1.0,
        };
        self.size = (self.size + growth).min(size(self.most));
    }

    /// The server said that it is overloaded, in the answer to draw `number`; `last` is the newest draw.
    pub(super) fn overloaded(&mut self, number: u64, last: u64, in_flight: usize) {
        self.judge(true);
        let bad = self.recent.count_ones();
        if self.judged >= FEWEST_JUDGED && bad * 4 >= self.judged {
            self.cut(number, last, in_flight);
        }
    }

    /// The server refused draw `number` without saying why.
    pub(super) fn refused(&mut self, number: u64, last: u64, in_flight: usize) {
        self.judge(true);
        self.cut(number, last, in_flight);
    }

    fn cut(&mut self, number: u64, last: u64, in_flight: usize) {
        if number <= self.cut_at {
            return;
        }
        self.cut_at = last;
        self.size = (self.size.min(size(in_flight)) * CUT).max(1.0);
        self.slow_start_until = self.size;
    }

    fn judge(&mut self, bad: bool) {
        self.recent = (self.recent << 1 | u32::from(bad)) & ((1 << JUDGED) - 1);
        self.judged = (self.judged + 1).min(JUDGED);
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 1 and `most`
    fn whole_size(&self) -> usize {
        (self.size as usize).clamp(1, self.most)
    }
}

#[allow(clippy::cast_precision_loss)] // requests in flight are few
fn size(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_each_round_trip_then_grows_by_half_and_is_cut_once_an_episode() {
        let mut window = FlightWindow::new(8, 1_000);
        (0..8).for_each(|_| window.succeeded(8));
        assert_eq!(window.capacity(false), 16);
        (0..16).for_each(|_| window.succeeded(16));
        assert_eq!(window.capacity(false), 24);
        // Twenty went, and all of them are refused: one episode.
        (11..=30).for_each(|number| window.refused(number, 30, 20));
        assert_eq!(window.capacity(false), 14);
        (0..14).for_each(|_| window.succeeded(14));
        assert_eq!(window.capacity(false), 14, "one a round trip from here on, in fractions");
        (0..2).for_each(|_| window.succeeded(14));
        assert_eq!(window.capacity(true), 15, "binds even where limits are known");
    }

    #[test]
    fn a_few_failures_are_no_overload() {
        let mut window = FlightWindow::new(10, 50);
        for number in 1..=100 {
            if number % 10 == 0 { window.overloaded(number, number, 10) } else { window.succeeded(10) }
        }
        assert_eq!(window.capacity(true), 50);
        (101..110).for_each(|number| window.overloaded(number, number, 10));
        assert!(window.capacity(true) < 10);
    }
}

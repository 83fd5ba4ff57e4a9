//! The two experiments on the buckets, and what they show.

use std::time::Duration;

use super::buckets::{Buckets, Sent};
use super::question::Finding;
use crate::format::{format_count, format_duration};

/// The limits of the experiment on refill.
pub const REFILL_LIMITS: (u64, u64) = (3, 30_000);
/// The limits of the experiment on `max_output_tokens`: tier 1's requests, so that tokens decide.
pub const OUTPUT_LIMITS: (u64, u64) = (500, 30_000);
/// The two rooms for output that it compares.
pub const OUTPUT_ROOMS: (u64, u64) = (64, 4_096);

/// What a request shows that was sent `after` the requests bucket ran empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefillSeen {
    /// Too early: not enough had come back.
    TooEarly {
        /// How long after.
        after: Duration,
        /// How much longer it would have had to wait.
        fits_in: Duration,
    },
    /// It fitted, before the window was over.
    Fits {
        /// How long after.
        after: Duration,
    },
    /// It fitted, when either answer would have let it.
    TooLate {
        /// How long after.
        after: Duration,
    },
}

impl RefillSeen {
    /// Judges a request sent `after` the bucket ran empty.
    pub fn of(sent: &Sent, after: Duration) -> Self {
        match (&sent.refused, sent.fits_in) {
            (Some(_), fits_in) => Self::TooEarly { after, fits_in: fits_in.unwrap_or_default() },
            (None, _) if after < Duration::from_secs(60) => Self::Fits { after },
            (None, _) => Self::TooLate { after },
        }
    }

    /// In a sentence or two.
    pub fn words(self) -> String {
        match self {
            Self::TooEarly { after, fits_in } => format!(
                "Sent after {}: refused. Part of a request had flowed back, not yet a whole one; it would have fitted {} later. \
                 The text of a 429 counts whole requests only, so it asks for the full 20 s.",
                format_duration(after),
                format_duration(fits_in)
            ),
            Self::Fits { after } => format!(
                "Sent after {}: let in. So it takes no full minute: one of three requests flows back every 60 s ÷ 3 = 20 s.",
                format_duration(after)
            ),
            Self::TooLate { after } => format!(
                "Sent after {}: let in. It would have been after a minute in either case: empty the bucket again and send sooner.",
                format_duration(after)
            ),
        }
    }

    /// What it settles.
    pub fn finding(self) -> Option<Finding> {
        matches!(self, Self::Fits { .. }).then(|| Finding { right: vec![0], words: self.words() })
    }
}

/// How many requests a bucket of [`OUTPUT_LIMITS`] lets in at once with that room for output.
///
/// `charged` is what the charging rule makes of the room.
pub fn fits_at_once(buckets: &mut Buckets, charged: u64) -> u64 {
    *buckets = Buckets::new(OUTPUT_LIMITS.0, OUTPUT_LIMITS.1);
    buckets.send_until_refused(charged)
}

/// What both rooms show together.
pub fn output_finding(small: Option<u64>, large: Option<u64>) -> Option<Finding> {
    let (small, large) = (small?, large?);
    let times = (small + large / 2) / large.max(1);
    Some(Finding {
        right: vec![2],
        words: format!(
            "With {} tokens of room {} requests fitted, with {} only {}: {times} times fewer, whatever the answers' real length. \
             The room is charged before the answer exists.",
            format_count(OUTPUT_ROOMS.0),
            format_count(small),
            format_count(OUTPUT_ROOMS.1),
            format_count(large),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_after(seconds: f64) -> RefillSeen {
        let mut buckets = Buckets::new(REFILL_LIMITS.0, REFILL_LIMITS.1);
        buckets.empty_requests();
        buckets.advance(Duration::from_secs_f64(seconds));
        let after = buckets.since_emptied().unwrap();
        RefillSeen::of(&buckets.send(64), after)
    }

    #[test]
    fn twenty_seconds_settle_it_and_less_or_a_minute_does_not() {
        let early = sent_after(12.5);
        assert_eq!(
            early,
            RefillSeen::TooEarly { after: Duration::from_millis(12_500), fits_in: Duration::from_millis(7_500) }
        );
        assert_eq!(early.finding(), None);
        assert_eq!(sent_after(20.0).finding().map(|finding| finding.right), Some(vec![0]));
        assert!(sent_after(20.0).words().contains("60 s ÷ 3 = 20 s"));
        assert_eq!(sent_after(61.0), RefillSeen::TooLate { after: Duration::from_secs(61) });
        assert_eq!(sent_after(61.0).finding(), None);
    }

    #[test]
    fn the_clock_of_the_experiment_stops_with_the_first_request_let_in() {
        let mut buckets = Buckets::new(3, 30_000);
        buckets.empty_requests();
        buckets.advance(Duration::from_secs(10));
        let _ = buckets.send(64);
        assert_eq!(buckets.since_emptied(), Some(Duration::from_secs(10)), "refused: it goes on");
        buckets.advance(Duration::from_secs(10));
        let _ = buckets.send(64);
        assert_eq!(buckets.since_emptied(), None);
    }

    #[test]
    fn room_for_output_costs_requests() {
        let mut buckets = Buckets::new(3, 1_000);
        let small = fits_at_once(&mut buckets, 64);
        let large = fits_at_once(&mut buckets, 4_096);
        assert_eq!((small, large), (468, 7));
        assert_eq!(output_finding(Some(small), None), None);
        assert!(output_finding(Some(small), Some(large)).unwrap().words.contains("67 times fewer"));
    }
}

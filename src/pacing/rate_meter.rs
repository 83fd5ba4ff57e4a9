//! Admissions of late, for people to see.

use std::time::Duration;

use crate::time::Instant;

const SECONDS: usize = 10;

/// Requests and tokens of the last ten seconds, by the second.
#[derive(Debug, Clone, Default)]
pub(super) struct RateMeter {
    // Second since the clock's origin, requests, tokens.
    seconds: [(u64, u32, f64); SECONDS],
    first: Option<Instant>,
}

impl RateMeter {
    pub(super) fn count(&mut self, now: Instant, tokens: f64) {
        self.first = self.first.or(Some(now));
        let second = now.since_origin().as_secs();
        let slot = usize::try_from(second).unwrap_or_default() % SECONDS;
        if let Some(entry) = self.seconds.get_mut(slot) {
            if entry.0 != second {
                *entry = (second, 0, 0.0);
            }
            entry.1 += 1;
            entry.2 += tokens;
        }
    }

    /// Requests and tokens a minute, over the last ten seconds at most.
    pub(super) fn per_minute(&self, now: Instant) -> (f64, f64) {
        let Some(first) = self.first else { return (0.0, 0.0) };
        let from = now.since_origin().as_secs().saturating_sub(9);
        let recent = self.seconds.iter().filter(|entry| entry.0 >= from);
        let (requests, tokens) = recent.fold((0.0, 0.0), |sum, entry| (sum.0 + f64::from(entry.1), sum.1 + entry.2));
        let since = now.saturating_since(first.max(Instant::from_origin(Duration::from_secs(from))));
        let per_minute = 60.0 / since.as_secs_f64().max(1.0);
        (requests * per_minute, tokens * per_minute)
    }
}

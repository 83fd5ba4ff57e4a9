//! A 429 read aloud.

use std::time::Duration;

use crate::rate_limit::arithmetic::refill_wait;
use crate::rate_limit::{LimitReached, LimitScope, LimitWindow};

/// What a rate-limit text says, and whether its wait follows from its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading429 {
    /// What the limit counts, in words: "requests per minute".
    pub counts: Option<String>,
    /// The most the bucket holds.
    pub limit: Option<u64>,
    /// How much of it was taken.
    pub used: Option<u64>,
    /// How much this request needed.
    pub requested: Option<u64>,
    /// How long it asks to wait.
    pub try_again_in: Option<Duration>,
    /// The window, where it is named.
    pub window: Option<Duration>,
    /// `(used + requested − limit) × window ÷ limit`, where all four are known.
    pub computed: Option<Duration>,
}

impl Reading429 {
    /// Whether the stated wait is the computed one; `None` where either is missing.
    pub fn agrees(&self) -> Option<bool> {
        // The text cuts its wait off to a few digits.
        let (stated, computed) = (self.try_again_in?, self.computed?);
        Some(stated.abs_diff(computed) <= Duration::from_millis(10))
    }
}

/// Reads what a 429's text says of its limit.
pub fn read_429(reached: &LimitReached) -> Reading429 {
    let window = reached.window.map(LimitWindow::length);
    let computed = match (reached.limit, reached.used, reached.requested, window) {
        (Some(limit), Some(used), Some(requested), Some(window)) if requested <= limit => {
            Some(refill_wait(limit, used, requested, window))
        }
        _ => None,
    };
    Reading429 {
        counts: counts(reached),
        limit: reached.limit,
        used: reached.used,
        requested: reached.requested,
        try_again_in: reached.try_again_in,
        window,
        computed,
    }
}

fn counts(reached: &LimitReached) -> Option<String> {
    let what = match reached.scope? {
        LimitScope::Requests => "requests",
        LimitScope::Tokens => "tokens",
        LimitScope::InputTokens => "input tokens",
        LimitScope::Images => "images",
    };
    Some(match reached.window {
        Some(LimitWindow::Second) => format!("{what} per second"),
        Some(LimitWindow::Minute) => format!("{what} per minute"),
        Some(LimitWindow::Day) => format!("{what} per day"),
        None => what.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(used: u64, requested: u64, stated: Duration) -> LimitReached {
        LimitReached {
            scope: Some(LimitScope::Requests),
            window: Some(LimitWindow::Minute),
            limit: Some(3),
            used: Some(used),
            requested: Some(requested),
            try_again_in: Some(stated),
            ..LimitReached::default()
        }
    }

    #[test]
    fn the_wait_follows_from_the_numbers() {
        let reading = read_429(&reached(3, 1, Duration::from_secs(20)));
        assert_eq!(reading.counts.as_deref(), Some("requests per minute"));
        assert_eq!(reading.computed, Some(Duration::from_secs(20)));
        assert_eq!(reading.agrees(), Some(true));
        assert_eq!(read_429(&reached(3, 1, Duration::from_secs(21))).agrees(), Some(false));
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let reading = read_429(&LimitReached::default());
        assert_eq!((reading.counts.clone(), reading.computed, reading.agrees()), (None, None, None));
        assert_eq!(read_429(&reached(3, 9, Duration::ZERO)).computed, None, "it never fits");
    }
}

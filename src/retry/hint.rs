//! The wait a server asks for.

use std::time::Duration;

/// Where a wait comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitSource {
    /// `retry-after-ms`.
    RetryAfterMs,
    /// `retry-after`.
    RetryAfter,
    /// "Please try again in …" in the error's text.
    Message,
    /// Computed: the earliest moment this request fits, from limit and remaining.
    EarliestFit,
    /// A date the body names (OpenRouter's `X-RateLimit-Reset`).
    BodyReset,
    /// The policy's own backoff.
    Backoff,
}

/// A wait that the server asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServerWait {
    /// Wait this long, counted from the answer's arrival.
    For {
        /// How long.
        wait: Duration,
        /// Where it was said.
        source: WaitSource,
    },
    /// Finite, but longer than any clock holds, in seconds.
    Astronomic {
        /// Seconds, as stated.
        seconds: f64,
        /// Where it was said.
        source: WaitSource,
    },
}

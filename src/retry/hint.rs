//! The wait a server asks for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::rate_limit::{Field, LimitReached, ReplyHeaders, RetryAfter};

/// Where a wait comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitSource {
    /// `retry-after-ms`.
    RetryAfterMs,
    /// `retry-after`.
    RetryAfter,
    /// `llm_provider-retry-after` or `-ms`, which LiteLLM sends in their place. No SDK reads it.
    UpstreamRetryAfter,
    /// `Retry-After` among the headers that a body carries (OpenRouter). No SDK reads it.
    BodyRetryAfter,
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerWait {
    /// Wait this long, counted from the answer's arrival.
    For {
        /// How long, as stated. Zero is no usable hint.
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

impl ServerWait {
    /// What a failed answer asks for: `retry-after-ms`, else `retry-after`, else what a gateway passes on of them, else
    /// its text, else a date in its body.
    ///
    /// A header of zero counts only where nothing else is said. Reset headers are no wait: they say when the limit is
    /// full again. `in_body` are the headers that the body carries (OpenRouter).
    pub fn of(headers: &ReplyHeaders, text: Option<&LimitReached>, in_body: &ReplyHeaders) -> Option<Self> {
        let from_headers = [
            (&headers.retry_after_ms, WaitSource::RetryAfterMs),
            (&headers.retry_after, WaitSource::RetryAfter),
            (&headers.upstream_retry_after, WaitSource::UpstreamRetryAfter),
            (&in_body.retry_after, WaitSource::BodyRetryAfter),
        ]
        .into_iter()
        .filter_map(|(field, source)| Self::from_header(field, source));
        let from_text = text
            .and_then(|reached| reached.try_again_in)
            .map(|wait| Self::For { wait, source: WaitSource::Message })
            .into_iter();
        let trio = &in_body.limits.requests;
        let used_up = trio.remaining.exposed().is_none_or(|remaining| *remaining == 0);
        let from_reset = trio
            .reset
            .exposed()
            .filter(|_| used_up)
            .map(|wait| Self::For { wait: *wait, source: WaitSource::BodyReset })
            .into_iter();
        let mut zero = None;
        for hint in from_headers.chain(from_text).chain(from_reset) {
            if !hint.is_zero() {
                return Some(hint);
            }
            zero = zero.or(Some(hint));
        }
        zero
    }

    /// The earliest moment at which a request that a rate limit refused fits, where nobody says it and numbers give
    /// it: the text's, or those of a request limit of which nothing is left.
    pub fn earliest_fit(headers: &ReplyHeaders, text: Option<&LimitReached>) -> Option<Self> {
        let wait = text.and_then(LimitReached::earliest_fit).or_else(|| headers.limits.requests.next_one_fits());
        wait.filter(|wait| !wait.is_zero()).map(|wait| Self::For { wait, source: WaitSource::EarliestFit })
    }

    /// Where it was said.
    pub const fn source(&self) -> WaitSource {
        match self {
            Self::For { source, .. } | Self::Astronomic { source, .. } => *source,
        }
    }

    /// The wait as stated; the longest there is where no clock holds it.
    pub const fn stated(&self) -> Duration {
        match self {
            Self::For { wait, .. } => *wait,
            Self::Astronomic { .. } => Duration::MAX,
        }
    }

    /// The least wait after which the server will agree: servers cut the wait in a text down to whole milliseconds,
    /// so up to one more may be needed.
    pub fn sufficient(&self) -> Duration {
        let cut_off = if self.source() == WaitSource::Message { Duration::from_millis(1) } else { Duration::ZERO };
        self.stated().saturating_add(cut_off)
    }

    /// True where it asks for no wait at all, which is no usable hint.
    pub const fn is_zero(&self) -> bool {
        self.stated().is_zero()
    }

    pub(super) fn from_header(field: &Field<RetryAfter>, source: WaitSource) -> Option<Self> {
        match field.exposed()? {
            RetryAfter::Wait(wait) | RetryAfter::WithUnit { wait, .. } => Some(Self::For { wait: *wait, source }),
            RetryAfter::Zero => Some(Self::For { wait: Duration::ZERO, source }),
            RetryAfter::Past => None,
            RetryAfter::Astronomic(seconds) => Some(Self::Astronomic { seconds: *seconds, source }),
        }
    }
}

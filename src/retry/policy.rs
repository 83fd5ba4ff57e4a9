//! A retry policy: which outcomes are retried, how often, and what a server's hint counts for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::backoff::{Backoff, Jitter};
use super::classify::{Class, Outcome};
use super::wait_headers::HeaderReader;

/// Which outcomes a policy retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryOn {
    /// Nothing.
    Nothing,
    /// Any 429, billing ones included: what `except RateLimitError` catches.
    RateLimitError,
    /// What the official SDKs retry: 408, 409, 429, 500 and above, connection errors; `x-should-retry` decides first.
    Sdk,
    /// The same statuses and connection errors, whatever `x-should-retry` says (Vercel AI SDK).
    Status,
    /// What can succeed unchanged: rate limits and server trouble, never billing, never what cannot fit,
    /// never an unknown outcome; `x-should-retry` decides first.
    Curable,
    /// As [`RetryOn::Curable`], and unknown outcomes too: the user accepts that a request may run twice.
    CurableAndUnknown,
    /// Every failure, whatever it is: a bare `@retry` decorator.
    AnyFailure,
}

impl RetryOn {
    /// Whether an outcome is worth another attempt.
    pub fn covers(self, outcome: &Outcome) -> bool {
        let is_429 = outcome.status == Some(429);
        match self {
            Self::Nothing => false,
            Self::AnyFailure => !matches!(outcome.class, Class::Success | Class::NotSent),
            Self::RateLimitError => is_429,
            Self::Sdk => match (outcome.status, outcome.should_retry) {
                // An error inside a success comes after the SDKs' last look at the headers (openai-python#2699).
                (Some(200..=299), _) => false,
                (Some(_), Some(verdict)) => verdict,
                _ => Self::Status.covers(outcome),
            },
            Self::Status => match outcome.status {
                Some(status) => matches!(status, 408 | 409 | 429) || status >= 500,
                None => matches!(outcome.class, Class::Opaque | Class::Unknown),
            },
            Self::Curable | Self::CurableAndUnknown => match outcome.class {
                // A veto of the server counts everywhere; its consent does not make a bill payable or a request fit.
                Class::Success | Class::RequestTooLarge | Class::Quota | Class::Unreadable | Class::NotSent => false,
                Class::RateLimit | Class::Overload | Class::Server | Class::Timeout | Class::Conflict => {
                    outcome.should_retry.unwrap_or(true)
                }
                Class::Auth | Class::Forbidden | Class::NotFound | Class::BadRequest => {
                    outcome.should_retry.unwrap_or(false)
                }
                Class::Opaque | Class::Unknown => self == Self::CurableAndUnknown,
            },
        }
    }
}

/// What a hint above the ceiling does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BeyondCeiling {
    /// Show the countdown and ask; never retry early.
    Ask,
    /// Do not retry (openai-python since 2.52.0).
    Stop,
    /// Ignore the hint and back off as if there were none: that is, retry early (openai-node 7.57.0).
    Ignore,
}

/// What a server's hint counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HintRule {
    /// Nothing: the backoff alone decides (the notebook).
    Ignore,
    /// It is the wait, exactly (the SDKs): headers only, not the text.
    Exact {
        /// The longest hint that is followed.
        ceiling: Duration,
        /// What a longer one does.
        beyond: BeyondCeiling,
        /// Whose rules read the headers.
        reader: HeaderReader,
    },
    /// It is the least wait, and the backoff's jitter goes on top (OpenAI's advice).
    Floor {
        /// The longest hint that is followed without asking.
        ceiling: Duration,
        /// What a longer one does.
        beyond: BeyondCeiling,
    },
}

/// How to go about failures. Several policies can lie over each other: see [`RetryPolicy::inner`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Attempts in all, the first included; at least 1.
    pub max_attempts: u32,
    /// The wait where no hint rules it.
    pub backoff: Backoff,
    /// The outcomes that are retried.
    pub retry_on: RetryOn,
    /// What a server's hint counts for.
    pub hint: HintRule,
    /// The largest single delay that this policy waits for by itself.
    pub max_delay: Duration,
    /// The most time from the first attempt's start to the last one's.
    pub deadline: Option<Duration>,
    /// A policy underneath, whose whole loop is one attempt of this one: an SDK under an application's loop.
    pub inner: Option<Box<RetryPolicy>>,
}

impl RetryPolicy {
    /// Our own policy for work that a queue lets out in its time: failures are tried again soon, by far later at last,
    /// and there is no deadline, since waiting for one's turn is no failure. Of what a server asks for, up to
    /// `longest_wait` is waited.
    pub fn for_paced_work(longest_wait: Duration) -> Self {
        Self {
            max_attempts: 8,
            backoff: Backoff::exponential(Duration::from_millis(200), Duration::from_secs(60), Jitter::FULL),
            retry_on: RetryOn::Curable,
            hint: HintRule::Floor { ceiling: longest_wait, beyond: BeyondCeiling::Ask },
            max_delay: Duration::from_secs(60),
            deadline: None,
            inner: None,
        }
    }

    /// The most HTTP requests one call can make.
    pub fn max_requests(&self) -> u32 {
        let inner = self.inner.as_ref().map_or(1, |inner| inner.max_requests());
        self.max_attempts.max(1).saturating_mul(inner)
    }
}

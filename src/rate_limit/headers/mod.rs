//! Rate-limit headers, in every dialect we know.

mod dialects;
mod documented;
mod ietf;
mod names;
mod values;

use std::collections::BTreeMap;
use std::time::Duration;

pub use documented::{DocumentedHeader, documented};
pub use names::{ValueRead, is_about_limits, meaning, meaning_with_window, read_value};
pub(crate) use values::{leading_number, whole_number};

use crate::time::UnixTime;

/// A header's value, or why there is none. Absent and hidden are never zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// The server sent it and we can read it.
    Exposed(T),
    /// CORS may be hiding it: the page cannot tell whether it was sent.
    Hidden,
    /// It was not sent.
    #[default]
    Absent,
    /// It was sent, and makes no sense: the text as sent.
    Malformed(String),
}

impl<T> Field<T> {
    /// The value where it can be read.
    pub const fn exposed(&self) -> Option<&T> {
        match self {
            Self::Exposed(value) => Some(value),
            Self::Hidden | Self::Absent | Self::Malformed(_) => None,
        }
    }
}

/// What a page can see of an answer's headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Same origin, or not a browser: what is not there was not sent.
    #[default]
    Full,
    /// A cross-origin answer: what is not there may be hidden.
    CorsFiltered,
}

/// One limit as headers tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitTrio {
    /// The most the window holds.
    pub limit: Field<u64>,
    /// What is left, rounded down.
    pub remaining: Field<u64>,
    /// Until the limit is full again (not until the next request fits).
    pub reset: Field<Duration>,
    /// How far below zero the remainder was sent; it then counts as nothing left. Zero everywhere else.
    pub overdrawn: u64,
}

impl LimitTrio {
    /// How much of the limit is used, more than all of it where it is overdrawn.
    ///
    /// `None` where a number is missing, or more is left than the limit holds.
    pub fn used(&self) -> Option<u64> {
        let (limit, remaining) = (*self.limit.exposed()?, *self.remaining.exposed()?);
        Some(limit.checked_sub(remaining)?.saturating_add(self.overdrawn))
    }

    /// The window that this trio's numbers imply: `reset × limit / (limit − remaining)`.
    ///
    /// `None` where a number is missing or nothing has been used.
    pub fn implied_window(&self) -> Option<Duration> {
        let (limit, reset) = (*self.limit.exposed()?, *self.reset.exposed()?);
        let used = self.used().filter(|used| *used > 0)?;
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let seconds = reset.as_secs_f64() * (limit as f64) / (used as f64);
        Duration::try_from_secs_f64(seconds).ok()
    }
}

/// Whose header names these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// `x-ratelimit-limit-requests`; also Groq, xAI, Azure and most compatible servers.
    #[default]
    OpenAi,
    /// `x-ratelimit-limit-req-minute`.
    Mistral,
    /// `x-ratelimit-limit`, `x-tokenlimit-limit`.
    Together,
    /// `anthropic-ratelimit-requests-limit`.
    Anthropic,
    /// `x-ratelimit-limit-requests-day`, `x-ratelimit-limit-tokens-minute` with bare decimals.
    Cerebras,
    /// `RateLimit`, `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
    Ietf,
    /// `X-RateLimit-*` inside the error body.
    OpenRouter,
}

/// All limits that the headers of one answer tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateLimitHeaders {
    /// The naming scheme found.
    pub dialect: Dialect,
    /// The organization's request limit; per minute or per day, the header does not say.
    pub requests: LimitTrio,
    /// The organization's token limit.
    pub tokens: LimitTrio,
    /// The project's token limit (OpenAI, since 2026-06).
    pub project_tokens: LimitTrio,
    /// The provider's request limit behind a gateway (`llm_provider-`, LiteLLM).
    pub upstream_requests: LimitTrio,
    /// The provider's token limit behind a gateway.
    pub upstream_tokens: LimitTrio,
    /// Trios of other kinds by their name, e.g. `tokens_usage_based`.
    pub others: BTreeMap<String, LimitTrio>,
    /// The window that the first IETF policy names.
    pub policy_window: Option<Duration>,
    /// The window that the request headers' names (`-req-minute`, `-requests-day`) or an IETF policy tell.
    pub requests_window: Option<Duration>,
    /// The window that the token headers' names or an IETF policy tell.
    pub tokens_window: Option<Duration>,
    /// What this request cost, where the server tells (Mistral).
    pub query_cost_tokens: Option<u64>,
}

/// `retry-after`, `retry-after-ms`: what the server asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RetryAfter {
    /// A wait above zero.
    Wait(Duration),
    /// Zero: no usable hint, which some SDKs take for "at once".
    Zero,
    /// A date that has passed: no hint to anybody.
    Past,
    /// A wait written with its unit (`20s`, `1m30s`), which no SDK reads as such.
    WithUnit {
        /// The wait that is meant.
        wait: Duration,
        /// The number it begins with, which some SDKs take for seconds.
        number: f64,
    },
    /// A finite number of seconds that no clock can hold.
    Astronomic(f64),
}

/// The headers of one answer that Sluice acts on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReplyHeaders {
    /// The limits.
    pub limits: RateLimitHeaders,
    /// `retry-after-ms`, milliseconds.
    pub retry_after_ms: Field<RetryAfter>,
    /// `retry-after`, seconds or an HTTP date.
    pub retry_after: Field<RetryAfter>,
    /// `llm_provider-retry-after-ms`, else `llm_provider-retry-after`: LiteLLM passes on a provider's wait so, and
    /// tells its own model limits' wait so too. No SDK reads it.
    pub upstream_retry_after: Field<RetryAfter>,
    /// `x-should-retry`.
    pub should_retry: Field<bool>,
    /// `x-request-id`.
    pub request_id: Field<String>,
    /// `openai-processing-ms`.
    pub processing: Field<Duration>,
}

impl ReplyHeaders {
    /// Reads the headers of one answer, names in any case, in every dialect of [`Dialect`].
    ///
    /// What is missing is [`Field::Hidden`] where CORS may hide it, else [`Field::Absent`]. `wall` is the time of
    /// arrival: instants are turned into durations from then on.
    pub fn parse(headers: &[(String, String)], visibility: Visibility, wall: UnixTime) -> Self {
        dialects::read(headers, visibility, wall)
    }
}

impl RateLimitHeaders {
    /// True where any limit can be read.
    pub fn any_exposed(&self) -> bool {
        [&self.requests, &self.tokens, &self.project_tokens, &self.upstream_requests, &self.upstream_tokens]
            .into_iter()
            .chain(self.others.values())
            .any(LimitTrio::any_exposed)
    }

    /// The name of the limit that has nothing left, if one has: `requests`, `tokens`, `project_tokens` or another's.
    pub fn exhausted(&self) -> Option<&str> {
        [("requests", &self.requests), ("tokens", &self.tokens), ("project_tokens", &self.project_tokens)]
            .into_iter()
            .chain(self.others.iter().map(|(name, trio)| (name.as_str(), trio)))
            .find_map(|(name, trio)| (trio.remaining.exposed() == Some(&0)).then_some(name))
    }
}

impl LimitTrio {
    /// True where any of the three can be read.
    pub const fn any_exposed(&self) -> bool {
        self.limit.exposed().is_some() || self.remaining.exposed().is_some() || self.reset.exposed().is_some()
    }
}

#[cfg(test)]
mod tests;

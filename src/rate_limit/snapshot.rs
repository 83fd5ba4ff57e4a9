//! What is known of a limit at a moment, and how it is known.

use std::time::Duration;

use super::headers::{Field, LimitTrio, RateLimitHeaders};
use super::implied::TokenKind;
use super::inferred::{OwnDraws, ToldLimit};
use super::message::{LimitReached, LimitScope, LimitWindow};
use crate::time::Instant;

/// How a reading is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Read from a header.
    Shown,
    /// Computed from a 429's text.
    Inferred,
    /// The most that can be left: a limit that a 429 named, less what this page has drawn. Others may have drawn more.
    Counted,
}

/// One limit at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The most the window holds.
    pub limit: u64,
    /// What was left when it was read.
    pub remaining: u64,
    /// When the limit is full again, if nothing else is used.
    pub full_at: Option<Instant>,
    /// The time that `remaining` holds for.
    pub read_at: Instant,
    /// When the server told it.
    pub told_at: Instant,
    /// The window, where names or numbers tell it.
    pub window: Option<Duration>,
    /// How it is known.
    pub knowledge: Knowledge,
}

impl Reading {
    /// What is left at `now` if nothing was used since: the continuous refill carried on.
    pub fn remaining_at(&self, now: Instant) -> u64 {
        let Some(full_at) = self.full_at else { return self.remaining };
        // What was computed has an exact window behind it; a header's reset is rounded, and goes with its remaining.
        let (missing, whole) = match self.window {
            Some(window) if self.knowledge != Knowledge::Shown => (self.limit, window),
            _ => (self.limit.saturating_sub(self.remaining), full_at.saturating_since(self.read_at)),
        };
        let left = full_at.saturating_since(now);
        if left.is_zero() || whole.is_zero() {
            return self.limit;
        }
        let still_missing = u128::from(missing).saturating_mul(left.as_nanos()).div_ceil(whole.as_nanos());
        self.limit.saturating_sub(u64::try_from(still_missing).unwrap_or(u64::MAX)).max(self.remaining)
    }

    /// Until the limit is full again, zero when it is.
    pub fn until_full(&self, now: Instant) -> Option<Duration> {
        self.full_at.map(|full_at| full_at.saturating_since(now))
    }

    /// How long ago the server told it.
    pub fn age(&self, now: Instant) -> Duration {
        now.saturating_since(self.told_at)
    }

    /// The window in words where it is another than a minute: `per day`, `per hour`.
    pub fn other_window(&self) -> Option<String> {
        self.window.filter(|window| *window != LimitWindow::Minute.length()).map(per)
    }
}

/// A window in words: `per minute`, `per day`.
pub fn per(window: Duration) -> String {
    match window.as_secs() {
        1 => "per second".to_owned(),
        60 => "per minute".to_owned(),
        3_600 => "per hour".to_owned(),
        86_400 => "per day".to_owned(),
        secs @ 2..60 if window.subsec_nanos() == 0 => format!("per {secs} s"),
        2_592_000 => "per 30 days".to_owned(),
        _ => format!("per {}", crate::format::format_duration(window)),
    }
}

/// The latest readings of an API's request and token limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitSnapshot {
    /// Requests.
    pub requests: Option<Reading>,
    /// Tokens.
    pub tokens: Option<Reading>,
    /// What is left of the request limit, where the limit itself was never told.
    pub requests_left: Option<Remainder>,
    /// What is left of the token limit, where the limit itself was never told (Azure).
    pub tokens_left: Option<Remainder>,
    /// Which tokens `tokens` and `tokens_left` count.
    pub token_kind: TokenKind,
    /// True when the last answer's headers could not be read.
    pub hidden: bool,
    requests_by_inference: Inference,
    tokens_by_inference: Inference,
}

/// What is left of a limit that is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remainder {
    /// What was left when it was told.
    pub remaining: u64,
    /// When the limit is full again, if nothing else is used.
    pub full_at: Option<Instant>,
}

impl Remainder {
    fn of(trio: &LimitTrio, now: Instant) -> Option<Self> {
        let remaining = *trio.remaining.exposed()?;
        Some(Self { remaining, full_at: trio.reset.exposed().map(|reset| now + *reset) })
    }
}

/// What can be said of a limit without headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Inference {
    told: Option<ToldLimit>,
    own: OwnDraws,
}

impl LimitSnapshot {
    /// Takes in the headers of an answer received at `now`.
    pub fn update_from_headers(&mut self, headers: &RateLimitHeaders, now: Instant) {
        self.hidden = matches!(headers.requests.remaining, Field::Hidden);
        let (tokens, token_kind) = headers.leading_tokens();
        if tokens.remaining.exposed().is_some() {
            self.token_kind = token_kind;
        }
        for (slot, inference, trio, named) in [
            (&mut self.requests, &mut self.requests_by_inference, &headers.requests, headers.requests_window),
            (&mut self.tokens, &mut self.tokens_by_inference, tokens, headers.tokens_window),
        ] {
            if let Some(mut reading) = reading_of(trio, headers.told_window(trio, named), now) {
                // A header is the truth: nothing is inferred beside it.
                inference.told = None;
                let same = slot.as_ref().filter(|before| before.limit == reading.limit);
                reading.window = reading.window.or_else(|| same.and_then(|before| before.window));
                *slot = Some(reading);
            }
        }
        for (left, known, trio) in [
            (&mut self.requests_left, self.requests.is_some(), &headers.requests),
            (&mut self.tokens_left, self.tokens.is_some(), tokens),
        ] {
            *left = if known { None } else { Remainder::of(trio, now).or(*left) };
        }
    }

    /// Takes in what a 429 said, where headers told nothing of that limit.
    pub fn update_from_message(&mut self, reached: &LimitReached, now: Instant) {
        let (slot, inference) = match reached.scope {
            Some(LimitScope::Requests) => (&mut self.requests, &mut self.requests_by_inference),
            Some(LimitScope::Tokens | LimitScope::InputTokens) => (&mut self.tokens, &mut self.tokens_by_inference),
            Some(LimitScope::Images) | None => return,
        };
        // A header stands, but for a later word on the very same limit.
        if slot.as_ref().is_some_and(|known| {
            known.knowledge == Knowledge::Shown && (known.read_at == now || Some(known.limit) != reached.limit)
        }) {
            return;
        }
        if let Some(told) = ToldLimit::of(reached, now) {
            *slot = Some(told.reading(&inference.own));
            inference.told = Some(told);
            match reached.scope {
                Some(LimitScope::InputTokens) => self.token_kind = TokenKind::Input,
                Some(LimitScope::Tokens) => self.token_kind = TokenKind::All,
                _ => {}
            }
        }
    }

    /// Takes in what a request of this page drew that was sent at `sent` and let through: itself, and its `tokens`.
    pub fn count_own(&mut self, sent: Instant, tokens: u64) {
        for (slot, inference, amount) in [
            (&mut self.requests, &mut self.requests_by_inference, 1),
            (&mut self.tokens, &mut self.tokens_by_inference, tokens),
        ] {
            inference.own.add(sent, amount);
            if let Some(told) = &inference.told {
                *slot = Some(told.reading(&inference.own));
            }
        }
    }

    /// The requests and the tokens that this page had let through in the minute before `now`: the least that was used.
    pub fn own_in_last_minute(&self, now: Instant) -> (u64, u64) {
        let from = now - LimitWindow::Minute.length();
        (self.requests_by_inference.own.since(from), self.tokens_by_inference.own.since(from))
    }
}

fn reading_of(trio: &LimitTrio, told: Option<Duration>, now: Instant) -> Option<Reading> {
    let (limit, remaining) = (*trio.limit.exposed()?, *trio.remaining.exposed()?);
    let full_at = trio.reset.exposed().map(|reset| now + *reset);
    let window = told.or_else(|| trio.known_window());
    Some(Reading { limit, remaining, full_at, read_at: now, told_at: now, window, knowledge: Knowledge::Shown })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::{ReplyHeaders, Visibility};
    use crate::time::UnixTime;

    const T0: Instant = Instant::from_origin(Duration::from_secs(1_000));
    const RPM: &str =
        "Rate limit reached for m on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.";

    fn headers(limit: u64, remaining: u64, reset_ms: u64) -> RateLimitHeaders {
        let requests = LimitTrio {
            limit: Field::Exposed(limit),
            remaining: Field::Exposed(remaining),
            reset: Field::Exposed(Duration::from_millis(reset_ms)),
            overdrawn: 0,
        };
        RateLimitHeaders { requests, ..RateLimitHeaders::default() }
    }

    fn parse(sent: &[(&str, &str)]) -> RateLimitHeaders {
        let sent: Vec<_> = sent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ReplyHeaders::parse(&sent, Visibility::Full, UnixTime::default()).limits
    }

    fn after(secs: u64) -> Instant {
        T0 + Duration::from_secs(secs)
    }

    #[test]
    fn a_day_limit_is_known_as_one_and_stays_one() {
        let mut limits = LimitSnapshot::default();
        limits.update_from_headers(&headers(10_000, 9_999, 8_640), T0);
        let window = |limits: &LimitSnapshot| limits.requests.as_ref().and_then(Reading::other_window);
        assert_eq!(window(&limits).as_deref(), Some("per day"));
        // Full again: the numbers alone no longer tell.
        limits.update_from_headers(&headers(10_000, 10_000, 0), after(60));
        assert_eq!(window(&limits).as_deref(), Some("per day"));
        limits.update_from_headers(&headers(500, 499, 120), after(61));
        assert_eq!(window(&limits), None, "a minute goes without saying");
    }

    #[test]
    fn anthropics_input_tokens_are_the_tokens_where_no_limit_of_all_is_told() {
        let sent = [
            ("anthropic-ratelimit-input-tokens-limit", "40000"),
            ("anthropic-ratelimit-input-tokens-remaining", "39000"),
            ("anthropic-ratelimit-output-tokens-limit", "8000"),
            ("anthropic-ratelimit-output-tokens-remaining", "7900"),
        ];
        let mut limits = LimitSnapshot::default();
        limits.update_from_headers(&parse(&sent), T0);
        let tokens = limits.tokens.unwrap();
        assert_eq!((tokens.limit, tokens.remaining, limits.token_kind), (40_000, 39_000, TokenKind::Input));
        assert_eq!(tokens.window, Some(LimitWindow::Minute.length()));
    }

    #[test]
    fn azures_remainder_is_kept_though_its_limit_is_not_told() {
        let mut limits = LimitSnapshot::default();
        let sent = [("x-ratelimit-remaining-tokens", "39923"), ("x-rate-limit-reset-tokens", "55")];
        limits.update_from_headers(&parse(&sent), T0);
        assert_eq!(limits.tokens_left, Some(Remainder { remaining: 39_923, full_at: Some(after(55)) }));
        assert_eq!((&limits.tokens, limits.requests_left), (&None, None));
        // −1 is no value.
        limits.update_from_headers(&parse(&[("x-ratelimit-remaining-requests", "-1")]), after(1));
        assert_eq!(limits.requests_left, None);
        limits.update_from_headers(&parse(&[sent[0], ("x-ratelimit-limit-tokens", "40000")]), after(2));
        assert_eq!((limits.tokens.as_ref().map(|tokens| tokens.limit), limits.tokens_left), (Some(40_000), None));
    }

    #[test]
    fn a_header_replaces_what_was_inferred_and_is_not_replaced_by_another_limit() {
        let mut limits = LimitSnapshot::default();
        let knowledge =
            |limits: &LimitSnapshot| limits.requests.as_ref().map(|reading| (reading.limit, reading.knowledge));
        let rpm = LimitReached::parse(RPM).unwrap();
        limits.update_from_message(&rpm, T0);
        assert_eq!(knowledge(&limits), Some((3, Knowledge::Inferred)));
        limits.count_own(after(25), 40);
        assert_eq!(knowledge(&limits), Some((3, Knowledge::Counted)));
        // 25 s gave back 1.25, and one of them is drawn: 0.25 is left, and is whole 15 s later.
        let requests = limits.requests.clone().unwrap();
        assert_eq!((requests.remaining_at(after(25)), requests.remaining_at(after(40))), (0, 1));
        assert_eq!(limits.own_in_last_minute(after(30)), (1, 40));

        limits.update_from_headers(&headers(10_000, 9_000, 8_640_000), after(50));
        assert_eq!(knowledge(&limits), Some((10_000, Knowledge::Shown)));
        limits.update_from_message(&rpm, after(60));
        limits.count_own(after(61), 40);
        assert_eq!(knowledge(&limits), Some((10_000, Knowledge::Shown)));
        // The same limit, told later.
        let rpd =
            LimitReached::parse("Rate limit reached on requests per day (RPD): Limit 10000, Used 10000, Requested 1.");
        limits.update_from_message(&rpd.unwrap(), after(70));
        assert_eq!(knowledge(&limits), Some((10_000, Knowledge::Inferred)));
    }

    #[test]
    fn a_429_with_headers_is_read_by_its_headers() {
        let mut limits = LimitSnapshot::default();
        limits.update_from_headers(&headers(3, 0, 51_000), T0);
        limits.update_from_message(&LimitReached::parse(RPM).unwrap(), T0);
        assert_eq!(limits.requests.unwrap().knowledge, Knowledge::Shown);
    }
}

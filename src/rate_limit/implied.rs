//! The window of a limit: as its provider documents it, or as its numbers tell it.

use std::time::Duration;

use super::arithmetic;
use super::headers::{Dialect, LimitTrio, RateLimitHeaders};
use super::snapshot::per;

/// What a limit's three numbers say of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpliedWindow {
    /// The limit holds for a minute.
    Minute,
    /// The limit holds for a day.
    Day,
    /// Another length: a usual one, exactly (a second, ten, an hour, 30 days), or else what the numbers compute to,
    /// which is no window: they do not add up to one.
    Other(Duration),
    /// Too little is used to tell.
    Unclear,
}

/// Which tokens a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenKind {
    /// Input and output.
    #[default]
    All,
    /// Input alone.
    Input,
    /// Output alone.
    Output,
}

impl TokenKind {
    /// Its name among the headers' kinds.
    const fn name(self) -> &'static str {
        match self {
            Self::All => "tokens",
            Self::Input => "input-tokens",
            Self::Output => "output-tokens",
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);
/// The other windows that limits are told for.
const OTHER_USUAL: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(3_600), MONTH];
/// Numbers are rounded: what comes this close is meant.
const TOLERANCE: f64 = 0.01;
/// Resets are cut off to whole milliseconds: 22 of 200,000 tokens a minute are 6.6 ms, and are sent as 6ms.
const RESET_CUT: f64 = 0.001;
/// Dates and bare resets are whole seconds: one may be told up to a second too late.
const RESET_ROUNDING: Duration = Duration::from_secs(1);

impl Dialect {
    /// The window of all the provider's limits, where it documents one: Anthropic's are per minute ("Rate limits":
    /// requests, input tokens and output tokens per minute), Together's per second.
    const fn documented_window(self) -> Option<Duration> {
        match self {
            Self::Anthropic => Some(MINUTE),
            Self::Together => Some(Duration::from_secs(1)),
            Self::OpenAi | Self::Mistral | Self::Cerebras | Self::Ietf | Self::OpenRouter => None,
        }
    }
}

impl RateLimitHeaders {
    /// The window of `trio`, one of these limits: `named` (by its headers' names or its policy), else the one that
    /// its provider documents, unless the reset contradicts that by lying beyond it. `None` where neither tells.
    pub fn told_window(&self, trio: &LimitTrio, named: Option<Duration>) -> Option<Duration> {
        let fits = |window: &Duration| trio.reset.exposed().is_none_or(|reset| *reset <= *window + RESET_ROUNDING);
        named.or_else(|| self.dialect.documented_window().filter(fits))
    }

    /// The token limit to show first, with what it counts: that of all tokens, else of input, else of output tokens
    /// (Anthropic's `anthropic-ratelimit-input-tokens-…`). That of all tokens where none is told.
    pub fn leading_tokens(&self) -> (&LimitTrio, TokenKind) {
        let is_told = |trio: &&LimitTrio| trio.remaining.exposed().is_some();
        let kinds = [TokenKind::Input, TokenKind::Output];
        let told = |kind: TokenKind| Some((self.others.get(kind.name()).filter(is_told)?, kind));
        let part = if is_told(&&self.tokens) { None } else { kinds.into_iter().find_map(told) };
        part.unwrap_or((&self.tokens, TokenKind::All))
    }
}

impl LimitTrio {
    /// The window that these numbers tell. A length that no limit is told for is none.
    pub fn known_window(&self) -> Option<Duration> {
        match self.window_in_words()? {
            ImpliedWindow::Minute => Some(MINUTE),
            ImpliedWindow::Day => Some(DAY),
            ImpliedWindow::Other(window) => Some(window).filter(|window| OTHER_USUAL.contains(window)),
            ImpliedWindow::Unclear => None,
        }
    }

    /// What is known of the window, in words: the `told` one wins over what the numbers say.
    ///
    /// `None` where nothing tells of it.
    pub fn window_sentence(&self, told: Option<Duration>) -> Option<String> {
        if let Some(window) = told.or_else(|| self.known_window()) {
            return Some(format!("a limit {}", per(window)));
        }
        Some(match self.window_in_words()? {
            ImpliedWindow::Unclear => "too little is used to tell the limit's window".to_owned(),
            _ => "the numbers do not add up to a window".to_owned(),
        })
    }

    /// Until one unit fits, where none is left; `None` where some is, or the numbers tell no window.
    pub fn next_one_fits(&self) -> Option<Duration> {
        let window = self.known_window()?;
        let (limit, remaining, reset) = (*self.limit.exposed()?, *self.remaining.exposed()?, *self.reset.exposed()?);
        // The reset is the time until it is full: all units but one come back after the first.
        (remaining == 0).then(|| reset.saturating_sub(arithmetic::reset(limit, 1, window)))
    }

    /// The window behind these numbers; `None` where one cannot be read or nothing is used.
    ///
    /// Remaining is rounded down, so up to one unit less may be used than it seems, and the reset is cut off to a
    /// millisecond: the window lies between `reset × limit / used` and `(reset + 1 ms) × limit / (used − 1)`. Where
    /// one unit is used there is no upper end, and only a lower end close to a usual window tells it.
    pub fn window_in_words(&self) -> Option<ImpliedWindow> {
        let low = self.implied_window()?;
        let (limit, reset, used) = (*self.limit.exposed()?, *self.reset.exposed()?, self.used()?);
        let least = low.as_secs_f64();
        let near = |window: &Duration| (least / window.as_secs_f64() - 1.0).abs() <= TOLERANCE;
        if let Some(window) = [MINUTE, DAY].into_iter().chain(OTHER_USUAL).find(near) {
            return Some(ImpliedWindow::of(window));
        }
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let most = match used {
            0 | 1 if least <= MONTH.as_secs_f64() => return Some(ImpliedWindow::Unclear),
            0 | 1 => f64::INFINITY,
            used => (reset.as_secs_f64() + RESET_CUT) * limit as f64 / (used - 1) as f64,
        };
        let lies_between = |window: &Duration| least <= window.as_secs_f64() && window.as_secs_f64() <= most;
        if lies_between(&MINUTE) && lies_between(&DAY) {
            return Some(ImpliedWindow::Unclear);
        }
        // A minute and a day lead: they are the windows that OpenAI has.
        let window = [MINUTE, DAY].into_iter().chain(OTHER_USUAL).find(lies_between);
        Some(window.map_or(ImpliedWindow::Other(low), ImpliedWindow::of))
    }
}

impl ImpliedWindow {
    const fn of(window: Duration) -> Self {
        match window.as_secs() {
            60 => Self::Minute,
            86_400 => Self::Day,
            _ => Self::Other(window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::{Field, ReplyHeaders, Visibility};
    use crate::time::UnixTime;

    fn trio(limit: u64, remaining: u64, reset_ms: u64) -> LimitTrio {
        LimitTrio {
            limit: Field::Exposed(limit),
            remaining: Field::Exposed(remaining),
            reset: Field::Exposed(Duration::from_millis(reset_ms)),
            overdrawn: 0,
        }
    }

    /// 2023-09-29T16:26:37Z.
    const WALL: UnixTime = UnixTime::from_secs(1_696_004_797);

    fn limits(pairs: &[(&str, &str)]) -> RateLimitHeaders {
        let sent: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ReplyHeaders::parse(&sent, Visibility::Full, WALL).limits
    }

    fn requests_in_words(pairs: &[(&str, &str)]) -> Option<String> {
        let limits = limits(pairs);
        limits.requests.window_sentence(limits.told_window(&limits.requests, limits.requests_window))
    }

    #[test]
    fn windows_are_told_from_the_numbers() {
        let other = |secs| Some(ImpliedWindow::Other(Duration::from_secs(secs)));
        for (trio, window) in [
            (trio(5_000, 4_999, 12), Some(ImpliedWindow::Minute)),
            (trio(60_000, 4_787, 55_212), Some(ImpliedWindow::Minute)),
            (trio(3_500, 3_499, 17), Some(ImpliedWindow::Minute)),
            (trio(10_000, 9_999, 8_640), Some(ImpliedWindow::Day)),
            (trio(200_000, 199_978, 6), Some(ImpliedWindow::Minute)),
            (trio(150_000, 149_993, 2), Some(ImpliedWindow::Minute)),
            (trio(200, 198, 692_334), Some(ImpliedWindow::Day)),
            (trio(14_400, 14_370, 179_560), Some(ImpliedWindow::Day)),
            (trio(200, 196, 1_700_000), Some(ImpliedWindow::Day)),
            (trio(3, 0, 51_000), Some(ImpliedWindow::Minute)),
            (trio(10_000, 9_999, 5), Some(ImpliedWindow::Unclear)),
            // One is used: anything from 50 min on would fit.
            (trio(50, 49, 59_900), Some(ImpliedWindow::Unclear)),
            (trio(1_000, 0, 3_600_000), other(3_600)),
            (trio(1_000, 940, 213_000), other(3_600)),
            (trio(10, 0, 1_000), other(1)),
            (trio(100, 50, 5_000), other(10)),
            (trio(500, 500, 0), None),
            (LimitTrio::default(), None),
        ] {
            assert_eq!(trio.window_in_words(), window, "{trio:?}");
        }
    }

    #[test]
    fn numbers_that_make_no_usual_window_make_none() {
        // OpenAI's documentation: 150000, 149984 and 6m0s would be 39 days; one used of 150000, 625 days.
        for trio in [trio(150_000, 149_984, 360_000), trio(150_000, 149_999, 360_000), trio(1_000, 500, 150_000)] {
            assert_eq!(trio.known_window(), None, "{trio:?}");
            assert_eq!(
                trio.window_sentence(None).as_deref(),
                Some("the numbers do not add up to a window"),
                "{trio:?}"
            );
        }
        assert_eq!(trio(60, 59, 1_000).window_sentence(None).as_deref(), Some("a limit per minute"));
    }

    #[test]
    fn a_documented_window_holds_unless_the_reset_lies_beyond_it() {
        let anthropic = |reset| {
            requests_in_words(&[
                ("anthropic-ratelimit-requests-limit", "50"),
                ("anthropic-ratelimit-requests-remaining", "49"),
                ("anthropic-ratelimit-requests-reset", reset),
            ])
        };
        assert_eq!(anthropic("2023-09-29T16:27:37Z").as_deref(), Some("a limit per minute"));
        assert_eq!(
            anthropic("2023-09-29T17:26:37Z").as_deref(),
            Some("too little is used to tell the limit's window"),
            "an hour"
        );
        let together = [
            ("x-ratelimit-limit", "10"),
            ("x-ratelimit-remaining", "9"),
            ("x-ratelimit-reset", "1"),
            ("x-tokenlimit-limit", "3000"),
        ];
        assert_eq!(requests_in_words(&together).as_deref(), Some("a limit per second"));
    }

    #[test]
    fn the_leading_tokens_are_all_then_input_then_output() {
        let input = [
            ("anthropic-ratelimit-input-tokens-limit", "40000"),
            ("anthropic-ratelimit-input-tokens-remaining", "39000"),
        ];
        let output = [
            ("anthropic-ratelimit-output-tokens-limit", "8000"),
            ("anthropic-ratelimit-output-tokens-remaining", "7900"),
        ];
        let all = [("anthropic-ratelimit-tokens-limit", "48000"), ("anthropic-ratelimit-tokens-remaining", "46000")];
        for (pairs, limit, kind) in [
            ([&output[..], &input].concat(), Some(40_000), TokenKind::Input),
            ([&output[..], &input[..1]].concat(), Some(8_000), TokenKind::Output),
            ([&input[..], &all].concat(), Some(48_000), TokenKind::All),
            (Vec::new(), None, TokenKind::All),
        ] {
            let limits = limits(&pairs);
            let (trio, leading) = limits.leading_tokens();
            assert_eq!((trio.limit.exposed().copied(), leading), (limit, kind), "{pairs:?}");
        }
    }

    #[test]
    fn a_policys_own_window_wins_over_the_numbers() {
        // The draft's own example: 100 × 30 s / 50 would be a minute.
        let drafts: [&[(&str, &str)]; 3] = [
            &[("RateLimit-Policy", "\"default\";q=100;w=10"), ("RateLimit", "\"default\";r=50;t=30")],
            &[("RateLimit-Policy", "100;w=10"), ("RateLimit", "limit=100, remaining=50, reset=30")],
            &[("RateLimit-Limit", "100, 100;w=10"), ("RateLimit-Remaining", "50"), ("RateLimit-Reset", "30")],
        ];
        for pairs in drafts {
            assert_eq!(requests_in_words(pairs).as_deref(), Some("a limit per 10 s"), "{pairs:?}");
        }
        let two = limits(&[
            ("RateLimit-Policy", "\"input-tokens\";q=5000;w=60, \"daily\";q=1000;w=86400"),
            ("RateLimit", "\"input-tokens\";r=4000;t=12, \"daily\";r=900;t=3600"),
        ]);
        assert_eq!((two.requests_window, two.tokens_window), (Some(DAY), Some(MINUTE)));
    }
}

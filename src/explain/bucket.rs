//! One limit as an answer tells it, and what its arithmetic says.

use std::time::Duration;

use crate::rate_limit::{ImpliedWindow, LimitReached, LimitScope, LimitTrio, LimitWindow, arithmetic};

/// How something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The error's text says it.
    Text,
    /// A header says it.
    Header,
    /// The name of a header says it.
    HeaderName,
    /// It follows from reset × limit ÷ (limit − remaining).
    ImpliedByReset,
    /// It is computed from what else is known.
    Computed,
    /// It is not said, and taken as is usual.
    Assumed,
}

impl Source {
    /// The source in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "from the text",
            Self::Header => "from the headers",
            Self::HeaderName => "from the header's name",
            Self::ImpliedByReset => "from reset × limit ÷ (limit − remaining)",
            Self::Computed => "computed",
            Self::Assumed => "assumed",
        }
    }
}

/// A value, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// How it is known.
    pub source: Source,
}

impl<T> Known<T> {
    /// `value`, known from `source`.
    pub const fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The organization's.
    Organization,
    /// The project's own.
    Project,
    /// The provider's behind a gateway.
    Upstream,
    /// It is not said.
    Unsaid,
}

/// One limit at the moment of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// What it counts; `None` where that is not said.
    pub scope: Option<LimitScope>,
    /// Whose it is.
    pub holder: Holder,
    /// The time in which all of it comes back.
    pub window: Option<Known<Duration>>,
    /// The most it holds.
    pub limit: Known<u64>,
    /// How much is used; a server may let it grow beyond the limit.
    pub used: Option<Known<u64>>,
    /// How much the request asks for.
    pub requested: Option<Known<u64>>,
    /// Until it is full, as a header states from the fractional level; `None` where none does or it contradicts.
    pub reset: Option<Duration>,
}

impl Bucket {
    /// The limit that the text of a 429 names; `None` where it names no number.
    pub fn of_text(reached: &LimitReached, holder: Holder) -> Option<Self> {
        let limit = reached.limit.filter(|limit| *limit > 0)?;
        let window = reached.window.map(|window| Known::new(window.length(), Source::Text));
        let counts_calls = matches!(reached.scope, Some(LimitScope::Requests | LimitScope::Images));
        let one = counts_calls.then_some(Known::new(1, Source::Assumed));
        let requested = reached.requested.map(|requested| Known::new(requested, Source::Text)).or(one);
        let used = reached.used.map(|used| Known::new(used, Source::Text));
        let used = used.or_else(|| {
            let wait = reached.try_again_in?;
            let back = nearest(limit, window?.value, wait);
            Some(Known::new((limit + back).checked_sub(requested?.value)?, Source::Computed))
        });
        let limit = Known::new(limit, Source::Text);
        Some(Self { scope: reached.scope, holder, window, limit, used, requested, reset: None })
    }

    /// The limit that a header trio tells; `named` is the window its names tell. `None` where it tells no limit.
    pub fn of_trio(
        trio: &LimitTrio,
        scope: Option<LimitScope>,
        holder: Holder,
        named: Option<Duration>,
    ) -> Option<Self> {
        let limit = trio.limit.exposed().copied().filter(|limit| *limit > 0)?;
        let window = named.map(|window| Known::new(window, Source::HeaderName)).or_else(|| window_of(trio, scope));
        let used = trio.used().map(|used| Known::new(used, Source::Header));
        let requested = (scope == Some(LimitScope::Requests)).then_some(Known::new(1, Source::Assumed));
        let mut bucket =
            Self { scope, holder, window, limit: Known::new(limit, Source::Header), used, requested, reset: None };
        bucket.reset = trio.reset.exposed().copied().filter(|reset| bucket.agrees_with(*reset));
        Some(bucket)
    }

    /// Whether `reset` can be the time until full: remaining is rounded down and reset cut off to a millisecond, so
    /// it may be shorter by one unit's time.
    pub fn agrees_with(&self, reset: Duration) -> bool {
        let (Some(expected), Some(unit)) = (self.computed_until_full(), self.time_per_unit()) else { return true };
        let slack = Duration::from_millis(2).max(expected.mul_f64(0.01));
        reset <= expected.saturating_add(slack) && reset.saturating_add(unit).saturating_add(slack) >= expected
    }

    /// True where the request is larger than the whole limit.
    pub fn never_fits(&self) -> bool {
        self.requested.is_some_and(|requested| requested.value > self.limit.value)
    }

    /// What is left, rounded down; nothing where more than the limit is used.
    pub fn left(&self) -> Option<u64> {
        Some(self.limit.value.saturating_sub(self.used?.value))
    }

    /// From the answer's moment to the earliest one at which the request fits, rounded up to the nanosecond.
    pub fn earliest_fit(&self) -> Option<Duration> {
        self.earliest_fit_of(self.requested?.value)
    }

    /// The same for a request of `amount` units.
    pub fn earliest_fit_of(&self, amount: u64) -> Option<Duration> {
        let (window, limit) = (self.window?.value, self.limit.value);
        if let Some(reset) = self.reset.filter(|_| amount <= limit) {
            // The reset is finer than the rounded remaining.
            let after = arithmetic::reset(limit, amount, window);
            return Some(reset.saturating_sub(after));
        }
        arithmetic::earliest_fit(limit, self.used?.value, amount, window)
    }

    /// The largest request that fits `wait` after the answer, if nothing else is used meanwhile.
    pub fn largest_after(&self, wait: Duration) -> Option<u64> {
        let (window, limit) = (self.window?.value, self.limit.value);
        let back = arithmetic::refilled(limit, window, wait);
        Some(limit.saturating_add(back).saturating_sub(self.used?.value).min(limit))
    }

    /// Until it is full again, if nothing else is used.
    pub fn until_full(&self) -> Option<Duration> {
        self.reset.or_else(|| self.computed_until_full())
    }

    /// How much must come back before the request fits.
    pub fn missing(&self) -> Option<u64> {
        let wanted = self.used?.value.saturating_add(self.requested?.value);
        Some(wanted.saturating_sub(self.limit.value))
    }

    /// How long one unit takes to come back.
    pub fn time_per_unit(&self) -> Option<Duration> {
        arithmetic::earliest_fit(self.limit.value, self.limit.value, 1, self.window?.value)
    }

    fn computed_until_full(&self) -> Option<Duration> {
        arithmetic::earliest_fit(self.limit.value, self.used?.value, self.limit.value, self.window?.value)
    }
}

/// The window that a trio's numbers imply; that of tokens is a minute where they imply none.
fn window_of(trio: &LimitTrio, scope: Option<LimitScope>) -> Option<Known<Duration>> {
    const HOUR: Duration = Duration::from_secs(3_600);
    let implied = |window: Duration| Some(Known::new(window, Source::ImpliedByReset));
    match trio.window_in_words() {
        Some(ImpliedWindow::Minute) => return implied(LimitWindow::Minute.length()),
        Some(ImpliedWindow::Day) => return implied(LimitWindow::Day.length()),
        Some(ImpliedWindow::Other(window)) => {
            let known = [Duration::from_secs(1), HOUR];
            let near = |whole: &Duration| (window.as_secs_f64() / whole.as_secs_f64() - 1.0).abs() <= 0.01;
            if let Some(whole) = known.into_iter().find(near) {
                return implied(whole);
            }
        }
        Some(ImpliedWindow::Unclear) | None => {}
    }
    let is_tokens = matches!(scope, Some(LimitScope::Tokens | LimitScope::InputTokens));
    is_tokens.then_some(Known::new(LimitWindow::Minute.length(), Source::Assumed))
}

/// How much comes back in `wait`, to the nearest unit: the wait in a text is cut off.
fn nearest(limit: u64, window: Duration, wait: Duration) -> u64 {
    let twice = u128::from(limit).saturating_mul(2).saturating_mul(wait.as_nanos());
    let units = twice.checked_div(window.as_nanos()).unwrap_or(0).div_ceil(2);
    u64::try_from(units).unwrap_or(u64::MAX).min(limit)
}

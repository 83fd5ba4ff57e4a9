//! What a batch will take and cost, before a cent is spent. It grows line by line while the file is read.

use std::collections::BTreeMap;
use std::time::Duration;

use super::input::LineEntry;
use super::settings::RequestDefaults;
use crate::models;
use crate::rate_limit::{LimitScope, LimitWindow};
use crate::responses::Usage;
use crate::simulator::{ChargeRule, Limits};
use crate::usage::{Money, Planned, Price, Prices, Tier};

/// How far the sum of many estimates of input tokens may be off, in percent: what `tests/estimate.rs` allows a text of
/// English, or of most scripts on average.
pub const INPUT_BAND_PERCENT: u64 = 20;

/// What the lines of one model, or of all, come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Input tokens, an estimate.
    pub input_tokens: u64,
    /// Output tokens at most, of the requests that have a bound.
    pub max_output_tokens: u64,
    /// Requests without a bound on their output.
    pub unbounded: u64,
    /// Tokens that a limiter charges for all of them at admission.
    pub charged_tokens: u64,
    /// Tokens that it charges for the largest: more than a limit holds, and it can never be sent.
    pub largest_charge: u64,
    /// What it costs.
    pub cost: CostRange,
    /// What it costs as a job of the Batch API.
    pub job_cost: CostRange,
}

/// A cost before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CostRange {
    /// The least: the input alone, if the estimate is too high by its band.
    pub least: Money,
    /// The most of the requests that have a bound: all output used, and the estimate too low by its band.
    pub most: Money,
    /// Requests whose model has no price: they are in neither.
    pub unpriced: u64,
    /// Requests with a price and without a bound on their output: no most is known of them, and their input alone is in it.
    pub unbounded: u64,
}

impl CostRange {
    /// Whether `most` is the most that all of it can cost.
    pub const fn is_bounded(&self) -> bool {
        self.unpriced == 0 && self.unbounded == 0
    }

    fn add(&mut self, more: &Self) {
        self.least += more.least;
        self.most += more.most;
        self.unpriced = self.unpriced.saturating_add(more.unpriced);
        self.unbounded = self.unbounded.saturating_add(more.unbounded);
    }
}

/// The estimate of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    defaults: RequestDefaults,
    charge: ChargeRule,
    prices: Prices,
    models: BTreeMap<String, Totals>,
    totals: Totals,
}

impl Estimate {
    /// An estimate of nothing, for a batch that puts `defaults` in, at a limiter that charges by `charge`, at `prices`.
    pub fn new(defaults: RequestDefaults, charge: ChargeRule, prices: Prices) -> Self {
        Self { defaults, charge, prices, models: BTreeMap::new(), totals: Totals::default() }
    }

    /// Takes in a line.
    pub fn add(&mut self, entry: &LineEntry) {
        let model = entry.model.as_deref().unwrap_or_else(|| self.defaults.model.trim());
        let line = totals_of(entry, model, &self.defaults, self.charge, &self.prices);
        self.totals.add(&line);
        match self.models.get_mut(model) {
            Some(totals) => totals.add(&line),
            None => drop(self.models.insert(model.to_owned(), line)),
        }
    }

    /// Takes in lines, e.g. those that were read since the last time.
    pub fn extend<'a>(&mut self, entries: impl IntoIterator<Item = &'a LineEntry>) {
        for entry in entries {
            self.add(entry);
        }
    }

    /// All lines.
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// By model; that of lines without one, where the batch has none either, is empty.
    pub fn models(&self) -> impl Iterator<Item = (&str, &Totals)> {
        self.models.iter().map(|(model, totals)| (model.as_str(), totals))
    }

    /// Which limit binds and how long it takes, where each model has its own `limits`: the slowest model counts.
    pub fn forecast(&self, limits: impl Fn(&str) -> BatchLimits) -> Forecast {
        let mut families: BTreeMap<&str, (BatchLimits, Totals)> = BTreeMap::new();
        for (model, totals) in self.models() {
            // Snapshots share their family's limit.
            let family = families.entry(models::family(model)).or_insert_with(|| (limits(model), Totals::default()));
            family.1.add(totals);
        }
        let mut slowest = Forecast::default();
        for (limits, totals) in families.into_values() {
            let forecast = limits.forecast(&totals);
            let never_fits = slowest.never_fits.saturating_add(forecast.never_fits);
            if forecast.takes >= slowest.takes {
                slowest = forecast;
            }
            slowest.never_fits = never_fits;
        }
        slowest
    }
}

/// The most that one line can cost, by the same measure as [`CostRange::most`]; `None` where nobody can say.
pub fn most_of(entry: &LineEntry, defaults: &RequestDefaults, prices: &Prices) -> Option<Money> {
    let model = entry.model.as_deref().unwrap_or_else(|| defaults.model.trim());
    let cost = totals_of(entry, model, defaults, ChargeRule::default(), prices).cost;
    cost.is_bounded().then_some(cost.most)
}

fn totals_of(
    entry: &LineEntry,
    model: &str,
    defaults: &RequestDefaults,
    charge: ChargeRule,
    prices: &Prices,
) -> Totals {
    let bound = entry.max_output_tokens.or(defaults.max_output_tokens);
    let charged_tokens = charge.tokens(entry.input_tokens, bound);
    Totals {
        requests: 1,
        input_tokens: entry.input_tokens,
        max_output_tokens: bound.unwrap_or(0),
        unbounded: u64::from(bound.is_none()),
        charged_tokens,
        largest_charge: charged_tokens,
        cost: cost_of(prices.price(model, Tier::Standard), entry.input_tokens, bound),
        job_cost: cost_of(prices.price(model, Tier::Batch), entry.input_tokens, bound),
    }
}

const fn banded(tokens: u64, percent: u64) -> u64 {
    tokens.saturating_mul(percent).div_ceil(100)
}

fn cost_of(price: Option<Price>, input: u64, bound: Option<u64>) -> CostRange {
    let Some(price) = price else { return CostRange { unpriced: 1, ..CostRange::default() } };
    let cost = |input_tokens, output_tokens| price.cost(&Usage { input_tokens, output_tokens, ..Usage::default() });
    CostRange {
        least: cost(banded(input, 100 - INPUT_BAND_PERCENT), 0),
        most: cost(banded(input, 100 + INPUT_BAND_PERCENT), bound.unwrap_or(0)),
        unpriced: 0,
        unbounded: u64::from(bound.is_none()),
    }
}

impl Totals {
    /// The least and the most input tokens, where the estimate is off by its band.
    pub const fn input_range(&self) -> (u64, u64) {
        (banded(self.input_tokens, 100 - INPUT_BAND_PERCENT), banded(self.input_tokens, 100 + INPUT_BAND_PERCENT))
    }

    fn add(&mut self, more: &Self) {
        for (total, more) in [
            (&mut self.requests, more.requests),
            (&mut self.input_tokens, more.input_tokens),
            (&mut self.max_output_tokens, more.max_output_tokens),
            (&mut self.unbounded, more.unbounded),
            (&mut self.charged_tokens, more.charged_tokens),
        ] {
            *total = total.saturating_add(more);
        }
        self.largest_charge = self.largest_charge.max(more.largest_charge);
        self.cost.add(&more.cost);
        self.job_cost.add(&more.job_cost);
    }

    /// What it is held against a budget as, where it costs `cost`.
    pub fn planned(&self, cost: &CostRange) -> Planned {
        let tokens = self.input_range().1.saturating_add(self.max_output_tokens);
        Planned {
            calls: self.requests,
            tokens: (self.unbounded == 0).then_some(tokens),
            cost: cost.is_bounded().then_some(cost.most),
        }
    }
}

/// The limits that a batch runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchLimits {
    /// The limits.
    pub limits: Limits,
    /// How much of a minute's limit may come at once, where that is less than all of it: a burst of a second at 3,000
    /// requests a minute is 50 requests.
    pub burst: Option<Duration>,
    /// Of the daily limits, what is left of today's; none means all of it.
    pub left_today: Option<(u64, u64)>,
    /// How long an answer takes, on average.
    pub latency: Duration,
    /// The most requests in flight; none leaves it open.
    pub concurrency: Option<u32>,
}

/// What makes a batch take as long as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binding {
    /// Nothing but the latency of an answer.
    #[default]
    Latency,
    /// How many requests may be in flight.
    Concurrency,
    /// A limit.
    Limit(LimitScope, LimitWindow),
}

/// When a batch will be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forecast {
    /// What binds.
    pub binding: Binding,
    /// How long it takes at least, from buckets that are full now, with nobody else using them.
    pub takes: Duration,
    /// Models with a request larger than a bucket holds, which can never be sent.
    pub never_fits: u64,
}

impl Forecast {
    /// How long it takes at least in whole seconds: it is known no finer.
    pub const fn at_least(&self) -> Duration {
        let secs = self.takes.as_secs().saturating_add((self.takes.subsec_nanos() > 0) as u64);
        Duration::from_secs(if secs == 0 { 1 } else { secs })
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

impl BatchLimits {
    /// Which limit binds and how long `totals` takes under it: a bucket that is full gives its burst at once and the rest
    /// at its rate, and the last request still has to be answered.
    pub fn forecast(&self, totals: &Totals) -> Forecast {
        let Limits { rpm, tpm, rpd, tpd } = self.limits;
        let left = |of: fn((u64, u64)) -> u64| self.left_today.map(of);
        let buckets = [
            (LimitScope::Requests, LimitWindow::Minute, rpm, self.burst_of(rpm), totals.requests),
            (LimitScope::Tokens, LimitWindow::Minute, tpm, self.burst_of(tpm), totals.charged_tokens),
            (LimitScope::Requests, LimitWindow::Day, rpd, left(|left| left.0), totals.requests),
            (LimitScope::Tokens, LimitWindow::Day, tpd, left(|left| left.1), totals.charged_tokens),
        ];
        let mut forecast = Forecast { takes: self.in_flight(totals.requests), ..Forecast::default() };
        if self.concurrency.is_some_and(|most| u64::from(most) < totals.requests) {
            forecast.binding = Binding::Concurrency;
        }
        for (scope, window, limit, at_once, amount) in buckets {
            let Some(limit) = limit.filter(|limit| *limit > 0) else { continue };
            let per = if window == LimitWindow::Day { DAY } else { MINUTE };
            let takes = drain(amount, at_once.unwrap_or(limit), limit, per);
            if !takes.is_zero() && takes.saturating_add(self.latency) > forecast.takes {
                forecast.takes = takes.saturating_add(self.latency);
                forecast.binding = Binding::Limit(scope, window);
            }
            let holds = if window == LimitWindow::Day { limit } else { at_once.unwrap_or(limit) };
            if scope == LimitScope::Tokens && totals.largest_charge > holds {
                forecast.never_fits = 1;
            }
        }
        forecast
    }

    fn burst_of(&self, limit: Option<u64>) -> Option<u64> {
        let nanos = self.burst?.min(MINUTE).as_nanos();
        let share = u128::from(limit?) * nanos / MINUTE.as_nanos();
        Some(u64::try_from(share).unwrap_or(u64::MAX).max(1))
    }

    /// The time of rounds of answers, as many at once as may be in flight.
    fn in_flight(&self, requests: u64) -> Duration {
        let at_once = self.concurrency.map_or(requests, u64::from).max(1);
        self.latency.saturating_mul(u32::try_from(requests.div_ceil(at_once)).unwrap_or(u32::MAX))
    }
}

/// How long until the last of `amount` units is let in: `at_once` of them now, the rest at `limit` per window.
fn drain(amount: u64, at_once: u64, limit: u64, per: Duration) -> Duration {
    let beyond = u128::from(amount.saturating_sub(at_once));
    let nanos = (beyond * per.as_nanos()).div_ceil(u128::from(limit.max(1)));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

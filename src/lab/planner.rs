//! The planner: what binds, how fast it goes, how many at once, when it is done, what it costs, and what one change
//! would bring. Closed forms; `tests/lab/planning.rs` holds them against simulated work.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::distribution::{Distribution, float};
use super::experiment::{LimitSettings, Workload};
use crate::rate_limit::Algorithm;
use crate::responses::Usage;
use crate::simulator::LatencyModel;
use crate::usage::{Money, Price};

/// What is planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What the server enforces, and how fast it is.
    pub limits: LimitSettings,
    /// What is to be done; its arrival counts only where it is slower than the limits.
    pub workload: Workload,
    /// How many requests may be in flight, where that is bounded.
    pub concurrency: Option<u32>,
    /// What tokens cost, where it is known.
    pub price: Option<Price>,
}

/// What bounds the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Binding {
    /// Requests per minute.
    RequestsPerMinute,
    /// Requests per day.
    RequestsPerDay,
    /// Tokens per minute.
    TokensPerMinute,
    /// How many may be in flight.
    Concurrency,
}

impl Binding {
    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestsPerMinute => "Requests per minute",
            Self::RequestsPerDay => "Requests per day",
            Self::TokensPerMinute => "Tokens per minute",
            Self::Concurrency => "Concurrency",
        }
    }
}

/// One bound of the rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// What it is.
    pub binding: Binding,
    /// The requests a minute that it lets through for as long as one likes.
    pub per_minute: f64,
    /// The requests that it lets through at once, at the start.
    pub at_once: f64,
    /// When it has let the last request in.
    pub lets_last_in: Duration,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// All bounds, the one that lets the last request in latest first.
    pub bounds: Vec<Bound>,
    /// Requests a minute for as long as one likes; none where nothing bounds it.
    pub per_minute: Option<f64>,
    /// Tokens that a request is charged, on average.
    pub charged_per_request: f64,
    /// How long a request is in flight, on average.
    pub latency: Duration,
    /// How many must be in flight to reach that rate: rate × latency (Little's law), rounded up.
    pub concurrency: Option<u32>,
    /// When the last request is let in.
    pub last_in: Duration,
    /// When its answer is there, on average.
    pub done: Duration,
    /// What it costs, in picodollars.
    pub cost_picodollars: Option<i128>,
}

/// One change to a job.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Another `max_output_tokens`.
    MaxOutputTokens(u64),
    /// So many in flight at most.
    Concurrency(u32),
    /// Prompts half as long.
    HalfThePrompt,
    /// Twice the requests per minute.
    TwiceTheRequests,
    /// Twice the tokens per minute.
    TwiceTheTokens,
}

/// What a change would bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangedPlan {
    /// The change.
    pub change: Change,
    /// In a few words: "max output tokens 2048 → 256".
    pub words: String,
    /// The rate after it, as a multiple of the rate before.
    pub times_faster: f64,
    /// The plan after it.
    pub plan: Plan,
}

impl Job {
    /// Plans it.
    pub fn plan(&self) -> Plan {
        let (limits, requests) = (&self.limits, f64::from(self.workload.requests));
        let charged = self.charged_per_request();
        let latency = self.latency();
        let limit = |binding, units: Option<u64>, burst: Option<u64>, window: f64, cost: f64| {
            let units = float(units?);
            let at_once = burst.map_or(units, |burst| float(burst).min(units)) / cost;
            let per_minute = units / cost * 60.0 / window;
            let lets_last_in = last_in(limits.algorithm, (units / cost, at_once, window), requests);
            (cost > 0.0).then_some(Bound { binding, per_minute, at_once, lets_last_in })
        };
        let flight = self.concurrency.filter(|_| !latency.is_zero()).map(|most| {
            let (most, seconds) = (f64::from(most), latency.as_secs_f64());
            Bound {
                binding: Binding::Concurrency,
                per_minute: most * 60.0 / seconds,
                at_once: most,
                lets_last_in: duration(((requests - most) / most * seconds).max(0.0)),
            }
        });
        let bounds = [
            limit(Binding::RequestsPerMinute, limits.rpm, limits.burst_requests, 60.0, 1.0),
            limit(Binding::RequestsPerDay, limits.rpd, None, 86_400.0, 1.0),
            limit(Binding::TokensPerMinute, limits.tpm, limits.burst_tokens, 60.0, charged),
            flight,
        ];
        let mut bounds: Vec<Bound> = bounds.into_iter().flatten().collect();
        // Where all of them let everything in at once, the slowest comes first.
        bounds.sort_by(|a, b| b.lets_last_in.cmp(&a.lets_last_in).then_with(|| a.per_minute.total_cmp(&b.per_minute)));
        let per_minute = bounds.iter().map(|bound| bound.per_minute).min_by(f64::total_cmp);
        let arrivals = self.last_arrival();
        let last_in = bounds.first().map_or(Duration::ZERO, |bound| bound.lets_last_in).max(arrivals);
        let of_limits = bounds.iter().filter(|bound| bound.binding != Binding::Concurrency);
        let sustained = of_limits.map(|bound| bound.per_minute).min_by(f64::total_cmp);
        Plan {
            per_minute,
            charged_per_request: charged,
            latency,
            concurrency: sustained.map(|rate| at_least(rate / 60.0 * latency.as_secs_f64())),
            last_in,
            done: last_in.saturating_add(latency),
            cost_picodollars: self.price.map(|price| self.cost(price).picodollars()),
            bounds,
        }
    }

    /// What single changes would bring, the one that brings most first; those that bring less than 1 % are left out.
    pub fn what_if(&self) -> Vec<ChangedPlan> {
        let mut changes = vec![Change::HalfThePrompt, Change::TwiceTheRequests, Change::TwiceTheTokens];
        changes.extend(self.tighter_output().map(Change::MaxOutputTokens));
        changes.extend(self.plan().concurrency.map(Change::Concurrency));
        let mut found: Vec<ChangedPlan> = changes
            .into_iter()
            .filter_map(|change| self.with(change))
            .filter(|plan| plan.times_faster >= 1.01)
            .collect();
        found.sort_by(|a, b| b.times_faster.total_cmp(&a.times_faster));
        found
    }

    /// What one change would bring; `None` where there is nothing to change or no rate to compare.
    pub fn with(&self, change: Change) -> Option<ChangedPlan> {
        let mut job = self.clone();
        let words = match change {
            Change::MaxOutputTokens(most) => {
                let before = job.workload.max_output_tokens.replace(most);
                let before = before.map_or_else(|| "none".to_owned(), |before| before.to_string());
                format!("max output tokens {before} → {most}")
            }
            Change::Concurrency(most) => {
                let before = job.concurrency.replace(most)?;
                format!("concurrency {before} → {most}")
            }
            Change::HalfThePrompt => {
                job.workload.input_tokens = job.workload.input_tokens.halved();
                "prompts half as long".to_owned()
            }
            Change::TwiceTheRequests => {
                let before = job.limits.rpm?;
                job.limits.rpm = Some(before.saturating_mul(2));
                format!("requests per minute {before} → {}", before.saturating_mul(2))
            }
            Change::TwiceTheTokens => {
                let before = job.limits.tpm?;
                job.limits.tpm = Some(before.saturating_mul(2));
                format!("tokens per minute {before} → {}", before.saturating_mul(2))
            }
        };
        let plan = job.plan();
        let times_faster = plan.per_minute? / self.plan().per_minute?;
        Some(ChangedPlan { change, words, times_faster, plan })
    }

    /// A `max_output_tokens` that cuts one answer in a hundred short, in steps of 64.
    fn tighter_output(&self) -> Option<u64> {
        let needed = self.workload.output_tokens.quantile(0.99).max(16).div_ceil(64).saturating_mul(64);
        self.workload.max_output_tokens.filter(|most| *most > needed).map(|_| needed)
    }

    fn charged_per_request(&self) -> f64 {
        let Workload { input_tokens, max_output_tokens, .. } = &self.workload;
        if self.limits.settle {
            return input_tokens.mean_of(|tokens| tokens) + self.output_per_request();
        }
        input_tokens.mean_of(|tokens| self.limits.charge.tokens(tokens, *max_output_tokens))
    }

    fn output_per_request(&self) -> f64 {
        let most = self.workload.max_output_tokens.unwrap_or(u64::MAX);
        self.workload.output_tokens.mean_of(|tokens| tokens.min(most))
    }

    fn latency(&self) -> Duration {
        let LatencyModel { first_token, spread, tokens_per_second, scale, .. } = self.limits.latency;
        // The mean of a lognormal distribution.
        let first = first_token.as_secs_f64() * libm::exp(spread * spread / 2.0);
        let stream = if tokens_per_second > 0.0 { self.output_per_request() / tokens_per_second } else { 0.0 };
        duration((first + stream) * scale)
    }

    fn last_arrival(&self) -> Duration {
        use super::experiment::Arrival;
        let requests = f64::from(self.workload.requests);
        match self.workload.arrival {
            Arrival::AtOnce => Duration::ZERO,
            Arrival::Poisson { per_minute } => duration(requests * 60.0 / per_minute),
            Arrival::Steady { per_minute } => duration((requests - 1.0).max(0.0) * 60.0 / per_minute),
        }
    }

    fn cost(&self, price: Price) -> Money {
        let requests = f64::from(self.workload.requests);
        let input_tokens = at_least_u64(self.workload.input_tokens.mean_of(|tokens| tokens) * requests);
        let output_tokens = at_least_u64(self.output_per_request() * requests);
        let total_tokens = input_tokens.saturating_add(output_tokens);
        price.cost(&Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() })
    }
}

impl Distribution {
    fn halved(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(value / 2),
            Self::Uniform { low, high } => Self::Uniform { low: low / 2, high: high / 2 },
            Self::LogNormal { median, spread } => Self::LogNormal { median: median / 2, spread },
        }
    }
}

/// When a limit of `per_window` requests in so many seconds, `at_once` of them at once, lets the last of `requests` in
/// that all wait from the start.
fn last_in(algorithm: Algorithm, (per_window, at_once, window): (f64, f64, f64), requests: f64) -> Duration {
    match algorithm {
        Algorithm::TokenBucket => duration(((requests - at_once) / per_window * window).max(0.0)),
        // A window's worth at the start of each; windows know no burst.
        Algorithm::FixedWindow | Algorithm::SlidingWindow => {
            let whole = libm::floor(per_window).max(1.0);
            duration(libm::floor((requests - 1.0).max(0.0) / whole) * window)
        }
    }
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a cast saturates
fn at_least(count: f64) -> u32 {
    libm::ceil(count).max(1.0) as u32
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn at_least_u64(count: f64) -> u64 {
    libm::ceil(count) as u64
}

//! What an experiment is: limits, work, clients, policies, seeds. Plain data, which a worker can be sent.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::policy::LabPolicy;
use super::server::LabRequest;
use crate::random::{RandomSource, Rng};
use crate::rate_limit::{Algorithm, Visibility};
use crate::simulator::{ChargeRule, LatencyModel, Limits, Scenario};

/// The most requests of one trial.
pub const MOST_REQUESTS: u32 = 100_000;
/// The most clients of one trial.
pub const MOST_CLIENTS: u32 = 10_000;
/// The most seeds of one experiment.
pub const MOST_SEEDS: u32 = 10_000;

/// An experiment: each policy does the same work under the same limits, once for each seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// What the server enforces, and how fast it is.
    pub limits: LimitSettings,
    /// What is to be done.
    pub workload: Workload,
    /// Who does it, and who else is there.
    pub clients: Clients,
    /// How failures are dealt with, side by side.
    pub policies: Vec<LabPolicy>,
    /// Which draws.
    pub seeds: Seeds,
}

/// The limiter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitSettings {
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// Tokens per minute.
    pub tpm: Option<u64>,
    /// Requests per day.
    pub rpd: Option<u64>,
    /// How limits count.
    pub algorithm: Algorithm,
    /// The most requests at once, where that is less than the limit.
    pub burst_requests: Option<u64>,
    /// The most tokens at once, where that is less than the limit.
    pub burst_tokens: Option<u64>,
    /// Which tokens are charged on admission.
    pub charge: ChargeRule,
    /// Whether a refused request uses up a request all the same.
    pub charge_rejected: bool,
    /// Whether the charge is corrected to what was really used, once the answer is complete.
    pub settle: bool,
    /// How long answers take.
    pub latency: LatencyModel,
    /// Whether clients can read the server's headers; where not, they have the text of a 429 alone.
    pub headers_visible: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// How many requests.
    pub requests: u32,
    /// When they come up.
    pub arrival: Arrival,
    /// Their input tokens.
    pub input_tokens: Distribution,
    /// The tokens that their answers take.
    pub output_tokens: Distribution,
    /// Their `max_output_tokens`.
    pub max_output_tokens: Option<u64>,
}

/// When requests come up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Arrival {
    /// All at the start.
    AtOnce,
    /// At random, so many a minute on average.
    Poisson {
        /// How many.
        per_minute: f64,
    },
    /// Evenly, so many a minute.
    Steady {
        /// How many.
        per_minute: f64,
    },
}

/// Who does the work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clients {
    /// How many clients share the work and the limits, knowing nothing of each other.
    pub count: u32,
    /// How many requests each has in flight at most.
    pub concurrency: u32,
    /// Others that draw on the same limits.
    pub neighbours: Vec<Neighbour>,
}

/// Another user of the same limits: it sends, and does not care what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// How its requests come up; at once is once.
    pub arrival: Arrival,
    /// The tokens that each is charged.
    pub tokens: u64,
    /// How many come each time.
    pub burst: u32,
}

/// The draws: one trial of each policy for each seed, `first`, `first + 1`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeds {
    /// The first seed.
    pub first: u64,
    /// How many.
    pub count: u32,
}

/// Why an experiment cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExperimentError {
    /// A number is out of its bounds.
    #[error("{what} must be from {least} to {most}")]
    OutOfBounds {
        /// Which.
        what: &'static str,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A rate is no number above zero.
    #[error("{what} must be a number above zero")]
    NoRate {
        /// Which.
        what: &'static str,
    },
    /// There is no policy.
    #[error("choose a policy")]
    NoPolicy,
}

impl Experiment {
    /// Whether it can be run.
    ///
    /// # Errors
    /// Where it cannot: the first thing that stands in its way.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let within = |what, value: u32, most| {
            let fits = (1..=most).contains(&value);
            if fits { Ok(()) } else { Err(ExperimentError::OutOfBounds { what, least: 1, most }) }
        };
        within("the number of requests", self.workload.requests, MOST_REQUESTS)?;
        within("the number of clients", self.clients.count, MOST_CLIENTS)?;
        within("the concurrency", self.clients.concurrency, MOST_REQUESTS)?;
        within("the number of seeds", self.seeds.count, MOST_SEEDS)?;
        self.workload.arrival.check("the arrivals per minute")?;
        for neighbour in &self.clients.neighbours {
            neighbour.arrival.check("a neighbour's requests per minute")?;
        }
        if self.policies.is_empty() { Err(ExperimentError::NoPolicy) } else { Ok(()) }
    }
}

impl LimitSettings {
    /// So many requests and tokens a minute by the observed bucket, with an ordinary model's latency.
    pub fn per_minute(rpm: Option<u64>, tpm: Option<u64>) -> Self {
        Self {
            rpm,
            tpm,
            rpd: None,
            algorithm: Algorithm::TokenBucket,
            burst_requests: None,
            burst_tokens: None,
            charge: ChargeRule::Larger,
            charge_rejected: false,
            settle: false,
            latency: LatencyModel::ORDINARY,
            headers_visible: true,
        }
    }

    /// The scenario that enforces them.
    pub fn scenario(&self) -> Scenario {
        let limit = |limit: Option<u64>| Some(limit.unwrap_or(0));
        let mut scenario = Scenario::default().algorithm(self.algorithm).charge(self.charge).latency(self.latency);
        scenario.overrides =
            Limits { rpm: limit(self.rpm), tpm: limit(self.tpm), rpd: limit(self.rpd), tpd: limit(None) };
        scenario.burst_requests = self.burst_requests;
        scenario.burst_tokens = self.burst_tokens;
        scenario.charge_rejected = self.charge_rejected;
        scenario.settle = self.settle;
        scenario
    }

    pub(super) const fn visibility(&self) -> Visibility {
        if self.headers_visible { Visibility::Full } else { Visibility::CorsFiltered }
    }
}

impl Workload {
    /// So many requests at once, of 20 tokens each and answers of at most 64.
    pub fn burst(requests: u32) -> Self {
        Self {
            requests,
            arrival: Arrival::AtOnce,
            input_tokens: Distribution::Constant(20),
            output_tokens: Distribution::Constant(64),
            max_output_tokens: Some(64),
        }
    }

    /// The requests in the order in which they come up, each with its moment: the same for all policies.
    pub fn draw(&self, seed: u64) -> Vec<(Duration, LabRequest)> {
        let mut random = Rng::for_stream(seed, WORKLOAD_STREAM);
        let mut at = Duration::ZERO;
        let mut requests = Vec::new();
        for number in 0..self.requests {
            let request = LabRequest {
                input_tokens: self.input_tokens.draw(&mut random),
                max_output_tokens: self.max_output_tokens,
                output_tokens: self.output_tokens.draw(&mut random),
            };
            let gap = self.arrival.gap(&mut random).unwrap_or_default();
            // The first of a steady stream comes at the start.
            if number > 0 || matches!(self.arrival, Arrival::Poisson { .. }) {
                at = at.saturating_add(gap);
            }
            requests.push((at, request));
        }
        requests
    }
}

/// Streams of random numbers that no other consumer shifts.
pub(super) const WORKLOAD_STREAM: u64 = 1;
pub(super) const JITTER_STREAM: u64 = 2;
pub(super) const NEIGHBOUR_STREAM: u64 = 3;
pub(super) const GUARD_STREAM: u64 = 4;

impl Arrival {
    fn check(self, what: &'static str) -> Result<(), ExperimentError> {
        match self {
            Self::AtOnce => Ok(()),
            Self::Poisson { per_minute } | Self::Steady { per_minute } => {
                let is_rate = per_minute.is_finite() && per_minute > 0.0;
                if is_rate { Ok(()) } else { Err(ExperimentError::NoRate { what }) }
            }
        }
    }

    /// The time from one request to the next; `None` where they come once. Draws one random number.
    pub(super) fn gap(self, random: &mut impl RandomSource) -> Option<Duration> {
        let draw = random.unit();
        let seconds = match self {
            Self::AtOnce => return None,
            Self::Steady { per_minute } => 60.0 / per_minute,
            Self::Poisson { per_minute } => -libm::log(1.0 - draw) * 60.0 / per_minute,
        };
        Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
    }
}

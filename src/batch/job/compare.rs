//! What a job costs and takes, beside the same lines run here.

use std::time::Duration;

use crate::batch::estimate::{CostRange, Forecast, Totals};
use crate::usage::Money;

/// The completion window: no job takes longer, since what is not done by then expires.
const WINDOW: Duration = Duration::from_secs(86_400);

/// A way to run a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    /// What it costs.
    pub cost: CostRange,
    /// How long it takes: at least, where it is run here; at most, as a job.
    pub takes: Duration,
}

/// Both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Run here, under the limits.
    pub paced: Offer,
    /// As a job.
    pub job: Offer,
    /// What a job saves, from the least to the most.
    pub saves: (Money, Money),
    /// Input tokens that it holds in the model's queue, an estimate. OpenAI says its limit only when it is reached.
    pub enqueued_tokens: u64,
}

impl Comparison {
    /// Of lines that come to `totals` and take `forecast` if they are run here.
    pub fn new(totals: &Totals, forecast: &Forecast) -> Self {
        let (cost, of_job) = (totals.cost, totals.job_cost);
        let saved = |here: Money, job: Money| here + Money::from_picodollars(-job.picodollars());
        Self {
            paced: Offer { cost, takes: forecast.takes },
            job: Offer { cost: of_job, takes: WINDOW },
            saves: (saved(cost.least, of_job.least), saved(cost.most, of_job.most)),
            enqueued_tokens: totals.input_tokens,
        }
    }
}

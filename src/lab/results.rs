//! What an experiment brings: for each policy its figures over all seeds.

use serde::{Deserialize, Serialize};

use super::distribution::float;
use super::experiment::Experiment;
use super::figures::{Ends, TrialFigures};
use super::statistics::Summary;

/// A policy's results over all seeds. Shares are of 1, times in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyResult {
    /// The policy's name.
    pub name: String,
    /// Trials so far.
    pub trials: u32,
    /// Trials that ran too long and were ended.
    pub cut_short: u32,
    /// How all requests of all trials ended.
    pub ends: Ends,
    /// The share of requests that succeeded.
    pub success: Summary,
    /// HTTP calls for each request.
    pub calls_per_request: Summary,
    /// HTTP calls for each request that succeeded, of trials in which one did.
    pub calls_per_success: Option<Summary>,
    /// HTTP calls that brought no response.
    pub wasted_calls: Summary,
    /// Tokens that refused calls asked for.
    pub tokens_refused: Summary,
    /// Tokens that were charged and not used.
    pub tokens_unused: Summary,
    /// When the last request ended, however it did.
    pub end_seconds: Summary,
    /// When the last response was there, of trials in which all succeeded.
    pub drain_seconds: Option<Summary>,
    /// The same, as a multiple of the ideal, where the ideal is above zero.
    pub drain_over_ideal: Option<Summary>,
    /// From coming up to being let in: half of the requests that succeeded.
    pub wait_p50_seconds: Option<Summary>,
    /// The same of 95 %.
    pub wait_p95_seconds: Option<Summary>,
    /// The same of 99 %.
    pub wait_p99_seconds: Option<Summary>,
    /// Most calls in a second.
    pub peak_second: Summary,
    /// Most calls in a tenth of a second.
    pub peak_tenth: Summary,
}

/// The results of the trials there are, policy by policy, in the experiment's order; a policy without trials is left
/// out. The order of the trials does not matter.
pub fn summarise(experiment: &Experiment, trials: &[TrialFigures]) -> Vec<PolicyResult> {
    let of_policy = |policy: usize| {
        let mut own: Vec<&TrialFigures> = trials.iter().filter(|trial| trial.policy == policy).collect();
        own.sort_by_key(|trial| trial.seed);
        own
    };
    experiment
        .policies
        .iter()
        .enumerate()
        .filter_map(|(index, policy)| PolicyResult::of(&policy.name, &of_policy(index)))
        .collect()
}

impl PolicyResult {
    fn of(name: &str, trials: &[&TrialFigures]) -> Option<Self> {
        let each = |figure: fn(&TrialFigures) -> f64| Summary::of(trials.iter().map(|trial| figure(trial)));
        let some = |figure: &dyn Fn(&TrialFigures) -> Option<f64>| {
            Summary::of(trials.iter().filter_map(|trial| figure(trial)))
        };
        let drain = |trial: &TrialFigures| {
            let whole = trial.ends.succeeded == trial.requests;
            trial.drain_micros.filter(|_| whole).map(seconds)
        };
        Some(Self {
            name: name.to_owned(),
            trials: u32::try_from(trials.len()).unwrap_or(u32::MAX),
            cut_short: trials.iter().map(|trial| u32::from(trial.is_cut_short)).sum(),
            ends: trials.iter().fold(Ends::default(), |sum, trial| sum.plus(trial.ends)),
            success: each(|trial| f64::from(trial.ends.succeeded) / f64::from(trial.requests.max(1)))?,
            calls_per_request: each(|trial| float(trial.calls) / f64::from(trial.requests.max(1)))?,
            calls_per_success: some(&|trial| {
                (trial.ends.succeeded > 0).then(|| float(trial.calls) / f64::from(trial.ends.succeeded))
            }),
            wasted_calls: each(|trial| float(trial.wasted_calls))?,
            tokens_refused: each(|trial| float(trial.tokens_refused))?,
            tokens_unused: each(|trial| float(trial.tokens_charged.saturating_sub(trial.tokens_used)))?,
            end_seconds: each(|trial| seconds(trial.end_micros))?,
            drain_seconds: some(&drain),
            drain_over_ideal: some(&|trial| {
                let ideal = (trial.ideal_micros > 0).then(|| seconds(trial.ideal_micros))?;
                Some(drain(trial)? / ideal)
            }),
            wait_p50_seconds: some(&|trial| trial.wait_p50_micros.map(seconds)),
            wait_p95_seconds: some(&|trial| trial.wait_p95_micros.map(seconds)),
            wait_p99_seconds: some(&|trial| trial.wait_p99_micros.map(seconds)),
            peak_second: each(|trial| float(trial.peak_second))?,
            peak_tenth: each(|trial| float(trial.peak_tenth))?,
        })
    }
}

impl Ends {
    fn plus(self, other: Self) -> Self {
        Self {
            succeeded: self.succeeded.saturating_add(other.succeeded),
            gave_up: self.gave_up.saturating_add(other.gave_up),
            past_deadline: self.past_deadline.saturating_add(other.past_deadline),
            hint_too_long: self.hint_too_long.saturating_add(other.hint_too_long),
            budget_spent: self.budget_spent.saturating_add(other.budget_spent),
            not_retried: self.not_retried.saturating_add(other.not_retried),
            asked: self.asked.saturating_add(other.asked),
        }
    }
}

fn seconds(micros: u64) -> f64 {
    float(micros) / 1e6
}

//! What to do: from the results of an experiment to a policy and a concurrency, with the reasons.

use serde::{Deserialize, Serialize};

use super::experiment::Experiment;
use super::planner::{Binding, Job, Plan};
use super::policy::LabPolicy;
use super::results::PolicyResult;
use super::scorecard::{Rule, Scorecard};
use crate::retry::Preset;

/// A share of requests that counts as all of them.
const ALL_OF_THEM: f64 = 0.999;
/// Two policies are as good as each other within this share of calls or time.
const AS_GOOD: f64 = 0.02;

/// A recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// The policy, by its place in the results.
    pub policy: usize,
    /// Its name.
    pub name: String,
    /// How many requests each client should have in flight at most.
    pub concurrency: u32,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// What binds the rate, where anything does.
    pub binding: Option<Binding>,
}

/// The policies that a recommendation chooses among.
pub fn candidates() -> Vec<LabPolicy> {
    let mut all = vec![LabPolicy::paced()];
    all.extend([Preset::Sluice, Preset::OpenAiPython, Preset::Cookbook, Preset::FullJitter].map(LabPolicy::from));
    all
}

/// Chooses among `results`, which are those of `experiment`: first who does all of the work, then who keeps to the
/// rules, then who calls least, then who is done first.
///
/// `None` where there are no results.
pub fn recommend(experiment: &Experiment, results: &[PolicyResult]) -> Option<Recommendation> {
    let policy_of = |result: &PolicyResult| experiment.policies.iter().find(|policy| policy.name == result.name);
    let hard_rules = |result: &PolicyResult| {
        let broken = policy_of(result).map(|policy| Scorecard::of(&policy.retry).broken()).unwrap_or_default();
        broken.iter().filter(|rule| matches!(rule, Rule::BillingNeverRetried | Rule::RetryAfterIsAFloor)).count()
    };
    let better = |a: &PolicyResult, b: &PolicyResult| {
        let (a_all, b_all) = (does_all(a), does_all(b));
        if a_all != b_all {
            return a_all;
        }
        if !a_all && (a.success.mean - b.success.mean).abs() > AS_GOOD {
            return a.success.mean > b.success.mean;
        }
        let (a_broken, b_broken) = (hard_rules(a), hard_rules(b));
        if a_broken != b_broken {
            return a_broken < b_broken;
        }
        let (a_calls, b_calls) = (a.calls_per_request.mean, b.calls_per_request.mean);
        if (a_calls - b_calls).abs() > AS_GOOD * b_calls {
            return a_calls < b_calls;
        }
        a.end_seconds.mean < b.end_seconds.mean
    };
    let mut best: Option<(usize, &PolicyResult)> = None;
    for (index, result) in results.iter().enumerate() {
        if best.is_none_or(|(_, best)| better(result, best)) {
            best = Some((index, result));
        }
    }
    let (policy, result) = best?;
    let job = Job {
        limits: experiment.limits.clone(),
        workload: experiment.workload.clone(),
        concurrency: None,
        price: None,
    };
    let plan = job.plan();
    let concurrency = concurrency(&plan, experiment);
    let mut reasons = vec![evidence(result)];
    reasons.extend(runner_up(results, policy));
    reasons.push(why_concurrency(&plan, concurrency));
    Some(Recommendation {
        policy,
        name: result.name.clone(),
        concurrency,
        reasons,
        binding: plan.bounds.first().filter(|bound| !bound.lets_last_in.is_zero()).map(|bound| bound.binding),
    })
}

fn does_all(result: &PolicyResult) -> bool {
    result.success.mean >= ALL_OF_THEM
}

/// A client's share of what Little's law asks for, half as much again for the spread of latencies; no more than there
/// is work.
fn concurrency(plan: &Plan, experiment: &Experiment) -> u32 {
    let (clients, requests) = (experiment.clients.count.max(1), experiment.workload.requests.max(1));
    let needed = plan.concurrency.map_or(requests, |needed| needed.saturating_add(needed.div_ceil(2)));
    needed.div_ceil(clients).clamp(1, requests.div_ceil(clients))
}

fn evidence(result: &PolicyResult) -> String {
    let done = format!("{:.1} % of the requests succeed", result.success.mean * 100.0);
    let calls = format!("{:.2} HTTP calls each", result.calls_per_request.mean);
    match result.drain_over_ideal {
        Some(drain) => format!("{done}, with {calls}, in {:.2} × the ideal time.", drain.mean),
        None => format!("{done}, with {calls}."),
    }
}

fn runner_up(results: &[PolicyResult], best: usize) -> Option<String> {
    let own = results.get(best)?;
    let others = results.iter().enumerate().filter(|(index, _)| *index != best).map(|(_, other)| other);
    let most = others.max_by(|a, b| a.success.mean.total_cmp(&b.success.mean))?;
    let (success, calls) = (most.success.mean * 100.0, most.calls_per_request.mean);
    let name = &most.name;
    Some(if does_all(own) && !does_all(most) {
        format!("No other finishes the work: {name}, the best of them, gets {success:.1} % done.")
    } else {
        format!("{name} gets {success:.1} % done with {calls:.2} HTTP calls each.")
    })
}

fn why_concurrency(plan: &Plan, concurrency: u32) -> String {
    match (plan.bounds.first(), plan.per_minute) {
        (Some(bound), Some(rate)) => format!(
            "{} bind at {rate:.0} requests a minute; at {:.2} s each that is {} in flight, so {concurrency} are enough.",
            bound.binding.name(),
            plan.latency.as_secs_f64(),
            plan.concurrency.unwrap_or(1)
        ),
        _ => format!("Nothing limits the rate; {concurrency} in flight do it all at once."),
    }
}

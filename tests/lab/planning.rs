//! The planner against simulated work, the recommendation against evidence, and the tree against the published counts.

use std::time::Duration;

use sluice::lab::{
    Binding, Change, Clients, Distribution, Experiment, ExperimentRun, Job, LabPolicy, LimitSettings, Pacing, Seeds,
    Summary, Workload, candidates, ideal_drain, layers, recommend, summarise, worst_case,
};
use sluice::models::facts;
use sluice::rate_limit::Algorithm;
use sluice::retry::{Preset, RetryOn, RetryPolicy};
use sluice::simulator::ChargeRule;

fn job(rpm: u64, tpm: u64, requests: u32, max_output_tokens: u64) -> Job {
    let workload = Workload {
        input_tokens: Distribution::LogNormal { median: 300, spread: 0.5 },
        output_tokens: Distribution::LogNormal { median: 120, spread: 0.4 },
        max_output_tokens: Some(max_output_tokens),
        ..Workload::burst(requests)
    };
    Job { limits: LimitSettings::per_minute(Some(rpm), Some(tpm)), workload, concurrency: None, price: None }
}

/// Requests a minute after the first burst, as a client gets them who is told the limits and paces itself.
fn simulated_rate(job: &Job) -> Summary {
    let concurrency = job.concurrency.unwrap_or(job.workload.requests);
    let experiment = Experiment {
        limits: job.limits.clone(),
        workload: job.workload.clone(),
        clients: Clients { count: 1, concurrency, neighbours: Vec::new() },
        policies: vec![LabPolicy { pacing: Some(Pacing::Told), ..LabPolicy::paced() }],
        seeds: Seeds { first: 10, count: 5 },
    };
    let (trials, _) = ExperimentRun::new(experiment).unwrap().run();
    let at_once = job.plan().bounds.first().map_or(0.0, |bound| bound.at_once);
    let rates = trials.iter().map(|trial| {
        assert_eq!(trial.ends.succeeded, trial.requests);
        let minutes = (trial.drain_micros.unwrap() as f64 / 1e6 - job.plan().latency.as_secs_f64()) / 60.0;
        (f64::from(trial.requests) - at_once) / minutes
    });
    Summary::of(rates).unwrap()
}

#[test]
fn throughput_is_within_one_percent_of_the_simulated_one() {
    for (job, binding) in [
        (job(60, 1_000_000, 1_260, 256), Binding::RequestsPerMinute),
        (job(1_000, 60_000, 2_200, 512), Binding::TokensPerMinute),
        (job(10_000, 30_000, 1_500, 256), Binding::TokensPerMinute),
        (Job { concurrency: Some(4), ..job(1_000, 1_000_000, 3_000, 256) }, Binding::Concurrency),
    ] {
        let plan = job.plan();
        assert_eq!(plan.bounds[0].binding, binding, "{plan:?}");
        let (planned, simulated) = (plan.per_minute.unwrap(), simulated_rate(&job));
        assert!((simulated.mean / planned - 1.0).abs() < 0.01, "{binding:?}: {planned:.2}, simulated {simulated:?}");
    }
}

#[test]
fn a_plan_is_done_when_the_ideal_client_is() {
    for algorithm in Algorithm::ALL {
        for (rpm, requests) in [(60, 100), (500, 600), (3, 10)] {
            let mut job = job(rpm, 100_000_000, requests, 64);
            job.limits.algorithm = algorithm;
            let ideal = ideal_drain(&job.limits, &job.workload.draw(1));
            let off = job.plan().last_in.abs_diff(ideal);
            assert!(off < Duration::from_millis(1), "{algorithm:?} {rpm}: {off:?}");
        }
    }
    // Tokens vary from draw to draw: 1 % over the mean of some.
    for charge in ChargeRule::ALL {
        let mut job = job(10_000, 60_000, 3_000, 300);
        job.limits.charge = charge;
        let ideal =
            Summary::of((0..10).map(|seed| ideal_drain(&job.limits, &job.workload.draw(seed)).as_secs_f64())).unwrap();
        let planned = job.plan().last_in.as_secs_f64();
        assert!((ideal.mean / planned - 1.0).abs() < 0.01, "{charge:?}: {planned}, {ideal:?}");
    }
}

#[test]
fn plans_by_hand() {
    let constant = |rpm, tpm, requests| Job {
        limits: LimitSettings::per_minute(rpm, tpm),
        workload: Workload::burst(requests),
        concurrency: None,
        price: Some(facts("gpt-5-nano").unwrap().price),
    };
    // 600 at 500 RPM: 100 more than at once, at 500 a minute: 12 s.
    let plan = constant(Some(500), None, 600).plan();
    assert_eq!((plan.last_in, plan.bounds[0].binding), (Duration::from_secs(12), Binding::RequestsPerMinute));
    // 0.4 s × exp(0.35² / 2) + 64 tokens ÷ 150 a second = 0.852 s; 500 ÷ 60 × 0.852 = 7.1: 8 in flight.
    assert!((plan.latency.as_secs_f64() - 0.8519).abs() < 0.001, "{:?}", plan.latency);
    assert_eq!(plan.concurrency, Some(8));
    // gpt-5-nano: 600 × (20 × $0.05 + 64 × $0.40) per million = $0.01596.
    assert_eq!(plan.cost_picodollars, Some(15_960_000_000));

    // FIELD.md, idea 9: "lower max_output_tokens 2048 → 256 = 3.1×": what is charged is the larger, prompts of 660.
    let mut long = constant(None, Some(60_000), 100);
    long.workload.input_tokens = Distribution::Constant(660);
    long.workload.max_output_tokens = Some(2_048);
    let changed = long.with(Change::MaxOutputTokens(256)).unwrap();
    assert_eq!(changed.words, "max output tokens 2048 → 256");
    assert!((changed.times_faster - 2_048.0 / 660.0).abs() < 1e-9 && (changed.times_faster - 3.1).abs() < 0.01);
    assert!(matches!(long.what_if()[0].change, Change::MaxOutputTokens(64)));
    assert!(constant(None, None, 10).plan().per_minute.is_none());
}

#[test]
fn a_burst_above_the_limit_is_told_to_be_paced() {
    let experiment = Experiment {
        limits: LimitSettings::per_minute(Some(60), None),
        workload: Workload::burst(100),
        clients: Clients { count: 1, concurrency: 100, neighbours: Vec::new() },
        policies: candidates(),
        seeds: Seeds { first: 0, count: 10 },
    };
    let results = summarise(&experiment, &ExperimentRun::new(experiment.clone()).unwrap().run().0);
    let advice = recommend(&experiment, &results).unwrap();
    assert_eq!(advice.name, LabPolicy::paced().name);
    assert_eq!(advice.binding, Some(Binding::RequestsPerMinute));
    // One a second at 0.85 s each is one in flight; half as much again is two.
    assert_eq!(advice.concurrency, 2);
    assert_eq!(advice.reasons.len(), 3, "{:?}", advice.reasons);
    assert_eq!(recommend(&experiment, &[]), None);
}

#[test]
fn trees_have_the_published_counts() {
    let layer =
        |max_attempts| RetryPolicy { max_attempts, retry_on: RetryOn::RateLimitError, ..Preset::FixedDelay.policy() };
    let over = |outer: u32, inner: RetryPolicy| RetryPolicy { inner: Some(Box::new(inner)), ..layer(outer) };
    for (policy, shape) in [
        (Preset::NotebookAsWritten.policy(), &[5, 3][..]),
        (over(4, layer(3)), &[4, 3]),
        (over(12, layer(3)), &[12, 3]),
        (over(3, over(3, layer(5))), &[3, 3, 5]),
    ] {
        let tree = worst_case(&policy);
        let requests: u32 = tree.iter().map(|node| node.requests()).sum();
        assert_eq!((requests, layers(&policy)), (shape.iter().product(), shape.len()));
        let (mut level, mut request) = (tree, 0);
        for (depth, width) in shape.iter().enumerate() {
            assert_eq!(level.len() % usize::try_from(*width).unwrap(), 0, "level {depth}");
            let innermost = depth + 1 == shape.len();
            for node in &level {
                assert_eq!(node.request.is_some(), innermost);
                if let Some(number) = node.request {
                    request += 1;
                    assert_eq!(number, request, "in the order in which they were sent");
                }
            }
            level = level.into_iter().flat_map(|node| node.inner).collect();
        }
        assert_eq!(request, requests);
    }
}

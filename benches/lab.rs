//! How many attempts a second the engine makes in an experiment, on one core. Prints figures, asserts none.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sluice::lab::{
    AwsAlgorithm, Clients, ContentionTrial, Experiment, ExperimentRun, LabPolicy, LimitSettings, Seeds, Trial, Workload,
};
use sluice::retry::{Backoff, HintRule, Jitter, Preset, RetryOn, RetryPolicy};
use sluice::simulator::LatencyModel;

/// 1,000 clients under full jitter, each with ten requests, on a limiter of so many requests a minute.
fn thousand_clients(latency: LatencyModel) -> Experiment {
    let retry = RetryPolicy {
        max_attempts: u32::MAX,
        backoff: Backoff::exponential(Duration::from_secs(1), Duration::from_secs(60), Jitter::FULL),
        retry_on: RetryOn::Curable,
        hint: HintRule::Ignore,
        max_delay: Duration::MAX,
        deadline: None,
        inner: None,
    };
    Experiment {
        limits: LimitSettings { latency, ..LimitSettings::per_minute(Some(1_000), None) },
        workload: Workload::burst(10_000),
        clients: Clients { count: 1_000, concurrency: 1, neighbours: Vec::new() },
        policies: vec![LabPolicy::new("Full jitter", retry)],
        seeds: Seeds { first: 1, count: 1 },
    }
}

fn run(experiment: &Experiment) -> u64 {
    Trial::new(experiment, 0, 1, false).map_or(0, |trial| trial.run().0.calls)
}

fn attempts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lab/1,000 clients, full jitter, limiter");
    group.sample_size(20).measurement_time(Duration::from_secs(5));
    let constant = LatencyModel { spread: 0.0, ..LatencyModel::ORDINARY };
    for (name, latency) in [("constant latency", constant), ("lognormal latency", LatencyModel::ORDINARY)] {
        let experiment = thousand_clients(latency);
        group.throughput(Throughput::Elements(run(&experiment)));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(run(&experiment))));
    }
    group.finish();

    let mut group = criterion.benchmark_group("lab/AWS contention, 190 clients");
    group.sample_size(20).measurement_time(Duration::from_secs(5));
    for algorithm in AwsAlgorithm::ALL {
        group.throughput(Throughput::Elements(ContentionTrial::new(190, algorithm, 1).run().calls));
        group.bench_function(algorithm.name(), |bencher| {
            bencher.iter(|| black_box(ContentionTrial::new(190, algorithm, 1).run()));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("lab/100 seeds, 7 policies, 100 requests");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    let policies = [
        Preset::OpenAiPython,
        Preset::OpenAiNode,
        Preset::Notebook,
        Preset::NotebookAsWritten,
        Preset::Cookbook,
        Preset::FullJitter,
        Preset::Sluice,
    ];
    let experiment = Experiment {
        limits: LimitSettings::per_minute(Some(60), None),
        workload: Workload::burst(100),
        clients: Clients { count: 1, concurrency: 100, neighbours: Vec::new() },
        policies: policies.into_iter().map(LabPolicy::from).collect(),
        seeds: Seeds { first: 0, count: 100 },
    };
    group.bench_function("all", |bencher| {
        bencher.iter(|| black_box(ExperimentRun::new(experiment.clone()).map(ExperimentRun::run)));
    });
    group.finish();
}

criterion_group!(benches, attempts);
criterion_main!(benches);

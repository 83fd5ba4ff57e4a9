//! Experiments as a whole: the same bytes for the same seed, in slices and in shares; sums that must agree.

use std::time::Duration;

use super::golden::everything;
use sluice::lab::{
    Arrival, Clients, Experiment, ExperimentError, ExperimentRun, LabPolicy, LimitSettings, Seeds, Slice, TrialFigures,
    Workload, summarise,
};
use sluice::rate_limit::Algorithm;

fn bytes(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_however_it_is_sliced() {
    let experiment = everything();
    let (trials, details) = ExperimentRun::new(experiment.clone()).unwrap().run();
    assert_eq!((trials.len(), details.len()), (30, 5));

    let mut run = ExperimentRun::new(experiment.clone()).unwrap();
    let (mut sliced, mut turns) = (Vec::new(), 0);
    loop {
        turns += 1;
        match run.run_for(7) {
            Slice::Trial(figures, detail) => {
                sliced.push((*figures, detail));
                assert_eq!(run.progress().done, u64::try_from(sliced.len()).unwrap());
            }
            Slice::More => {}
            Slice::Done => break,
        }
    }
    assert!(turns > 1_000 && run.progress().done == run.progress().of);
    let (figures, sliced_details): (Vec<TrialFigures>, Vec<_>) = sliced.into_iter().unzip();
    assert_eq!(bytes(&figures), bytes(&trials));
    assert_eq!(bytes(&sliced_details.into_iter().flatten().collect::<Vec<_>>()), bytes(&details));
}

#[test]
fn a_seed_has_its_bytes_on_every_target() {
    assert_eq!(super::golden::bytes_hash(), super::golden::HASH);
}

#[test]
fn two_workers_bring_what_one_does() {
    let experiment = everything();
    let (all, _) = ExperimentRun::new(experiment.clone()).unwrap().run();
    let share = |worker| ExperimentRun::share_of(experiment.clone(), worker, 2).unwrap().run().0;
    let shared: Vec<TrialFigures> = share(1).into_iter().chain(share(0)).collect();
    assert_eq!(bytes(&summarise(&experiment, &shared)), bytes(&summarise(&experiment, &all)));
}

#[test]
fn an_experiment_survives_its_way_to_a_worker() {
    let experiment = everything();
    let back: Experiment = serde_json::from_str(&bytes(&experiment)).unwrap();
    assert_eq!(back, experiment);
}

#[test]
fn the_sums_agree() {
    let experiment = everything();
    let (trials, details) = ExperimentRun::new(experiment.clone()).unwrap().run();
    for trial in &trials {
        let ends = trial.ends;
        let ended = ends.succeeded
            + ends.gave_up
            + ends.past_deadline
            + ends.hint_too_long
            + ends.budget_spent
            + ends.not_retried
            + ends.asked;
        assert_eq!(ended, trial.requests, "{trial:?}");
        assert_eq!(trial.calls, u64::from(ends.succeeded) + trial.refused, "{trial:?}");
        assert_eq!(trial.wasted_calls, trial.refused);
        assert!(!trial.is_cut_short && trial.peak_tenth <= trial.peak_second);
        assert!(trial.neighbours_admitted > 0);
    }
    for detail in &details {
        let trial = trials.iter().find(|trial| (trial.policy, trial.seed) == (detail.policy, detail.seed)).unwrap();
        let sum = |count: fn(&sluice::lab::Bin) -> u64| detail.series.bins.iter().map(count).sum::<u64>();
        assert_eq!(sum(|bin| bin.admitted) + sum(|bin| bin.refused), trial.calls);
        assert_eq!(sum(|bin| bin.completed), u64::from(trial.ends.succeeded));
        assert_eq!(detail.waits.iter().map(|bin| bin.requests).sum::<u32>(), trial.ends.succeeded);
        assert!(detail.trace_is_whole);
        assert_eq!(u64::try_from(detail.trace.len()).unwrap(), trial.calls + trial.held_back);
        // The bucket's level is known at the end of each bin, and never above the limit.
        let levels = detail.series.bins.iter().rev().skip(1);
        assert!(levels.clone().all(|bin| bin.requests_left.is_some_and(|left| left <= 120)));
        assert!(levels.clone().all(|bin| bin.tokens_left.is_some_and(|left| left <= 30_000)));
    }
}

#[test]
fn other_ways_of_counting_have_other_ideals() {
    // 10 requests at 3 a minute: a bucket lets the tenth in at 140 s; windows of a minute at 180 s.
    for (algorithm, seconds) in
        [(Algorithm::TokenBucket, 140), (Algorithm::FixedWindow, 180), (Algorithm::SlidingWindow, 180)]
    {
        let limits = LimitSettings { algorithm, ..LimitSettings::per_minute(Some(3), None) };
        let drain = sluice::lab::ideal_drain(&limits, &Workload::burst(10).draw(1));
        assert_eq!(drain, Duration::from_secs(seconds), "{algorithm:?}");
    }
}

#[test]
fn our_pacer_wastes_next_to_nothing_and_is_done_near_the_ideal() {
    let experiment = Experiment {
        limits: LimitSettings::per_minute(Some(60), None),
        workload: Workload::burst(100),
        clients: Clients { count: 1, concurrency: 100, neighbours: Vec::new() },
        policies: vec![LabPolicy::paced()],
        seeds: Seeds { first: 0, count: 20 },
    };
    let results = summarise(&experiment, &ExperimentRun::new(experiment.clone()).unwrap().run().0);
    let result = &results[0];
    // FIELD 5.5: a client pacer would reach the ideal with 1.00 requests each.
    assert!((result.success.mean - 1.0).abs() < 1e-12);
    assert!(result.calls_per_request.mean < 1.02, "{:?}", result.calls_per_request);
    assert!(result.drain_over_ideal.unwrap().mean < 1.05, "{:?}", result.drain_over_ideal);
}

#[test]
fn what_cannot_be_run_is_said() {
    let broken = |change: fn(&mut Experiment)| {
        let mut experiment = everything();
        change(&mut experiment);
        experiment.check().unwrap_err()
    };
    assert_eq!(broken(|experiment| experiment.policies.clear()), ExperimentError::NoPolicy);
    for change in [
        (|experiment| experiment.workload.requests = 0) as fn(&mut Experiment),
        |experiment| experiment.clients.count = u32::MAX,
        |experiment| experiment.clients.concurrency = 0,
        |experiment| experiment.seeds.count = 0,
        |experiment| experiment.workload.arrival = Arrival::Steady { per_minute: f64::NAN },
    ] {
        broken(change);
    }
}

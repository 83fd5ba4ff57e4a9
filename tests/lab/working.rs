//! Orders as a worker carries them out, and a trial played again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sluice::clock::{Clock, VirtualClock};
use sluice::lab::{
    Clients, Experiment, ExperimentRun, LabPolicy, LabPreset, LimitSettings, Order, Report, Seeds, Share, TracedEnd,
    Work, Workload,
};
use sluice::retry::Preset;
use sluice::run::{CallState, RunLog};
use sluice::time::{Instant, micros};

/// Carries an order out in small steps, with a report every few of them, as a worker does.
fn carry_out(order: Order) -> Vec<Report> {
    let mut work = Work::begin(order).unwrap();
    let mut reports = Vec::new();
    let mut steps = 0;
    loop {
        let is_over = work.step(50);
        steps += 1;
        if is_over || steps % 40 == 0 {
            reports.push(work.report());
        }
        if is_over {
            return reports;
        }
    }
}

fn small() -> Experiment {
    let form = LabPreset::Notebook.form();
    Experiment { seeds: Seeds { first: 3, count: 5 }, ..form.experiment().unwrap() }
}

#[test]
fn workers_together_bring_what_one_brings() {
    let experiment = small();
    let (mut whole, details) = ExperimentRun::new(experiment.clone()).unwrap().run();
    let shares =
        [0, 1].map(|worker| carry_out(Order::Experiment(Box::new(experiment.clone()), Share { worker, workers: 2 })));
    let mut together: Vec<_> = shares.iter().flatten().flat_map(|report| report.trials.clone()).collect();
    let key = |trial: &sluice::lab::TrialFigures| (trial.seed, trial.policy);
    whole.sort_by_key(key);
    together.sort_by_key(key);
    assert_eq!(together, whole);
    for share in &shares {
        let last = share.last().unwrap();
        assert!(last.is_over && last.done == last.of, "{last:?}");
    }
    let calls: u64 = shares.iter().map(|share| share.last().unwrap().calls).sum();
    assert_eq!(calls, whole.iter().map(|trial| trial.calls).sum::<u64>());
    // Charts come with the first seed, without the attempts that only a replay asks for.
    let charts: Vec<_> = shares.iter().flatten().flat_map(|report| report.details.clone()).collect();
    assert_eq!(charts.len(), details.len());
    for chart in charts {
        let detail = details.iter().find(|detail| detail.policy == chart.policy).unwrap();
        assert_eq!((&chart.series, &chart.waits, chart.trace.len()), (&detail.series, &detail.waits, 0));
    }
}

#[test]
fn what_travels_as_json_arrives_as_it_was() {
    let mut experiment = small();
    experiment.policies.push(LabPolicy::from(Preset::NotebookAsWritten));
    let order = Order::Experiment(Box::new(experiment), Share { worker: 0, workers: 3 });
    let json = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<Order>(&json).unwrap(), order);
    for report in carry_out(order) {
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    }
}

#[test]
fn an_order_that_makes_no_sense_is_refused() {
    let order = |policy| Order::Trace { experiment: Box::new(small()), policy, seed: 3 };
    assert!(Work::begin(order(0)).is_ok());
    assert!(Work::begin(order(99)).is_err());
    let empty = Experiment { policies: Vec::new(), ..small() };
    assert!(Work::begin(Order::Experiment(Box::new(empty), Share { worker: 0, workers: 1 })).is_err());
}

#[test]
fn a_trial_is_played_again_attempt_by_attempt() {
    // The notebook's policy as written: waits of two layers, and calls that give up.
    let experiment = small();
    let written =
        experiment.policies.iter().position(|policy| policy.name == Preset::NotebookAsWritten.name()).unwrap();
    for policy in [0, 2, written] {
        let reports = carry_out(Order::Trace { experiment: Box::new(experiment.clone()), policy, seed: 3 });
        let trace = reports.into_iter().find_map(|report| report.trace).unwrap();
        let (figures, _) = sluice::lab::Trial::new(&experiment, policy, 3, false).unwrap().run();
        assert!(trace.is_whole);
        assert_eq!(trace.attempts.len() as u64, figures.calls);

        let (clock, log) = (VirtualClock::default(), Rc::new(RefCell::new(RunLog::default())));
        clock.advance_to(Instant::from_origin(Duration::from_secs(1_000)));
        let began = clock.now();
        clock.run(trace.play(&clock, &log)).unwrap();
        let log = log.borrow();
        assert!(!log.is_running());
        assert_eq!(log.calls.len(), 10);
        let succeeded =
            log.calls.iter().filter(|call| call.state == CallState::Ended(sluice::client::CallEnd::Succeeded));
        assert_eq!(succeeded.count(), usize::try_from(figures.ends.succeeded).unwrap());
        assert_eq!(log.elapsed(clock.now()), Duration::from_micros(figures.end_micros));
        // Every attempt and wait of the trace is in the log, at its time.
        for (index, call) in log.calls.iter().enumerate() {
            let own: Vec<_> = trace.attempts.iter().filter(|attempt| attempt.call as usize == index).collect();
            assert_eq!(call.attempts.len(), own.len());
            for (attempt, traced) in call.attempts.iter().zip(own) {
                let since = |at: Instant| micros(at.saturating_since(began));
                assert_eq!(
                    (since(attempt.started), attempt.ended.map(since)),
                    (traced.sent_micros, Some(traced.answered_micros))
                );
                let waited = attempt.wait.map(|wait| micros(wait.actual().unwrap()));
                assert_eq!(waited, traced.wait_micros);
                assert_eq!(attempt.wait.map(|wait| wait.planned.layer), traced.layer);
                assert_eq!(attempt.outcome.as_ref().unwrap().status, traced.status);
            }
        }
    }
}

#[test]
fn a_trace_tells_how_each_request_ended() {
    let experiment = Experiment {
        limits: LimitSettings::per_minute(Some(3), None),
        workload: Workload::burst(10),
        clients: Clients { count: 1, concurrency: 10, neighbours: Vec::new() },
        policies: vec![LabPolicy::from(Preset::None)],
        seeds: Seeds { first: 1, count: 1 },
    };
    let reports = carry_out(Order::Trace { experiment: Box::new(experiment), policy: 0, seed: 1 });
    let trace = reports.into_iter().find_map(|report| report.trace).unwrap();
    // Three fit, and nobody tries again.
    let ends: Vec<_> = trace.attempts.iter().map(|attempt| attempt.end.unwrap()).collect();
    assert_eq!(ends.iter().filter(|end| **end == TracedEnd::Succeeded).count(), 3);
    assert_eq!(ends.len(), 10);
}

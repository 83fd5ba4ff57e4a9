//! The policy table of FIELD.md 5.5, cell by cell: success and HTTP calls for each request over 100 seeds, at three
//! limits. It was made by another program: a continuous bucket, rejected calls free. How long its answers took is not
//! told; here they take no time, and where a cell is not met so, it must be met with answers of a third of a second.

use std::time::Duration;

use sluice::lab::{Experiment, ExperimentRun, LabPolicy, LimitSettings, PolicyResult, summarise};
use sluice::retry::{Backoff, BeyondCeiling, HintRule, Jitter, Preset, RetryPolicy};
use sluice::simulator::LatencyModel;

use super::closed_forms::{attempts, burst, exactly_as_told};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Requests, and requests a minute.
const SETTINGS: [(u32, u64); 3] = [(10, 3), (100, 60), (600, 500)];

/// Success in percent, HTTP calls for each request, and the end in seconds.
type Row = [(f64, f64, f64); 3];

struct Line {
    name: &'static str,
    policy: RetryPolicy,
    headers_visible: bool,
    table: Row,
}

fn exponential(jitter: Jitter) -> RetryPolicy {
    RetryPolicy { backoff: Backoff::exponential(SECOND, MINUTE, jitter), ..attempts(20) }
}

fn lines() -> Vec<Line> {
    let line = |name, policy, headers_visible, table| Line { name, policy, headers_visible, table };
    let floor = HintRule::Floor { ceiling: Duration::MAX, beyond: BeyondCeiling::Ask };
    vec![
        line(
            "SDK default, header hidden",
            Preset::OpenAiPython.policy(),
            false,
            [(30.0, 2.40, 2.0), (61.0, 1.80, 2.0), (85.7, 1.32, 3.0)],
        ),
        line(
            "SDK default, header visible",
            Preset::OpenAiPython.policy(),
            true,
            [(50.0, 2.30, 41.0), (62.0, 1.79, 3.0), (83.7, 1.33, 1.0)],
        ),
        line(
            "Seed loop, 5 attempts",
            Preset::Notebook.policy(),
            true,
            [(32.9, 3.80, 20.0), (79.6, 2.46, 21.0), (100.0, 1.45, 21.0)],
        ),
        line(
            "Seed loop x hidden SDK retries",
            Preset::NotebookAsWritten.policy(),
            false,
            [(40.0, 10.69, 27.0), (86.7, 5.43, 28.0), (100.0, 1.99, 15.0)],
        ),
        line(
            "Exponential, no jitter, 20",
            exponential(Jitter::NONE),
            true,
            [(100.0, 5.60, 185.0), (100.0, 2.83, 64.0), (100.0, 1.50, 16.0)],
        ),
        line(
            "Full jitter, 20",
            exponential(Jitter::FULL),
            true,
            [(100.0, 6.47, 160.0), (100.0, 3.04, 68.0), (100.0, 1.57, 25.0)],
        ),
        line(
            "Retry-After exactly, 20",
            exactly_as_told(20),
            true,
            [(100.0, 3.80, 141.0), (80.0, 7.10, 21.0), (86.7, 4.02, 3.0)],
        ),
        line(
            "Retry-After floor + jitter, 20",
            RetryPolicy { hint: floor, ..exponential(Jitter::FULL) },
            true,
            [(100.0, 3.73, 153.0), (100.0, 2.93, 69.0), (100.0, 1.56, 25.0)],
        ),
    ]
}

fn measured(line: &Line, (requests, rpm): (u32, u64), latency: LatencyModel, seeds: u32) -> PolicyResult {
    let policy = LabPolicy::new(line.name, line.policy.clone());
    let mut experiment: Experiment = burst(requests, rpm, policy, latency);
    experiment.limits = LimitSettings { headers_visible: line.headers_visible, ..experiment.limits };
    experiment.seeds.count = seeds;
    let trials = ExperimentRun::new(experiment.clone()).unwrap().run().0;
    summarise(&experiment, &trials).remove(0)
}

/// Within 2 points of success and 5 % of calls.
fn meets(ours: &PolicyResult, (success, calls, _): (f64, f64, f64)) -> bool {
    let (our_success, our_calls) = (ours.success.mean * 100.0, ours.calls_per_request.mean);
    (our_success - success).abs() <= 2.0 && (our_calls / calls - 1.0).abs() <= 0.05
}

#[test]
fn every_cell_of_the_policy_table_is_met_or_explained() {
    let slow = Duration::from_millis(333);
    let slow = LatencyModel { first_token: slow, spread: 0.0, tokens_per_second: 0.0, refusal: slow, scale: 1.0 };
    let (mut explained, mut unexplained) = (Vec::new(), Vec::new());
    for line in lines() {
        for (setting, cell) in SETTINGS.into_iter().zip(line.table) {
            let at_once = measured(&line, setting, LatencyModel::ZERO, 100);
            if meets(&at_once, cell) {
                continue;
            }
            if meets(&measured(&line, setting, slow, 100), cell) {
                explained.push((line.name, setting));
                continue;
            }
            let (success, calls) = (at_once.success.mean * 100.0, at_once.calls_per_request.mean);
            unexplained.push(format!("{}, {setting:?}: {success:.1} % / {calls:.2}, not {cell:?}", line.name));
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    // Its last attempt goes out about when the first place is free again: what four refusals take decides whether it is.
    assert_eq!(explained, [("Seed loop, 5 attempts", (10, 3))]);
}

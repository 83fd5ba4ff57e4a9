//! An experiment with all that one can have, and the hash of its bytes: natively and in a browser the same.

use sluice::lab::{
    Arrival, Clients, Distribution, Experiment, ExperimentRun, LabPolicy, LimitSettings, Neighbour, Pacing, Seeds,
    Workload,
};
use sluice::retry::{BudgetRule, GuardRule, Preset};
use sluice::simulator::ChargeRule;

/// Of [`everything`], as both targets give it.
pub const HASH: u64 = 3_933_234_440_691_165_955;

/// All that an experiment can have, at once.
pub fn everything() -> Experiment {
    let mut limits = LimitSettings::per_minute(Some(120), Some(30_000));
    limits.charge = ChargeRule::Sum;
    limits.settle = true;
    let steady = Neighbour { arrival: Arrival::Poisson { per_minute: 20.0 }, tokens: 200, burst: 2 };
    Experiment {
        limits,
        workload: Workload {
            requests: 60,
            arrival: Arrival::Poisson { per_minute: 200.0 },
            input_tokens: Distribution::LogNormal { median: 150, spread: 0.6 },
            output_tokens: Distribution::Uniform { low: 10, high: 400 },
            max_output_tokens: Some(300),
        },
        clients: Clients { count: 3, concurrency: 8, neighbours: vec![steady] },
        policies: vec![
            LabPolicy::paced(),
            LabPolicy { pacing: Some(Pacing::Told), ..LabPolicy::paced() },
            LabPolicy::from(Preset::Sluice).with_budget(BudgetRule::AWS_SDK),
            LabPolicy::from(Preset::NotebookAsWritten).with_guard(GuardRule::GOOGLE),
            LabPolicy::from(Preset::FullJitter).with_guard(GuardRule::CIRCUIT),
        ],
        seeds: Seeds { first: 40, count: 6 },
    }
}

/// FNV-1a over the JSON of all figures, charts and traces.
pub fn bytes_hash() -> u64 {
    let brought = ExperimentRun::new(everything()).unwrap().run();
    let bytes = serde_json::to_string(&brought).unwrap();
    bytes.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

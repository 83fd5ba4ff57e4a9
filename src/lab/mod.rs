//! The Lab: which policy, what concurrency, how long. Experiments with the engine itself, in virtual time.
//!
//! An [`Experiment`] is plain data; [`ExperimentRun`] runs it in slices through `client::execute_admitted` against the
//! simulator's own decisions; [`summarise`] makes results of its trials. The same seed gives the same bytes.

mod attempt_tree;
mod contention;
mod distribution;
mod experiment;
mod figures;
mod form;
mod grid;
mod guarded;
mod ideal;
mod planner;
mod policy;
pub mod policy_parts;
mod probe;
mod recommend;
mod replay;
mod results;
mod run;
mod scorecard;
mod series;
mod server;
mod server_log;
mod statistics;
mod tally;
mod trial;
mod work;

pub use attempt_tree::{AttemptNode, layers, tree_of, worst_case};
pub use contention::{AwsAlgorithm, ContentionFigures, ContentionTrial, contention_summary};
pub use distribution::Distribution;
pub use experiment::{
    Arrival, Clients, Experiment, ExperimentError, LimitSettings, MOST_CLIENTS, MOST_REQUESTS, MOST_SEEDS, Neighbour,
    Seeds, Workload,
};
pub use figures::{Detail, Ends, StartedAttempt, TracedEnd, TrialFigures, WaitBin};
pub use form::{LabForm, LabPreset, MOST_PAGE_SEEDS, MOST_POLICIES, PolicyChoice};
pub use grid::{AWS_CLIENTS, GridRun, GridSlice};
pub use guarded::{LONGEST_TRIAL, MOST_CALLS};
pub use ideal::ideal_drain;
pub use planner::{Binding, Bound, Change, ChangedPlan, Job, Plan};
pub use policy::{LabPolicy, Pacing};
pub use probe::{MOST_PROBED, ProbedAttempt, ProbedCall, probe};
pub use recommend::{Recommendation, candidates, recommend};
pub use replay::Trace;
pub use results::{PolicyResult, summarise};
pub use run::{ExperimentRun, Progress, Slice};
pub use scorecard::{CounterExample, Rule, RuleVerdict, Scorecard};
pub use series::{Bin, Series};
pub use server::{Decided, LabRequest, LimitedServer};
pub use server_log::{Peak, ServerLog};
pub use statistics::Summary;
pub use trial::Trial;
pub use work::{Order, Report, Share, Work};

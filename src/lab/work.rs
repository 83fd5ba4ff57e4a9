//! What a worker is asked and what it tells: plain data on both sides, and the work in slices between them.

use serde::{Deserialize, Serialize};

use super::contention::ContentionFigures;
use super::experiment::{Experiment, ExperimentError};
use super::figures::{Detail, TrialFigures};
use super::grid::{GridRun, GridSlice};
use super::replay::Trace;
use super::run::{ExperimentRun, Progress, Slice};
use super::trial::Trial;

/// One worker's share of work that several do: the one numbered `worker`, from 0, of `workers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Which, from 0.
    pub worker: u32,
    /// Of how many.
    pub workers: u32,
}

/// What a worker is asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// A share of an experiment's trials.
    Experiment(Box<Experiment>, Share),
    /// One trial again, with every attempt of it.
    Trace {
        /// Of what.
        experiment: Box<Experiment>,
        /// Under which policy, by its place.
        policy: usize,
        /// With which draws.
        seed: u64,
    },
    /// A share of AWS' contention experiment, with so many runs of each cell.
    Grid {
        /// Runs of each cell.
        runs: u32,
        /// The seed of the first run.
        first_seed: u64,
        /// The share.
        share: Share,
    },
}

/// What has come of it since the last report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Trials that are over.
    pub trials: Vec<TrialFigures>,
    /// The charts of the first seed's trials; their attempts are left out.
    pub details: Vec<Detail>,
    /// The trace that was asked for.
    pub trace: Option<Trace>,
    /// Runs of the contention experiment that are over.
    pub contention: Vec<ContentionFigures>,
    /// Trials or runs that are over, in all.
    pub done: u64,
    /// Trials or runs of this share.
    pub of: u64,
    /// HTTP calls made so far, in all.
    pub calls: u64,
    /// Whether nothing is left to do.
    pub is_over: bool,
}

/// An order being carried out. Dropping it stops it.
#[derive(Debug)]
pub struct Work {
    stage: Stage,
    report: Report,
}

#[derive(Debug)]
enum Stage {
    Experiment(Box<ExperimentRun>),
    Trace(Option<Box<(Experiment, Trial)>>),
    Grid(GridRun),
}

impl Work {
    /// Begins.
    ///
    /// # Errors
    /// Where the experiment cannot be run, or has no such policy.
    pub fn begin(order: Order) -> Result<Self, ExperimentError> {
        let stage = match order {
            Order::Experiment(experiment, share) => {
                Stage::Experiment(Box::new(ExperimentRun::share_of(*experiment, share.worker, share.workers)?))
            }
            Order::Trace { experiment, policy, seed } => {
                experiment.check()?;
                let trial = Trial::new(&experiment, policy, seed, true).ok_or(ExperimentError::NoPolicy)?;
                Stage::Trace(Some(Box::new((*experiment, trial))))
            }
            Order::Grid { runs, first_seed, share } => {
                Stage::Grid(GridRun::share_of(runs, first_seed, share.worker, share.workers))
            }
        };
        Ok(Self { stage, report: Report::default() })
    }

    /// Goes on for at most `polls` steps, or to the end of a trial; true where nothing is left to do.
    pub fn step(&mut self, polls: usize) -> bool {
        let report = &mut self.report;
        report.is_over = match &mut self.stage {
            Stage::Experiment(run) => match run.run_for(polls) {
                Slice::Trial(figures, detail) => {
                    report.calls += figures.calls;
                    report.trials.push(*figures);
                    report.details.extend(detail.map(|detail| Detail { trace: Vec::new(), ..*detail }));
                    false
                }
                Slice::More => false,
                Slice::Done => true,
            },
            Stage::Grid(run) => match run.run_for(polls) {
                GridSlice::Run(figures) => {
                    report.calls += figures.calls;
                    report.contention.push(figures);
                    false
                }
                GridSlice::More => false,
                GridSlice::Done => true,
            },
            Stage::Trace(under_way) => {
                let is_over = under_way.as_mut().is_none_or(|trial| trial.1.run_for(polls));
                if let Some(trial) = under_way.take_if(|_| is_over) {
                    report.trace = trace_of(*trial);
                }
                is_over
            }
        };
        report.is_over
    }

    /// What has come of it since this was last asked.
    pub fn report(&mut self) -> Report {
        let Progress { done, of } = match &self.stage {
            Stage::Experiment(run) => run.progress(),
            Stage::Grid(run) => run.progress(),
            Stage::Trace(under_way) => Progress { done: u64::from(under_way.is_none()), of: 1 },
        };
        let (calls, is_over) = (self.report.calls, self.report.is_over);
        Report { done, of, ..std::mem::replace(&mut self.report, Report { calls, is_over, ..Report::default() }) }
    }
}

fn trace_of((experiment, trial): (Experiment, Trial)) -> Option<Trace> {
    let (figures, detail) = trial.finish();
    Some(Trace::of(&experiment.workload, &figures, detail?))
}

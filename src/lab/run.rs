//! A whole experiment in slices: for a worker that tells how far it is and can be stopped.

use super::experiment::{Experiment, ExperimentError};
use super::figures::{Detail, TrialFigures};
use super::trial::Trial;

/// How far an experiment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Trials that are over.
    pub done: u64,
    /// All trials of this share.
    pub of: u64,
}

/// What a slice of work brought.
#[derive(Debug)]
pub enum Slice {
    /// A trial is over. The first seed's come with their detail.
    Trial(Box<TrialFigures>, Option<Box<Detail>>),
    /// The trial under way goes on.
    More,
    /// All trials are over.
    Done,
}

/// Runs an experiment, or one worker's share of it, seed by seed, so that all policies have results early.
///
/// Dropping it stops it.
#[derive(Debug)]
pub struct ExperimentRun {
    experiment: Experiment,
    // Of the seeds, every `workers`-th from this one on.
    worker: u32,
    workers: u32,
    next: u64,
    trial: Option<Trial>,
    done: u64,
}

impl ExperimentRun {
    /// The whole experiment.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub fn new(experiment: Experiment) -> Result<Self, ExperimentError> {
        Self::share_of(experiment, 0, 1)
    }

    /// The share of one of `workers` workers, counted from 0: each takes its own seeds.
    ///
    /// # Errors
    /// Where the experiment cannot be run.
    pub fn share_of(experiment: Experiment, worker: u32, workers: u32) -> Result<Self, ExperimentError> {
        experiment.check()?;
        let workers = workers.max(1);
        Ok(Self { experiment, worker: worker.min(workers - 1), workers, next: 0, trial: None, done: 0 })
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let count = self.experiment.seeds.count;
        let seeds = u64::from(count.saturating_sub(self.worker).div_ceil(self.workers));
        Progress { done: self.done, of: seeds * self.policies() }
    }

    /// Goes on for at most `polls` steps, or to the end of a trial.
    pub fn run_for(&mut self, polls: usize) -> Slice {
        if self.trial.is_none() {
            let Some(trial) = self.next_trial() else { return Slice::Done };
            self.trial = Some(trial);
        }
        match self.trial.take() {
            None => Slice::Done,
            Some(mut trial) => {
                if !trial.run_for(polls) {
                    self.trial = Some(trial);
                    return Slice::More;
                }
                self.done += 1;
                let (figures, detail) = trial.finish();
                Slice::Trial(Box::new(figures), detail.map(Box::new))
            }
        }
    }

    /// Runs all of it.
    pub fn run(mut self) -> (Vec<TrialFigures>, Vec<Detail>) {
        let (mut trials, mut details) = (Vec::new(), Vec::new());
        loop {
            match self.run_for(usize::MAX) {
                Slice::Trial(figures, detail) => {
                    trials.push(*figures);
                    details.extend(detail.map(|detail| *detail));
                }
                Slice::More => {}
                Slice::Done => return (trials, details),
            }
        }
    }

    fn policies(&self) -> u64 {
        u64::try_from(self.experiment.policies.len()).unwrap_or(u64::MAX).max(1)
    }

    fn next_trial(&mut self) -> Option<Trial> {
        let (round, policy) = (self.next / self.policies(), self.next % self.policies());
        let offset = u64::from(self.worker) + round * u64::from(self.workers);
        if offset >= u64::from(self.experiment.seeds.count) {
            return None;
        }
        self.next += 1;
        let seed = self.experiment.seeds.first.wrapping_add(offset);
        Trial::new(&self.experiment, usize::try_from(policy).ok()?, seed, offset == 0)
    }
}

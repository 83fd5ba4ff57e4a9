//! The whole of AWS' experiment in slices: all its algorithms and client counts, many runs each.

use super::contention::{AwsAlgorithm, ContentionFigures, ContentionTrial};
use super::run::Progress;

/// The client counts of AWS' own program: `range(10, 200, 10)`. A hundred runs of all cells are 15 million attempts.
pub const AWS_CLIENTS: [u32; 19] =
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190];

/// What a slice of work brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridSlice {
    /// A run is over.
    Run(ContentionFigures),
    /// The run under way goes on.
    More,
    /// All runs are over.
    Done,
}

/// Runs every cell of the grid so many times, or one worker's share of the runs. Dropping it stops it.
#[derive(Debug)]
pub struct GridRun {
    runs: u32,
    first_seed: u64,
    // Of all runs, every `workers`-th from this one on.
    next: u64,
    workers: u64,
    done: u64,
    share: u64,
    trial: Option<ContentionTrial>,
}

impl GridRun {
    /// The share of one of `workers` workers, counted from 0. Runs of a cell have the seeds from `first_seed` on.
    pub fn share_of(runs: u32, first_seed: u64, worker: u32, workers: u32) -> Self {
        let workers = u64::from(workers.max(1));
        let worker = u64::from(worker).min(workers - 1);
        let share = all(runs).saturating_sub(worker).div_ceil(workers);
        Self { runs, first_seed, next: worker, workers, done: 0, share, trial: None }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { done: self.done, of: self.share }
    }

    /// Goes on for at most `polls` steps, or to the end of a run.
    pub fn run_for(&mut self, polls: usize) -> GridSlice {
        let Some(mut trial) = self.trial.take().or_else(|| self.next_trial()) else { return GridSlice::Done };
        if !trial.run_for(polls) {
            self.trial = Some(trial);
            return GridSlice::More;
        }
        self.done += 1;
        GridSlice::Run(trial.figures())
    }

    fn next_trial(&mut self) -> Option<ContentionTrial> {
        // Large and small cells in turn, so that workers have about the same to do.
        let (run, cell) = (self.next / cells(), self.next % cells());
        if run >= u64::from(self.runs) {
            return None;
        }
        self.next += self.workers;
        let cell = usize::try_from(cell).ok()?;
        let clients = AWS_CLIENTS.get(cell / AwsAlgorithm::ALL.len())?;
        let algorithm = AwsAlgorithm::ALL.get(cell % AwsAlgorithm::ALL.len())?;
        Some(ContentionTrial::new(*clients, *algorithm, self.first_seed.wrapping_add(run)))
    }
}

const fn cells() -> u64 {
    (AWS_CLIENTS.len() * AwsAlgorithm::ALL.len()) as u64
}

fn all(runs: u32) -> u64 {
    u64::from(runs) * cells()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workers_run_each_cell_as_often_as_one_would() {
        let share = |worker, workers| {
            // One run of all cells is 150,000 attempts.
            let mut grid = GridRun::share_of(1, 5, worker, workers);
            let mut found = Vec::new();
            loop {
                match grid.run_for(10_000) {
                    GridSlice::Run(figures) => found.push(figures),
                    GridSlice::More => {}
                    GridSlice::Done => break,
                }
            }
            assert_eq!(grid.progress().done, grid.progress().of);
            found
        };
        let key = |run: &ContentionFigures| (run.clients, run.algorithm.name(), run.seed);
        let mut shared = [share(0, 2), share(1, 2)].concat();
        let mut all = share(0, 1);
        shared.sort_by_key(key);
        all.sort_by_key(key);
        assert_eq!((all.len(), &shared), (95, &all));
        let attempts: u64 = all.iter().map(|run| run.calls).sum();
        // 15.0 million in a hundred runs.
        assert!((140_000..160_000).contains(&attempts), "{attempts}");
    }
}

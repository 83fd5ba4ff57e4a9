//! Where a run in workers stands, and how far it is.

use std::time::Duration;

use crate::clock::Clock;
use crate::lab::Report;
use crate::platform::BrowserClock;
use crate::time::Instant;

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stage {
    /// Nothing was run yet.
    #[default]
    Idle,
    /// It runs.
    Running,
    /// It is over.
    Done,
    /// A person stopped it.
    Stopped,
    /// It could not go on, and why.
    Failed(String),
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    /// Trials or runs that are over.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// HTTP calls in them.
    pub calls: u64,
    /// How long it has taken.
    pub took: Duration,
}

impl Pace {
    /// Calls a second.
    pub fn per_second(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // a rate, to be read
        let calls = self.calls as f64;
        let seconds = self.took.as_secs_f64();
        if seconds > 0.0 { calls / seconds } else { 0.0 }
    }
}

/// What the workers of a run have told so far: each report says how far its worker is in all.
#[derive(Debug, Default)]
pub struct Shares {
    // Trials or runs that are over, and calls, of each worker.
    told: Vec<(u64, u64)>,
    begun: Instant,
}

impl Shares {
    /// A run that begins now.
    pub fn begin() -> Self {
        Self { told: Vec::new(), begun: BrowserClock.now() }
    }

    /// Takes in a worker's report of a run of `of` trials, and tells how far all are.
    pub fn take(&mut self, worker: usize, report: &Report, of: u64) -> Pace {
        if self.told.len() <= worker {
            self.told.resize(worker + 1, (0, 0));
        }
        if let Some(share) = self.told.get_mut(worker) {
            *share = (report.done, report.calls);
        }
        let sum = |of: fn(&(u64, u64)) -> u64| self.told.iter().map(of).sum();
        let took = BrowserClock.now().saturating_since(self.begun);
        Pace { done: sum(|share| share.0), of, calls: sum(|share| share.1), took }
    }
}

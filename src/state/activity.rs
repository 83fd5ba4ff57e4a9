//! What is in flight, anywhere on the page.

use leptos::prelude::*;

use super::api::ApiSource;
use super::run::Run;

/// All runs of the page.
#[derive(Debug, Clone, Copy)]
pub struct Activity(RwSignal<Vec<Run>>);

impl Activity {
    /// No runs.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Keeps an eye on a run.
    pub fn watch(self, run: Run) {
        self.0.update(|runs| runs.push(run));
    }

    /// Whether anything runs, tracked.
    pub fn is_running(self) -> bool {
        self.0.with(|runs| runs.iter().any(|run| run.is_running()))
    }

    /// Whether anything runs, as of now.
    pub fn is_running_untracked(self) -> bool {
        untrack(move || self.is_running())
    }

    /// Whether a run has met a rate limit, as of now.
    pub fn has_met_limit(self) -> bool {
        untrack(move || self.0.with(|runs| runs.iter().any(|run| run.counts().rate_limited > 0)))
    }

    /// Stops what the live API answers; says whether anything was.
    pub fn stop_live(self) -> bool {
        let live = |run: &Run| untrack(|| run.is_running() && run.source() == Some(ApiSource::Live));
        let runs: Vec<Run> = self.0.get_untracked().into_iter().filter(live).collect();
        for run in &runs {
            run.stop();
        }
        !runs.is_empty()
    }

    /// Stops everything at once.
    pub fn stop_all(self) {
        for run in self.0.get_untracked() {
            run.stop();
        }
    }
}

/// The page's activity.
pub fn use_activity() -> Activity {
    expect_context()
}

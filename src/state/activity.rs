//! What is in flight, anywhere on the page.

use leptos::prelude::*;

use super::api::ApiSource;
use super::run::Run;

/// All that runs on the page.
#[derive(Debug, Clone, Copy)]
pub struct Activity(RwSignal<Vec<Run>>, RwSignal<Vec<LongRun>>);

/// Work that is stopped in its own way.
#[derive(Debug, Clone, Copy)]
pub struct LongRun {
    /// The API that answers it, while it is under way; tracked.
    pub answered_by: Signal<Option<ApiSource>>,
    /// Lets it send nothing more.
    pub stop: Callback<()>,
}

impl Activity {
    /// No runs.
    pub fn new() -> Self {
        Self(RwSignal::default(), RwSignal::default())
    }

    /// Keeps an eye on a run.
    pub fn watch(self, run: Run) {
        self.0.update(|runs| runs.push(run));
    }

    /// Keeps an eye on work that is stopped in its own way.
    pub fn watch_long(self, run: LongRun) {
        self.1.update(|runs| runs.push(run));
    }

    /// Whether anything runs, tracked.
    pub fn is_running(self) -> bool {
        self.0.with(|runs| runs.iter().any(|run| run.is_running()))
            || self.1.with(|runs| runs.iter().any(|run| run.answered_by.get().is_some()))
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
        let long: Vec<LongRun> = self.1.get_untracked();
        let live = long.iter().filter(|run| run.answered_by.get_untracked() == Some(ApiSource::Live));
        let stopped_long = live.map(|run| run.stop.run(())).count();
        !runs.is_empty() || stopped_long > 0
    }

    /// Stops everything at once.
    pub fn stop_all(self) {
        for run in self.0.get_untracked() {
            run.stop();
        }
        for run in self.1.get_untracked().iter().filter(|run| run.answered_by.get_untracked().is_some()) {
            run.stop.run(());
        }
    }
}

/// The page's activity.
pub fn use_activity() -> Activity {
    expect_context()
}

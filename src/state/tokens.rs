//! Exact token counts, for those who ask for them: the worker, and whether it is wanted.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::persisted::persisted_flag;
use crate::platform::token_worker::{Count, TokenWorker, Told};

/// Where the counter stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Counter {
    /// Not asked for, so not loaded.
    #[default]
    Off,
    /// Its script is on the way.
    Loading,
    /// It takes texts.
    Running,
    /// It could not be loaded, and why.
    Failed(String),
}

/// The page's one counter.
#[derive(Debug, Clone, Copy)]
pub struct TokenCounter {
    /// Whether exact counts are wanted, also on the next visit.
    wanted: RwSignal<bool>,
    status: RwSignal<Counter>,
    count: RwSignal<Option<Count>>,
    worker: StoredValue<Option<TokenWorker>, LocalStorage>,
    last_id: StoredValue<u32>,
}

impl TokenCounter {
    /// None is loaded yet.
    pub fn new() -> Self {
        Self {
            wanted: persisted_flag("exact-tokens", false),
            status: RwSignal::default(),
            count: RwSignal::new(None),
            worker: StoredValue::new_local(None),
            last_id: StoredValue::new(0),
        }
    }

    /// Where it stands, tracked.
    pub fn status(self) -> Counter {
        self.status.get()
    }

    /// How far the newest count is, tracked.
    pub fn newest(self) -> Option<Count> {
        self.count.get()
    }

    /// Loads it where exact counts were wanted on an earlier visit.
    pub fn resume(self) {
        if self.wanted.get_untracked() && self.status.get_untracked() == Counter::Off {
            self.load();
        }
    }

    /// Asks for exact counts, or goes back to the estimate.
    pub fn toggle(self) {
        if matches!(self.status.get_untracked(), Counter::Loading | Counter::Running) {
            self.wanted.set(false);
            self.end(Counter::Off);
        } else {
            self.wanted.set(true);
            self.load();
        }
    }

    /// Counts these texts together, and gives the number that [`newest`](Self::newest) then names.
    pub fn ask(self, texts: &[String]) -> u32 {
        let id = self.last_id.get_value().wrapping_add(1);
        self.last_id.set_value(id);
        self.worker.with_value(|worker| {
            if let Some(worker) = worker {
                worker.count(id, texts);
            }
        });
        id
    }

    fn load(self) {
        self.status.set(Counter::Loading);
        spawn_local(async move {
            let started = TokenWorker::start(move |told| match told {
                Told::Count(count) => self.count.set(Some(count)),
                Told::Failed(why) => self.end(Counter::Failed(why)),
            });
            match started.await {
                Err(why) => self.end(Counter::Failed(why)),
                // Meanwhile it may have been switched off again.
                Ok(worker) if self.status.get_untracked() == Counter::Loading => {
                    self.worker.set_value(Some(worker));
                    self.status.set(Counter::Running);
                }
                Ok(_) => {}
            }
        });
    }

    fn end(self, status: Counter) {
        self.worker.set_value(None);
        self.count.set(None);
        self.status.set(status);
    }
}

/// The page's counter.
pub fn use_token_counter() -> TokenCounter {
    expect_context()
}

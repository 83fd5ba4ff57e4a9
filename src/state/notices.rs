//! What the page has to tell of its own accord, until it is put away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::platform::lazy::{Fetching, NotFetched};

/// A piece of news.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What tells it from the others.
    pub id: u64,
    /// What happened, in a few words.
    pub title: String,
    /// Whether it is a warning.
    pub is_warning: bool,
    /// What there is to say.
    pub lines: Vec<String>,
    /// Names and values, such as settings that were changed.
    pub values: Vec<(&'static str, String)>,
    /// Takes back what happened.
    pub undo: Option<Callback<()>>,
}

/// The page's notices, the newest last.
#[derive(Debug, Clone, Copy)]
pub struct Notices(RwSignal<Vec<Notice>>);

impl Notices {
    /// None yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Tells something; its id is given here.
    pub fn tell(self, notice: Notice) {
        self.add(notice);
    }

    /// Warns in a title and a sentence; gives its id.
    pub fn warn(self, title: impl Into<String>, line: impl Into<String>) -> u64 {
        let (title, lines) = (title.into(), vec![line.into()]);
        self.add(Notice { id: 0, title, is_warning: true, lines, values: Vec::new(), undo: None })
    }

    /// Tells that a part of the page could not be fetched: `what` it is, as the beginning of a sentence.
    pub fn not_fetched(self, what: &str, why: &NotFetched) {
        self.warn(
            format!("{what} could not be loaded"),
            format!(
                "{why}. Everything else goes on working: try again once there is a connection, or reload the page."
            ),
        );
    }

    /// Does what has to be fetched first, and tells where it cannot be; `fetching` is true meanwhile.
    pub fn do_later(self, what: &'static str, work: Fetching<()>, fetching: RwSignal<bool>) {
        fetching.set(true);
        spawn_local(async move {
            let done = work.await;
            let _ = fetching.try_set(false);
            if let Err(why) = done {
                self.not_fetched(what, &why);
            }
        });
    }

    pub(super) fn add(self, notice: Notice) -> u64 {
        let id = self.0.with_untracked(|notices| notices.last().map_or(1, |last| last.id + 1));
        self.0.update(|notices| notices.push(Notice { id, ..notice }));
        id
    }

    /// Puts one away.
    pub fn dismiss(self, id: u64) {
        self.0.update(|notices| notices.retain(|notice| notice.id != id));
    }

    /// All of them, tracked.
    pub fn get(self) -> Vec<Notice> {
        self.0.get()
    }
}

/// The page's notices.
pub fn use_notices() -> Notices {
    expect_context()
}

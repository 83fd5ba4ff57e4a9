//! What is known of a batch's job beside its journal.

use leptos::prelude::*;

use crate::batch::estimate::Estimate;
use crate::batch::job::JobFault;
use crate::state::api::ApiSource;
use crate::time::Instant;

/// What is known of a batch's job beside its journal.
#[derive(Debug, Clone, Copy)]
pub struct JobSignals {
    /// The API that is asked about it, from the first press until it is over or no longer watched.
    pub watched: RwSignal<Option<ApiSource>>,
    /// How many lines of its file are written, while it is made.
    pub written: RwSignal<Option<u32>>,
    /// When it is looked at next, on the clock of its API.
    pub next_look: RwSignal<Option<Instant>>,
    /// Why it does not go on.
    pub trouble: RwSignal<Option<Trouble>>,
    /// What a job of the lines that wait comes to.
    pub offer: RwSignal<Option<JobOffer>>,
    /// What is asked about before it is done.
    pub question: RwSignal<Option<Question>>,
    /// Whether this visit has looked for a job that is still open.
    pub was_looked_for: RwSignal<bool>,
}

/// Why a job does not go on, and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, in a few words.
    pub title: &'static str,
    /// Why, and what to do.
    pub why: String,
    /// Whether nobody knows if the job was created.
    pub is_unclear: bool,
}

/// What a job of the lines that wait comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobOffer {
    /// What they cost.
    pub estimate: Estimate,
    /// What stands against it.
    pub faults: Vec<JobFault>,
}

/// What is asked about before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Sending it, at a price.
    Send,
    /// Cancelling it.
    Cancel,
    /// Creating it though it may be there already.
    CreateAgain,
    /// Fetching nothing more of it.
    GiveUp,
}

impl JobSignals {
    /// Nothing is known.
    pub fn new() -> Self {
        Self {
            watched: RwSignal::new(None),
            written: RwSignal::new(None),
            next_look: RwSignal::new(None),
            trouble: RwSignal::new(None),
            offer: RwSignal::new(None),
            question: RwSignal::new(None),
            was_looked_for: RwSignal::new(false),
        }
    }

    /// Another batch is at hand.
    pub fn reset(self) {
        self.rest();
        self.trouble.set(None);
        self.offer.set(None);
        self.question.set(None);
    }

    /// Nobody asks about it any more.
    pub(super) fn rest(self) {
        let _ = self.watched.try_set(None);
        let _ = self.written.try_set(None);
        let _ = self.next_look.try_set(None);
    }
}

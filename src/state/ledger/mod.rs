//! The page's ledger: every call of every view, kept on the disk once it has ended.

mod keeping;
mod of_run;
mod recording;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use leptos::prelude::*;

pub use keeping::{Deleted, KEPT_DAYS, Opened};
pub use of_run::RecordedRun;
pub use recording::CallSource;

use super::frequent::Frequent;
use super::persisted::persisted_flag;
use super::secrets::{Secrets, use_secrets};
use super::ticker::use_ticker;
use crate::platform::channel::Channel;
use crate::platform::{Listener, PageStore, random};
use crate::random::{RandomSource, Rng};
use crate::run::history::History;
use crate::run::{CallRecorder, KeptContent};
use crate::usage::{CallId, CallRecord, Ledger};

/// Where the name that a person gave the key is kept.
pub const KEY_NAME: &str = "key-name";

/// The page's ledger and what keeps it. Copies are handles on the same one.
#[derive(Debug, Clone, Copy)]
pub struct LedgerState {
    ledger: Frequent<Ledger>,
    /// Whether prompts and answers are kept too.
    pub keeps_content: RwSignal<bool>,
    /// What went wrong with keeping or reading, for people.
    pub trouble: RwSignal<Option<String>>,
    /// How far what is kept has been read.
    pub opened: RwSignal<Opened>,
    inner: StoredValue<Inner, LocalStorage>,
    secrets: Secrets,
}

#[derive(Default)]
struct Inner {
    history: Option<Rc<History<PageStore>>>,
    // Of the calls under way, and of those that can be taken up again.
    under_way: HashMap<CallId, Rc<RefCell<CallRecorder>>>,
    // What has ended and is not on the disk yet.
    pending: Vec<CallRecord>,
    // What is being written: until it is on the disk it is looked up here.
    writing: Vec<Rc<Vec<CallRecord>>>,
    is_keeping: bool,
    random: Option<Rng>,
    channel: Option<Channel>,
    hidden: Option<Listener>,
}

fn provide() {
    provide_context(LedgerState {
        ledger: Frequent::new(use_ticker()),
        keeps_content: persisted_flag("usage-content", false),
        trouble: RwSignal::new(None),
        opened: RwSignal::new(Opened::Not),
        inner: StoredValue::new_local(Inner::default()),
        secrets: use_secrets(),
    });
}

/// The page's ledger.
pub fn use_ledger() -> LedgerState {
    super::when_used(provide)
}

impl LedgerState {
    /// Reads the ledger, tracked.
    pub fn with<O>(self, read: impl FnOnce(&Ledger) -> O) -> O {
        self.ledger.with(read)
    }

    /// How much of a call is kept, as of now.
    fn keeps(self) -> KeptContent {
        if self.keeps_content.get_untracked() { KeptContent::Bodies } else { KeptContent::Nothing }
    }

    fn draw(self) -> u128 {
        let drawn = self.inner.try_update_value(|inner| {
            let random = inner.random.get_or_insert_with(|| Rng::from_seed(random::seed()));
            (u128::from(random.next_u64()) << 64) | u128::from(random.next_u64())
        });
        drawn.unwrap_or(1)
    }
}

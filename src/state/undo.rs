//! What was done and can be taken back: seen for a while as a message with Undo, and by Control + Z after that too.

use std::fmt;
use std::sync::Arc;

use leptos::prelude::*;

use super::ticker::use_ticker;
use crate::platform::dom::{self, FocusMark};

/// How long a message stays, in ticks of a quarter of a second: 20 s, not counting while it is in use or covered.
const STAYS: u32 = 80;
/// How many acts can be taken back.
const KEPT: usize = 10;
/// The messages while they are read or reached for.
const IN_USE: &str = ".toasts:is(:hover, :focus-within)";
const FOCUSED: &str = ".toasts:focus-within";

/// Something that was done.
#[derive(Clone)]
pub struct Done {
    /// What tells it from the others.
    pub id: u64,
    /// What was done, in a sentence.
    pub words: String,
    // Not a callback: what was pressed may be gone by the time it is taken back, and its callbacks with it.
    undo: Arc<dyn Fn() + Send + Sync>,
    // How much longer its message is seen.
    ticks: u32,
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Done").field("id", &self.id).field("words", &self.words).finish_non_exhaustive()
    }
}

/// The last acts that can be taken back, the newest last.
#[derive(Debug, Clone, Copy)]
pub struct Undos {
    acts: RwSignal<Vec<Done>>,
    // Grows with each act, so that the same words twice are two messages.
    count: RwSignal<u64>,
    focus: StoredValue<FocusMark, LocalStorage>,
}

impl Undos {
    /// None yet.
    pub fn new() -> Self {
        let undos = Self {
            acts: RwSignal::default(),
            count: RwSignal::new(0),
            focus: StoredValue::new_local(FocusMark::default()),
        };
        let ticker = use_ticker();
        let is_shown = Memo::new(move |_| undos.acts.with(|acts| acts.iter().any(|act| act.ticks > 0)));
        Effect::new(move |_| {
            if is_shown.get() {
                ticker.track();
                // Read or reached for, it does not go away; nor while a dialog keeps one from reaching it.
                if !dom::finds(IN_USE) && !dom::dialog_is_open() {
                    undos.tick();
                }
            }
        });
        undos
    }

    fn tick(self) {
        let ends = self.acts.with_untracked(|acts| acts.iter().any(|act| act.ticks == 1));
        let count_down = |acts: &mut Vec<Done>| acts.iter_mut().for_each(|act| act.ticks = act.ticks.saturating_sub(1));
        if ends {
            self.acts.update(count_down);
        } else {
            self.acts.update_untracked(count_down);
        }
    }

    /// Whether any is in sight, tracked.
    pub fn is_any_shown(self) -> bool {
        self.acts.with(|acts| acts.iter().any(|act| act.ticks > 0))
    }

    /// Tells that something was done, and how to take it back.
    pub fn tell(self, words: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.focus.set_value(FocusMark::here());
        let id = self.count.try_update(|count| {
            *count += 1;
            *count
        });
        let act = Done { id: id.unwrap_or_default(), words: words.into(), undo: Arc::new(undo), ticks: STAYS };
        self.acts.update(|acts| {
            // One message at a time: the newest is the one that is reached for.
            for act in acts.iter_mut() {
                act.ticks = 0;
            }
            acts.push(act);
            let too_many = acts.len().saturating_sub(KEPT);
            acts.drain(..too_many);
        });
    }

    /// The messages to show, tracked.
    pub fn shown(self) -> Vec<Done> {
        self.acts.with(|acts| acts.iter().filter(|act| act.ticks > 0).cloned().collect())
    }

    /// Takes an act back.
    pub fn undo(self, id: u64) {
        let had_focus = dom::finds(FOCUSED);
        let act = self.acts.try_update(|acts| {
            let at = acts.iter().position(|act| act.id == id)?;
            Some(acts.remove(at))
        });
        if let Some(act) = act.flatten() {
            (act.undo)();
            self.give_focus_back(had_focus);
        }
    }

    /// Takes the last act back; says whether there was one.
    pub fn undo_last(self) -> bool {
        let last = self.acts.with_untracked(|acts| acts.last().map(|act| act.id));
        if let Some(id) = last {
            self.undo(id);
        }
        last.is_some()
    }

    /// Puts a message away; what it tells of can still be taken back by Control + Z.
    pub fn dismiss(self, id: u64) {
        let had_focus = dom::finds(FOCUSED);
        self.acts.update(|acts| acts.iter_mut().filter(|act| act.id == id).for_each(|act| act.ticks = 0));
        self.give_focus_back(had_focus);
    }

    // The button that had it goes away with its message.
    fn give_focus_back(self, had_focus: bool) {
        if had_focus {
            self.focus.with_value(FocusMark::restore);
        }
    }
}

/// What can be taken back.
pub fn use_undos() -> Undos {
    expect_context()
}

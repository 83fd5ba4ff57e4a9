//! What is to be explained: kept while other views are shown, and over a reload in this tab, unless a key stands in it.

use leptos::prelude::*;
use leptos::reactive::effect::ImmediateEffect;

use super::persisted::kept_in_tab;
use super::route::{Route, View, use_route};
use super::secrets::Secrets;
use super::session::use_session;
use super::undo::{Undos, use_undos};
use crate::explain::as_pasted;
use crate::reply::Reply;

/// The text that Explain explains.
#[derive(Debug, Clone, Copy)]
pub struct ExplainDraft {
    /// The text as pasted.
    pub text: RwSignal<String>,
    route: Route,
    undos: Undos,
}

/// The longest text that is kept over a reload, in bytes.
const LONGEST_KEPT: usize = 64 * 1024;

impl ExplainDraft {
    /// An empty text. When the key is forgotten, keys are taken out of it.
    pub fn new() -> Self {
        let draft = Self { text: kept_in_tab("explain", LONGEST_KEPT), route: use_route(), undos: use_undos() };
        let session = use_session();
        // Not an `Effect`, which comes later: now the redactor still knows the key.
        ImmediateEffect::new_scoped(move || {
            session.forgotten.track();
            untrack(|| draft.take_keys_out(session.secrets()));
        });
        draft
    }

    fn take_keys_out(self, secrets: Secrets) {
        let clean = |text: &String| secrets.with(|redactor| redactor.finds_key(text).then(|| redactor.text(text)));
        if let Some(clean) = self.text.with_untracked(clean) {
            self.text.set(clean);
        }
    }

    /// Opens Explain with an answer's status, headers and body filled in.
    pub fn open_with(self, reply: &Reply) {
        self.replace(as_pasted(reply));
        self.route.go(View::Explain);
    }

    /// Puts another text in place of what is there, which Undo brings back.
    pub fn replace(self, text: String) {
        let before = self.text.get_untracked();
        if before == text {
            return;
        }
        let words = if text.is_empty() { "Text to explain cleared." } else { "Text to explain replaced." };
        self.text.set(text);
        if !before.is_empty() {
            self.undos.tell(words, move || self.text.set(before.clone()));
        }
    }
}

/// What the button that leads here says: `Explain this 429`.
pub fn explain_words(status: u16) -> String {
    // What failed inside a 200 has no telling status.
    if status >= 400 { format!("Explain this {status}") } else { "Explain this failure".to_owned() }
}

/// The page's text to explain.
pub fn use_explain() -> ExplainDraft {
    expect_context()
}

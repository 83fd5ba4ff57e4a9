//! What is spoken without being asked: the page has one voice.

use leptos::prelude::*;

/// The words of the page's one polite live region. Each new text takes the last one's place, so it must stand alone.
#[derive(Debug, Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    /// Nothing to say yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Speaks `text` when the listener has a pause; the same text again, or none, says nothing.
    pub fn say(self, text: String) {
        let is_new = self.0.try_with_untracked(|said| *said != text) == Some(true);
        if is_new && !text.is_empty() {
            let _ = self.0.try_set(text);
        }
    }

    /// What was said last, tracked.
    pub fn text(self) -> Signal<String> {
        self.0.into()
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}

/// The page's announcer.
pub fn use_announcer() -> Announcer {
    expect_context()
}

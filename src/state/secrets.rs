//! The page's redactor, and what stands guard over what a person writes.

use std::rc::Rc;

use leptos::prelude::*;

use super::api::ApiSource;
use crate::key::ApiKey;
use crate::platform::storage;
use crate::redact::{Redacted, Redactor};

/// What the page knows of secrets: the key in use, for the redactor alone.
///
/// Keys used before need not be known: answers lost the key they came with on arrival.
#[derive(Debug, Clone, Copy)]
pub struct Secrets {
    redactor: StoredValue<Rc<Redactor>, LocalStorage>,
    // Grows with each key, so that what is shown is redacted anew.
    revision: RwSignal<u32>,
    question: RwSignal<Option<Callback<()>>>,
}

impl Secrets {
    /// No key yet.
    pub fn new() -> Self {
        Self {
            redactor: StoredValue::new_local(Rc::new(Redactor::default())),
            revision: RwSignal::new(0),
            question: RwSignal::new(None),
        }
    }

    /// Looks for `key` from now on, and for no other. What was stored before may hold it: that is taken away.
    pub fn know(self, key: Option<&ApiKey>) {
        self.redactor.set_value(Rc::new(Redactor::new(key)));
        storage::remove_where(|text| self.with(|redactor| redactor.finds_key(text)));
        self.revision.update(|revision| *revision = revision.wrapping_add(1));
    }

    /// The text as it may be shown, tracked.
    pub fn text(self, text: &str) -> String {
        self.revision.track();
        self.with(|redactor| redactor.text(text))
    }

    /// The text as it may leave the page.
    pub fn redacted(self, text: &str) -> Redacted {
        self.with(|redactor| redactor.redacted(text))
    }

    /// Does something with the redactor itself.
    pub fn with<O>(self, read: impl FnOnce(&Redactor) -> O) -> O {
        self.redactor.with_value(|redactor| read(redactor))
    }

    /// The redactor of the key in use now, for work that writes down what comes.
    pub fn redactor(self) -> Rc<Redactor> {
        self.redactor.get_value()
    }

    /// Whether the text holds a key, tracked: the answer may change with the key.
    pub fn finds_key(self, text: &str) -> bool {
        self.revision.track();
        self.with(|redactor| redactor.finds_key(text))
    }

    /// Runs `go`, which sends `text` to `source`; but asks first where that is a live API and the text holds a key.
    pub fn send(self, source: ApiSource, text: &str, go: impl Fn() + Send + Sync + 'static) {
        if source == ApiSource::Live && self.with(|redactor| redactor.finds_key(text)) {
            self.question.set(Some(Callback::new(move |()| go())));
        } else {
            go();
        }
    }

    /// What waits for an answer to "Your prompt contains an API key".
    pub const fn question(self) -> RwSignal<Option<Callback<()>>> {
        self.question
    }
}

/// The page's secrets; without a page around, as in tests of components, none.
pub fn use_secrets() -> Secrets {
    use_context().unwrap_or_else(Secrets::new)
}

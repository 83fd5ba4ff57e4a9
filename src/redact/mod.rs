//! The one place through which text passes before it is shown, logged, copied or exported.
//!
//! Twice: [`Redactor::received`] takes the key that was sent out of whatever comes back, before anything reads it, so
//! that nothing on the page has to be cleaned when the key is forgotten. [`Redactor::text`] stands at every exit; it also
//! takes out whatever looks like a key, the masked echoes of error texts, and the ids of organizations and projects.

mod echo;
mod patterns;
mod spread;

use std::fmt;

use crate::key::ApiKey;
use echo::KeyForms;

/// What stands in place of a key.
pub const KEY_MARK: &str = "[key]";

/// Takes secrets out of texts.
pub struct Redactor {
    forms: KeyForms,
}

impl Redactor {
    /// A redactor that knows the current key, if there is one.
    pub fn new(key: Option<&ApiKey>) -> Self {
        Self { forms: key.map(|key| KeyForms::of(key.expose_for_redaction())).unwrap_or_default() }
    }

    /// Whether there is a key to look for.
    pub const fn knows_a_key(&self) -> bool {
        !self.forms.is_empty()
    }

    /// What a server sent, without the key in any form a server may echo it: an event stream's deltas that spell it
    /// out piece by piece included. Everything else stays as it was received.
    pub fn received(&self, text: &str) -> String {
        let whole = self.forms.replaced(text);
        spread::without_spread_echoes(&self.forms, &whole).unwrap_or(whole)
    }

    /// The same of texts that a person reads one after the other, as a response's parts: a key may be spelled out over
    /// them. Says whether it was.
    pub fn received_together(&self, texts: Vec<&mut String>) -> bool {
        spread::clean_together(&self.forms, texts)
    }

    /// The text without secrets. Texts that hold none come back unchanged.
    pub fn text(&self, text: &str) -> String {
        patterns::without_patterns(&self.forms.replaced(text))
    }

    /// The text as what may leave the page.
    pub fn redacted(&self, text: &str) -> Redacted {
        Redacted(self.text(text))
    }

    /// Whether the text holds a key: the current one, or one by its looks.
    pub fn finds_key(&self, text: &str) -> bool {
        self.text(text).matches(KEY_MARK).count() > text.matches(KEY_MARK).count()
    }

    /// A header's value without secrets; of headers that hold nothing else, no value at all.
    pub fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" | "api-key" | "x-api-key" | "x-goog-api-key" => KEY_MARK.to_owned(),
            "cookie" | "set-cookie" => "[cookie]".to_owned(),
            "openai-organization" => "[organization]".to_owned(),
            "openai-project" => "[project]".to_owned(),
            _ => self.text(value),
        }
    }
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new(None)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor([hidden])")
    }
}

/// A text that has passed a [`Redactor`]: all that the clipboard and downloads take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;

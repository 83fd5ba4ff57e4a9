//! Share links: a view's settings in the address's fragment, which no server ever sees.
//!
//! `#/request?v=1&model=gpt-5-nano&prompt=Hi`: a version, and fields of one list. Whatever a link says is a stranger's
//! word: it is checked field by field, runs nothing, and there is no field for a key, an organization or a project.

mod drafts;
mod field;
mod percent;
mod print;
mod read;

pub use drafts::{share_batch, share_burst, share_lab, share_request, take_batch, take_burst, take_lab, take_request};
pub use field::{Field, SPEEDS};
pub use print::{TooLong, link};
pub use read::{Opened, Problem, is_link, place_of, query_holds_key, read};

use crate::redact::Redactor;

/// The version that links are written in, and the only one that is read.
pub const VERSION: &str = "1";
/// The longest fragment, in bytes: longer links break in mail and chat programs.
pub const LONGEST: usize = 8 * 1024;

/// Settings of a link, each once and each allowed for its field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SharedSettings(Vec<(Field, String)>);

impl SharedSettings {
    /// Sets a field; a value that the field does not allow is left out.
    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        let value = value.into();
        self.0.retain(|(other, _)| *other != field);
        if field.allows(&value) {
            self.0.push((field, value));
        }
    }

    /// A field's value.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == field).map(|(_, value)| value.as_str())
    }

    /// A field's value as a number; `Some(None)` where it is set to nothing.
    #[allow(clippy::option_option)] // not in the link, in it as "none", or a number
    pub fn number<T: std::str::FromStr>(&self, field: Field) -> Option<Option<T>> {
        self.get(field).map(|value| value.parse().ok())
    }

    /// The fields and their values, in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These as a link has them, and the fields that a key was taken out of.
    pub fn without_keys(&self, redactor: &Redactor) -> (Self, Vec<Field>) {
        let mut touched = Vec::new();
        let clean = self.iter().map(|(field, value)| {
            let clean = redactor.text(value);
            if clean != value {
                touched.push(field);
            }
            (field, clean)
        });
        (Self(clean.collect()), touched)
    }

    /// These without a field.
    #[must_use]
    pub fn without(mut self, field: Field) -> Self {
        self.0.retain(|(other, _)| *other != field);
        self
    }
}

#[cfg(test)]
mod tests;

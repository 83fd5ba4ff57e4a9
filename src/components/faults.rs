//! What is wrong with the fields of a form, for the button that would use them.

use leptos::prelude::*;

/// A field whose text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The control's id, to lead there.
    pub id: String,
    /// The control's accessible name.
    pub label: String,
    /// What is wrong with its text.
    pub error: String,
}

/// The faults of the fields beneath a [`Provider`](leptos::context::Provider) of this: each field reports its own.
#[derive(Debug, Clone, Copy)]
pub struct FieldFaults(RwSignal<Vec<FieldFault>>);

impl FieldFaults {
    /// None yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// The fault that was made first; untracked.
    pub fn first(self) -> Option<FieldFault> {
        self.0.with_untracked(|faults| faults.first().cloned())
    }

    /// Takes in how the field `id` stands.
    pub(super) fn report(self, id: &str, label: String, error: Option<String>) {
        // A field may report as it goes, after the form has gone.
        let _ = self.0.try_update(|faults| {
            let known = faults.iter_mut().find(|fault| fault.id == id);
            match (known, error) {
                (Some(fault), Some(error)) => fault.error = error,
                (None, Some(error)) => faults.push(FieldFault { id: id.to_owned(), label, error }),
                (_, None) => faults.retain(|fault| fault.id != id),
            }
        });
    }
}

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
pub struct FieldFaults {
    faults: RwSignal<Vec<FieldFault>>,
    // Grows each time the fields are to show what is set, whatever was typed.
    cleared: RwSignal<u32>,
}

impl FieldFaults {
    /// None yet.
    pub fn new() -> Self {
        Self { faults: RwSignal::default(), cleared: RwSignal::new(0) }
    }

    /// The fault that was made first; untracked.
    pub fn first(self) -> Option<FieldFault> {
        self.faults.with_untracked(|faults| faults.first().cloned())
    }

    /// Drops what was typed and cannot be taken: the fields show what is set.
    pub fn clear(self) {
        self.faults.set(Vec::new());
        self.cleared.update(|cleared| *cleared = cleared.wrapping_add(1));
    }

    /// How often they were cleared, tracked.
    pub(super) fn cleared(self) -> u32 {
        self.cleared.get()
    }

    /// Takes in how the field `id` stands.
    pub(super) fn report(self, id: &str, label: String, error: Option<String>) {
        // A field may report as it goes, after the form has gone.
        let _ = self.faults.try_update(|faults| {
            let known = faults.iter_mut().find(|fault| fault.id == id);
            match (known, error) {
                (Some(fault), Some(error)) => fault.error = error,
                (None, Some(error)) => faults.push(FieldFault { id: id.to_owned(), label, error }),
                (_, None) => faults.retain(|fault| fault.id != id),
            }
        });
    }
}

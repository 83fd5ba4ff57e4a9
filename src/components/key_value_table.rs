//! Names and values, as of headers.

use leptos::prelude::*;

use super::help::help_beside;
use super::{CopyButton, Tone};

/// A row of a [`KeyValueTable`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyValue {
    /// The name.
    pub name: String,
    /// The value as received.
    pub value: String,
    /// The value as it reads: `6 min 00 s` for `6m0s`.
    pub read: Option<String>,
    /// What it means, in plain words.
    pub note: Option<String>,
    /// What it is about.
    pub tone: Tone,
    /// There is no value to show or copy; `value` says why, as "hidden".
    pub is_absent: bool,
}

impl KeyValue {
    /// `name` with `value`.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), ..Self::default() }
    }

    /// `name` without a value, and why.
    pub fn absent(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { is_absent: true, ..Self::new(name, why) }
    }

    /// The same with the value as it reads.
    #[must_use]
    pub fn with_read(self, read: Option<String>) -> Self {
        Self { read, ..self }
    }

    /// The same with what it means.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// The same about `tone`.
    #[must_use]
    pub fn with_tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

/// Names and values in a monospaced face; values wrap and can be copied.
#[component]
pub fn KeyValueTable(
    /// The accessible name.
    #[prop(into)]
    caption: Signal<String>,
    /// The rows.
    #[prop(into)]
    rows: Signal<Vec<KeyValue>>,
) -> impl IntoView {
    let row = move |row: KeyValue| {
        let button = (!row.is_absent).then(|| {
            let (value, name) = (row.value.clone(), format!("Copy {}", row.name));
            view! { <CopyButton text=Signal::stored(value) label=Signal::stored(Some(name)) /> }
        });
        let help = help_beside(&row.name);
        view! {
            <tr class=row.tone.class() class:kv-absent=row.is_absent>
                <th class="kv-name" scope="row">
                    <span>{row.name}</span> " " {help}
                </th>
                <td class="kv-value">
                    <span class="kv-text" dir="auto">
                        {row.value}
                    </span>
                    {row.read.map(|read| view! { <span class="kv-read num">{read}</span> })}
                    {row.note.map(|note| view! { <span class="kv-note">{note}</span> })}
                </td>
                <td class="kv-copy">{button}</td>
            </tr>
        }
    };
    view! {
        <table class="kv">
            <caption class="visually-hidden">{move || caption.get()}</caption>
            <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

//! The first lines of the file, as they are read.

use leptos::prelude::*;

use super::opening::PreviewRow;
use super::state::use_batch;
use crate::components::{EmptyState, Glyph, Panel, WideTable};
use crate::format::format_count;

/// The first lines as a table.
#[component]
pub fn PreviewPanel() -> impl IntoView {
    let batch = use_batch();
    let is_empty = Memo::new(move |_| batch.rows.with(Vec::is_empty));
    view! {
        <Panel title="First lines">
            <Show
                when=move || !is_empty.get()
                fallback=|| view! { <EmptyState text="The first lines of your file are shown here, with what they will take and cost." icon=Glyph::Table /> }
            >
                <PreviewTable />
            </Show>
        </Panel>
    }
}

#[component]
fn PreviewTable() -> impl IntoView {
    let batch = use_batch();
    let row = move |PreviewRow { entry, beginning }: PreviewRow| {
        let (model, defaults) = (batch.model(), batch.form.with(|form| form.max_output_tokens));
        let is_own = entry.model.is_some();
        let model = entry.model.map_or(model, |model| model.to_string());
        let most = entry.max_output_tokens.or(defaults).map_or_else(|| "no bound".to_owned(), format_count);
        view! {
            <tr>
                <th scope="row" dir="auto">{entry.custom_id.to_string()}</th>
                <td>{model} {(!is_own).then(|| view! { <span class="muted">" (default)"</span> })}</td>
                <td class="batch-input" dir="auto">{beginning}</td>
                <td class="num">{format_count(entry.input_tokens)}</td>
                <td class="num">{most}</td>
            </tr>
        }
    };
    view! {
        <WideTable label="First lines of the file">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"custom_id"</th>
                        <th scope="col">"Model"</th>
                        <th scope="col">"Input"</th>
                        <th scope="col" class="num">"Tokens, est."</th>
                        <th scope="col" class="num">"Output at most"</th>
                    </tr>
                </thead>
                <tbody>{move || batch.rows.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </WideTable>
    }
}

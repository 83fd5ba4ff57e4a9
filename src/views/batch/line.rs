//! What came of one line: read from the store when it is opened.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::lines::state_words;
use super::state::{Batch, use_batch};
use crate::batch::Record;
use crate::batch::output::OutputLine;
use crate::components::{CodeBlock, Dialog, StatusChip};
use crate::format::format_count;
use crate::highlight::Language;
use crate::responses::Response;
use crate::store::Store;

/// The answer to a line, from the right.
#[component]
pub fn LineInspector(selected: RwSignal<Option<u32>>) -> impl IntoView {
    let batch = use_batch();
    let output = RwSignal::new(None::<Result<OutputLine, String>>);
    let state = Memo::new(move |_| {
        let line = selected.get()?;
        batch.with_book(|book| book.line(line))
    });
    Effect::new(move |_| {
        let (line, _) = (selected.get(), state.get());
        output.set(None);
        if let Some(line) = line {
            spawn_local(async move {
                let read = batch.output_of(line).await;
                if selected.try_get_untracked() == Some(Some(line)) {
                    output.set(read.transpose());
                }
            });
        }
    });
    let title = move || selected.get().map_or_else(String::new, |line| format!("Line {}", format_count(line.into())));
    let body = move || match output.get() {
        None => view! { <p class="muted">"Nothing has come of it that is kept."</p> }.into_any(),
        Some(Err(why)) => view! { <p class="field-error">{why}</p> }.into_any(),
        Some(Ok(output)) => view! { <Output output=output /> }.into_any(),
    };
    let chip = move || {
        state.get().map(|state| {
            let (tone, words) = state_words(state);
            view! { <StatusChip tone=tone text=words /> }
        })
    };
    view! {
        <Dialog
            title=Signal::derive(title)
            open=Signal::derive(move || selected.get().is_some())
            on_close=move |()| selected.set(None)
            side=true
        >
            <div class="batch-inspector">{chip} {body}</div>
        </Dialog>
    }
}

#[component]
fn Output(output: OutputLine) -> impl IntoView {
    let response = output.response();
    let text = response.as_ref().map(Response::output_text).filter(|text| !text.is_empty());
    let facts = response.as_ref().map(|response| {
        let usage = response.usage.known().map_or_else(
            || "usage not told".to_owned(),
            |usage| {
                format!(
                    "{} input and {} output tokens",
                    format_count(usage.input_tokens),
                    format_count(usage.output_tokens)
                )
            },
        );
        format!("{}, {usage}", response.status.name())
    });
    let raw: serde_json::Value = serde_json::from_str(output.text()).unwrap_or_default();
    let raw = serde_json::to_string_pretty(&raw).unwrap_or_default();
    view! {
        <p dir="auto"><strong>{output.custom_id()}</strong></p>
        {facts.map(|facts| view! { <p class="num muted">{facts}</p> })}
        {text.map(|text| view! { <p class="batch-text" dir="auto">{text}</p> })}
        <CodeBlock code=Signal::stored(raw) label="line of output" language=Language::Json wrap=true />
    }
}

impl Batch {
    /// The output of a line; `None` where there is none.
    async fn output_of(self, line: u32) -> Result<Option<OutputLine>, String> {
        let parts = self.with(|inner| Some((inner.store.clone()?, inner.job.clone()?, inner.book.clone()?)));
        let Some((store, job, book)) = parts else { return Ok(None) };
        if let Some(output) = book.unsaved().get(&line) {
            return Ok(Some(output.clone()));
        }
        let sequence = book.state().touched().find(|(of, ..)| *of == line).and_then(|(.., sequence)| sequence);
        let Some(sequence) = sequence else { return Ok(None) };
        let records = store.read(&job.id, sequence, 1).await.map_err(|error| error.to_string())?;
        let record =
            records.first().map(|text| Record::from_json(text).map_err(|error| error.to_string())).transpose()?;
        Ok(record.and_then(|record| record.output().cloned()))
    }
}

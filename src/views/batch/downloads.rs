//! Files of what has come so far, complete at any moment.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Batch, use_batch};
use crate::batch::input::Format;
use crate::batch::output::{OutputFormat, Writer};
use crate::components::{Button, Choice, Glyph, Select};
use crate::format::format_count;
use crate::platform::download::FileWriter;
use crate::run::batch::{OutputOrder, OutputReader, OutputSelection};

/// The format of a file to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Jsonl,
    Csv,
    Cookbook,
}

impl FileKind {
    const ALL: [Self; 3] = [Self::Jsonl, Self::Csv, Self::Cookbook];

    const fn id(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Cookbook => "cookbook",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Jsonl => "OpenAI Batch output (JSONL)",
            Self::Csv => "Table (CSV)",
            Self::Cookbook => "Cookbook lines (JSONL)",
        }
    }
}

/// Results and errors as files.
#[component]
pub fn Downloads() -> impl IntoView {
    let batch = use_batch();
    let (kind, by_completion) = (RwSignal::new(FileKind::Jsonl), RwSignal::new(false));
    let saving = RwSignal::new(None::<OutputSelection>);
    let is_cookbook = Memo::new(move |_| {
        batch.with_book(|book| book.state().created().map(|created| created.format)).flatten() == Some(Format::Cookbook)
    });
    let kinds = move || {
        let offered = FileKind::ALL.into_iter().filter(|kind| *kind != FileKind::Cookbook || is_cookbook.get());
        offered.map(|kind| Choice::new(kind.id(), kind.label())).collect::<Vec<_>>()
    };
    let orders = || vec![Choice::new("file", "As in the file"), Choice::new("completed", "As completed")];
    let save = move |selection: OutputSelection| {
        let order = if by_completion.get_untracked() { OutputOrder::Completed } else { OutputOrder::File };
        saving.set(Some(selection));
        spawn_local(async move {
            let saved = batch.save(selection, order, kind.get_untracked()).await;
            let _ = saving.try_set(None);
            match saved {
                Ok(lines) => batch.announcer.say(format!("{} lines saved.", format_count(lines))),
                Err(why) => batch.fail("The file was not saved", &why),
            }
        });
    };
    let counts = Memo::new(move |_| batch.with_book(|book| book.state().counts()).unwrap_or_default());
    let no_results = Signal::derive(move || counts.get().done == 0);
    let no_errors = Signal::derive(move || {
        let counts = counts.get();
        counts.failed + counts.unknown + counts.skipped + counts.cancelled == 0
    });
    let reason = |none: Signal<bool>, what: &'static str| {
        Signal::derive(move || none.get().then(|| format!("There are no {what} yet")))
    };
    view! {
        <div class="batch-downloads">
            <Select
                label="Format"
                options=Signal::derive(kinds)
                value=Signal::derive(move || kind.get().id().to_owned())
                on_change=move |id: String| kind.set(FileKind::ALL.into_iter().find(|kind| kind.id() == id).unwrap_or(FileKind::Jsonl))
            />
            <Select
                label="Order"
                options=Signal::derive(orders)
                value=Signal::derive(move || if by_completion.get() { "completed" } else { "file" }.to_owned())
                on_change=move |id: String| by_completion.set(id == "completed")
            />
            <div class="batch-buttons">
                <Button
                    icon=Glyph::Download
                    disabled=no_results
                    reason=reason(no_results, "results")
                    busy=Signal::derive(move || saving.get() == Some(OutputSelection::Results))
                    on_click=move |()| save(OutputSelection::Results)
                >
                    "Download results"
                </Button>
                <Button
                    icon=Glyph::Download
                    disabled=no_errors
                    reason=reason(no_errors, "errors")
                    busy=Signal::derive(move || saving.get() == Some(OutputSelection::Errors))
                    on_click=move |()| save(OutputSelection::Errors)
                >
                    "Download errors"
                </Button>
            </div>
        </div>
    }
}

impl Batch {
    async fn save(self, selection: OutputSelection, order: OutputOrder, kind: FileKind) -> Result<u64, String> {
        let parts = self.with(|inner| Some((inner.store.clone()?, inner.job.clone()?, inner.book.clone()?)));
        let Some((store, job, book)) = parts else { return Ok(0) };
        let what = if selection == OutputSelection::Results { "results" } else { "errors" };
        let (ending, media, format) = match kind {
            FileKind::Csv => ("csv", "text/csv", OutputFormat::Csv),
            _ => ("jsonl", "application/jsonl", OutputFormat::Jsonl),
        };
        let name = self.with(|inner| inner.name.clone());
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).replace(['/', '\\'], "-");
        let mut file = FileWriter::download(&format!("{stem}_{what}.{ending}"), media);
        let (redactor, prices) = (self.session.secrets().redactor(), self.accounts.prices().now());
        let mut writer = Writer::new(format, &redactor, &prices);
        let mut reader = OutputReader::new(&job.file, &book, selection, order);
        let defaults = book.state().settings().defaults.clone();
        let mut lines = 0;
        while let Some((line, output)) = reader.next(&store, &job.id).await.map_err(|error| error.to_string())? {
            lines += 1;
            let request = match job.file.entry(line).filter(|_| kind != FileKind::Jsonl) {
                Some(entry) => Some(job.file.request(entry, &job.source, &defaults).await),
                None => None,
            };
            let chunk = match (kind, request) {
                (FileKind::Cookbook, Some(request)) => {
                    let request = request.map_err(|error| error.to_string())?;
                    let text = output.as_cookbook(&request.request.body(), request.metadata.as_deref());
                    Some(redactor.received(&format!("{text}\n")))
                }
                // A table goes without the request's text where the file is not there to be read.
                (_, Some(Ok(request))) => writer.write(&output, &request.request.input.text()),
                _ => writer.write(&output, ""),
            };
            if let Some(chunk) = chunk {
                file.write(&chunk).await.map_err(|error| error.to_string())?;
            }
        }
        file.write(&writer.finish()).await.map_err(|error| error.to_string())?;
        file.finish().await.map_err(|error| error.to_string())?;
        Ok(lines)
    }
}

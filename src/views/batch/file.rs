//! The file: picked, dropped, pasted, or a sample; and how its lines are read.

use leptos::prelude::*;

use super::opening::sample;
use super::state::{Phase, use_batch};
use crate::batch::input::{Format, Layout};
use crate::components::{
    Button, ButtonKind, Choice, Disclosure, Glyph, Panel, ProgressBar, Select, TextArea, TextField, unique_id,
};
use crate::format::{format_bytes, format_count};
use crate::platform::dom::is_of_paste;
use crate::platform::files::FileBytes;

/// The file and its format.
#[component]
pub fn FilePanel() -> impl IntoView {
    let batch = use_batch();
    let phase = Memo::new(move |_| batch.phase());
    let can_open = Signal::derive(move || {
        matches!(phase.get(), Phase::Empty | Phase::Opened) || batch.wants_file.with(Option::is_some)
    });
    view! {
        <Panel title="File">
            <Show when=move || batch.wants_file.with(Option::is_some)>
                <p>"No copy of “"{move || batch.name()}"” is kept. Choose it again to go on; its results are here without it."</p>
            </Show>
            <Show when=move || can_open.get() fallback=|| view! { <Held /> }>
                <Picker />
            </Show>
            <ReadingBar />
            <Show when=move || phase.get() == Phase::Opened>
                <Opened />
            </Show>
            <Show when=move || matches!(phase.get(), Phase::Empty | Phase::Opened)>
                <FormatFields />
            </Show>
        </Panel>
    }
}

/// The field for a file, and the other ways in.
#[component]
fn Picker() -> impl IntoView {
    let batch = use_batch();
    let id = unique_id("requests-file");
    let hint_id = format!("{id}-hint");
    let pasted = RwSignal::new(String::new());
    let open_text = move |name: &str, text: &str| match FileBytes::of_text(text) {
        Some(source) => batch.open(name, source),
        None => batch.fail("The text was not opened", "The browser gives no memory for it."),
    };
    let open_pasted = move |()| pasted.with_untracked(|text| open_text("", text));
    let nothing_pasted = Signal::derive(move || pasted.with(|text| text.trim().is_empty()));
    view! {
        <div class="batch-drop">
            <label class="field-label" for=id.clone()>"Requests file"</label>
            <input
                id=id
                class="batch-file"
                type="file"
                accept=".jsonl,.ndjson,.json,.txt,.md,.csv,.tsv"
                aria-describedby=hint_id.clone()
                // A file that was mended and is chosen again is news.
                on:click:target=move |event| event.target().set_value("")
                on:change:target=move |event| {
                    if let Some(file) = event.target().files().and_then(|files| files.get(0)) {
                        batch.open(&file.name(), FileBytes::new(file));
                    }
                }
            />
            <p class="field-hint" id=hint_id>
                "Or drop one anywhere here: OpenAI Batch lines, request bodies (JSONL), one prompt a line, or CSV; up to 100,000 requests and 200 MB. It stays in this browser: only its requests are sent."
            </p>
        </div>
        <div class="batch-buttons">
            <Button icon=Glyph::Table on_click=move |()| open_text("sample.jsonl", &sample())>"Try a sample"</Button>
        </div>
        <Disclosure summary="Paste a text instead">
            // The field has taken the text in by the time its event comes up to here.
            <div on:input=move |event| if is_of_paste(&event) { open_pasted(()) }>
                <TextArea
                    label="Pasted requests"
                    value=pasted
                    on_input=move |text| pasted.set(text)
                    rows=5
                    mono=true
                    placeholder="One prompt a line, or JSON lines"
                    hint=Some("A text is opened as soon as it is pasted.".to_owned())
                />
            </div>
            <Button disabled=nothing_pasted reason="Paste or write something first".to_owned() on_click=open_pasted>"Open text"</Button>
        </Disclosure>
        <Disclosure summary="What the lines look like">
            <dl class="batch-formats">
                <dt>"OpenAI Batch lines"</dt>
                <dd><code>r#"{"custom_id":"1","method":"POST","url":"/v1/responses","body":{"model":"gpt-5-nano","input":"Hi"}}"#</code></dd>
                <dt>"Request bodies, as of the cookbook's parallel processor"</dt>
                <dd><code>r#"{"model":"gpt-5-nano","input":"Hi","metadata":{"row":1}}"#</code></dd>
                <dt>"Text"</dt>
                <dd>"One prompt a line."</dd>
                <dt>"CSV"</dt>
                <dd>"A header, and a template over its columns: "<code>"Translate {{text}} into {{language}}."</code>" A column "<code>"custom_id"</code>" names the lines."</dd>
            </dl>
        </Disclosure>
    }
}

/// How far the file is read.
#[component]
fn ReadingBar() -> impl IntoView {
    let batch = use_batch();
    #[allow(clippy::cast_precision_loss)] // for a bar's width
    let share = move || {
        batch.reading.with(|reading| reading.as_ref().map(|reading| reading.read as f64 / reading.size.max(1) as f64))
    };
    let words = move || {
        batch.reading.with(|reading| {
            reading.as_ref().map_or_else(String::new, |reading| {
                let requests = format_count(reading.requests as u64);
                format!("{} of {}, {requests} requests", format_bytes(reading.read), format_bytes(reading.size))
            })
        })
    };
    view! {
        <Show when=move || batch.reading.with(Option::is_some)>
            <div class="batch-reading">
                <ProgressBar label="Reading the file" value=Signal::derive(share) text=Signal::derive(words) />
                <Button kind=ButtonKind::Quiet on_click=move |()| batch.stop_reading()>"Cancel reading"</Button>
            </div>
        </Show>
    }
}

/// The file that is open.
#[component]
fn Opened() -> impl IntoView {
    let batch = use_batch();
    let words = move || {
        batch.with_file(|file| {
            let bad = match file.faults.len() {
                0 => String::new(),
                1 => ", one bad line".to_owned(),
                count => format!(", {} bad lines", format_count(count as u64)),
            };
            format!(
                "{}: {} requests{bad}, {}, read as {}.",
                batch.name(),
                format_count(file.entries.len() as u64),
                format_bytes(file.fingerprint.bytes),
                file.layout.format().label()
            )
        })
    };
    view! {
        <div class="batch-opened">
            <p class="num">{words}</p>
            <Button kind=ButtonKind::Quiet on_click=move |()| batch.close()>"Close file"</Button>
        </div>
    }
}

/// The batch at hand, whose file cannot be exchanged.
#[component]
fn Held() -> impl IntoView {
    let batch = use_batch();
    let runs = Signal::derive(move || batch.running.get().is_some());
    let close = move |()| {
        batch.close();
        batch.look_at_kept();
    };
    view! {
        <div class="batch-opened">
            <p>"“"{move || batch.name()}"”"</p>
            <Button
                kind=ButtonKind::Quiet
                disabled=runs
                reason=Signal::derive(move || runs.get().then(|| "It runs: pause or cancel it first".to_owned()))
                on_click=close
            >
                "Open another file"
            </Button>
        </div>
    }
}

/// How the lines are read: detected, and to be overruled.
#[component]
fn FormatFields() -> impl IntoView {
    let batch = use_batch();
    let form = batch.form;
    let options = || {
        let mut options = vec![Choice::new("", "Detect")];
        options.extend(Format::ALL.map(|format| Choice::new(id_of(format), format.label())));
        options
    };
    let choose = move |id: String| {
        form.update(|form| form.format = Format::ALL.into_iter().find(|format| id_of(*format) == id));
        batch.read_again();
    };
    let columns = Memo::new(move |_| {
        batch
            .with_file(|file| match &file.layout {
                Layout::Csv(layout) => layout.columns().to_vec(),
                _ => Vec::new(),
            })
            .unwrap_or_default()
    });
    let add = move |column: String| {
        form.update(|form| form.template.extend(["{{", column.as_str(), "}}"]));
        batch.read_again();
    };
    let button = move |column: String| {
        let label = column.clone();
        view! { <Button icon=Glyph::Plus on_click=move |()| add(column.clone())>{label}</Button> }
    };
    view! {
        <Select
            label="Format of the file"
            options=Signal::derive(options)
            value=Signal::derive(move || form.with(|form| form.format.map_or("", id_of).to_owned()))
            on_change=choose
        />
        <Show when=move || columns.with(|columns| !columns.is_empty())>
            <div class="batch-template" on:change=move |_| batch.read_again()>
                <TextField
                    label="Prompt template"
                    value=Signal::derive(move || form.with(|form| form.template.clone()))
                    on_input=move |template| form.update(|form| form.template = template)
                    hint=Some("Empty: the column that is named like a prompt. {{column}} stands for its field.".to_owned())
                />
                <div class="quick-choices" role="group" aria-label="Columns">
                    {move || columns.get().into_iter().map(button).collect_view()}
                </div>
            </div>
        </Show>
    }
}

const fn id_of(format: Format) -> &'static str {
    match format {
        Format::Batch => "batch",
        Format::Cookbook => "cookbook",
        Format::Text => "text",
        Format::Csv => "csv",
    }
}

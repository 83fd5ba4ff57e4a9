//! The calls that are looked at as files, complete at any moment; and a session file to open.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::session::open_session;
use super::state::{UsageState, use_usage};
use crate::clock::Clock;
use crate::components::{Button, ButtonKind, Checkbox, Glyph};
use crate::export::csv::CsvWriter;
use crate::export::har::HarWriter;
use crate::export::json::{JsonWriter, JsonlWriter, Making};
use crate::export::session::SessionWriter;
use crate::format::format_count;
use crate::platform::BrowserClock;
use crate::platform::download::FileWriter;
use crate::platform::files::FileBytes;
use crate::platform::timer::next_task;
use crate::redact::Redactor;
use crate::state::announcer::use_announcer;
use crate::state::ledger::Opened;
use crate::state::secrets::use_secrets;
use crate::usage::{CallRecord, LedgerRow, Prices};

/// So many calls are read and written in a task.
const AT_A_TIME: usize = 64;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    Jsonl,
    Har,
    Session,
}

impl Format {
    const ALL: [Self; 5] = [Self::Csv, Self::Json, Self::Jsonl, Self::Har, Self::Session];

    const fn button(self) -> &'static str {
        match self {
            Self::Csv => "Export CSV",
            Self::Json => "Export JSON",
            Self::Jsonl => "Export JSONL",
            Self::Har => "Export HAR",
            Self::Session => "Save session file",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "calls.csv",
            Self::Json => "calls.json",
            Self::Jsonl => "calls.jsonl",
            Self::Har => "calls.har",
            Self::Session => "session.json",
        }
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json | Self::Har | Self::Session => "application/json",
            Self::Jsonl => "application/jsonl",
        }
    }
}

enum Writer<'a> {
    Csv(CsvWriter<'a>, &'a Prices),
    Json(JsonWriter<'a>),
    Jsonl(JsonlWriter<'a>),
    Har(HarWriter<'a>),
    Session(SessionWriter<'a>),
}

impl<'a> Writer<'a> {
    fn new(format: Format, making: Making<'a>, prices: &'a Prices) -> Self {
        match format {
            Format::Csv => Self::Csv(CsvWriter::new(making.redactor), prices),
            Format::Json => Self::Json(JsonWriter::new(making)),
            Format::Jsonl => Self::Jsonl(JsonlWriter::new(making)),
            Format::Har => Self::Har(HarWriter::new(making)),
            Format::Session => Self::Session(SessionWriter::new(making)),
        }
    }

    fn head(&self) -> String {
        match self {
            Self::Csv(writer, _) => writer.head(),
            Self::Json(writer) => writer.head(),
            Self::Jsonl(_) => String::new(),
            Self::Har(writer) => writer.head(),
            Self::Session(writer) => writer.head(),
        }
    }

    fn call(&mut self, call: &CallRecord) -> String {
        match self {
            Self::Csv(writer, prices) => {
                let cost = LedgerRow::of(call).cost(prices);
                writer.call(call, (cost.unknown_calls == 0).then_some(cost.known))
            }
            Self::Json(writer) => writer.call(call),
            Self::Jsonl(writer) => writer.call(call),
            Self::Har(writer) => writer.call(call),
            Self::Session(writer) => writer.call(call),
        }
    }

    fn tail(&self) -> String {
        match self {
            Self::Csv(..) | Self::Jsonl(_) => String::new(),
            Self::Json(writer) => writer.tail(),
            Self::Har(writer) => writer.tail(),
            Self::Session(writer) => writer.tail(),
        }
    }
}

/// The buttons.
#[component]
pub fn Exports() -> impl IntoView {
    let usage = use_usage();
    let (announcer, secrets) = (use_announcer(), use_secrets());
    let (with_content, saving) = (RwSignal::new(false), RwSignal::new(None::<Format>));
    // While what is kept is being read, a file would be of a part of it.
    let is_empty = Memo::new(move |_| {
        let is_read = usage.session.with(Option::is_some) || usage.ledger.opened.get() == Opened::All;
        usage.total() == 0 || !is_read
    });
    let save = move |format: Format| {
        if saving.get_untracked().is_some() {
            return;
        }
        saving.set(Some(format));
        usage.failure.set(None);
        spawn_local(async move {
            let redactor = secrets.redactor();
            let saved = write(usage, format, with_content.get_untracked(), &redactor).await;
            let _ = saving.try_set(None);
            match saved {
                Ok((calls, 0)) => announcer.say(format!("{} calls saved.", format_count(calls))),
                // Another tab may delete them meanwhile.
                Ok((calls, gone)) => usage.failure.set(Some(format!(
                    "The file has {} calls. {} more were deleted meanwhile, and are not in it.",
                    format_count(calls),
                    format_count(gone)
                ))),
                Err(why) => usage.failure.set(Some(format!("The file was not saved: {why}"))),
            }
        });
    };
    let button = move |format: Format| {
        view! {
            <Button
                icon=Glyph::Download
                disabled=Signal::derive(move || is_empty.get())
                reason=Signal::derive(move || is_empty.get().then(|| "There are no calls to export".to_owned()))
                busy=Signal::derive(move || saving.get() == Some(format))
                on_click=move |()| save(format)
            >
                {format.button()}
            </Button>
        }
    };
    let chooser = NodeRef::<Input>::new();
    let choose = move |()| {
        if let Some(chooser) = chooser.get_untracked() {
            // A file that was mended and is chosen again is news.
            chooser.set_value("");
            chooser.click();
        }
    };
    let open = move || {
        let Some(file) = chooser.get_untracked().and_then(|chooser| chooser.files()?.get(0)) else { return };
        usage.failure.set(None);
        let name = file.name();
        spawn_local(async move {
            match open_session(usage, name, FileBytes::new(file)).await {
                Ok(()) => announcer.say("The session file is open.".to_owned()),
                Err(why) => usage.failure.set(Some(why)),
            }
        });
    };
    view! {
        <div class="usage-exports" role="group" aria-label="Exports">
            <div class="usage-buttons">
                {Format::ALL.map(button).into_iter().collect_view()}
                <Button kind=ButtonKind::Quiet icon=Glyph::Upload on_click=choose>"Open session file"</Button>
                <input type="file" hidden accept=".json" node_ref=chooser on:change=move |_| open() />
            </div>
            <Checkbox
                label="Export prompts and answers too"
                hint=Some("As far as they were kept. A key is in no file.".to_owned())
                checked=with_content
                on_change=move |with| with_content.set(with)
            />
        </div>
    }
}

/// Writes the file; gives how many calls are in it, and how many are no longer kept.
async fn write(
    usage: UsageState,
    format: Format,
    with_content: bool,
    redactor: &Redactor,
) -> Result<(u64, u64), String> {
    let at = BrowserClock.wall();
    let prices = usage.prices.get_untracked();
    let mut writer = Writer::new(format, Making { at, with_content, redactor }, &prices);
    let (year, month, day) = at.date();
    let mut file =
        FileWriter::download(&format!("sluice_{year:04}-{month:02}-{day:02}_{}", format.ending()), format.media());
    let ids = usage.ids();
    file.write(&writer.head()).await.map_err(|error| error.to_string())?;
    let mut written = 0;
    for some in ids.chunks(AT_A_TIME) {
        let calls = usage.calls(some).await?;
        let text: String = calls.iter().map(|call| writer.call(call)).collect();
        written += calls.len() as u64;
        file.write(&text).await.map_err(|error| error.to_string())?;
        next_task().await;
    }
    file.write(&writer.tail()).await.map_err(|error| error.to_string())?;
    file.finish().await.map_err(|error| error.to_string())?;
    Ok((written, (ids.len() as u64).saturating_sub(written)))
}

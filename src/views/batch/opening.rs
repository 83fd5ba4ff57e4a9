//! Opening a file: read in slices, its first rows shown while it streams, then estimated.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::estimate::estimate_of;
use super::state::{Batch, Phase};
use crate::batch::RequestDefaults;
use crate::batch::input::{BatchFile, Format, Layout, LineEntry, Reader, ReaderOptions};
use crate::clock::Clock;
use crate::platform::files::FileBytes;
use crate::platform::{BrowserClock, WindowedFile, random};
use crate::responses::Input;
use crate::run::batch::BatchJob;
use crate::time::Instant;
use crate::usage::Prices;

/// How much of a file is read at a time: little enough for a frame, in bytes.
const SLICE: u32 = 128 * 1024;
/// The first rows that are shown.
const ROWS: usize = 10;
/// The beginning of an input that is shown, in characters.
const BEGINNING: usize = 160;
/// How often the reading is told of.
const REST: Duration = Duration::from_millis(100);

/// How far a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its name.
    pub name: String,
    /// Bytes read.
    pub read: u64,
    /// Bytes in all.
    pub size: u64,
    /// Requests found so far.
    pub requests: usize,
    /// Bad lines found so far.
    pub faults: usize,
}

/// A row of the preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Where the line is, and what planning needs of it.
    pub entry: LineEntry,
    /// The beginning of its input.
    pub beginning: String,
}

/// Why a CSV was read without the template.
pub(super) const UNUSED_TEMPLATE: &str = "The prompt template does not fit the file";

/// What a file is opened as.
#[derive(Debug, Clone, Default)]
pub(super) struct Opening {
    /// The batch's name in the store; a new one is made where there is none.
    pub id: Option<String>,
    /// The file's name, empty for a pasted text.
    pub file_name: String,
    /// Its format, where it is not to be detected.
    pub format: Option<Format>,
    /// Its template, where it is not to be suggested.
    pub template: String,
}

impl Batch {
    /// Opens a file that was picked or dropped, or a text.
    pub fn open(self, file_name: &str, source: FileBytes) {
        if self.running.get_untracked().is_some() {
            self.fail("No file was opened", "A batch runs: pause or cancel it first.");
            return;
        }
        if self.job.watched.get_untracked().is_some() {
            self.fail("No file was opened", "This batch is with OpenAI as a job: press “Open another file” first.");
            return;
        }
        if self.wants_file.get_untracked().is_some() {
            self.open_again(source);
            return;
        }
        self.close();
        let form = self.form.get_untracked();
        let opening =
            Opening { id: None, file_name: file_name.to_owned(), format: form.format, template: form.template };
        self.begin_reading(opening, source);
    }

    /// Reads the file that is open once more, as the format or the template has changed.
    pub fn read_again(self) {
        if untrack(|| self.phase()) != Phase::Opened {
            return;
        }
        let Some((name, source)) =
            self.with(|inner| Some((inner.name.clone(), inner.job.as_ref()?.source.file().clone())))
        else {
            return;
        };
        self.open(&name, source);
    }

    /// Stops reading.
    pub fn stop_reading(self) {
        if let Some(abort) = self.update(|inner| inner.reading.take()).flatten() {
            abort.abort();
        }
        self.reading.set(None);
        self.rows.set(Vec::new());
        self.announcer.say("Reading was cancelled.".to_owned());
    }

    fn begin_reading(self, opening: Opening, source: FileBytes) {
        let (abort, registration) = AbortHandle::new_pair();
        self.update(|inner| {
            inner.name.clone_from(&opening.file_name);
            inner.template.clone_from(&opening.template);
            inner.reading = Some(abort);
        });
        spawn_local(async move {
            let read = Abortable::new(self.read_with_template(opening, source), registration).await;
            if let Ok(Err(why)) = read {
                self.reading.set(None);
                self.rows.set(Vec::new());
                self.fail("The file was not opened", &why);
            }
        });
    }

    /// Reads the file; where its template is all that is wrong, without it: the field stays, and tells what to mend.
    async fn read_with_template(self, opening: Opening, source: FileBytes) -> Result<(), String> {
        let Err(why) = self.read(opening.clone(), source.clone()).await else { return Ok(()) };
        if opening.template.trim().is_empty() {
            return Err(why);
        }
        let without = Opening { template: String::new(), ..opening };
        // What is wrong without it is the file's fault.
        self.read(without, source).await?;
        self.update(|inner| inner.template.clear());
        self.fail(UNUSED_TEMPLATE, &why);
        Ok(())
    }

    /// Whether the template in the field is the one that the open file was read with, or is of no use to it.
    pub(super) fn uses_template(self) -> bool {
        let is_csv = self.with(|inner| inner.job.as_ref().is_some_and(|job| matches!(job.file.layout, Layout::Csv(_))));
        !is_csv || self.form.with_untracked(|form| self.with(|inner| inner.template.trim() == form.template.trim()))
    }

    async fn read(self, opening: Opening, source: FileBytes) -> Result<(), String> {
        let id = opening.id.clone().unwrap_or_else(new_id);
        let name = shown_name(&opening.file_name).to_owned();
        let file = self.read_file(&opening, &source).await?;
        let told = format!("{name}: {} requests, {} bad lines.", file.entries.len(), file.faults.len());
        self.update(|inner| {
            inner.name = name;
            inner.job = Some(Rc::new(BatchJob { id, file, source: WindowedFile::new(source) }));
            inner.reading = None;
        });
        self.reading.set(None);
        self.announcer.say(told);
        Ok(())
    }

    /// Reads a file from its beginning to its end.
    pub(super) async fn read_file(self, opening: &Opening, source: &FileBytes) -> Result<BatchFile, String> {
        let options = ReaderOptions {
            format: opening.format,
            file_name: opening.file_name.clone(),
            template: Some(opening.template.clone()).filter(|template| !template.trim().is_empty()),
            ..ReaderOptions::default()
        };
        let mut reader = Reader::new(options);
        let size = source.size();
        let mut told = Instant::ORIGIN;
        let mut chunks = pin!(source.clone().chunks(SLICE));
        while let Some(chunk) = chunks.next().await {
            reader.push(&chunk.map_err(|error| error.to_string())?).map_err(|fault| fault.to_string())?;
            let now = BrowserClock.now();
            if now.saturating_since(told) >= REST {
                told = now;
                self.reading.set(Some(Reading {
                    name: shown_name(&opening.file_name).to_owned(),
                    read: reader.bytes(),
                    size,
                    requests: reader.entries().len(),
                    faults: reader.faults().len(),
                }));
                if self.rows.with_untracked(Vec::is_empty)
                    && let Some(layout) = reader.layout()
                {
                    self.rows.set(first_rows(layout, reader.entries(), source).await);
                }
            }
        }
        let file = reader.finish().map_err(|fault| fault.to_string())?;
        self.rows.set(first_rows(&file.layout, &file.entries, source).await);
        Ok(file)
    }

    /// Keeps the estimate up with the file and what is put into its lines.
    pub(super) fn watch(self) {
        let generation = StoredValue::new(0u64);
        let wanted = Memo::new(move |_| {
            let id = self.with_file(|_| ()).and_then(|()| self.with(|inner| Some(inner.job.as_ref()?.id.clone())));
            let model = self.model();
            (id, self.form.with(|form| form.defaults(&model)), self.accounts.prices().get())
        });
        Effect::new(move |_| {
            let (id, defaults, prices) = wanted.get();
            generation.update_value(|generation| *generation += 1);
            let own = generation.get_value();
            self.estimate.set(None);
            if id.is_some() {
                spawn_local(self.estimated(defaults, prices, move || generation.try_get_value() == Some(own)));
            }
        });
    }

    async fn estimated(self, defaults: RequestDefaults, prices: Prices, is_wanted: impl Fn() -> bool) {
        let Some(job) = self.with(|inner| inner.job.clone()) else { return };
        if let Some(estimate) = estimate_of(&job.file.entries, defaults, |_| true, is_wanted, prices).await {
            let _ = self.estimate.try_set(Some(estimate));
        }
    }

    /// Says why nothing was done.
    pub(super) fn fail(self, title: &'static str, why: &str) {
        let _ = self.failure.try_set(Some((title, why.to_owned())));
    }
}

/// The name of a file as people read it.
fn shown_name(file_name: &str) -> &str {
    if file_name.trim().is_empty() { "pasted text" } else { file_name }
}

/// A name that no other batch of this browser has: the time, and chance.
fn new_id() -> String {
    format!("{:013}-{:08x}", BrowserClock.wall().since_epoch().as_millis(), random::seed() & 0xffff_ffff)
}

async fn first_rows(layout: &Layout, entries: &[LineEntry], source: &FileBytes) -> Vec<PreviewRow> {
    // Any model does: it is not shown.
    let defaults = RequestDefaults { model: "none".to_owned(), ..RequestDefaults::default() };
    let mut rows = Vec::new();
    for entry in entries.iter().take(ROWS) {
        let bytes = source.read(entry.offset..entry.offset + u64::from(entry.length)).await.unwrap_or_default();
        let request = layout.request(&bytes, entry.line, &defaults);
        let beginning = request.map(|request| beginning(&request.request.input)).unwrap_or_default();
        rows.push(PreviewRow { entry: entry.clone(), beginning });
    }
    rows
}

fn beginning(input: &Input) -> String {
    let text = match input {
        Input::Text(text) => text.clone(),
        Input::Items(items) => serde_json::Value::from(items.clone()).to_string(),
    };
    let mut beginning: String = text.chars().take(BEGINNING).collect();
    if text.chars().nth(BEGINNING).is_some() {
        beginning.push('…');
    }
    beginning
}

/// Two hundred prompts to try it with, as OpenAI Batch lines.
pub(super) fn sample() -> String {
    const SUBJECTS: [&str; 10] =
        ["turtles", "bridges", "tides", "maps", "bees", "clocks", "glaciers", "tea", "harbours", "kites"];
    const TASKS: [&str; 5] = [
        "Give me a funny fact about",
        "Explain in one sentence why people care about",
        "Name three books about",
        "Write a two-line poem about",
        "List the five commonest questions of children, with short answers, about",
    ];
    let line = |number: usize| {
        let subject = SUBJECTS.get(number % SUBJECTS.len()).copied().unwrap_or_default();
        let task = TASKS.get(number / SUBJECTS.len() % TASKS.len()).copied().unwrap_or_default();
        let body = serde_json::json!({"input": format!("{task} {subject}."), "max_output_tokens": 64});
        format!(r#"{{"custom_id":"sample-{:03}","method":"POST","url":"/v1/responses","body":{body}}}"#, number + 1)
    };
    (0..200).map(line).collect::<Vec<_>>().join("\n")
}

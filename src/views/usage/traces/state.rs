//! What traces are like, where they go, and what became of them.

use std::fmt;
use std::pin::Pin;

use futures_util::Stream;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::work;
use crate::export::otlp::collector::CollectorUrl;
use crate::export::otlp::{Content, Format, TraceOptions};
use crate::platform::location;
use crate::state::announcer::{Announcer, use_announcer};
use crate::state::collector;
use crate::state::persisted::{persisted_count, persisted_flag, persisted_text};
use crate::state::session::{Session, use_session};
use crate::state::when_used;
use crate::usage::CallRecord;

/// The calls that are to be told, some at a time, or why they cannot be read.
pub type CallSlices = Pin<Box<dyn Stream<Item = Result<Vec<CallRecord>, String>>>>;

/// What is done with traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// They are saved as a file.
    Export,
    /// They are sent to the collector.
    Send,
}

/// What came of the last task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It went well, in words.
    Done(String),
    /// Some of it did, in words.
    Partly(String),
    /// It did not, in words.
    Failed(String),
}

/// Traces as they are set up, and what became of them.
#[derive(Clone, Copy)]
pub struct Traces {
    /// `none`, `sample` or `all`: see [`Content`].
    pub content: RwSignal<String>,
    /// How many per cent a sample is.
    pub percent: RwSignal<u32>,
    /// `protobuf` or `json`.
    pub format: RwSignal<String>,
    /// The project they are filed under.
    pub project: RwSignal<String>,
    /// Whether it goes as a header, too.
    pub sends_header: RwSignal<bool>,
    /// The collector's address, as typed.
    pub url: RwSignal<String>,
    /// What is under way.
    pub task: RwSignal<Option<Task>>,
    /// What came of the last one.
    pub told: RwSignal<Option<Told>>,
    /// The collector that a person is asked about.
    pub asking: RwSignal<Option<CollectorUrl>>,
    /// The page's session, for its redactor and its clock.
    pub session: Session,
    announcer: Announcer,
}

/// Where Phoenix takes traces on the machine it was started on.
const PHOENIX: &str = "http://localhost:6006/v1/traces";

fn provide() {
    provide_context(Traces {
        content: persisted_text("traces-content", "none"),
        percent: persisted_count("traces-percent", 10, (1, 99)),
        format: persisted_text("traces-format", "protobuf"),
        project: persisted_text("traces-project", "sluice"),
        sends_header: persisted_flag("traces-header", false),
        url: persisted_text("collector-url", PHOENIX),
        task: RwSignal::new(None),
        told: RwSignal::new(None),
        asking: RwSignal::new(None),
        session: use_session(),
        announcer: use_announcer(),
    });
}

/// The page's traces.
pub fn use_traces() -> Traces {
    when_used(provide)
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traces")
    }
}

impl Traces {
    /// What traces are like, as set.
    pub fn options(self) -> TraceOptions {
        let percent = self.percent.get_untracked();
        TraceOptions {
            format: if self.format.get_untracked() == "json" { Format::Json } else { Format::Protobuf },
            project: self.project.get_untracked().trim().to_owned(),
            content: match self.content.get_untracked().as_str() {
                "all" => Content::All,
                "sample" => Content::Sample(u8::try_from(percent).unwrap_or(100)),
                _ => Content::LeaveOut,
            },
        }
    }

    /// The collector's address, or what is wrong with it; tracked.
    pub fn checked_url(self) -> Result<CollectorUrl, String> {
        self.url.with(|url| CollectorUrl::parse(url, &location::origin()))
    }

    /// Saves a file of `calls`.
    pub fn export(self, calls: CallSlices) {
        self.begin(Task::Export);
        spawn_local(async move {
            if let Err(why) = work::export(self, calls).await {
                self.end(Told::Failed(format!("The part of the page that writes traces could not be loaded: {why}.")));
            }
        });
    }

    /// Sends `calls` to the collector, or asks first whether the page may reach it.
    pub fn send(self, calls: impl FnOnce() -> CallSlices) {
        let url = match untrack(|| self.checked_url()) {
            Ok(url) => url,
            Err(why) => return self.end(Told::Failed(why)),
        };
        if !collector::allows(&url) {
            return match collector::obstacle() {
                Some(why) => self.end(Told::Failed(why.to_owned())),
                None => self.asking.set(Some(url)),
            };
        }
        self.begin(Task::Send);
        let calls = calls();
        spawn_local(async move {
            if let Err(why) = work::send(self, url, calls).await {
                self.end(Told::Failed(format!("The part of the page that writes traces could not be loaded: {why}.")));
            }
        });
    }

    fn begin(self, task: Task) {
        self.task.set(Some(task));
        self.told.set(None);
    }

    /// Tells what came of it.
    pub(super) fn end(self, told: Told) {
        let (Told::Done(words) | Told::Partly(words) | Told::Failed(words)) = &told;
        self.announcer.say(words.clone());
        self.task.set(None);
        self.told.set(Some(told));
    }
}

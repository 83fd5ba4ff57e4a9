//! Calls written as traces, saved or sent: all that is fetched when it is first asked for.

use futures_util::StreamExt as _;
use leptos::prelude::GetUntracked as _;
use leptos::task::spawn_local;

use super::state::{CallSlices, Told, Traces};
use crate::export::otlp::collector::{CollectorUrl, NotTaken};
use crate::export::otlp::{Packer, Parcel};
use crate::format::format_count;
use crate::platform::download::FileWriter;
use crate::platform::lazy::lazy_fn;
use crate::platform::{location, timer};
use crate::transport::fetch::collector::Collector;

lazy_fn! {
    /// Saves a file of `calls`.
    pub fn export(traces: Traces, calls: CallSlices) in traces {
        spawn_local(async move { traces.end(saved(traces, calls).await.unwrap_or_else(Told::Failed)) });
    }
}
lazy_fn! {
    /// Sends `calls` to the collector at `url`.
    pub fn send(traces: Traces, url: CollectorUrl, calls: CallSlices) in traces {
        spawn_local(async move { traces.end(sent(traces, url, calls).await.unwrap_or_else(Told::Failed)) });
    }
}

/// Parcels, one at a time; the page draws in between.
struct Parcels {
    calls: CallSlices,
    slice: std::vec::IntoIter<crate::usage::CallRecord>,
    packer: Packer,
    at_once: usize,
    traces: Traces,
}

impl Parcels {
    fn new(traces: Traces, calls: CallSlices) -> Self {
        let options = traces.options();
        let at_once = options.content.at_once();
        Self { calls, slice: Vec::new().into_iter(), packer: Packer::new(options), at_once, traces }
    }

    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// Where calls cannot be read.
    async fn next(&mut self) -> Result<Option<Parcel>, String> {
        loop {
            let some: Vec<_> = self.slice.by_ref().take(self.at_once).collect();
            if some.is_empty() {
                match self.calls.next().await {
                    Some(slice) => self.slice = slice?.into_iter(),
                    None => return Ok(self.packer.rest()),
                }
                continue;
            }
            self.packer.add(&some, &self.traces.session.secrets().redactor());
            if let Some(parcel) = self.packer.full() {
                return Ok(Some(parcel));
            }
            timer::next_task().await;
        }
    }
}

/// How much went out so far.
#[derive(Default)]
struct Sum {
    calls: usize,
    spans: usize,
}

impl Sum {
    fn add(&mut self, parcel: &Parcel) {
        self.calls += parcel.calls;
        self.spans += parcel.spans;
    }

    fn words(&self) -> String {
        let count = |number: usize, one: &str, many: &str| {
            format!(
                "{} {}",
                format_count(u64::try_from(number).unwrap_or_default()),
                if number == 1 { one } else { many }
            )
        };
        format!("{} of {}", count(self.spans, "span", "spans"), count(self.calls, "call", "calls"))
    }
}

const NONE: &str = "There is no call to tell of.";

async fn saved(traces: Traces, calls: CallSlices) -> Result<Told, String> {
    let format = traces.options().format;
    let mut file = FileWriter::download(format.file_name(), format.media_type());
    let (mut parcels, mut sum) = (Parcels::new(traces, calls), Sum::default());
    while let Some(parcel) = parcels.next().await? {
        sum.add(&parcel);
        file.write_bytes(&parcel.body).await.map_err(|why| why.to_string())?;
    }
    if sum.calls == 0 {
        return Err(NONE.to_owned());
    }
    file.finish().await.map_err(|why| why.to_string())?;
    Ok(Told::Done(format!("Traces saved: {}.", sum.words())))
}

async fn sent(traces: Traces, url: CollectorUrl, calls: CallSlices) -> Result<Told, String> {
    let options = traces.options();
    let header = if traces.sends_header.get_untracked() { options.project.clone() } else { String::new() };
    let collector = Collector { url, format: options.format, project_header: header };
    let (clock, origin) = (traces.session.time(), location::origin());
    let (mut parcels, mut sum, mut rejected) = (Parcels::new(traces, calls), Sum::default(), Rejected::default());
    while let Some(parcel) = parcels.next().await? {
        let taken = collector.post(&parcel.body, &clock, &origin).await.map_err(|why| failure(&why, &sum))?;
        rejected.add(taken.rejected, taken.message);
        sum.add(&parcel);
    }
    if sum.calls == 0 {
        return Err(NONE.to_owned());
    }
    Ok(rejected.told(&format!("Traces sent to {}: {}.", collector.url.origin(), sum.words())))
}

/// What a collector did not take of what it accepted.
#[derive(Default)]
struct Rejected {
    spans: u64,
    message: String,
}

impl Rejected {
    fn add(&mut self, spans: u64, message: String) {
        self.spans += spans;
        if !message.is_empty() {
            self.message = message;
        }
    }

    fn told(&self, sent: &str) -> Told {
        let says = if self.message.is_empty() { String::new() } else { format!(" It says: {}", self.message) };
        match self.spans {
            0 if says.is_empty() => Told::Done(sent.to_owned()),
            0 => Told::Done(format!("{sent}{says}")),
            spans => Told::Partly(format!("{sent} The collector rejected {} of the spans.{says}", format_count(spans))),
        }
    }
}

fn failure(why: &NotTaken, sum: &Sum) -> String {
    let before = if sum.calls == 0 {
        "Nothing was sent.".to_owned()
    } else {
        format!(
            "Sent before that: {}. Sending all of them again makes no doubles: their ids are the same.",
            sum.words()
        )
    };
    format!("{why} {before} All calls are still here.")
}

//! Events folded into what is known of the response so far.

use std::collections::BTreeMap;

use super::cut::Cut;
use super::event::{NumberedEvent, Place, StreamEvent, Terminal};
use crate::responses::{
    ApiError, ContentPart, OutputItem, ReportedUsage, Response, ResponseError, ResponseStatus, Unreadable,
};

/// What is known of a streamed response so far.
///
/// The first terminal event ends it: whatever comes after it, on a socket that may well stay open, does not count.
#[derive(Debug, Clone, Default)]
pub struct StreamFold {
    /// As `response.created` and its like told it.
    head: Response,
    items: BTreeMap<u64, OutputItem>,
    /// Message parts as they stream in, by item and part; an item that is done has none here.
    parts: BTreeMap<(u64, u64), ContentPart>,
    summaries: BTreeMap<(u64, u64), String>,
    arguments: BTreeMap<u64, String>,
    /// Of all parts, in bytes.
    words_length: usize,
    /// The item that was added last: where pieces without an index belong.
    latest: u64,
    end: Option<(Terminal, Response)>,
    done_marker: bool,
    sequence_max: Option<u64>,
    corrected: bool,
    unreadable: u32,
}

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// By its own word.
    Terminal(Terminal),
    /// Without a terminal event: cut off by a proxy, a timeout, a crash.
    Early,
}

/// A stream that is over, and the response it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedResponse {
    /// How it ended.
    pub ending: Ending,
    /// The response; after an early end, what there is of it, in progress and with its usage unknown.
    pub response: Response,
    /// Text that had been shown turned out to be another in the end: the end is right.
    pub corrected: bool,
    /// `[DONE]` came.
    pub done_marker: bool,
    /// The highest `sequence_number`.
    pub sequence_max: Option<u64>,
    /// How many events could not be read.
    pub unreadable: u32,
}

impl StreamFold {
    /// Takes in an event.
    pub fn push(&mut self, numbered: &NumberedEvent) {
        if self.is_over() {
            return;
        }
        self.sequence_max = self.sequence_max.max(numbered.sequence);
        match &numbered.event {
            StreamEvent::Created(response) | StreamEvent::InProgress(response) | StreamEvent::Queued(response) => {
                self.head = (**response).clone();
            }
            StreamEvent::ItemAdded(place, item) => {
                self.latest = place.item.unwrap_or_else(|| self.next_item());
                self.set_item(self.latest, item);
            }
            StreamEvent::ItemDone(place, item) => self.set_item(place.item.unwrap_or(self.latest), item),
            StreamEvent::PartAdded(place, part) | StreamEvent::PartDone(place, part) => {
                if let Some(part) = part {
                    self.set_part(*place, part.clone());
                }
            }
            StreamEvent::TextDelta(place, more) => self.extend_part(*place, more, ContentPart::OutputText),
            StreamEvent::TextDone(place, text) => self.set_part(*place, ContentPart::OutputText(text.clone())),
            StreamEvent::RefusalDelta(place, more) => self.extend_part(*place, more, ContentPart::Refusal),
            StreamEvent::RefusalDone(place, text) => self.set_part(*place, ContentPart::Refusal(text.clone())),
            StreamEvent::SummaryDelta(place, more) => {
                self.summaries.entry(self.key(*place)).or_default().push_str(more);
            }
            StreamEvent::SummaryDone(place, text) => {
                if !text.is_empty() {
                    self.summaries.insert(self.key(*place), text.clone());
                }
            }
            StreamEvent::ArgumentsDelta(place, more) => {
                self.arguments.entry(self.key(*place).0).or_default().push_str(more);
            }
            StreamEvent::ArgumentsDone(place, all) => drop(self.arguments.insert(self.key(*place).0, all.clone())),
            StreamEvent::Ended(terminal, response) => self.end = Some((*terminal, (**response).clone())),
            StreamEvent::Error(error) => self.end = Some((Terminal::Error, failed(error))),
            StreamEvent::DoneMarker => self.done_marker = true,
            StreamEvent::Unreadable(_) | StreamEvent::TooLong => self.unreadable += 1,
            StreamEvent::KeepAlive | StreamEvent::Unknown(_) => {}
        }
    }

    /// True once nothing more can count: after a terminal event, or `[DONE]`, at which the SDKs stop reading.
    pub const fn is_over(&self) -> bool {
        self.end.is_some() || self.done_marker
    }

    /// The terminal event, if it has come.
    pub fn terminal(&self) -> Option<Terminal> {
        self.end.as_ref().map(|(terminal, _)| *terminal)
    }

    /// The text so far; once it has ended, the text there is.
    pub fn text(&self) -> String {
        if self.is_over() {
            return self.response().output_text();
        }
        let texts = self.parts.values().filter_map(|part| match part {
            ContentPart::OutputText(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// All words that were streamed for a person to read: text and refusals.
    pub fn words(&self) -> String {
        self.parts.values().map(words_of).collect()
    }

    /// How long [`StreamFold::words`] is, in bytes.
    pub const fn words_length(&self) -> usize {
        self.words_length
    }

    /// The response so far: in progress until a terminal event.
    pub fn response(&self) -> Response {
        self.clone().into_response().0
    }

    /// The end of the stream.
    pub fn finish(self) -> StreamedResponse {
        let ending = self.terminal().map_or(Ending::Early, Ending::Terminal);
        let (done_marker, sequence_max, unreadable) = (self.done_marker, self.sequence_max, self.unreadable);
        let (response, corrected) = self.into_response();
        StreamedResponse { ending, response, corrected, done_marker, sequence_max, unreadable }
    }

    /// The response, and whether its text is another than what had been streamed.
    fn into_response(mut self) -> (Response, bool) {
        let end = self.end.take();
        let (head, corrected) = (std::mem::take(&mut self.head), self.corrected);
        let streamed = self.into_output();
        let Some((_, told)) = end else {
            let usage = ReportedUsage::Missing;
            return (Response { status: ResponseStatus::InProgress, output: streamed, usage, ..head }, corrected);
        };
        let so_far = Response { output: streamed, ..Response::default() };
        let (shown, right) = (so_far.words(), told.words());
        // Gateways end with an object that lacks its output: what was streamed is kept, not blanked.
        let keeps_streamed = told.output.is_empty() || (right.is_empty() && !shown.is_empty());
        let corrected = corrected || (!keeps_streamed && !shown.is_empty() && shown != right);
        let output = if keeps_streamed { so_far.output } else { told.output };
        let response = Response {
            id: told.id.or(head.id),
            created_at: told.created_at.or(head.created_at),
            model: told.model.or(head.model),
            service_tier: told.service_tier.or(head.service_tier),
            output,
            ..told
        };
        (response, corrected)
    }

    fn next_item(&self) -> u64 {
        self.items.last_key_value().map_or(0, |(last, _)| last.saturating_add(1))
    }

    fn key(&self, place: Place) -> (u64, u64) {
        (place.item.unwrap_or(self.latest), place.part.unwrap_or(0))
    }

    fn extend_part(&mut self, place: Place, more: &str, wrap: fn(String) -> ContentPart) {
        let part = self.parts.entry(self.key(place)).or_insert_with(|| wrap(String::new()));
        if let ContentPart::OutputText(text) | ContentPart::Refusal(text) = part {
            text.push_str(more);
            self.words_length += more.len();
        }
    }

    /// Puts a whole part in the place of what its deltas made.
    fn set_part(&mut self, place: Place, part: ContentPart) {
        let key = self.key(place);
        let had = self.parts.get(&key).map(words_of).unwrap_or_default();
        let has = words_of(&part);
        // An empty part is one that has just been added, or whose sender forgot its text.
        if had.is_empty() || !has.is_empty() {
            self.corrected |= !had.is_empty() && had != has;
            self.words_length = self.words_length.saturating_sub(had.len()).saturating_add(has.len());
            self.parts.insert(key, part);
        }
    }

    /// Puts an item in its place; what it holds goes where its pieces are collected.
    fn set_item(&mut self, index: u64, item: &OutputItem) {
        let mut item = item.clone();
        match &mut item {
            OutputItem::Message { content, .. } => {
                for (part, number) in content.drain(..).zip(0..) {
                    self.set_part(Place { item: Some(index), part: Some(number) }, part);
                }
            }
            OutputItem::Reasoning { summary, .. } => {
                self.summaries.extend(summary.drain(..).zip(0..).map(|(text, number)| ((index, number), text)));
            }
            OutputItem::FunctionCall { arguments, .. } if !arguments.is_empty() => {
                self.arguments.insert(index, std::mem::take(arguments));
            }
            OutputItem::FunctionCall { .. } | OutputItem::Other(_) => {}
        }
        self.items.insert(index, item);
    }

    /// What was streamed, as output items in order.
    fn into_output(self) -> Vec<OutputItem> {
        let Self { mut items, parts, summaries, arguments, .. } = self;
        for ((index, _), part) in parts {
            let item = items.entry(index).or_insert_with(|| OutputItem::Message {
                id: None,
                status: Some("in_progress".to_owned()),
                content: Vec::new(),
            });
            match item {
                OutputItem::Message { content, .. } => content.push(part),
                // Words for an item that was announced as something else stand on their own.
                other => *other = OutputItem::Message { id: None, status: None, content: vec![part] },
            }
        }
        for ((index, _), text) in summaries {
            let item = items.entry(index).or_insert(OutputItem::Reasoning { id: None, summary: Vec::new() });
            if let OutputItem::Reasoning { summary, .. } = item {
                summary.push(text);
            }
        }
        for (index, all) in arguments {
            if let Some(OutputItem::FunctionCall { arguments, .. }) = items.get_mut(&index) {
                *arguments = all;
            }
        }
        items.into_values().collect()
    }
}

impl StreamedResponse {
    /// The response, as if it had come in one piece.
    ///
    /// # Errors
    /// [`Unreadable::EndedEarly`], with the text that had arrived: whether the model has finished nobody knows.
    pub fn into_response(self) -> Result<Response, Unreadable> {
        match self.ending {
            Ending::Terminal(_) => Ok(self.response),
            Ending::Early => Err(Unreadable::EndedEarly { cut: Cut::Ended, text: self.response.output_text() }),
        }
    }
}

/// The failed response that an error event amounts to.
fn failed(error: &ApiError) -> Response {
    let ApiError { message, kind, code, .. } = error.clone();
    Response {
        status: ResponseStatus::Failed,
        error: Some(ResponseError { code, kind, message }),
        ..Response::default()
    }
}

fn words_of(part: &ContentPart) -> &str {
    match part {
        ContentPart::OutputText(text) | ContentPart::Refusal(text) => text,
        ContentPart::Other(_) => "",
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

//! Event streams: what is made of them, however they are cut into chunks.

use serde_json::{Value, json};
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply};
use sluice::responses::stream::{
    BodyKind, Ending, FrameReader, NumberedEvent, StreamEvent, StreamReader, StreamedResponse, Terminal,
};
use sluice::responses::{OutputItem, ResponseStatus};

use super::outcomes::Judged;
use super::responses::{of_reply, usage};
use super::{Case, Finding, Judge, base64, body, pairs};

/// A stream, read as a transport reads it.
struct Streamed {
    whole: StreamedResponse,
    events: Vec<StreamEvent>,
    /// The data of the first event of no known type.
    unknown: Option<String>,
}

pub fn sse(case: &Case) -> Judge {
    let chunks = chunks(&case.input);
    let bytes = chunks.concat();
    let streamed = Streamed::of(&chunks);
    for other in [vec![bytes.clone()], bytes.iter().map(|byte| vec![*byte]).collect()] {
        let other = Streamed::of(&other);
        assert_eq!((&other.whole, &other.events), (&streamed.whole, &streamed.events), "chunks make a difference");
    }
    let status = case.input["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let headers = pairs(&case.input["headers"]);
    received(case, Reply::from_http(status, headers, text, Visibility::Full, case.now(), Endpoint::Responses))
}

/// What the engine makes of the case's answer, however that came.
pub fn received(case: &Case, reply: Reply) -> Judge {
    let body = reply.wire.body().into_bytes();
    let headers = reply.wire.headers();
    let label = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
    // A refusal is read whole, whatever was asked for.
    let is_stream = (200..300).contains(&reply.status) && BodyKind::of(label, &body) == Some(BodyKind::EventStream);
    let judged = Judged::by(Ok(reply), case.now());
    if is_stream { in_pieces(judged, Streamed::of(&[body])) } else { whole(judged) }
}

fn whole(judged: Judged) -> Judge {
    Box::new(move |name, expected| match &judged.result {
        Ok(reply) => match of_reply(reply, name, expected) {
            Finding::Unknown => judged.find(name, expected),
            found => found,
        },
        Err(_) => judged.find(name, expected),
    })
}

fn in_pieces(judged: Judged, streamed: Streamed) -> Judge {
    Box::new(move |name, expected| match streamed.find(name, &judged) {
        Finding::Unknown => match judged.result.as_ref().map(|reply| of_reply(reply, name, expected)) {
            Ok(Finding::Unknown) | Err(_) => judged.find(name, expected),
            Ok(found) => found,
        },
        found => found,
    })
}

/// The chunks of an input, as the network brings them.
pub fn chunks(input: &Value) -> Vec<Vec<u8>> {
    if let Some(chunks) = input["chunks_base64"].as_array() {
        return chunks.iter().map(|chunk| base64(chunk.as_str().expect("a chunk is text"))).collect();
    }
    vec![input["transcript"].as_str().map_or_else(|| body(input).into_bytes(), |text| text.as_bytes().to_vec())]
}

/// All events of the chunks, and what they amount to.
pub fn events(chunks: &[Vec<u8>]) -> (Vec<StreamEvent>, StreamedResponse) {
    let mut reader = StreamReader::default();
    let told = chunks.iter().flat_map(|chunk| reader.push(chunk)).map(|numbered| numbered.event).collect();
    (told, reader.finish())
}

impl Streamed {
    fn of(chunks: &[Vec<u8>]) -> Self {
        let (events, whole) = events(chunks);
        let mut frames = FrameReader::default();
        let found: Vec<_> = chunks.iter().flat_map(|chunk| frames.push(chunk)).collect();
        let mut frames = found.into_iter().flatten();
        let unknown = frames.find(|frame| matches!(NumberedEvent::read(frame).event, StreamEvent::Unknown(_)));
        Self { whole, events, unknown: unknown.map(|frame| frame.data) }
    }

    fn find(&self, name: &str, judged: &Judged) -> Finding {
        let response = &self.whole.response;
        let early = self.whole.ending == Ending::Early;
        Finding::Is(match name {
            "text" => json!(response.output_text()),
            "refusal" => json!(response.refusal()),
            "usage" => usage(&response.usage),
            // No word of the server tells the status of a stream that stopped.
            "status" if early => return Finding::AnyOf(vec![Value::Null, json!("in_progress"), json!("incomplete")]),
            "status" => json!(response.status.name()),
            "complete" => json!(!early && response.status == ResponseStatus::Completed),
            "incomplete_reason" => json!(response.incomplete_reason),
            "terminal" => match self.whole.ending {
                Ending::Terminal(terminal) => json!(terminal.name()),
                Ending::Early => Value::Null,
            },
            "sequence_max" => json!(self.whole.sequence_max),
            "errors_reported" => json!(u8::from(response.error.is_some())),
            // A code inside the response and one beside it are the same to whoever reads it.
            "error_code" => json!(judged.outcome.code),
            "error_message" => json!(response.error.as_ref().map(|error| &error.message)),
            "error_type" => json!(response.error.as_ref().and_then(|error| error.kind.as_ref())),
            "error_class" if early => json!("stream_ended_early"),
            "error_class" => match self.whole.ending {
                Ending::Terminal(Terminal::Failed | Terminal::Error) => return judged.find("class_", &Value::Null),
                _ => Value::Null,
            },
            "first_unknown_event_data" => json!(self.unknown),
            "unknown_events" => self
                .events
                .iter()
                .filter_map(|event| if let StreamEvent::Unknown(kind) = event { Some(json!(kind)) } else { None })
                .collect(),
            "deltas" | "text_deltas" => {
                json!(self.events.iter().filter(|event| matches!(event, StreamEvent::TextDelta(..))).count())
            }
            "done_marker" => json!(self.whole.done_marker),
            "text_corrected" | "corrected" => json!(self.whole.corrected),
            "id" | "response_id" => json!(response.id),
            "model" => json!(response.model),
            "reasoning_summary" | "summary" => {
                let summaries = response.output.iter().filter_map(|item| match item {
                    OutputItem::Reasoning { summary, .. } => Some(summary.clone()),
                    _ => None,
                });
                let summaries: Vec<String> = summaries.flatten().collect();
                return Finding::AnyOf(vec![
                    json!(summaries.concat()),
                    json!(summaries.join("\n\n")),
                    json!(summaries),
                ]);
            }
            "tool_calls" | "function_calls" => {
                response.tool_calls().map(|(name, arguments)| json!({ "name": name, "arguments": arguments })).collect()
            }
            "tool_call" | "function_call" => response
                .tool_calls()
                .next()
                .map_or(Value::Null, |(name, arguments)| json!({ "name": name, "arguments": arguments })),
            _ => return Finding::Unknown,
        })
    }
}

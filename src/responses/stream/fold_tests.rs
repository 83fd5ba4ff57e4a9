use super::*;
use crate::responses::stream::StreamReader;
use serde_json::{Value, json};

fn stream(events: &[Value]) -> StreamedResponse {
    let mut reader = StreamReader::default();
    for event in events {
        reader.push(format!("data: {event}\n\n").as_bytes());
    }
    reader.finish()
}

fn delta(item: u64, text: &str) -> Value {
    json!({"type": "response.output_text.delta", "output_index": item, "content_index": 0, "delta": text})
}

fn completed(text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text});
    json!({"type": "response.completed", "response": {"id": "resp_1", "status": "completed",
        "output": [{"type": "message", "content": [part]}], "usage": {"input_tokens": 1, "output_tokens": 2}}})
}

#[test]
fn the_end_is_right_where_it_differs_and_says_so() {
    let same = stream(&[delta(0, "Hel"), delta(0, "lo"), completed("Hello")]);
    assert_eq!((same.response.output_text().as_str(), same.corrected), ("Hello", false));
    let other = stream(&[delta(0, "Hel"), completed("Hello")]);
    assert_eq!((other.response.output_text().as_str(), other.corrected), ("Hello", true));
    let done = json!({"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello"});
    let done = stream(&[delta(0, "Hxl"), done]);
    assert_eq!((done.response.output_text().as_str(), done.corrected), ("Hello", true));
    let all_at_once = stream(&[completed("Hello")]);
    assert!(!all_at_once.corrected);
}

#[test]
fn an_end_without_words_blanks_nothing() {
    let empty_message =
        json!({"type": "response.completed", "response": {"output": [{"type": "message", "content": []}]}});
    for end in [
        json!({"type": "response.completed"}),
        json!({"type": "response.completed", "response": {"output": null}}),
        empty_message,
        completed(""),
    ] {
        assert_eq!(stream(&[delta(0, "kept"), end.clone()]).response.output_text(), "kept", "{end}");
    }
    let empty_done = json!({"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": ""});
    assert_eq!(stream(&[delta(0, "kept"), empty_done]).response.output_text(), "kept");
}

#[test]
fn the_first_terminal_event_is_the_only_one() {
    let error = json!({"type": "error", "error": {"code": "server_is_overloaded", "message": "busy"}});
    let failed = json!({"type": "response.failed", "response": {"error": {"code": "server_error", "message": "m"}}});
    let streamed = stream(&[delta(0, "half"), error, failed, completed("late")]);
    assert_eq!(streamed.ending, Ending::Terminal(Terminal::Error));
    assert_eq!(streamed.response.error.as_ref().unwrap().code.as_deref(), Some("server_is_overloaded"));
    assert_eq!(
        (streamed.response.output_text().as_str(), &streamed.response.status),
        ("half", &ResponseStatus::Failed)
    );
    assert_eq!(streamed.response.usage, ReportedUsage::Missing);
}

#[test]
fn a_stream_that_stops_short_keeps_its_text_and_claims_nothing() {
    let streamed = stream(&[json!({"type": "response.created", "response": {"id": "resp_1"}}), delta(0, "A par")]);
    assert_eq!((streamed.ending, streamed.response.id.as_deref()), (Ending::Early, Some("resp_1")));
    assert_eq!(streamed.response.status, ResponseStatus::InProgress);
    assert_eq!(streamed.into_response(), Err(Unreadable::EndedEarly { cut: Cut::Ended, text: "A par".into() }));
    // What stands after [DONE] is not read, as by the SDKs.
    let mut reader = StreamReader::default();
    reader.push(b"data: [DONE]\n\ndata: {\"type\":\"response.completed\"}\n\n");
    assert_eq!(reader.finish().ending, Ending::Early);
}

#[test]
fn reasoning_calls_and_refusals_are_put_together() {
    let added =
        |index: u64, item: Value| json!({"type": "response.output_item.added", "output_index": index, "item": item});
    let piece = |kind: &str, index: u64, members: Value| {
        let mut event = json!({"type": kind, "output_index": index});
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        event
    };
    let call = json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": ""});
    let events = [
        added(0, json!({"type": "reasoning", "id": "rs_1", "summary": []})),
        piece(
            "response.reasoning_summary_part.added",
            0,
            json!({"summary_index": 0, "part": {"type": "summary_text", "text": ""}}),
        ),
        piece("response.reasoning_summary_text.delta", 0, json!({"summary_index": 0, "delta": "Think"})),
        piece("response.reasoning_summary_text.delta", 0, json!({"summary_index": 0, "delta": "ing"})),
        added(1, json!({"type": "message", "id": "msg_1", "status": "in_progress", "content": []})),
        piece("response.refusal.delta", 1, json!({"content_index": 0, "delta": "No"})),
        piece("response.refusal.delta", 1, json!({"content_index": 0, "delta": "."})),
        added(2, call),
        piece("response.function_call_arguments.delta", 2, json!({"delta": "{\"city\":"})),
        piece("response.function_call_arguments.delta", 2, json!({"delta": "\"Oslo\"}"})),
    ];
    let expected = [
        OutputItem::Reasoning { id: Some("rs_1".into()), summary: vec!["Thinking".into()] },
        OutputItem::Message {
            id: Some("msg_1".into()),
            status: Some("in_progress".into()),
            content: vec![ContentPart::Refusal("No.".into())],
        },
        OutputItem::FunctionCall {
            id: Some("fc_1".into()),
            call_id: Some("call_1".into()),
            name: "weather".into(),
            arguments: "{\"city\":\"Oslo\"}".into(),
        },
    ];
    assert_eq!(stream(&events).response.output, expected);
    // The whole item takes the place of its pieces.
    let mut finished = events.to_vec();
    finished.push(json!({"type": "response.output_item.done", "output_index": 0,
        "item": {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Thought"}]}}));
    finished.push(json!({"type": "response.output_item.done", "output_index": 2,
        "item": {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": "{}"}}));
    let output = stream(&finished).response.output;
    assert_eq!(output[0], OutputItem::Reasoning { id: Some("rs_1".into()), summary: vec!["Thought".into()] });
    assert!(matches!(&output[2], OutputItem::FunctionCall { arguments, .. } if arguments == "{}"));
}

#[test]
fn pieces_without_an_index_belong_to_the_latest_item() {
    let events = [
        json!({"type": "response.output_item.added", "item": {"type": "reasoning", "summary": []}}),
        json!({"type": "response.output_item.added", "item": {"type": "message", "content": []}}),
        json!({"type": "response.output_text.delta", "delta": "a"}),
        json!({"type": "response.output_text.delta", "delta": "b"}),
    ];
    let output = stream(&events).response.output;
    assert!(
        matches!(&output[..], [OutputItem::Reasoning { .. }, OutputItem::Message { content, .. }]
        if content[..] == [ContentPart::OutputText("ab".into())]),
        "{output:?}"
    );
}

#[test]
fn what_is_shown_meanwhile_is_what_is_known() {
    let mut reader = StreamReader::default();
    let mut shown = Vec::new();
    for event in [delta(1, "b"), delta(0, "a"), delta(1, "c"), completed("abc")] {
        reader.push(format!("data: {event}\n\n").as_bytes());
        shown.push((reader.so_far().text(), reader.so_far().response().status));
    }
    let texts: Vec<_> = shown.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["b", "ab", "abc", "abc"]);
    assert_eq!((&shown[2].1, &shown[3].1), (&ResponseStatus::InProgress, &ResponseStatus::Completed));
    assert!(!reader.finish().corrected);
}

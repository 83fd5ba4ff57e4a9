use super::*;
use proptest::prelude::*;
use serde_json::json;

fn read(event: Option<&str>, data: &str) -> NumberedEvent {
    NumberedEvent::read(&Frame { event: event.map(str::to_owned), data: data.to_owned() })
}

fn of(value: &Value) -> StreamEvent {
    read(None, &value.to_string()).event
}

#[test]
fn the_type_inside_the_data_names_the_event_and_else_the_frame_does() {
    let delta = StreamEvent::TextDelta(Place { item: Some(1), part: Some(0) }, "a".into());
    let data = json!({"output_index": 1, "content_index": 0, "delta": "a", "sequence_number": 4});
    assert_eq!(
        read(Some("response.output_text.delta"), &data.to_string()),
        NumberedEvent { kind: "response.output_text.delta".into(), sequence: Some(4), event: delta.clone() }
    );
    let typed = json!({"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "a"});
    assert_eq!(read(Some("message"), &typed.to_string()).event, delta);
    assert_eq!(
        read(Some("codex.rate_limits"), "{\"limit_reached\":true}").event,
        StreamEvent::Unknown("codex.rate_limits".into())
    );
}

#[test]
fn every_event_has_a_name_to_list_it_by() {
    for (name, data, kind) in [
        (None, r#"{"type":"response.output_text.delta","delta":"a"}"#, "response.output_text.delta"),
        (Some("message"), r#"{"type":"response.new_thing"}"#, "response.new_thing"),
        (Some("codex.rate_limits"), "{}", "codex.rate_limits"),
        (Some("ping"), "", "ping"),
        (None, ": OPENROUTER PROCESSING", "keepalive"),
        (None, "[DONE]", "[DONE]"),
        (None, "<html>", "unreadable"),
        (None, r#"{"error":{"message":"m"}}"#, "error"),
        (None, r#"{"object":"response","status":"completed","output":[]}"#, "response.completed"),
        (None, "{}", "untyped"),
    ] {
        assert_eq!(read(name, data).kind, kind, "{name:?} {data}");
    }
}

#[test]
fn an_error_is_one_in_every_shape() {
    let error =
        |code: Option<&str>| ApiError { message: "m".into(), code: code.map(str::to_owned), ..ApiError::default() };
    for (value, expected) in [
        (json!({"type": "error", "code": "c", "message": "m", "param": null, "sequence_number": 2}), error(Some("c"))),
        (json!({"type": "error", "error": {"code": null, "message": "m"}}), error(None)),
        (json!({"error": {"code": 429, "message": "m"}}), error(Some("429"))),
        (json!({"error": "m"}), error(None)),
        (json!({"type": "response.error", "error": {"code": "c", "message": "m"}}), error(Some("c"))),
    ] {
        assert_eq!(of(&value), StreamEvent::Error(expected), "{value}");
    }
    assert_eq!(
        read(Some("error"), "Too many requests").event,
        StreamEvent::Error(ApiError { message: "Too many requests".into(), ..ApiError::default() })
    );
    let nested = json!({"type": "error", "error": {"type": "server_error", "code": null, "message": "m"}});
    assert!(matches!(of(&nested), StreamEvent::Error(error) if error.kind.as_deref() == Some("server_error")));
}

#[test]
fn signs_of_life_are_no_faults() {
    for data in [
        "",
        " ",
        ": OPENROUTER PROCESSING",
        ": keep-alive",
        "ping",
        "{\"type\":\"keepalive\",\"sequence_number\":5}",
        "{\"type\":\"ping\"}",
    ] {
        assert_eq!(read(None, data).event, StreamEvent::KeepAlive, "{data}");
    }
    assert_eq!(read(None, "[DONE]").event, StreamEvent::DoneMarker);
    assert_eq!(read(None, " [DONE] ").event, StreamEvent::DoneMarker);
    assert!(matches!(read(None, "{\"type\":").event, StreamEvent::Unreadable(Unreadable::NotJson { .. })));
    assert!(matches!(read(None, "<html>").event, StreamEvent::Unreadable(Unreadable::Html)));
}

#[test]
fn the_end_is_what_its_event_is_called_where_its_object_says_less() {
    for (kind, response, status) in [
        ("response.completed", json!(null), ResponseStatus::Completed),
        ("response.completed", json!({"status": "in_progress"}), ResponseStatus::Completed),
        ("response.completed", json!({"status": "incomplete"}), ResponseStatus::Incomplete),
        (
            "response.incomplete",
            json!({"incomplete_details": {"reason": "content_filter"}}),
            ResponseStatus::Incomplete,
        ),
        ("response.incomplete", json!({}), ResponseStatus::Incomplete),
        ("response.failed", json!({"status": "completed"}), ResponseStatus::Failed),
        ("response.cancelled", json!({}), ResponseStatus::Cancelled),
    ] {
        let event = of(&json!({"type": kind, "response": response}));
        assert!(
            matches!(&event, StreamEvent::Ended(terminal, response) if terminal.name() == kind && response.status == status),
            "{kind} {response}: {event:?}"
        );
    }
    let whole = json!({"object": "response", "status": "completed", "error": null, "output": []});
    assert!(matches!(of(&whole), StreamEvent::Ended(Terminal::Completed, _)));
}

#[test]
fn half_a_surrogate_pair_costs_a_character_and_not_the_event() {
    let event = read(None, r#"{"type":"response.output_text.delta","delta":"hi \ud83d"}"#).event;
    assert_eq!(event, StreamEvent::TextDelta(Place::default(), "hi \u{fffd}".into()));
}

proptest! {
    #[test]
    fn reading_never_panics(event in prop::option::of("[a-z._]{0,30}"), data in r#"([{}\[\],:"\\]|type|error|response|\.|\\u[0-9a-f]{0,4}|1e999|null|é)*"#) {
        let _ = read(event.as_deref(), &data);
    }
}

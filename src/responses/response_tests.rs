use super::*;
use crate::responses::{Input, Usage};

fn response() -> Response {
    Response {
        id: Some("resp_1".into()),
        created_at: Some(1_760_000_000),
        status: ResponseStatus::Incomplete,
        error: None,
        incomplete_reason: Some("max_output_tokens".into()),
        model: Some("gpt-5-nano-2025-08-07".into()),
        output: vec![
            OutputItem::Reasoning { id: Some("rs_1".into()), summary: vec!["thought".into()] },
            OutputItem::Message {
                id: Some("msg_1".into()),
                status: Some("incomplete".into()),
                content: vec![
                    ContentPart::OutputText("First. ".into()),
                    ContentPart::Refusal("No".into()),
                    ContentPart::Other("new".into()),
                    ContentPart::OutputText("Second.".into()),
                    ContentPart::Refusal(".".into()),
                ],
            },
            OutputItem::FunctionCall {
                id: Some("fc_1".into()),
                call_id: Some("call_1".into()),
                name: "f".into(),
                arguments: "{}".into(),
            },
            OutputItem::Other("web_search_call".into()),
        ],
        usage: ReportedUsage::Known(Usage { input_tokens: 1, output_tokens: 2, total_tokens: 3, ..Usage::default() }),
        service_tier: Some("default".into()),
    }
}

#[test]
fn reading_undoes_writing() {
    let request =
        CreateResponse { model: "gpt-5-nano".into(), input: Input::Text("x".into()), ..CreateResponse::default() };
    let written = response().to_value(&request);
    assert_eq!(Response::from_value(&written).unwrap(), response());
    assert_eq!(written["reasoning"]["effort"], "medium");
    let failed = Response {
        status: ResponseStatus::Failed,
        error: Some(ResponseError { code: Some("server_error".into()), kind: None, message: "m".into() }),
        ..Response::default()
    };
    assert_eq!(Response::from_value(&failed.to_value(&request)).unwrap().error, failed.error);
}

#[test]
fn it_has_every_member_a_real_one_has() {
    let real: Value = serde_json::from_str(include_str!("../../tests/cases/resp-001-plain.json")).unwrap();
    let request = CreateResponse { model: "gpt-5-nano".into(), ..CreateResponse::default() };
    let ours = response().to_value(&request);
    for name in real["input"]["body"].as_object().unwrap().keys() {
        assert!(ours.get(name).is_some(), "{name} is missing");
    }
}

#[test]
fn text_refusal_and_calls() {
    assert_eq!(response().output_text(), "First. Second.");
    assert_eq!(response().refusal().as_deref(), Some("No."));
    assert_eq!(response().tool_calls().collect::<Vec<_>>(), [("f", "{}")]);
    assert_eq!((Response::default().output_text().as_str(), Response::default().refusal()), ("", None));
}

#[test]
fn sloppy_servers_are_understood() {
    let read = |value| Response::from_value(&value).unwrap();
    assert_eq!(read(json!({"output": [{"type": "message", "content": "hi"}]})).output_text(), "hi");
    let nulls = json!({"object": "response", "output": [null, 5, {"type": "message", "content": [null, {"type": "output_text", "text": null}]}]});
    assert_eq!(read(nulls).output_text(), "");
    assert_eq!(read(json!({"object": "response", "output": null, "created_at": 17.9})).created_at, Some(17));
    assert_eq!(read(json!({"object": "response", "error": {"code": "x"}})).status, ResponseStatus::Failed);
    assert_eq!(read(json!({"object": "response", "status": "odd"})).status, ResponseStatus::Other("odd".into()));
    for value in
        [json!({}), json!([]), json!(null), json!({"object": "chat.completion", "choices": []}), json!({"error": {}})]
    {
        assert!(matches!(Response::from_value(&value), Err(Unreadable::OtherShape { .. })), "{value}");
    }
}

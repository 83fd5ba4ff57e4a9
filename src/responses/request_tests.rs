use super::*;
use proptest::prelude::*;

fn refused(value: Value) -> InvalidRequest {
    match CreateResponse::from_value(value.clone()) {
        Err(error) => error,
        Ok(_) => panic!("{value} was taken"),
    }
}

#[test]
fn what_the_api_refuses_is_refused_in_its_words() {
    for (body, param, code, message) in [
        (json!({"input": "x"}), "model", "missing_required_parameter", "Missing required parameter: 'model'."),
        (json!({"model": "m"}), "input", "missing_required_parameter", "Missing required parameter: 'input'."),
        (
            json!({"model": "m", "input": "x", "temperature": 2.5}),
            "temperature",
            "decimal_above_max_value",
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
        ),
        (
            json!({"model": "m", "input": "x", "max_output_tokens": 1}),
            "max_output_tokens",
            "integer_below_min_value",
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
        ),
        (
            json!({"model": "m", "input": "x", "max_output_tokens": "many"}),
            "max_output_tokens",
            "invalid_type",
            "Invalid type for 'max_output_tokens': expected an integer, but got a string instead.",
        ),
        (
            json!({"model": 7, "input": "x"}),
            "model",
            "invalid_type",
            "Invalid type for 'model': expected a string, but got an integer instead.",
        ),
    ] {
        let error = refused(body);
        assert_eq!((error.param.as_deref(), error.code.as_deref()), (Some(param), Some(code)));
        assert_eq!(error.message, message);
    }
    for (extra, param) in [
        (json!({"temperature": -0.1}), "temperature"),
        (json!({"temperature": "hot"}), "temperature"),
        (json!({"top_p": 1.1}), "top_p"),
        (json!({"max_output_tokens": -5}), "max_output_tokens"),
        (json!({"max_output_tokens": 20.5}), "max_output_tokens"),
        (json!({"stream": "yes"}), "stream"),
        (json!({"store": 1}), "store"),
        (json!({"instructions": []}), "instructions"),
        (json!({"reasoning": "high"}), "reasoning"),
        (json!({"reasoning": {"effort": "ultra"}}), "reasoning.effort"),
        (json!({"input": 5}), "input"),
    ] {
        let mut body = json!({"model": "m", "input": "x"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        assert_eq!(refused(body).param.as_deref(), Some(param), "{extra}");
    }
    assert_eq!(refused(json!({"model": "m", "messages": []})).code.as_deref(), Some("unsupported_parameter"));
    assert_eq!(refused(json!([])).param, None);
}

#[test]
fn nothing_given_is_lost() {
    let body = json!({
        "model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]},
            {"role": "user", "content": "c"}, {"type": "function_call_output", "call_id": "1", "output": "d"}],
        "instructions": "i", "max_output_tokens": 64, "temperature": 0.5, "reasoning": {"effort": "low", "summary": "auto"},
        "stream": true, "store": false, "metadata": {"k": "v"}, "future": [1, {"x": null}],
    });
    let request = CreateResponse::from_value(body.clone()).unwrap();
    assert_eq!(request.input.text(), "ab\nc\nd");
    assert_eq!(request.reasoning_effort, Some(ReasoningEffort::Low));
    assert_eq!(request.to_value(), body);
    let follow_up = json!({"model": "m", "previous_response_id": "resp_1"});
    assert_eq!(CreateResponse::from_value(follow_up.clone()).unwrap().to_value(), follow_up);
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        model in "[a-z0-9.-]{1,20}", prompt in "\\PC{0,40}", instructions in prop::option::of("\\PC{0,20}"),
        max_output_tokens in prop::option::of(16u64..), temperature in prop::option::of(0.0..=2.0f64),
        effort in prop::option::of(prop::sample::select(ReasoningEffort::ALL.to_vec())), stream: bool, store: Option<bool>,
    ) {
        let request = CreateResponse {
            model, input: Input::Text(prompt), instructions, max_output_tokens, temperature, reasoning_effort: effort,
            stream, store, extra: Map::new(), as_written: None,
        };
        prop_assert_eq!(CreateResponse::from_value(request.to_value()), Ok(request));
    }
}

#[test]
fn what_was_written_is_what_is_sent() {
    let request = CreateResponse {
        model: "m".into(),
        as_written: Some(r#"{ "model":"m", "z":1.0 }"#.into()),
        ..CreateResponse::default()
    };
    assert_eq!(request.body(), r#"{ "model":"m", "z":1.0 }"#);
    let request = CreateResponse { as_written: None, ..request };
    assert_eq!(request.body(), r#"{"input":"","model":"m"}"#);
}

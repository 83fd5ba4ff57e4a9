use serde_json::Value as Json;

use super::*;
use crate::redact::Redactor;
use crate::usage::CallRecord;

/// A call that was refused once, waited, and was answered; times in microseconds.
fn call() -> CallRecord {
    serde_json::from_str(
        r#"{"id": "0123456789abcdef0123456789abcdef", "run": "00000000000000aa", "lane": 2, "made_in": "burst",
            "api": "live", "server": "http://localhost:4010/v1", "model": "gpt-5-nano", "label": "Request 3",
            "queued_at_micros": 1790000000000000, "ended_micros": 3000000, "end": "succeeded",
            "request": {"model": "gpt-5-nano", "input": "A secret plan", "max_output_tokens": 64, "temperature": 0.5},
            "attempts": [
              {"started_micros": 1000, "ended_micros": 200000, "outer_attempt": 1, "counts_as": "failed",
               "outcome": {"class": "rate_limit", "status": 429, "code": "rate_limit_exceeded", "message": "Slow down"},
               "headers": [["x-ratelimit-limit-requests", "3"], ["set-cookie", "x=y"], ["date", "today"]],
               "wait": {"started_micros": 200000, "planned_micros": 1500000, "ended_micros": 1700500,
                        "source": "retry_after", "asked_micros": 1000000, "outer_attempt": 1}},
              {"started_micros": 1700500, "ended_micros": 2999000, "outer_attempt": 2,
               "outcome": {"class": "success", "status": 200},
               "counts_as": {"usage": {"input_tokens": 20, "output_tokens": 30, "total_tokens": 50, "cached_tokens": 4,
                                       "reasoning_tokens": 8, "cache_write_tokens": 0}},
               "response": {"id": "resp_1", "model": "gpt-5-nano-2025-08-07", "status": "incomplete",
                            "incomplete_reason": "max_output_tokens", "service_tier": "default"},
               "headers": [["content-type", "application/json"]],
               "body": "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,\"model\":\"m\",\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"A fine answer\"}]}],\"usage\":null}"}
            ]}"#,
    )
    .unwrap()
}

fn options(content: Content) -> TraceOptions {
    TraceOptions { format: Format::Json, project: "sluice".into(), content }
}

fn written(calls: &[CallRecord], content: Content) -> Json {
    let mut packer = Packer::new(options(content));
    packer.add(calls, &Redactor::default());
    serde_json::from_slice(&packer.rest().unwrap().body).unwrap()
}

fn spans(calls: &[CallRecord], content: Content) -> Vec<Json> {
    written(calls, content)["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone()
}

fn attribute(span: &Json, name: &str) -> Option<Json> {
    let attributes = span["attributes"].as_array().unwrap();
    let found: Vec<_> = attributes.iter().filter(|attribute| attribute["key"] == name).collect();
    assert!(found.len() < 2, "{name} twice");
    found.first().map(|attribute| attribute["value"].as_object().unwrap().values().next().unwrap().clone())
}

#[test]
fn a_call_is_a_trace_and_its_attempts_and_waits_are_parts_of_it() {
    let spans = spans(&[call()], Content::LeaveOut);
    let names: Vec<_> = spans.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["chat gpt-5-nano", "POST /responses", "wait", "POST /responses"]);
    for span in &spans {
        assert_eq!(span["traceId"], "0123456789abcdef0123456789abcdef");
    }
    assert_eq!(spans[0].get("parentSpanId"), None);
    for child in &spans[1..] {
        assert_eq!(child["parentSpanId"], spans[0]["spanId"]);
    }
    let mut ids: Vec<_> = spans.iter().map(|span| span["spanId"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| id.len() == 16));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    // Nanoseconds, as text.
    assert_eq!(spans[0]["startTimeUnixNano"], "1790000000000000000");
    assert_eq!(spans[0]["endTimeUnixNano"], "1790000003000000000");
    assert_eq!(spans[2]["startTimeUnixNano"], "1790000000200000000");
    assert_eq!((&spans[0]["kind"], &spans[2]["kind"]), (&Json::from(3), &Json::from(1)));
    assert_eq!((&spans[0]["status"]["code"], &spans[1]["status"]["code"]), (&Json::from(1), &Json::from(2)));
    assert_eq!(attribute(&spans[1], "error.type").unwrap(), "429");
    assert_eq!(attribute(&spans[1], "http.request.resend_count"), None);
    assert_eq!(attribute(&spans[3], "http.request.resend_count").unwrap(), "1");
    assert_eq!(attribute(&spans[3], "url.full").unwrap(), "http://localhost:4010/v1/responses");
    assert_eq!(attribute(&spans[2], "sluice.wait.planned_ms").unwrap(), 1500.0);
    assert_eq!(attribute(&spans[2], "sluice.wait.actual_ms").unwrap(), 1500.5);
    assert_eq!(attribute(&spans[2], "sluice.wait.source").unwrap(), "retry_after");
    assert!(attribute(&spans[1], "http.response.header.x-ratelimit-limit-requests").is_some());
    assert_eq!(attribute(&spans[1], "http.response.header.set-cookie"), None);
}

#[test]
fn tokens_stand_once_and_only_where_they_are_known() {
    let holding_tokens = |spans: &[Json]| {
        let text = |span: &Json| span.to_string();
        spans.iter().map(text).filter(|text| text.contains("token_count") || text.contains("gen_ai.usage")).count()
    };
    let known = spans(&[call()], Content::All);
    assert_eq!(holding_tokens(&known), 1);
    assert_eq!(attribute(&known[0], "llm.token_count.prompt").unwrap(), "20");
    assert_eq!(attribute(&known[0], "gen_ai.usage.reasoning.output_tokens").unwrap(), "8");
    for unknown in [r#""no_usage""#, r#"{"invalid_usage": "negative"}"#, r#""unknown""#, r#""failed""#] {
        let mut call = call();
        call.attempts[1].counts_as = serde_json::from_str(unknown).unwrap();
        assert_eq!(holding_tokens(&spans(&[call], Content::All)), 0, "{unknown}");
    }
}

#[test]
fn words_are_told_only_where_they_are_asked_for() {
    let without = written(&[call()], Content::LeaveOut).to_string();
    assert!(!without.contains("secret plan") && !without.contains("fine answer"), "{without}");
    let with = &spans(&[call()], Content::All)[0];
    assert_eq!(attribute(with, "llm.input_messages.0.message.content").unwrap(), "A secret plan");
    assert_eq!(attribute(with, "llm.input_messages.0.message.role").unwrap(), "user");
    assert_eq!(attribute(with, "output.value").unwrap(), "A fine answer");
    assert_eq!(attribute(with, "llm.output_messages.0.message.role").unwrap(), "assistant");
    // Parameters are no content.
    let parameters = attribute(&spans(&[call()], Content::LeaveOut)[0], "llm.invocation_parameters").unwrap();
    assert_eq!(parameters, r#"{"max_output_tokens":64,"temperature":0.5}"#);
}

#[test]
fn a_sample_is_a_share_of_the_ids_and_the_same_each_time() {
    let step = (1_u128 << 56) / 1_000;
    let ids: Vec<_> = (0..1_000).map(|n| CallId::new(n * step + step / 2)).collect();
    let shown = |percent| ids.iter().filter(|id| Content::Sample(percent).shows(**id)).count();
    assert_eq!((shown(0), shown(10), shown(100)), (0, 100, 1_000));
    let ten = |id: &&CallId| Content::Sample(10).shows(**id);
    assert!(ids.iter().filter(ten).all(|id| Content::Sample(20).shows(*id)));
}

#[test]
fn no_key_leaves_by_any_text() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(8));
    let text = serde_json::to_string(&call()).unwrap();
    for (from, to) in [
        ("A secret plan", &key),
        ("A fine answer", &key),
        ("Slow down", &key),
        ("Request 3", &key),
        ("gpt-5-nano", &key),
    ] {
        let call: CallRecord = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert!(!written(&[call], Content::All).to_string().contains(&key), "{from}");
    }
    let mut call = call();
    call.key_alias = Some("work".into());
    call.attempts[1].headers.push(("x-ratelimit-key".into(), key.clone()));
    let text = written(&[call], Content::All).to_string();
    assert!(!text.contains(&key) && !text.contains("work"), "{text}");
}

#[test]
fn failures_say_why() {
    let ended = |end: &str| {
        let mut call = call();
        call.attempts.truncate(1);
        call.end = serde_json::from_str(end).unwrap();
        spans(&[call], Content::LeaveOut).remove(0)
    };
    let gave_up = ended(r#"{"stopped": {"AttemptsUsed": {"max_attempts": 5}}}"#);
    assert_eq!(gave_up["status"], serde_json::json!({"code": 2, "message": "Gave up after 5 attempts. Slow down"}));
    assert_eq!(attribute(&gave_up, "error.type").unwrap(), "rate_limit_exceeded");
    let cancelled = ended(r#"{"cancelled": {"was_in_flight": true}}"#);
    assert_eq!(cancelled["status"]["code"], 2);
    assert_eq!(attribute(&cancelled, "sluice.may_be_billed").unwrap(), true);
    let unfinished = ended("null");
    assert_eq!(unfinished.get("status"), None);
    assert_eq!(attribute(&unfinished, "sluice.unfinished").unwrap(), true);
}

#[test]
fn what_is_not_over_ends_at_the_last_moment_that_is_known() {
    let mut call = call();
    (call.end, call.ended_micros) = (None, None);
    call.attempts[1].ended_micros = None;
    let spans = spans(&[call], Content::LeaveOut);
    assert_eq!(spans[0]["endTimeUnixNano"], "1790000001700500000");
    assert_eq!(spans[3]["endTimeUnixNano"], "1790000001700500000");
}

#[test]
fn parcels_are_full_at_256_calls_and_a_file_of_several_is_whole() {
    let calls: Vec<_> = (1..=300).map(|n| CallRecord { id: CallId::new(n), ..call() }).collect();
    for format in [Format::Protobuf, Format::Json] {
        let mut packer = Packer::new(TraceOptions { format, ..options(Content::LeaveOut) });
        let mut parcels = Vec::new();
        for slice in calls.chunks(32) {
            packer.add(slice, &Redactor::default());
            parcels.extend(packer.full());
        }
        parcels.extend(packer.rest());
        assert_eq!(
            parcels.iter().map(|parcel| (parcel.calls, parcel.spans)).collect::<Vec<_>>(),
            [(256, 1_024), (44, 176)]
        );
        assert_eq!(packer.rest(), None);
        let file: Vec<u8> = parcels.into_iter().flat_map(|parcel| parcel.body).collect();
        let ids = if format == Format::Protobuf {
            let whole = <wire::ExportTraceServiceRequest as prost::Message>::decode(file.as_slice()).unwrap();
            whole.resource_spans.iter().flat_map(|spans| &spans.scope_spans[0].spans).count()
        } else {
            let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            let spans =
                |line: &[u8]| serde_json::from_slice::<Json>(line).unwrap().to_string().matches("\"spanId\"").count();
            lines.map(spans).sum()
        };
        assert_eq!(ids, 1_200);
    }
}

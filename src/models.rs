//! What is known of OpenAI's models: dated facts, as data.

use crate::time::UnixTime;
use crate::usage::Price;

/// The day these facts were collected.
pub const COLLECTED_ON: &str = "2026-11-25";

/// Where they come from.
pub const SOURCE: &str =
    "OpenAI pricing and model pages as collected on 2026-11-25; shutdown dates: openai-python 3.57.0";

/// Facts about one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFacts {
    /// The name to send.
    pub id: &'static str,
    /// The dated name that the API answers with.
    pub snapshot: &'static str,
    /// Whether it reasons before it answers: then it takes a reasoning effort and refuses a temperature.
    pub reasoning: bool,
    /// USD per token.
    pub price: Price,
    /// The first day it no longer answers, `YYYY-MM-DD`.
    pub shutdown_date: Option<&'static str>,
    /// When it was made, seconds since the epoch (rounded to the release day where the second is not known).
    pub created: u64,
}

const fn model(
    id: &'static str,
    snapshot: &'static str,
    reasoning: bool,
    price: Price,
    shutdown_date: Option<&'static str>,
    created: u64,
) -> ModelFacts {
    ModelFacts { id, snapshot, reasoning, price, shutdown_date, created }
}

/// Micro-dollars per million tokens: input, cached input, output. $0.05 per million is 50 000.
const fn price(input: u64, cached: u64, output: u64) -> Price {
    Price::per_million_tokens_in_micro_dollars(input, cached, output)
}

/// The same where input written to the cache costs a quarter more, as in the families GPT-5.6 and GPT-6.
const fn price_with_writes(input: u64, cached: u64, output: u64) -> Price {
    price(input, cached, output).with_cache_write(input / 4 * 5)
}

/// All models known here, cheapest family first.
pub const CATALOG: [ModelFacts; 26] = [
    model(
        "gpt-5-nano",
        "gpt-5-nano-2025-08-07",
        true,
        price(50_000, 5_000, 400_000),
        Some("2026-12-11"),
        1_754_426_384,
    ),
    model(
        "gpt-5-mini",
        "gpt-5-mini-2025-08-07",
        true,
        price(250_000, 25_000, 2_000_000),
        Some("2026-12-11"),
        1_754_425_928,
    ),
    model("gpt-5", "gpt-5-2025-08-07", true, price(1_250_000, 125_000, 10_000_000), Some("2026-12-11"), 1_754_425_777),
    model("gpt-6-luna", "gpt-6-luna", true, price_with_writes(100_000, 10_000, 500_000), None, 1_790_000_000),
    model("gpt-6-sol", "gpt-6-sol", true, price_with_writes(2_000_000, 200_000, 10_000_000), None, 1_790_000_000),
    model(
        "gpt-6-astra",
        "gpt-6-astra",
        true,
        price_with_writes(10_000_000, 1_000_000, 50_000_000),
        None,
        1_790_000_000,
    ),
    model("gpt-6.1-terra", "gpt-6.1-terra", true, price_with_writes(1_000_000, 50_000, 5_000_000), None, 1_793_000_000),
    model("gpt-5.6-luna", "gpt-5.6-luna", true, price_with_writes(200_000, 20_000, 1_200_000), None, 1_782_000_000),
    model(
        "gpt-5.6-terra",
        "gpt-5.6-terra",
        true,
        price_with_writes(2_000_000, 200_000, 12_000_000),
        None,
        1_782_000_000,
    ),
    model("gpt-5.6-sol", "gpt-5.6-sol", true, price_with_writes(4_000_000, 400_000, 20_000_000), None, 1_782_000_000),
    model("gpt-5.5", "gpt-5.5", true, price(5_000_000, 500_000, 30_000_000), None, 1_776_000_000),
    model("gpt-5.4", "gpt-5.4", true, price(2_500_000, 250_000, 15_000_000), None, 1_772_000_000),
    model("gpt-5.4-mini", "gpt-5.4-mini", true, price(750_000, 75_000, 4_500_000), None, 1_772_000_000),
    model("gpt-5.4-nano", "gpt-5.4-nano", true, price(200_000, 20_000, 1_250_000), Some("2027-04-01"), 1_772_000_000),
    model("gpt-5.2", "gpt-5.2", true, price(1_750_000, 175_000, 14_000_000), None, 1_765_000_000),
    model("gpt-5.1", "gpt-5.1", true, price(1_250_000, 125_000, 10_000_000), Some("2027-04-01"), 1_762_000_000),
    model(
        "gpt-4o",
        "gpt-4o-2024-08-06",
        false,
        price(2_500_000, 1_250_000, 10_000_000),
        Some("2027-01-14"),
        1_715_367_049,
    ),
    model(
        "gpt-4o-mini",
        "gpt-4o-mini-2024-07-18",
        false,
        price(150_000, 75_000, 600_000),
        Some("2027-01-14"),
        1_721_172_741,
    ),
    model(
        "gpt-4.1",
        "gpt-4.1-2025-04-14",
        false,
        price(2_000_000, 500_000, 8_000_000),
        Some("2027-01-14"),
        1_744_316_542,
    ),
    model(
        "gpt-4.1-mini",
        "gpt-4.1-mini-2025-04-14",
        false,
        price(400_000, 100_000, 1_600_000),
        Some("2027-01-14"),
        1_744_318_173,
    ),
    model(
        "gpt-4.1-nano",
        "gpt-4.1-nano-2025-04-14",
        false,
        price(100_000, 25_000, 400_000),
        Some("2026-10-23"),
        1_744_321_707,
    ),
    model("o3", "o3-2025-04-16", true, price(2_000_000, 500_000, 8_000_000), Some("2026-12-11"), 1_744_225_308),
    model(
        "o4-mini",
        "o4-mini-2025-04-16",
        true,
        price(1_100_000, 275_000, 4_400_000),
        Some("2026-10-23"),
        1_744_225_351,
    ),
    // Snapshots that people name outright: they share their family's limits.
    model(
        "gpt-5-nano-2025-08-07",
        "gpt-5-nano-2025-08-07",
        true,
        price(50_000, 5_000, 400_000),
        Some("2026-12-11"),
        1_754_426_303,
    ),
    model(
        "gpt-4o-mini-2024-07-18",
        "gpt-4o-mini-2024-07-18",
        false,
        price(150_000, 75_000, 600_000),
        Some("2027-01-14"),
        1_721_172_717,
    ),
    model(
        "gpt-4.1-2025-04-14",
        "gpt-4.1-2025-04-14",
        false,
        price(2_000_000, 500_000, 8_000_000),
        Some("2027-01-14"),
        1_744_315_746,
    ),
];

/// The facts of the model of that name, dated snapshots included.
pub fn facts(id: &str) -> Option<&'static ModelFacts> {
    CATALOG.iter().find(|facts| facts.id == id).or_else(|| CATALOG.iter().find(|facts| facts.snapshot == id))
}

/// The name of the limit that a model draws on: a dated snapshot shares its family's.
pub fn family(id: &str) -> &str {
    facts(id)
        .and_then(|known| CATALOG.iter().find(|facts| facts.snapshot == known.snapshot))
        .map_or(id, |facts| facts.id)
}

/// How a model cuts text into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `o200k_base`.
    O200k,
    /// `cl100k_base`.
    Cl100k,
    /// Not published.
    Unknown,
}

/// The encoding of a model, as tiktoken's table has it (`tiktoken/model.py` of 0.12); fine-tuned models have their
/// base's.
pub fn encoding(id: &str) -> Encoding {
    const O200K: [&str; 8] = ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4-mini", "chatgpt-4o"];
    const CL100K: [&str; 2] = ["gpt-4", "gpt-3.5-turbo"];
    let base = id.strip_prefix("ft:").unwrap_or(id);
    // A dash and a variant may follow, but no point: gpt-5.4 is another model than gpt-5.
    let is_of =
        |family: &&str| base.strip_prefix(*family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':']));
    if O200K.iter().any(is_of) {
        Encoding::O200k
    } else if CL100K.iter().any(is_of) {
        Encoding::Cl100k
    } else {
        Encoding::Unknown
    }
}

/// Whether a model takes a temperature: reasoning models refuse it with a 400. Unknown models may.
pub fn takes_temperature(id: &str) -> bool {
    facts(id).is_none_or(|facts| !facts.reasoning)
}

/// Whether a shutdown date (`YYYY-MM-DD`) has come at `now`.
pub fn is_shut_down(shutdown_date: &str, now: UnixTime) -> bool {
    let (year, month, day) = now.date();
    // ISO dates compare as text.
    format!("{year:04}-{month:02}-{day:02}").as_str() >= shutdown_date
}

/// When a model ends, as what is said of it: "stopped answering at OpenAI on 2026-10-23".
///
/// `is_openais` where the date is OpenAI's own, and not told by the server that is asked.
pub fn ending(shutdown_date: &str, is_openais: bool, now: UnixTime) -> String {
    let verb = if is_shut_down(shutdown_date, now) { "stopped" } else { "stops" };
    let place = if is_openais { " at OpenAI" } else { "" };
    format!("{verb} answering{place} on {shutdown_date}")
}

/// The cheapest of the models offered that is priced and still answers, by the price of one input and one output token.
pub fn cheapest_living<'a>(offered: impl IntoIterator<Item = &'a str>, now: UnixTime) -> Option<&'a str> {
    offered
        .into_iter()
        .filter_map(|id| Some((id, facts(id)?)))
        .filter(|(_, facts)| facts.shutdown_date.is_none_or(|date| !is_shut_down(date, now)))
        .min_by_key(|(_, facts)| facts.price.of_one_token_each_way())
        .map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOVEMBER_25: UnixTime = UnixTime::from_secs(1_795_564_800);
    const DECEMBER_11: UnixTime = UnixTime::from_secs(1_796_947_200);

    #[test]
    fn the_cheapest_living_model_changes_when_one_is_shut_down() {
        let offered = ["gpt-4o", "gpt-4.1-nano", "gpt-5-nano", "gpt-6-luna", "local:latest"];
        assert_eq!(cheapest_living(offered, NOVEMBER_25), Some("gpt-5-nano"));
        assert_eq!(cheapest_living(offered, DECEMBER_11), Some("gpt-6-luna"));
        assert_eq!(cheapest_living(["local:latest"], NOVEMBER_25), None);
    }

    #[test]
    fn an_end_is_said_in_its_tense_and_place() {
        assert_eq!(ending("2026-10-23", true, NOVEMBER_25), "stopped answering at OpenAI on 2026-10-23");
        assert_eq!(ending("2026-12-11", false, NOVEMBER_25), "stops answering on 2026-12-11");
    }

    #[test]
    fn snapshots_share_their_familys_limit() {
        assert_eq!(family("gpt-4.1-2025-04-14"), "gpt-4.1");
        assert_eq!(family("gpt-5-nano"), "gpt-5-nano");
        assert_eq!(family("local:latest"), "local:latest");
    }

    // tiktoken's own table, npm's model_to_encoding.json of 1.0.22.
    #[test]
    fn a_models_encoding_is_what_tiktoken_says() {
        for id in [
            "gpt-4o",
            "gpt-4o-mini-2024-07-18",
            "o1-pro",
            "o3",
            "o4-mini",
            "gpt-4.1-nano",
            "gpt-5-nano",
            "gpt-5",
            "chatgpt-4o-latest",
        ] {
            assert_eq!(encoding(id), Encoding::O200k, "{id}");
        }
        for id in ["gpt-4", "gpt-4-turbo-2024-04-09", "gpt-3.5-turbo", "ft:gpt-3.5-turbo:acme::1"] {
            assert_eq!(encoding(id), Encoding::Cl100k, "{id}");
        }
        for id in ["gpt-5.4-mini", "gpt-6-luna", "local:latest", "o30", ""] {
            assert_eq!(encoding(id), Encoding::Unknown, "{id}");
        }
    }

    #[test]
    fn the_catalog_has_no_name_twice() {
        for (index, facts) in CATALOG.iter().enumerate() {
            assert!(CATALOG[..index].iter().all(|other| other.id != facts.id), "{}", facts.id);
        }
    }
}

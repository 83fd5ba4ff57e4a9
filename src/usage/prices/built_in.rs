//! Built-in prices beside those of [`crate::models`].

use crate::usage::money::Price;

/// The price of a family as priority, where it is known: OpenAI's price list as LiteLLM 1.110.2 has it.
pub(super) fn priority(family: &str) -> Option<Price> {
    let (input, cached, output) = match family {
        "gpt-5" => (2_500_000, 250_000, 20_000_000),
        "gpt-5-mini" => (450_000, 45_000, 3_600_000),
        "gpt-5.4" => (5_000_000, 500_000, 30_000_000),
        _ => return None,
    };
    Some(Price::per_million_tokens_in_micro_dollars(input, cached, output))
}

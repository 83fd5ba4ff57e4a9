//! LiteLLM's `model_prices_and_context_window.json`: USD per token, tiers as endings of names.

use serde_json::value::RawValue;

use super::import::{Found, Lines, Members, member, members, text_of};
use super::rows::{PriceRow, read_per_token};
use crate::usage::money::Price;

const SOURCE: &str = "LiteLLM's price table";
/// An entry that shows what the others look like.
const SAMPLE: &str = "sample_spec";
/// The modes whose prices are of text tokens.
const MODES: [&str; 3] = ["chat", "responses", "completion"];

pub(super) fn read(text: &str, entries: &Members<'_>, found: &mut Found<'_>) {
    let mut lines = Lines::new(text);
    for (model, entry) in entries.iter().filter(|(model, _)| model != SAMPLE) {
        let line = lines.of(entry);
        match row(model, entry, found.today) {
            Ok(None) => found.imported.left_out += 1,
            Ok(Some(row)) => found.take(line, model, Ok(row)),
            Err(problem) => found.take(line, model, Err(problem)),
        }
    }
}

fn row(model: &str, entry: &RawValue, today: &str) -> Result<Option<PriceRow>, String> {
    let Ok(entry) = members(entry.get()) else { return Err("not an object of prices".to_owned()) };
    let mode = member(&entry, "mode")?.and_then(text_of);
    if mode.is_some_and(|mode| !MODES.contains(&mode.as_str())) {
        return Ok(None);
    }
    let Some(standard) = price(&entry, "", None)? else { return Ok(None) };
    Ok(Some(PriceRow {
        model: model.to_owned(),
        standard,
        flex: price(&entry, "_flex", Some(standard.halved()))?,
        batch: price(&entry, "_batches", Some(standard.halved()))?,
        priority: price(&entry, "_priority", None)?,
        source: SOURCE.to_owned(),
        date: today.to_owned(),
    }))
}

/// The price under the names that end with `tier`; `None` where it has none. What is not told of the cache is as in `like`,
/// else as the input.
fn price(entry: &Members<'_>, tier: &str, like: Option<Price>) -> Result<Option<Price>, String> {
    let input = rate(entry, &format!("input_cost_per_token{tier}"))?;
    let output = rate(entry, &format!("output_cost_per_token{tier}"))?;
    let cached = rate(entry, &format!("cache_read_input_token_cost{tier}"))?;
    let written = rate(entry, &format!("cache_creation_input_token_cost{tier}"))?;
    let (input, output) = match (input, output) {
        (Some(input), Some(output)) => (input, output),
        // The table has some tiers in part, as priority of gpt-5-nano: they are not known.
        _ if !tier.is_empty() => return Ok(None),
        (None, None) if cached.is_none() => return Ok(None),
        (None, _) => return Err("input_cost_per_token is missing".to_owned()),
        (_, None) => return Err("output_cost_per_token is missing".to_owned()),
    };
    let cached = cached.unwrap_or_else(|| like.map_or(input, |like| like.cached_input().min(input)));
    let written = written.unwrap_or_else(|| like.map_or(input, |like| like.cache_write().max(input)));
    Ok(Some(Price::per_million_tokens_in_micro_dollars(input, cached, output).with_cache_write(written)))
}

fn rate(entry: &Members<'_>, name: &str) -> Result<Option<u64>, String> {
    let Some(value) = member(entry, name)?.map(RawValue::get).filter(|value| *value != "null") else { return Ok(None) };
    read_per_token(value).map(Some).map_err(|problem| format!("{name} is {problem}"))
}

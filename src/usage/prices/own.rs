//! Sluice's own format: JSON, dated and sourced, with plain decimal numbers of USD per million tokens.

use std::fmt::Write as _;

use serde_json::value::RawValue;

use super::import::{Found, Lines, Members, member, members, text_of};
use super::rows::{PriceRow, read_per_million, write_per_million};
use super::{Prices, Tier};
use crate::usage::money::Price;

/// The member that tells the format, and its version.
pub(super) const MARK: &str = "sluice_prices";
const VERSION: &str = "1";
/// The longest source that is kept, in characters.
const LONGEST_SOURCE: usize = 200;

pub(super) fn read(text: &str, file: &Members<'_>, found: &mut Found<'_>) -> Result<(), String> {
    let version = member(file, MARK)?.map_or("", RawValue::get);
    if version != VERSION {
        return Err(format!("The file is of version {version} of the format; this page reads version {VERSION}."));
    }
    let models = member(file, "models")?.and_then(|models| members(models.get()).ok());
    let mut lines = Lines::new(text);
    for (model, entry) in models.ok_or("The file has no models.")? {
        let line = lines.of(entry);
        let row = row(&model, entry, found);
        found.take(line, &model, row);
    }
    Ok(())
}

fn row(model: &str, entry: &RawValue, found: &Found<'_>) -> Result<PriceRow, String> {
    let Ok(entry) = members(entry.get()) else { return Err("not an object of prices".to_owned()) };
    let tier = |tier: Tier| -> Result<Option<Price>, String> {
        let Some(value) = member(&entry, tier.name())? else { return Ok(None) };
        let rates = members(value.get()).map_err(|_| format!("{} is not an object of prices", tier.name()))?;
        price(&rates).map(Some).map_err(|problem| format!("{}: {problem}", tier.name()))
    };
    let text = |name: &str, otherwise: &str| -> Result<String, String> {
        match member(&entry, name)? {
            None => Ok(otherwise.to_owned()),
            Some(value) => {
                let text = text_of(value).ok_or_else(|| format!("{name} is not a text"))?;
                Ok(text.chars().filter(|sign| !sign.is_control()).take(LONGEST_SOURCE).collect())
            }
        }
    };
    Ok(PriceRow {
        model: model.to_owned(),
        standard: price(&entry)?,
        flex: tier(Tier::Flex)?,
        batch: tier(Tier::Batch)?,
        priority: tier(Tier::Priority)?,
        source: text("source", found.name)?,
        date: text("date", found.today)?,
    })
}

fn price(rates: &Members<'_>) -> Result<Price, String> {
    let rate = |name: &str| -> Result<Option<u64>, String> {
        let value = member(rates, name)?.map(RawValue::get);
        value.map(|text| read_per_million(text).map_err(|problem| format!("{name} is {problem}"))).transpose()
    };
    let input = rate("input")?.ok_or("input is missing")?;
    let output = rate("output")?.ok_or("output is missing")?;
    let (cached, written) = (rate("cached_input")?.unwrap_or(input), rate("cache_write")?.unwrap_or(input));
    Ok(Price::per_million_tokens_in_micro_dollars(input, cached, output).with_cache_write(written))
}

impl Prices {
    /// The own rows as a file that [`super::import`] reads; one row a line.
    pub fn to_json(&self) -> String {
        let mut out =
            format!("{{\n  \"{MARK}\": {VERSION},\n  \"unit\": \"USD per million tokens\",\n  \"models\": {{");
        for (place, row) in self.own_rows().iter().enumerate() {
            out.push_str(if place == 0 { "\n" } else { ",\n" });
            let _ = write!(out, "    {}: {{{}", quoted(&row.model), rates(row.standard));
            for (tier, price) in [(Tier::Flex, row.flex), (Tier::Batch, row.batch), (Tier::Priority, row.priority)] {
                if let Some(price) = price {
                    let _ = write!(out, ", \"{}\": {{{}}}", tier.name(), rates(price));
                }
            }
            let _ = write!(out, ", \"source\": {}, \"date\": {}}}", quoted(&row.source), quoted(&row.date));
        }
        out.push_str("\n  }\n}\n");
        out
    }
}

fn rates(price: Price) -> String {
    format!(
        "\"input\": {}, \"cached_input\": {}, \"output\": {}, \"cache_write\": {}",
        write_per_million(price.input()),
        write_per_million(price.cached_input()),
        write_per_million(price.output()),
        write_per_million(price.cache_write()),
    )
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

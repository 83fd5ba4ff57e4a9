//! A table of prices as CSV: model, input, cached, output in USD per million tokens.

use super::import::{Found, Lines};
use super::rows::{PriceRow, read_per_million};
use crate::usage::money::Price;

/// The columns, by the names they may have in a header, in the order they have without one.
const COLUMNS: [&[&str]; 5] = [
    &["model"],
    &["input", "input_usd_per_million"],
    &["cached", "cached_input", "cached input"],
    &["output", "output_usd_per_million"],
    &["cache_write", "cache write"],
];

pub(super) fn read(text: &str, found: &mut Found<'_>) {
    let mut places: [Option<usize>; 5] = [Some(0), Some(1), Some(2), Some(3), Some(4)];
    let mut is_first = true;
    for (line, cells) in records(text) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if std::mem::take(&mut is_first)
            && let Some(named) = header(&cells)
        {
            places = named;
            continue;
        }
        let cell = |place: Option<usize>| place.and_then(|place| cells.get(place)).map_or("", |cell| cell.trim());
        let [model, rates @ ..] = places.map(cell);
        let row = row(model, rates, found);
        found.take(line, model, row);
    }
}

/// Where the columns are, where the first record is a header.
fn header(cells: &[String]) -> Option<[Option<usize>; 5]> {
    let place = |names: &[&str]| cells.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()));
    let places = COLUMNS.map(place);
    places.first().copied().flatten().map(|_| places)
}

fn row(model: &str, [input, cached, output, written]: [&str; 4], found: &Found<'_>) -> Result<PriceRow, String> {
    let rate = |name: &str, text: &str| read_per_million(text).map_err(|problem| format!("{name} is {problem}"));
    let of_input = rate("input", input)?;
    // What is not told costs as the input does.
    let if_told = |name: &str, text: &str| if text.is_empty() { Ok(of_input) } else { rate(name, text) };
    let cached = if_told("cached", cached)?;
    let standard = Price::per_million_tokens_in_micro_dollars(of_input, cached, rate("output", output)?);
    Ok(PriceRow {
        model: model.to_owned(),
        standard: standard.with_cache_write(if_told("cache_write", written)?),
        flex: None,
        batch: None,
        priority: None,
        source: found.name.to_owned(),
        date: found.today.to_owned(),
    })
}

/// The records with the lines they begin on.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut reader = csv_core::Reader::new();
    let mut records = Vec::new();
    let (mut rest, mut bytes, mut cells) = (text.as_bytes(), Vec::new(), Vec::new());
    let mut lines = Lines::new(text);
    let mut line = 1;
    loop {
        if cells.is_empty() && bytes.is_empty() {
            // Empty lines are no records.
            while let [b'\r' | b'\n', more @ ..] = rest {
                rest = more;
            }
            line = lines.at(text.len() - rest.len());
        }
        let mut piece = [0; 1_024];
        let (result, read, written) = reader.read_field(rest, &mut piece);
        rest = rest.get(read..).unwrap_or_default();
        bytes.extend_from_slice(piece.get(..written).unwrap_or_default());
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                cells.push(String::from_utf8_lossy(&std::mem::take(&mut bytes)).into_owned());
                if record_end {
                    records.push((line, std::mem::take(&mut cells)));
                }
            }
            csv_core::ReadFieldResult::End => return records,
            // An empty rest says that nothing more comes.
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
        }
    }
}

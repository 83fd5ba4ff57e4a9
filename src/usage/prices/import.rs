//! Prices from a file: Sluice's own, LiteLLM's table, or a table as CSV.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::rows::{MOST_ROWS, PriceRow, check_model};
use super::{litellm, own, table};

/// The largest file of prices that is read, in bytes; LiteLLM's is a tenth of it.
pub const LONGEST_FILE: usize = 16 << 20;

/// A row that cannot be taken: where it stands and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFault {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The model it is about; empty where none is named.
    pub model: String,
    /// What is wrong, in a few words.
    pub problem: String,
}

/// `Line 12, gpt-5-nano: output is negative (-5).`
impl fmt::Display for PriceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}", self.line)?;
        if !self.model.is_empty() {
            write!(f, ", {}", self.model)?;
        }
        write!(f, ": {}.", self.problem)
    }
}

/// What a file of prices holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The rows that can be taken.
    pub rows: Vec<PriceRow>,
    /// Those that cannot.
    pub faults: Vec<PriceFault>,
    /// Entries that name no price of text tokens, as those of image models: nothing is wrong with them.
    pub left_out: usize,
}

/// Reads a file of prices of whichever kind. `name` is its name and `today` the day (`YYYY-MM-DD`): where its rows come
/// from, and when, unless it says so itself.
///
/// # Errors
/// Where it is no file of prices at all: a sentence that says what is one.
pub fn import(text: &str, name: &str, today: &str) -> Result<Imported, String> {
    if text.len() > LONGEST_FILE {
        return Err("The file is larger than 16 MB: no file of prices is.".to_owned());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Found { name, today, models: BTreeSet::new(), imported: Imported::default() };
    if text.trim_start().starts_with('{') {
        let members = members(text).map_err(|error| format!("The file is no JSON: {error}."))?;
        if members.iter().any(|(key, _)| key == own::MARK) {
            own::read(text, &members, &mut found)?;
        } else {
            litellm::read(text, &members, &mut found);
        }
    } else {
        table::read(text, &mut found);
    }
    let imported = found.imported;
    if imported.rows.is_empty() && imported.faults.is_empty() {
        return Err("The file holds no prices. Give one that was exported here, LiteLLM's \
                    model_prices_and_context_window.json, or a CSV with the columns model, input, cached, output in USD \
                    per million tokens."
            .to_owned());
    }
    Ok(imported)
}

/// What was found so far.
pub(super) struct Found<'a> {
    pub name: &'a str,
    pub today: &'a str,
    models: BTreeSet<String>,
    pub imported: Imported,
}

impl Found<'_> {
    /// Takes a row in, or notes what is wrong with it.
    pub fn take(&mut self, line: usize, model: &str, row: Result<PriceRow, String>) {
        let named = check_model(model).map_err(str::to_owned);
        // Of two rows nobody can say which is meant; the first one is kept, the second is told of.
        let row = named.and(row).and_then(|row| {
            if !self.models.insert(model.to_owned()) {
                Err("the model is in the file twice".to_owned())
            } else if self.imported.rows.len() >= MOST_ROWS {
                Err("there are more than 5,000 rows".to_owned())
            } else {
                Ok(row)
            }
        });
        match row {
            Ok(row) => self.imported.rows.push(row),
            Err(problem) => {
                let model = model.chars().filter(|sign| !sign.is_control()).take(80).collect();
                self.imported.faults.push(PriceFault { line, model, problem });
            }
        }
    }
}

/// The members of a JSON object in their order, doubled ones included.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

pub(super) fn members(text: &str) -> Result<Members<'_>, serde_json::Error> {
    serde_json::from_str::<Object<'_>>(text).map(|object| object.0)
}

struct Object<'a>(Members<'a>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
            members.push((key, value));
        }
        Ok(Object(members))
    }
}

/// Counts the lines of a text, from its beginning on.
pub(super) struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    /// The line of the byte at `place`, which is not before the last one asked for.
    pub(super) fn at(&mut self, place: usize) -> usize {
        let passed = self.text.as_bytes().get(self.counted..place).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.counted = self.counted.max(place);
        self.line
    }

    /// The line on which `value`, a part of the text, begins.
    pub(super) fn of(&mut self, value: &RawValue) -> usize {
        self.at(value.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr()))
    }
}

/// The member `name`, and whether it is there twice.
pub(super) fn member<'a>(members: &Members<'a>, name: &str) -> Result<Option<&'a RawValue>, String> {
    let mut found = members.iter().filter(|(key, _)| key == name).map(|(_, value)| *value);
    let first = found.next();
    if found.next().is_some() { Err(format!("{name} is given twice")) } else { Ok(first) }
}

/// The text of a JSON string.
pub(super) fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

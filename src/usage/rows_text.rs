//! The ledger's rows as text: short, and quick to read a hundred thousand times.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::prices::Tier;
use super::record::{AnsweredBy, CallId, MadeIn};
use super::row::{LedgerRow, Place, RowAnswer, Stands};
use crate::responses::Usage;
use crate::retry::Class;

/// The version that is written; others are not read.
pub const ROWS_VERSION: u32 = 1;

/// Why rows cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// A newer version of the page has written them.
    #[error("was written by a newer version of this page (format {0}): reload the page to get it")]
    Newer(u32),
    /// They are damaged.
    #[error("is damaged: {0}")]
    Damaged(String),
}

#[derive(Serialize, Deserialize)]
struct Rows<'a> {
    version: u32,
    api: AnsweredBy,
    // Where the calls are kept in whole: a record of the journal beside this one.
    record: u64,
    // What many rows share.
    #[serde(borrow)]
    names: Vec<Cow<'a, str>>,
    #[serde(borrow, rename = "rows")]
    calls: Vec<Row<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Row<'a>(
    CallId,
    // Run, lane.
    u32,
    u32,
    // Made in, server, key, model.
    u8,
    u32,
    Option<u32>,
    u32,
    #[serde(borrow)] Cow<'a, str>,
    // Queued, lasted, waited.
    u64,
    Option<u64>,
    u64,
    // Attempts, failed, unknown.
    u32,
    u32,
    u32,
    // The answer and its tokens: input, output, total, cached, reasoning, written to the cache.
    u8,
    [u64; 6],
    // Tier, status, class, where it stands.
    u8,
    Option<u16>,
    Option<Class>,
    u8,
    // The model that answered, where it is another.
    Option<u32>,
);

/// Writes rows that one API answered, whose calls are in the record `record` beside, in the same order.
pub fn write_rows(api: AnsweredBy, rows: &[LedgerRow], record: u64) -> String {
    let mut names = Names::default();
    let calls = rows.iter().map(|row| written(row, &mut names)).collect();
    let rows = Rows { version: ROWS_VERSION, api, record, names: names.list, calls };
    // Numbers and text alone: nothing in it can fail to be written.
    serde_json::to_string(&rows).unwrap_or_default()
}

/// Reads rows; their calls are in the journal `calls`.
///
/// # Errors
/// [`RowsError`]: none of them is read.
pub fn read_rows(text: &str, calls: &Arc<str>, shared: &mut SharedNames) -> Result<Vec<LedgerRow>, RowsError> {
    let damaged = |why: &dyn std::fmt::Display| RowsError::Damaged(why.to_string());
    let read: Rows<'_> = serde_json::from_str(text).map_err(|error| {
        let newer = serde_json::from_str::<Version>(text).ok().filter(|found| found.version > ROWS_VERSION);
        newer.map_or_else(|| damaged(&error), |found| RowsError::Newer(found.version))
    })?;
    if read.version > ROWS_VERSION {
        return Err(RowsError::Newer(read.version));
    }
    let names: Vec<Arc<str>> = read.names.iter().map(|name| shared.share(name)).collect();
    let place = |at: usize| Place {
        journal: Arc::clone(calls),
        record: read.record,
        at: u32::try_from(at).unwrap_or(u32::MAX),
    };
    let rows = read.calls.into_iter().enumerate();
    rows.map(|(at, row)| {
        row_of(row, read.api, &names, place(at)).ok_or_else(|| damaged(&"a number is of nothing known"))
    })
    .collect()
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Default)]
struct Names<'a> {
    list: Vec<Cow<'a, str>>,
    places: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn place(&mut self, name: &'a str) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        *self.places.entry(name).or_insert_with(|| {
            self.list.push(Cow::Borrowed(name));
            next
        })
    }
}

/// Names that rows share, so that each is in memory once.
#[derive(Debug, Default)]
pub struct SharedNames(HashSet<Arc<str>>);

impl SharedNames {
    fn share(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let made: Arc<str> = name.into();
        self.0.insert(Arc::clone(&made));
        made
    }
}

fn written<'a>(row: &'a LedgerRow, names: &mut Names<'a>) -> Row<'a> {
    let (answer, usage) = match row.answer {
        RowAnswer::None => (0, Usage::default()),
        RowAnswer::Usage(usage) => (1, usage),
        RowAnswer::NoUsage => (2, Usage::default()),
        RowAnswer::InvalidUsage => (3, Usage::default()),
    };
    Row(
        row.id,
        names.place(&row.run),
        row.lane,
        place_in(&MadeIn::ALL, row.made_in),
        names.place(&row.server),
        row.key_alias.as_deref().map(|alias| names.place(alias)),
        names.place(&row.model),
        Cow::Borrowed(&row.label),
        row.queued_at_micros,
        row.duration_micros,
        row.waited_micros,
        row.attempts,
        row.failed_attempts,
        row.unknown_outcomes,
        answer,
        [
            usage.input_tokens,
            usage.output_tokens,
            usage.total_tokens,
            usage.cached_tokens,
            usage.reasoning_tokens,
            usage.cache_write_tokens,
        ],
        place_in(&Tier::ALL, row.tier),
        row.status,
        row.class,
        place_in(&Stands::ALL, row.stands),
        row.answered_by.as_deref().map(|model| names.place(model)),
    )
}

fn place_in<T: PartialEq + Copy>(all: &[T], one: T) -> u8 {
    all.iter().position(|other| *other == one).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

fn row_of(row: Row<'_>, api: AnsweredBy, names: &[Arc<str>], place: Place) -> Option<LedgerRow> {
    let name = |at: u32| names.get(at as usize).cloned();
    let [input_tokens, output_tokens, total_tokens, cached_tokens, reasoning_tokens, cache_write_tokens] = row.15;
    let usage =
        Usage { input_tokens, output_tokens, total_tokens, cached_tokens, reasoning_tokens, cache_write_tokens };
    Some(LedgerRow {
        id: row.0,
        run: name(row.1)?,
        lane: row.2,
        made_in: *MadeIn::ALL.get(usize::from(row.3))?,
        api,
        server: name(row.4)?,
        key_alias: row.5.map_or(Some(None), |alias| name(alias).map(Some))?,
        model: name(row.6)?,
        answered_by: row.20.map_or(Some(None), |model| name(model).map(Some))?,
        label: row.7.into(),
        queued_at_micros: row.8,
        duration_micros: row.9,
        waited_micros: row.10,
        attempts: row.11,
        failed_attempts: row.12,
        unknown_outcomes: row.13,
        answer: match row.14 {
            0 => RowAnswer::None,
            1 => RowAnswer::Usage(usage),
            2 => RowAnswer::NoUsage,
            3 => RowAnswer::InvalidUsage,
            _ => return None,
        },
        tier: *Tier::ALL.get(usize::from(row.16))?,
        status: row.17,
        class: row.18,
        stands: *Stands::ALL.get(usize::from(row.19))?,
        place: Some(place),
    })
}

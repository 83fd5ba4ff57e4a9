//! What of the ledger is looked at, and in what order.

use std::cmp::Reverse;
use std::time::Duration;

use super::prices::Prices;
use super::record::{AnsweredBy, MadeIn};
use super::row::{LedgerRow, RowAnswer, Stands};
use crate::time::{UnixTime, micros};

/// The time that is looked at, up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// The last minute.
    Minute,
    /// The last hour.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last seven days.
    Week,
    /// All that is kept.
    #[default]
    All,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::All];

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "Last minute",
            Self::Hour => "Last hour",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::All => "All that is kept",
        }
    }

    /// How long it is; `None` for all time.
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Minute => Some(Duration::from_secs(60)),
            Self::Hour => Some(Duration::from_secs(3_600)),
            Self::Day => Some(Duration::from_secs(86_400)),
            Self::Week => Some(Duration::from_secs(7 * 86_400)),
            Self::All => None,
        }
    }
}

/// What the history can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortBy {
    /// When it was queued.
    #[default]
    Time,
    /// What it is called.
    Call,
    /// The model.
    Model,
    /// Where it stands.
    Result,
    /// How many HTTP requests it took.
    Attempts,
    /// How long it took.
    Duration,
    /// Its tokens in.
    Input,
    /// Its tokens out.
    Output,
    /// What it cost.
    Cost,
}

/// What of the ledger is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The time.
    pub period: Period,
    /// Calls that this API answered.
    pub api: Option<AnsweredBy>,
    /// Calls made there.
    pub made_in: Option<MadeIn>,
    /// Calls of this model.
    pub model: Option<String>,
    /// Calls with the key of this name; an empty name is that of keys without one.
    pub key_alias: Option<String>,
    /// Calls that stand so.
    pub stands: Option<Stands>,
    /// Words, all of which must stand in a call's name, model, server, key name, status or id; case does not count.
    pub search: String,
    /// The order.
    pub sort_by: SortBy,
    /// Whether the smallest comes first.
    pub ascending: bool,
}

impl Query {
    /// Whether it picks all calls.
    pub fn is_all(&self) -> bool {
        let Self { sort_by, ascending, .. } = *self;
        *self == Self { sort_by, ascending, ..Self::default() }
    }

    /// The places in `rows` of the calls it picks at the time `now`, in its order.
    pub fn places(&self, rows: &[LedgerRow], prices: &Prices, now: UnixTime) -> Vec<u32> {
        let words = self.words();
        let since = self.since(now);
        let picked = rows.iter().zip(0u32..).filter(|(row, _)| self.picks(row, since, &words));
        match self.sort_by {
            SortBy::Time => self.sorted(picked, |row| row.queued_at_micros),
            SortBy::Call => self.sorted(picked, |row| row.label.to_lowercase()),
            SortBy::Model => self.sorted(picked, |row| row.model.clone()),
            SortBy::Result => self.sorted(picked, |row| (row.stands, row.status)),
            SortBy::Attempts => self.sorted(picked, |row| row.attempts),
            SortBy::Duration => self.sorted(picked, |row| row.duration_micros),
            SortBy::Input => self.sorted(picked, |row| row.usage().map(|usage| usage.input_tokens)),
            SortBy::Output => self.sorted(picked, |row| row.usage().map(|usage| usage.output_tokens)),
            SortBy::Cost => self.sorted(picked, |row| {
                let cost = row.cost(prices);
                (row.answer != RowAnswer::None).then_some(cost.known)
            }),
        }
    }

    /// Whether it picks a call at the time `now`.
    pub fn picks_one(&self, row: &LedgerRow, now: UnixTime) -> bool {
        self.picks(row, self.since(now), &self.words())
    }

    fn since(&self, now: UnixTime) -> u64 {
        self.period.length().map_or(0, |length| micros(now.since_epoch().saturating_sub(length)))
    }

    fn words(&self) -> Vec<String> {
        self.search.split_whitespace().map(str::to_lowercase).collect()
    }

    fn picks(&self, row: &LedgerRow, since: u64, words: &[String]) -> bool {
        row.queued_at_micros >= since
            && self.api.is_none_or(|api| row.api == api)
            && self.made_in.is_none_or(|made_in| row.made_in == made_in)
            && self.stands.is_none_or(|stands| row.stands == stands)
            && self.model.as_deref().is_none_or(|model| *row.model == *model)
            && self.key_alias.as_deref().is_none_or(|alias| row.key_alias.as_deref().unwrap_or_default() == alias)
            && words.iter().all(|word| is_in(row, word))
    }

    fn sorted<'a, K: Ord>(
        &self,
        picked: impl Iterator<Item = (&'a LedgerRow, u32)>,
        key: impl Fn(&'a LedgerRow) -> K,
    ) -> Vec<u32> {
        // What is equal stays in the order of time, the newest first unless the smallest come first.
        let mut keyed: Vec<(K, u32)> = picked.map(|(row, place)| (key(row), place)).collect();
        if self.ascending {
            keyed.sort();
        } else {
            keyed.sort_by(|a, b| Reverse(&a.0).cmp(&Reverse(&b.0)).then(b.1.cmp(&a.1)));
        }
        keyed.into_iter().map(|(_, place)| place).collect()
    }
}

fn is_in(row: &LedgerRow, word: &str) -> bool {
    let texts = [&*row.label, &*row.model, &*row.server, row.key_alias.as_deref().unwrap_or_default()];
    texts.into_iter().any(|text| contains(text, word))
        || row.status.is_some_and(|status| status.to_string() == word)
        || contains(row.stands.name(), word)
        || contains(row.made_in.name(), word)
        || (word.len() >= 4
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
            && row.id.to_string().starts_with(word))
}

/// Whether `text` contains `word`, which is in lower case. Most texts are ASCII, and need no copy.
fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        return text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}

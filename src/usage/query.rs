//! What of the ledger is looked at, and in what order.

use std::borrow::Cow;
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
        let mut words = self.words();
        let since = self.since(now);
        let picked = rows.iter().zip(0u32..).filter(|(row, _)| self.picks(row, since, &mut words));
        match self.sort_by {
            SortBy::Time => self.sorted(picked, |row| row.queued_at_micros),
            SortBy::Call => self.sorted(picked, |row| in_lower_case(&row.label)),
            SortBy::Model => self.sorted(picked, |row| &*row.model),
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
        self.picks(row, self.since(now), &mut self.words())
    }

    fn since(&self, now: UnixTime) -> u64 {
        self.period.length().map_or(0, |length| micros(now.since_epoch().saturating_sub(length)))
    }

    fn words(&self) -> Vec<Word> {
        self.search.split_whitespace().map(Word::new).collect()
    }

    fn picks(&self, row: &LedgerRow, since: u64, words: &mut [Word]) -> bool {
        row.queued_at_micros >= since
            && self.api.is_none_or(|api| row.api == api)
            && self.made_in.is_none_or(|made_in| row.made_in == made_in)
            && self.stands.is_none_or(|stands| row.stands == stands)
            && self.model.as_deref().is_none_or(|model| *row.model == *model)
            && self.key_alias.as_deref().is_none_or(|alias| row.key_alias.as_deref().unwrap_or_default() == alias)
            && words.iter_mut().all(|word| word.is_in(row))
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

/// A word that is searched for.
struct Word {
    // In lower case.
    text: String,
    status: Option<u16>,
    // It can be the beginning of an id.
    is_hex: bool,
    // Texts that many rows share, by their address, and whether it is in them.
    shared: Vec<(*const u8, bool)>,
}

/// More shared texts than these are looked through each time.
const MOST_SHARED: usize = 64;

impl Word {
    fn new(word: &str) -> Self {
        let text = word.to_lowercase();
        Self {
            status: text.parse().ok().filter(|_| text.len() == 3),
            is_hex: text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            text,
            shared: Vec::new(),
        }
    }

    fn is_in(&mut self, row: &LedgerRow) -> bool {
        contains(&row.label, &self.text)
            || self.is_in_shared(&row.model)
            || self.is_in_shared(&row.server)
            || row.key_alias.as_deref().is_some_and(|alias| self.is_in_shared(alias))
            || (row.status.is_some() && row.status == self.status)
            || self.is_in_shared(row.stands.name())
            || self.is_in_shared(row.made_in.name())
            || (self.is_hex && row.id.to_string().starts_with(&self.text))
    }

    fn is_in_shared(&mut self, text: &str) -> bool {
        let address = text.as_ptr();
        if let Some((_, is_in)) = self.shared.iter().find(|(known, _)| *known == address) {
            return *is_in;
        }
        let is_in = contains(text, &self.text);
        if self.shared.len() < MOST_SHARED {
            self.shared.push((address, is_in));
        }
        is_in
    }
}

/// Whether `text` contains `word`, which is in lower case. Most texts are ASCII, and need no copy.
fn contains(text: &str, word: &str) -> bool {
    if !text.is_ascii() || !word.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some((first, rest)) = word.split_first() else { return true };
    let upper = first.to_ascii_uppercase();
    let mut from = text;
    while let Some(at) = from.iter().position(|byte| byte == first || *byte == upper) {
        from = from.get(at + 1..).unwrap_or_default();
        if from.get(..rest.len()).is_some_and(|next| next.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    false
}

fn in_lower_case(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_uppercase) { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

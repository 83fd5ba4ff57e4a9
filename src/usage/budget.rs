//! Budgets: how much a person lets be spent, by API and by period, and where that stands.
//!
//! What is spent is what has come back: a call is an answered one, or one whose outcome is unknown, since both may be
//! billed; refusals cost nothing and are none. What is in flight when a budget is reached is kept, and counts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::decimal::{DecimalError, read_scaled, write_scaled};
use super::money::{Cost, Money};
use super::record::AnsweredBy;
use crate::format::{format_count, format_decimal, typed_decimal};
use crate::time::UnixTime;

/// The largest cap in USD: a million.
pub const MOST_USD: Money = Money::from_picodollars(1_000_000_000_000_000_000);
/// The largest cap in tokens or calls.
pub const MOST_COUNT: u64 = 1_000_000_000_000;

/// The time a budget is for. Days and months are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetPeriod {
    /// Since the page was opened.
    Session,
    /// A day of UTC.
    #[default]
    Day,
    /// A calendar month of UTC.
    Month,
}

impl BudgetPeriod {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Session, Self::Day, Self::Month];

    /// The name people choose it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "Session: since the page was opened",
            Self::Day => "Day (UTC)",
            Self::Month => "Month (UTC)",
        }
    }

    /// Whose budget it is: `today's`.
    pub const fn whose(self) -> &'static str {
        match self {
            Self::Session => "this session's",
            Self::Day => "today's",
            Self::Month => "this month's",
        }
    }

    /// When the period that `now` is in began; `None` for a session, which no date tells.
    pub fn began(self, now: UnixTime) -> Option<UnixTime> {
        const DAY: u64 = 86_400;
        let today = now.since_epoch().as_secs() / DAY;
        let (_, _, day) = now.date();
        let first = match self {
            Self::Session => return None,
            Self::Day => today,
            Self::Month => today.saturating_sub(u64::from(day).saturating_sub(1)),
        };
        Some(UnixTime::from_secs(first * DAY))
    }
}

/// How much may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// Money, at the prices here.
    Usd(#[serde(with = "whole_picodollars")] Money),
    /// Tokens, input and output.
    Tokens(u64),
    /// Calls.
    Calls(u64),
}

mod whole_picodollars {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::usage::Money;

    pub fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(money.picodollars()).unwrap_or(0))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        u64::deserialize(deserializer).map(|pico| Money::from_picodollars(i128::from(pico)))
    }
}

/// What a cap counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Money.
    #[default]
    Usd,
    /// Tokens.
    Tokens,
    /// Calls.
    Calls,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Usd, Self::Tokens, Self::Calls];

    /// The name people choose it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Tokens => "tokens",
            Self::Calls => "calls",
        }
    }

    /// The cap of so many, as a person typed it.
    ///
    /// # Errors
    /// Where it is no amount: a few words that say what to do.
    pub fn read(self, text: &str) -> Result<Cap, String> {
        let (scale, most) = match self {
            Self::Usd => (12, u64::try_from(MOST_USD.picodollars()).unwrap_or(u64::MAX)),
            Self::Tokens | Self::Calls => (0, MOST_COUNT),
        };
        let units = read_scaled(&typed_decimal(text), scale, most).map_err(|wrong| match (wrong, self) {
            (DecimalError::NotANumber, _) => "Enter a number".to_owned(),
            (DecimalError::Negative, _) => "At least 0".to_owned(),
            (DecimalError::TooFine, Self::Usd) => "At most twelve digits after the point".to_owned(),
            (DecimalError::TooFine, _) => "Whole numbers only".to_owned(),
            (DecimalError::TooLarge, Self::Usd) => format!("At most {MOST_USD}"),
            (DecimalError::TooLarge, _) => format!("At most {}", format_count(MOST_COUNT)),
        })?;
        Ok(match self {
            Self::Usd => Cap::Usd(Money::from_picodollars(i128::from(units))),
            Self::Tokens => Cap::Tokens(units),
            Self::Calls => Cap::Calls(units),
        })
    }
}

impl Cap {
    /// What it counts in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Usd(_) => Unit::Usd,
            Self::Tokens(_) => Unit::Tokens,
            Self::Calls(_) => Unit::Calls,
        }
    }

    /// Its number, as [`Unit::read`] takes it.
    pub fn typed(self) -> String {
        let scale = if matches!(self, Self::Usd(_)) { 12 } else { 0 };
        format_decimal(&write_scaled(u64::try_from(self.units()).unwrap_or(u64::MAX), scale))
    }

    /// The same, no larger than what can be set.
    #[must_use]
    pub fn bounded(self) -> Self {
        match self {
            Self::Usd(cap) => Self::Usd(cap.min(MOST_USD)),
            Self::Tokens(cap) => Self::Tokens(cap.min(MOST_COUNT)),
            Self::Calls(cap) => Self::Calls(cap.min(MOST_COUNT)),
        }
    }

    fn units(self) -> u128 {
        match self {
            Self::Usd(cap) => cap.picodollars().unsigned_abs(),
            Self::Tokens(cap) | Self::Calls(cap) => u128::from(cap),
        }
    }

    /// An amount in what it counts.
    fn words(self, units: u128) -> String {
        let count = || format_count(u64::try_from(units).unwrap_or(u64::MAX));
        match self {
            Self::Usd(_) => Money::from_picodollars(i128::try_from(units).unwrap_or(i128::MAX)).to_string(),
            Self::Tokens(_) => format!("{} tokens", count()),
            Self::Calls(_) if units == 1 => "1 call".to_owned(),
            Self::Calls(_) => format!("{} calls", count()),
        }
    }

    /// The same without the unit, which follows.
    fn figure(self, units: u128) -> String {
        match self {
            Self::Usd(_) => self.words(units),
            Self::Tokens(_) | Self::Calls(_) => format_count(u64::try_from(units).unwrap_or(u64::MAX)),
        }
    }
}

/// `$5.00`, `2,000,000 tokens`, `1 call`.
impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(self.units()))
    }
}

/// What was spent in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// What it cost; calls of unknown cost are counted beside it.
    pub cost: Cost,
    /// Tokens, input and output, of the calls that told them.
    pub tokens: u64,
    /// Calls of which nobody knows the tokens.
    pub untold: u64,
    /// Answered calls, and those of unknown outcome.
    pub calls: u64,
}

/// What is about to be sent comes to at most this; `None` where nobody can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Planned {
    /// Calls.
    pub calls: u64,
    /// Tokens, input and output.
    pub tokens: Option<u64>,
    /// What it costs.
    pub cost: Option<Money>,
}

/// How far a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Less than half.
    #[default]
    Below,
    /// Half of it or more.
    Half,
    /// 80 % or more.
    MostOfIt,
    /// All of it: nothing more is sent.
    Reached,
}

impl Level {
    /// The share it begins at, in percent.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Below => 0,
            Self::Half => 50,
            Self::MostOfIt => 80,
            Self::Reached => 100,
        }
    }
}

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// What tells it from the others.
    pub id: u32,
    /// The API it is for: simulated and real spending never mix.
    pub api: AnsweredBy,
    /// The time it is for.
    pub period: BudgetPeriod,
    /// How much may be spent.
    pub cap: Cap,
}

/// What an estimate comes to beside what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// In a sentence.
    pub words: String,
    /// Whether it may be more than what is left.
    pub may_exceed: bool,
}

impl Budget {
    fn used(&self, spent: &Spent) -> u128 {
        match self.cap {
            Cap::Usd(_) => u128::try_from(spent.cost.known.picodollars()).unwrap_or(0),
            Cap::Tokens(_) => u128::from(spent.tokens),
            Cap::Calls(_) => u128::from(spent.calls),
        }
    }

    /// How far it is used up.
    pub fn level(&self, spent: &Spent) -> Level {
        let (used, cap) = (self.used(spent), self.cap.units());
        let is_at = |percent: u128| used.saturating_mul(100) >= cap.saturating_mul(percent);
        match () {
            () if is_at(100) => Level::Reached,
            () if is_at(80) => Level::MostOfIt,
            () if is_at(50) => Level::Half,
            () => Level::Below,
        }
    }

    /// Whose budget it is, for which API: `today's budget (Live)`.
    pub fn name(&self) -> String {
        format!("{} budget ({})", self.period.whose(), self.api.name())
    }

    /// Where it stands: `$4.00 of $5.00`.
    pub fn standing(&self, spent: &Spent) -> String {
        format!("{} of {}", self.cap.figure(self.used(spent)), self.cap)
    }

    /// What is left of it: `$1.00 of $5.00 left`.
    pub fn left(&self, spent: &Spent) -> String {
        let left = self.cap.units().saturating_sub(self.used(spent));
        format!("{} of {} left", self.cap.figure(left), self.cap)
    }

    /// How much is left of it in tenths of a percent, rounded down: what a meter shows.
    pub fn left_per_mille(&self, spent: &Spent) -> u32 {
        let (left, cap) = (self.cap.units().saturating_sub(self.used(spent)), self.cap.units());
        left.saturating_mul(1_000).checked_div(cap).and_then(|share| u32::try_from(share).ok()).unwrap_or(0)
    }

    /// What was spent and is not in it, since nobody knows how much it is; said openly wherever the budget is shown.
    pub fn not_counted(&self, spent: &Spent) -> Option<String> {
        let (unknown, of_what) = match self.cap {
            Cap::Usd(_) => (spent.cost.unknown_calls, "cost"),
            Cap::Tokens(_) => (spent.untold, "tokens"),
            Cap::Calls(_) => return None,
        };
        let calls = match unknown {
            0 => return None,
            1 => "1 call".to_owned(),
            more => format!("{} calls", format_count(more)),
        };
        let whose = if unknown == 1 { "its" } else { "their" };
        Some(format!("{calls} more, {whose} {of_what} unknown, can be on top of it: this budget cannot see them."))
    }

    /// What is told when a threshold is crossed: `80 % of today's budget: $4.00 of $5.00 (Live)`.
    pub fn warning(&self, spent: &Spent) -> String {
        let percent = self.level(spent).percent();
        format!("{percent} % of {} budget: {} ({})", self.period.whose(), self.standing(spent), self.api.name())
    }

    /// Why nothing more is sent, what is kept and what to do; `None` as long as it is not reached.
    pub fn refusal(&self, spent: &Spent) -> Option<String> {
        (self.level(spent) == Level::Reached).then(|| {
            format!(
                "{} is reached: {}. Nothing more is sent; what was in flight goes on, and all answers are kept. {WAY_OUT}",
                self.name_at_start(),
                self.standing(spent)
            )
        })
    }

    /// Why nothing more is sent while `in_flight` requests are out that can use up the rest: a cap in calls is kept to the
    /// call, since each that is answered is one.
    pub fn taken_up(&self, spent: &Spent, in_flight: u64) -> Option<String> {
        let is_taken = matches!(self.cap, Cap::Calls(cap) if spent.calls.saturating_add(in_flight) >= cap);
        (is_taken && in_flight > 0).then(|| {
            format!(
                "{} is taken up: {}, and {} in flight. Nothing more is sent; what is in flight goes on, and all answers are \
                 kept. {WAY_OUT}",
                self.name_at_start(),
                self.standing(spent),
                format_count(in_flight)
            )
        })
    }

    // As a sentence begins.
    fn name_at_start(&self) -> String {
        let name = self.name();
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    }

    /// What `planned` comes to beside what is left.
    pub fn outlook(&self, spent: &Spent, planned: &Planned) -> Outlook {
        let left = self.cap.units().saturating_sub(self.used(spent));
        let most = match self.cap {
            Cap::Usd(_) => planned.cost.map(|cost| cost.picodollars().unsigned_abs()),
            Cap::Tokens(_) => planned.tokens.map(u128::from),
            Cap::Calls(_) => Some(u128::from(planned.calls)),
        };
        let (name, left_words) = (self.name(), self.cap.words(left));
        match most {
            Some(most) if most <= left => Outlook {
                words: format!("At most {} of {left_words} left of {name}.", self.cap.figure(most)),
                may_exceed: false,
            },
            Some(most) => Outlook {
                words: format!(
                    "At most {}, and {left_words} left of {name}: once that is reached, nothing more is sent.",
                    self.cap.words(most)
                ),
                may_exceed: true,
            },
            None => Outlook {
                words: format!(
                    "Nobody can say the most it comes to, and {left_words} left of {name}: once that is reached, nothing \
                     more is sent."
                ),
                may_exceed: true,
            },
        }
    }
}

/// How a refusal for a budget ends.
const WAY_OUT: &str = "Raise or remove the budget in Usage to go on.";

/// Whether a text is, or holds, the refusal of a budget.
pub fn is_by_budget(text: &str) -> bool {
    text.contains(WAY_OUT)
}

/// Why nothing more is sent to `api`, to which `in_flight` requests are out: the first budget that is reached, or that those
/// can use up.
pub fn refusal(
    budgets: &[Budget],
    (api, in_flight): (AnsweredBy, u64),
    spent: impl Fn(BudgetPeriod) -> Spent,
) -> Option<String> {
    budgets.iter().filter(|budget| budget.api == api).find_map(|budget| {
        let spent = spent(budget.period);
        budget.refusal(&spent).or_else(|| budget.taken_up(&spent, in_flight))
    })
}

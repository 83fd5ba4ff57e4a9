//! A row of a person's own prices, and how its numbers are read and written.

use super::Tier;
use crate::usage::decimal::{DecimalError, read_scaled, write_scaled};
use crate::usage::money::Price;

/// The highest price that is taken for one, in picodollars a token: $10,000 a million.
pub const MOST_PER_TOKEN: u64 = 10_000_000_000;
/// The most own rows that are kept.
pub const MOST_ROWS: usize = 5_000;
/// The longest name of a model, in bytes.
const LONGEST_NAME: usize = 200;

/// The prices of a model, as a person gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// The name it is asked by.
    pub model: String,
    /// As usual.
    pub standard: Price,
    /// As `flex`; half the standard one where none is given, as at OpenAI.
    pub flex: Option<Price>,
    /// In a job of the Batch API; half the standard one where none is given, as at OpenAI.
    pub batch: Option<Price>,
    /// As `priority`; not known where none is given.
    pub priority: Option<Price>,
    /// Where it comes from, in a person's or a file's words.
    pub source: String,
    /// The day it was told, `YYYY-MM-DD`; empty where that is not known.
    pub date: String,
}

impl PriceRow {
    /// The price as `tier`, where it is known.
    pub fn price(&self, tier: Tier) -> Option<Price> {
        match tier {
            Tier::Standard => Some(self.standard),
            Tier::Flex => Some(self.flex.unwrap_or(self.standard.halved())),
            Tier::Batch => Some(self.batch.unwrap_or(self.standard.halved())),
            Tier::Priority => self.priority,
        }
    }
}

/// What is wrong with the name of a model, in a few words.
///
/// # Errors
/// Where it is empty, very long, or has signs that no name has.
pub fn check_model(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() {
        Err("no model is named")
    } else if name.len() > LONGEST_NAME {
        Err("the name of the model is longer than 200 bytes")
    } else if name.trim() != name || name.chars().any(char::is_control) {
        Err("the name of the model has spaces around it, or signs that cannot be seen")
    } else {
        Ok(())
    }
}

/// A price in USD per million tokens, as picodollars a token.
///
/// # Errors
/// A few words that say what is wrong: no number, negative, above $10,000, or finer than can be kept.
pub fn read_per_million(text: &str) -> Result<u64, String> {
    read_scaled(text.trim(), 6, MOST_PER_TOKEN).map_err(|wrong| words(wrong, text))
}

/// A price in USD per token, as picodollars a token.
pub(super) fn read_per_token(text: &str) -> Result<u64, String> {
    read_scaled(text.trim(), 12, MOST_PER_TOKEN).map_err(|wrong| words(wrong, text))
}

/// Picodollars a token as a plain number of USD per million tokens: `0.05`.
pub fn write_per_million(per_token: u64) -> String {
    write_scaled(per_token, 6)
}

fn words(wrong: DecimalError, text: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = text.trim().chars().take(SHOWN).collect();
    match wrong {
        DecimalError::NotANumber if shown.is_empty() => "empty".to_owned(),
        DecimalError::TooLarge => format!("more than $10,000 per million tokens ({shown})"),
        DecimalError::TooFine => format!("finer than can be kept ({shown})"),
        DecimalError::NotANumber | DecimalError::Negative => format!("{wrong} ({shown})"),
    }
}

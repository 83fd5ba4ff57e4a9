//! Money, exactly. A picodollar is 10⁻¹² USD; no price in use needs finer.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use crate::format::format_decimal;
use crate::responses::Usage;

/// An amount of USD in picodollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `pico` × 10⁻¹² USD.
    pub const fn from_picodollars(pico: i128) -> Self {
        Self(pico)
    }

    /// Half of it, rounded up.
    #[must_use]
    pub const fn halved(self) -> Self {
        Self(self.0.saturating_add(1) >> 1)
    }

    /// What is left of it after `spent`; nothing where more was spent.
    #[must_use]
    pub const fn less(self, spent: Self) -> Self {
        let left = self.0.saturating_sub(spent.0);
        Self(if left < 0 { 0 } else { left })
    }

    /// In 10⁻¹² USD.
    pub const fn picodollars(self) -> i128 {
        self.0
    }

    /// As a plain decimal number of dollars, exactly: `0.0000206`.
    pub fn decimal(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let pico = self.0.unsigned_abs();
        let decimal = format!("{sign}{}.{:012}", pico / 1_000_000_000_000, pico % 1_000_000_000_000);
        decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Dollars with at least two decimals, and below a cent with two significant digits: `$12.34`, `$0.00042`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let pico = self.0.unsigned_abs();
        let decimals = if pico == 0 || pico >= 1_000_000_000_000 {
            2
        } else {
            // The first significant digit after the point stands at 12 − ⌊log10⌋.
            let first = 12 - usize::try_from(pico.ilog10()).unwrap_or(12);
            (first + 1).clamp(2, 12)
        };
        let unit = 10u128.pow(u32::try_from(12 - decimals).unwrap_or(0));
        let rounded = (pico + unit / 2) / unit;
        let scale = 10u128.pow(u32::try_from(decimals).unwrap_or(2));
        let amount = format!("{}.{:0decimals$}", rounded / scale, rounded % scale);
        write!(f, "{sign}${}", format_decimal(&amount))
    }
}

/// What a token costs, in picodollars a token (which equals micro-dollars a million tokens).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    input: u64,
    cached_input: u64,
    output: u64,
    cache_write: u64,
}

impl Price {
    /// From micro-dollars per million tokens: $0.05 per million is 50 000. What is written to the cache costs as input.
    pub const fn per_million_tokens_in_micro_dollars(input: u64, cached_input: u64, output: u64) -> Self {
        Self { input, cached_input, output, cache_write: input }
    }

    /// The same, where input that is written to the cache has a price of its own, in micro-dollars per million tokens.
    #[must_use]
    pub const fn with_cache_write(self, cache_write: u64) -> Self {
        Self { cache_write, ..self }
    }

    /// Half of it, each rate rounded up to a picodollar.
    #[must_use]
    pub const fn halved(self) -> Self {
        Self {
            input: self.input.div_ceil(2),
            cached_input: self.cached_input.div_ceil(2),
            output: self.output.div_ceil(2),
            cache_write: self.cache_write.div_ceil(2),
        }
    }

    /// An input token, in picodollars.
    pub const fn input(self) -> u64 {
        self.input
    }

    /// An input token that is read from the cache, in picodollars.
    pub const fn cached_input(self) -> u64 {
        self.cached_input
    }

    /// An output token, in picodollars.
    pub const fn output(self) -> u64 {
        self.output
    }

    /// An input token that is written to the cache, in picodollars.
    pub const fn cache_write(self) -> u64 {
        self.cache_write
    }

    /// The cost of `usage`: what is read from the cache and written to it at its own price, reasoning as output.
    pub fn cost(&self, usage: &Usage) -> Money {
        let cached = usage.cached_tokens.min(usage.input_tokens);
        let written = usage.cache_write_tokens.min(usage.input_tokens - cached);
        let of = |tokens: u64, price: u64| i128::from(tokens).saturating_mul(i128::from(price));
        Money(of(usage.input_tokens - cached - written, self.input))
            + Money(of(cached, self.cached_input))
            + Money(of(written, self.cache_write))
            + Money(of(usage.output_tokens, self.output))
    }

    /// The price of one input and one output token: a yardstick to compare models by.
    pub const fn of_one_token_each_way(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

/// A cost that may not be known in whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// The part that is known.
    pub known: Money,
    /// Calls whose model has no price, or whose usage is unknown.
    pub unknown_calls: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_exact() {
        // gpt-5-nano: $0.05 / $0.005 / $0.40 per million (OpenAI price list, 2026-09).
        let price = Price::per_million_tokens_in_micro_dollars(50_000, 5_000, 400_000);
        let usage =
            Usage { input_tokens: 2100, cached_tokens: 1920, output_tokens: 5, total_tokens: 2105, ..Usage::default() };
        // 180 × 0.05 + 1920 × 0.005 + 5 × 0.40 = 9 + 9.6 + 2 = 20.6 micro-dollars.
        assert_eq!(price.cost(&usage).picodollars(), 20_600_000);
        assert_eq!(price.cost(&usage).to_string(), "$0.000021");
    }

    #[test]
    fn amounts_read_well() {
        for (pico, text) in [
            (0, "$0.00"),
            (420_000_000, "$0.00042"),
            (12_340_000_000_000, "$12.34"),
            (50_000_000_000, "$0.050"),
            (999_600_000_000, "$1.00"),
            (1, "$0.000000000001"),
            (-1_500_000_000_000, "-$1.50"),
        ] {
            assert_eq!(Money::from_picodollars(pico).to_string(), text, "{pico}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        for (pico, text) in [
            (0, "0"),
            (20_600_000, "0.0000206"),
            (-1_500_000_000_000, "-1.5"),
            (-1, "-0.000000000001"),
            (100_000_000_000_000, "100"),
        ] {
            assert_eq!(Money::from_picodollars(pico).decimal(), text);
        }
    }

    #[test]
    fn what_is_written_to_the_cache_has_its_own_price() {
        // GPT-6 Luna: $0.10 / $0.01 / $0.50 per million, cache writes at 1.25 × the input (OpenAI price list, 2026-11-25).
        let price = Price::per_million_tokens_in_micro_dollars(100_000, 10_000, 500_000).with_cache_write(125_000);
        let usage = Usage {
            input_tokens: 2_000,
            cached_tokens: 400,
            cache_write_tokens: 1_024,
            output_tokens: 10,
            total_tokens: 2_010,
            ..Usage::default()
        };
        // 576 × 0.10 + 400 × 0.01 + 1,024 × 0.125 + 10 × 0.50 = 57.6 + 4 + 128 + 5 = 194.6 micro-dollars.
        assert_eq!(price.cost(&usage).picodollars(), 194_600_000);
        // The same in a job, at half: 97.3 micro-dollars.
        assert_eq!(price.halved().cost(&usage).picodollars(), 97_300_000);
    }

    #[test]
    fn a_cached_count_above_the_input_costs_no_negative_money() {
        let price = Price::per_million_tokens_in_micro_dollars(50_000, 5_000, 400_000);
        let usage = Usage { input_tokens: 1, cached_tokens: 5, ..Usage::default() };
        assert_eq!(price.cost(&usage).picodollars(), 5_000);
    }
}

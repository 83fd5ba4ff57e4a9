//! The signs that the reader's locale puts into numbers, chosen once at start.

use std::sync::OnceLock;

/// The signs between digits. The digits themselves stay 0 to 9, as the page's words stay English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Separators {
    /// Before the fraction.
    decimal: char,
    /// Between groups of digits; `None` where there are no groups.
    group: Option<char>,
    /// The size of the groups left of the last, which has three: 2 in India.
    group_size: usize,
    /// The fewest digits that are grouped: 5 in Spain and Poland.
    least_grouped: usize,
}

/// `1,234.5`: what is used until another is chosen.
pub const ENGLISH: Separators = Separators { decimal: '.', group: Some(','), group_size: 3, least_grouped: 4 };

/// The number that [`Separators::read`] wants to see as the locale writes it.
pub const LARGE_SAMPLE: f64 = 12_345_678.5;
/// The other one.
pub const SMALL_SAMPLE: f64 = 1_234.0;

static CHOSEN: OnceLock<Separators> = OnceLock::new();

/// Chooses the signs for all numbers from now on; a second choice is ignored.
pub fn choose(separators: Separators) {
    let _ = CHOSEN.set(separators);
}

pub(super) fn chosen() -> Separators {
    CHOSEN.get().copied().unwrap_or(ENGLISH)
}

impl Separators {
    /// The signs in [`LARGE_SAMPLE`] and [`SMALL_SAMPLE`] as a locale writes them; `None` where their digits are not 0 to 9.
    ///
    /// ```
    /// use sluice::format::Separators;
    /// let german = Separators::read("12.345.678,5", "1.234").unwrap();
    /// assert_eq!(german.count(1_234_567), "1.234.567");
    /// assert_eq!(german.decimal("0.5"), "0,5");
    /// ```
    pub fn read(large: &str, small: &str) -> Option<Self> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if digits(large) != "123456785" || digits(small) != "1234" {
            return None;
        }
        let is_sign = |c: char| !c.is_ascii_digit();
        let whole = large.strip_suffix('5')?;
        let decimal = whole.chars().next_back().filter(|c| is_sign(*c))?;
        let whole = whole.strip_suffix(decimal)?;
        let group = whole.chars().find(|c| is_sign(*c));
        // The last but one: the first may be shorter.
        let size = group.and_then(|group| Some(whole.rsplit(group).nth(1)?.chars().count()));
        Some(Self {
            decimal,
            group,
            group_size: size.unwrap_or(3).max(1),
            least_grouped: if small.chars().any(is_sign) { 4 } else { 5 },
        })
    }

    /// A count with its thousands grouped.
    pub fn count(self, count: u64) -> String {
        let digits = count.to_string();
        let Some(group) = self.group.filter(|_| digits.len() >= self.least_grouped) else { return digits };
        let mut grouped = String::with_capacity(digits.len() * 2);
        for (position, digit) in digits.chars().enumerate() {
            let left = digits.len() - position;
            if position > 0 && left >= 3 && (left - 3).is_multiple_of(self.group_size) {
                grouped.push(group);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number written with a full stop before its fraction, with the locale's own sign there.
    pub fn decimal(self, number: &str) -> String {
        if self.decimal == '.' {
            number.to_owned()
        } else {
            number.replacen('.', self.decimal.encode_utf8(&mut [0; 4]), 1)
        }
    }

    /// A typed number as Rust reads it: the locale's own decimal sign is taken as well as a full stop.
    pub fn typed(self, text: &str) -> String {
        text.trim().replacen(self.decimal, ".", 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // As Intl.NumberFormat writes them in Chromium 142 and Node 20, for en, de, fr, de-CH, en-IN, es, pl and sv.
    const LOCALES: [(&str, &str, &str, &str, &str); 8] = [
        ("12,345,678.5", "1,234", "12,345,678", "1,234", "0.5"),
        ("12.345.678,5", "1.234", "12.345.678", "1.234", "0,5"),
        ("12\u{202f}345\u{202f}678,5", "1\u{202f}234", "12\u{202f}345\u{202f}678", "1\u{202f}234", "0,5"),
        ("12’345’678.5", "1’234", "12’345’678", "1’234", "0.5"),
        ("1,23,45,678.5", "1,234", "1,23,45,678", "1,234", "0.5"),
        ("12.345.678,5", "1234", "12.345.678", "1234", "0,5"),
        ("12\u{a0}345\u{a0}678,5", "1234", "12\u{a0}345\u{a0}678", "1234", "0,5"),
        ("12\u{a0}345\u{a0}678,5", "1\u{a0}234", "12\u{a0}345\u{a0}678", "1\u{a0}234", "0,5"),
    ];

    #[test]
    fn numbers_are_written_as_the_locale_writes_them() {
        for (large, small, count, thousand, half) in LOCALES {
            let separators = Separators::read(large, small).unwrap();
            assert_eq!(separators.count(12_345_678), count);
            assert_eq!(separators.count(1_234), thousand);
            assert_eq!(separators.count(999), "999");
            assert_eq!(separators.decimal("0.5"), half);
            assert_eq!(separators.typed(half), "0.5");
            assert_eq!(separators.typed(" 0.5 "), "0.5");
        }
    }

    #[test]
    fn a_locale_without_groups_makes_none() {
        let separators = Separators::read("12345678.5", "1234").unwrap();
        assert_eq!(separators.count(12_345_678), "12345678");
    }

    #[test]
    fn other_digits_and_nonsense_are_not_taken() {
        for (large, small) in [("١٢٬٣٤٥٬٦٧٨٫٥", "١٬٢٣٤"), ("", ""), ("12,345,678", "1,234"), ("NaN", "1,234")]
        {
            assert_eq!(Separators::read(large, small), None, "{large}");
        }
    }

    #[test]
    fn until_one_is_chosen_numbers_are_english() {
        assert_eq!(chosen(), ENGLISH);
    }
}

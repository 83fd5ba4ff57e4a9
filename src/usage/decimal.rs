//! Decimal numbers, read from their text exactly: money never goes through floating point.

/// Why a text is no price, cap or other amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// It is no number as JSON writes one.
    #[error("not a number")]
    NotANumber,
    /// It is below zero.
    #[error("negative")]
    Negative,
    /// It has digits below the unit that is kept.
    #[error("finer than a millionth of a millionth of a dollar")]
    TooFine,
    /// It is more than can be meant.
    #[error("too large to be meant")]
    TooLarge,
}

/// The number in `text` (`0.05`, `5e-08`, `12`) in units of 10^−`scale`, exactly; more than `most` units are too large.
///
/// # Errors
/// [`DecimalError`]: nothing is rounded.
pub fn read_scaled(text: &str, scale: u8, most: u64) -> Result<u64, DecimalError> {
    let (is_negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (number, exponent) = match rest.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, read_exponent(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return Err(DecimalError::NotANumber),
        Some(parts) => parts,
        None => (number, ""),
    };
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !digits().all(|digit| digit.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let written = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let zeros = i64::try_from(digits().rev().take_while(|digit| *digit == b'0').count()).unwrap_or(i64::MAX);
    if digits().all(|digit| digit == b'0') {
        return Ok(0);
    }
    if is_negative {
        return Err(DecimalError::Negative);
    }
    // The last digit that is not 0 stands for 10^place units.
    let place = exponent.saturating_sub(written).saturating_add(zeros).saturating_add(i64::from(scale));
    if place < 0 {
        return Err(DecimalError::TooFine);
    }
    let significant = whole.len() + fraction.len() - usize::try_from(zeros).unwrap_or(0);
    let mut units: u64 = 0;
    for digit in digits().take(significant) {
        let next = units.checked_mul(10).and_then(|units| units.checked_add(u64::from(digit - b'0')));
        units = next.ok_or(DecimalError::TooLarge)?;
    }
    let factor = u32::try_from(place).ok().and_then(|place| 10u64.checked_pow(place));
    let units = factor.and_then(|factor| units.checked_mul(factor)).ok_or(DecimalError::TooLarge)?;
    if units > most { Err(DecimalError::TooLarge) } else { Ok(units) }
}

fn read_exponent(text: &str) -> Result<i64, DecimalError> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    // Beyond nine digits it is too fine or too large in any case.
    let exponent = digits.trim_start_matches('0');
    let exponent = if exponent.is_empty() { 0 } else { exponent.parse().unwrap_or(999_999_999) };
    Ok(if is_negative { -exponent } else { exponent })
}

/// `units` of 10^−`scale` as a plain decimal number, with no zeros that say nothing: `0.05`, `12`.
pub fn write_scaled(units: u64, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{units:0width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        // USD per token in picodollars; 5e-08 is the price of an input token of gpt-5-nano in LiteLLM's file.
        for (text, pico) in [
            ("5e-08", 50_000),
            ("5.0E-8", 50_000),
            ("0.00000005", 50_000),
            ("2.1875e-06", 2_187_500),
            ("1e-12", 1),
            ("0", 0),
            ("0.0", 0),
            ("-0.0", 0),
            ("0e999999999999", 0),
            ("10e+2", 1_000_000_000_000_000),
            ("000.10e-01", 10_000_000_000),
        ] {
            assert_eq!(read_scaled(text, 12, u64::MAX), Ok(pico), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_named() {
        use DecimalError::{Negative, NotANumber, TooFine, TooLarge};
        for (text, wrong) in [
            ("", NotANumber),
            ("free", NotANumber),
            ("1,5", NotANumber),
            ("1.", NotANumber),
            (".5", NotANumber),
            ("1e", NotANumber),
            ("0x10", NotANumber),
            ("NaN", NotANumber),
            ("--1", NotANumber),
            ("٣", NotANumber),
            ("-5e-08", Negative),
            ("1e-13", TooFine),
            ("0.0000000000005", TooFine),
            ("1e-999999999999999999999", TooFine),
            ("1e400", TooLarge),
            ("99999999999999999999999", TooLarge),
        ] {
            assert_eq!(read_scaled(text, 12, u64::MAX), Err(wrong), "{text}");
        }
        assert_eq!(read_scaled("10000", 6, 10_000_000_000), Ok(10_000_000_000));
        assert_eq!(read_scaled("10000.000001", 6, 10_000_000_000), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(units in any::<u64>(), scale in 0u8..13) {
            prop_assert_eq!(read_scaled(&write_scaled(units, scale), scale, u64::MAX), Ok(units));
        }

        #[test]
        fn an_exponent_only_moves_the_point(digits in 0u64..1_000_000_000, exponent in -8i32..8) {
            // units × 10^exponent, by shifting the digits as text.
            let with_exponent = format!("{digits}e{exponent}");
            let shifted = if exponent >= 0 {
                format!("{digits}{}", "0".repeat(exponent.unsigned_abs() as usize))
            } else {
                let padded = format!("{digits:020}");
                let (whole, fraction) = padded.split_at(20 - exponent.unsigned_abs() as usize);
                format!("{whole}.{fraction}")
            };
            prop_assert_eq!(read_scaled(&with_exponent, 10, u64::MAX), read_scaled(&shifted, 10, u64::MAX));
        }

        #[test]
        fn nothing_makes_it_panic(text in ".{0,40}", scale in 0u8..13) {
            let _ = read_scaled(&text, scale, u64::MAX);
        }
    }
}

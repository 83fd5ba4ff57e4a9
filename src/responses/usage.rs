//! Token usage as a response reports it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// 2^53 − 1: beyond it, JSON readers elsewhere no longer agree on a number.
const MAX_COUNT: u64 = 9_007_199_254_740_991;

/// The tokens of one response. Cached tokens are part of the input, reasoning tokens part of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens, cached ones included.
    pub input_tokens: u64,
    /// Output tokens, reasoning ones included.
    pub output_tokens: u64,
    /// The total the server states, or input + output where it states none.
    pub total_tokens: u64,
    /// Input tokens read from the prompt cache.
    pub cached_tokens: u64,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: u64,
    /// Input tokens written to the prompt cache.
    pub cache_write_tokens: u64,
}

/// What a response said of its usage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReportedUsage {
    /// Usable numbers.
    Known(Usage),
    /// No usage at all: unknown, not zero.
    #[default]
    Missing,
    /// Numbers that cannot be (negative, fractional, beyond 2^53 − 1, text): which and why.
    Invalid(String),
}

impl ReportedUsage {
    /// The usage where it is known.
    pub const fn known(&self) -> Option<Usage> {
        match self {
            Self::Known(usage) => Some(*usage),
            Self::Missing | Self::Invalid(_) => None,
        }
    }

    /// Reads a `usage` member, under the names of the Responses API or of Chat Completions.
    ///
    /// Missing details count as none, a missing total as input + output; unknown members are passed over.
    pub fn from_value(value: Option<&Value>) -> Self {
        let usage = match value {
            None | Some(Value::Null) => return Self::Missing,
            Some(Value::Object(members)) if members.is_empty() => return Self::Missing,
            Some(usage @ Value::Object(_)) => usage,
            Some(other) => return Self::Invalid(format!("usage is {other}")),
        };
        match Self::read(usage) {
            Ok(Some(usage)) => Self::Known(usage),
            Ok(None) => Self::Missing,
            Err(reason) => Self::Invalid(reason),
        }
    }

    fn read(usage: &Value) -> Result<Option<Usage>, String> {
        let input = count(usage, &["input_tokens", "prompt_tokens"])?;
        let output = count(usage, &["output_tokens", "completion_tokens"])?;
        let total = count(usage, &["total_tokens"])?;
        if input.is_none() && output.is_none() && total.is_none() {
            return Ok(None);
        }
        // One part may be left out where the total tells it.
        let rest = |known: Option<u64>| total.unwrap_or(0).saturating_sub(known.unwrap_or(0));
        let input_tokens = input.unwrap_or_else(|| rest(output));
        let output_tokens = output.unwrap_or_else(|| rest(input.or(Some(input_tokens))));
        let detail = |groups: [&str; 2], name: &str| {
            for group in groups {
                if let Some(details) = usage.get(group)
                    && let Some(found) = count(details, &[name])?
                {
                    return Ok(found);
                }
            }
            Ok::<u64, String>(count(usage, &[name])?.unwrap_or(0))
        };
        let of_input = ["input_tokens_details", "prompt_tokens_details"];
        let of_output = ["output_tokens_details", "completion_tokens_details"];
        Ok(Some(Usage {
            input_tokens,
            output_tokens,
            total_tokens: total.unwrap_or(input_tokens + output_tokens),
            cached_tokens: detail(of_input, "cached_tokens")?,
            reasoning_tokens: detail(of_output, "reasoning_tokens")?,
            cache_write_tokens: detail(of_input, "cache_write_tokens")?,
        }))
    }
}

impl Usage {
    /// The `usage` member as the Responses API sends it.
    pub fn to_value(&self) -> Value {
        json!({
            "input_tokens": self.input_tokens,
            "input_tokens_details": {
                "cached_tokens": self.cached_tokens,
                "cache_write_tokens": self.cache_write_tokens,
            },
            "output_tokens": self.output_tokens,
            "output_tokens_details": { "reasoning_tokens": self.reasoning_tokens },
            "total_tokens": self.total_tokens,
        })
    }

    /// True where the server's total is the sum of its parts.
    pub const fn adds_up(&self) -> bool {
        self.total_tokens == self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// The first of the names that holds a count. Whole numbers may be written as floats (`12.0`).
fn count(object: &Value, names: &[&str]) -> Result<Option<u64>, String> {
    let Some((name, value)) = names.iter().find_map(|name| {
        let value = object.get(*name)?;
        (!value.is_null()).then_some((*name, value))
    }) else {
        return Ok(None);
    };
    let invalid = |why: &str| {
        let shown: String = value.to_string().chars().take(40).collect();
        Err(format!("{name} is {shown}: {why}"))
    };
    if value.is_string() {
        return invalid("not a number");
    }
    if let Some(count) = value.as_u64() {
        return if count <= MAX_COUNT { Ok(Some(count)) } else { invalid("beyond 2^53 - 1") };
    }
    let Some(number) = value.as_f64() else { return invalid("not a number") };
    if number < 0.0 {
        return invalid("negative");
    }
    // Bounded by 2^53 - 1 before the cast, which is therefore exact.
    #[allow(clippy::cast_precision_loss)]
    if number > MAX_COUNT as f64 {
        return invalid("beyond 2^53 - 1");
    }
    if number.fract() != 0.0 {
        return invalid("not a whole number");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(Some(number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(value: &Value) -> ReportedUsage {
        ReportedUsage::from_value(Some(value))
    }

    #[test]
    fn sums_what_is_missing() {
        let usage = read(&json!({"input_tokens": 3, "output_tokens": 4})).known().unwrap();
        assert_eq!((usage.total_tokens, usage.adds_up()), (7, true));
        let usage = read(&json!({"prompt_tokens": 3, "total_tokens": 10})).known().unwrap();
        assert_eq!(usage.output_tokens, 7);
        let usage = read(&json!({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 99,
            "prompt_tokens_details": {"cached_tokens": 5}, "completion_tokens_details": {"reasoning_tokens": 1}}));
        let usage = usage.known().unwrap();
        assert_eq!((usage.cached_tokens, usage.reasoning_tokens, usage.adds_up()), (5, 1, false));
    }

    #[test]
    fn nothing_is_not_zero() {
        for value in [Value::Null, json!({}), json!({"cost": 0.1}), json!({"input_tokens": null})] {
            assert_eq!(read(&value), ReportedUsage::Missing, "{value}");
        }
        assert_eq!(ReportedUsage::from_value(None), ReportedUsage::Missing);
        assert_eq!(read(&json!({"input_tokens": 0, "output_tokens": 0})).known(), Some(Usage::default()));
    }

    #[test]
    fn impossible_numbers_are_refused_and_named() {
        for bad in
            [json!(-5), json!("12"), json!(1.5), json!(9_007_199_254_740_993u64), json!(1e300), json!(true), json!([1])]
        {
            let ReportedUsage::Invalid(reason) = read(&json!({"input_tokens": bad, "output_tokens": 1})) else {
                panic!("{bad} was taken");
            };
            assert!(reason.starts_with("input_tokens is "), "{reason}");
        }
        let details = json!({"input_tokens": 1, "output_tokens": 1, "output_tokens_details": {"reasoning_tokens": -1}});
        assert!(matches!(read(&details), ReportedUsage::Invalid(_)));
        assert!(matches!(read(&json!(7)), ReportedUsage::Invalid(_)));
        assert_eq!(
            read(&json!({"input_tokens": 12.0, "output_tokens": 1})).known().map(|usage| usage.input_tokens),
            Some(12)
        );
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(
            parts in (0..=MAX_COUNT, 0..=MAX_COUNT, 0..=MAX_COUNT), details in (0..=MAX_COUNT, 0..=MAX_COUNT, 0..=MAX_COUNT),
        ) {
            let (input_tokens, output_tokens, total_tokens) = parts;
            let (cached_tokens, reasoning_tokens, cache_write_tokens) = details;
            let usage = Usage { input_tokens, output_tokens, total_tokens, cached_tokens, reasoning_tokens, cache_write_tokens };
            prop_assert_eq!(read(&usage.to_value()), ReportedUsage::Known(usage));
        }
    }
}

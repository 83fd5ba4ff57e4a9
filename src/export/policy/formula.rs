//! The delay of a backoff as an expression, in the syntax of each language.

use super::plan::Layer;
use crate::retry::{Backoff, Jitter};

/// How a language writes what a delay is made of.
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    /// A constant or a variable.
    pub name: fn(&str) -> String,
    /// A number of seconds or a factor.
    pub number: fn(f64) -> String,
    /// The smaller of two.
    pub min: fn(&str, &str) -> String,
    /// The larger of two.
    pub max: fn(&str, &str) -> String,
    /// A factor to the power of the attempts before this one.
    pub power: fn(f64) -> String,
    /// A random number in [0, 1).
    pub random: &'static str,
    /// A random number between two, where the language has one.
    pub uniform: Option<fn(&str, &str) -> String>,
}

impl Syntax {
    /// The delay in seconds before the attempt that follows `attempt`; `previous` is the one before, where it counts.
    pub fn delay(&self, layer: &Layer) -> String {
        self.delay_of(layer, &self.grown(layer).unwrap_or_default())
    }

    /// What an exponential backoff has grown to, before jitter; `None` of any other.
    #[allow(clippy::float_cmp)] // factors are written down, not computed
    pub fn grown(&self, layer: &Layer) -> Option<String> {
        let Backoff::Exponential { factor, .. } = &layer.policy.backoff else { return None };
        let base = self.constant(layer, "BASE_DELAY");
        let grown = if *factor == 1.0 { base } else { format!("{base} * {}", (self.power)(*factor)) };
        Some(self.capped(layer, "MAX_BACKOFF", grown))
    }

    /// The same as [`Syntax::delay`], where `grown` stands for what an exponential backoff has grown to.
    pub fn delay_of(&self, layer: &Layer, grown: &str) -> String {
        let delay = match &layer.policy.backoff {
            Backoff::Fixed(_) => self.constant(layer, "DELAY"),
            Backoff::Exponential { jitter, floor, .. } if floor.is_zero() => self.jittered(grown, *jitter),
            Backoff::Exponential { jitter, .. } => self.above(&self.constant(layer, "MIN_DELAY"), grown, *jitter),
            Backoff::Decorrelated { .. } => {
                let high = format!("{} * {}", (self.number)(3.0), (self.name)("previous"));
                self.capped(layer, "MAX_BACKOFF", self.between(&self.constant(layer, "BASE_DELAY"), &high))
            }
        };
        self.capped(layer, "MAX_DELAY", delay)
    }

    fn constant(&self, layer: &Layer, name: &str) -> String {
        (self.name)(&format!("{}{name}", layer.prefix()))
    }

    /// At most the constant, where the layer has it.
    fn capped(&self, layer: &Layer, name: &str, value: String) -> String {
        let has = layer.constants().iter().any(|constant| constant.name == name);
        if has { (self.min)(&self.constant(layer, name), &value) } else { value }
    }

    #[allow(clippy::float_cmp)]
    fn jittered(&self, grown: &str, Jitter { at_zero, at_one }: Jitter) -> String {
        if at_zero == at_one {
            return self.times(grown, at_zero);
        }
        if at_zero == 0.0 {
            let high = self.times(grown, at_one);
            return self.uniform.map_or_else(|| format!("{high} * {}", self.random), |uniform| uniform("0", &high));
        }
        // What decimals leave behind in the difference is no part of the policy.
        let spread = (at_one - at_zero).abs();
        let spread = (spread * 1e12).round() / 1e12;
        let part =
            if spread == 1.0 { self.random.to_owned() } else { format!("{} * {}", (self.number)(spread), self.random) };
        let sign = if at_one > at_zero { '+' } else { '-' };
        format!("{grown} * ({} {sign} {part})", (self.number)(at_zero))
    }

    /// Between two bounds of which none is below `floor`.
    #[allow(clippy::float_cmp)]
    fn above(&self, floor: &str, grown: &str, Jitter { at_zero, at_one }: Jitter) -> String {
        let bound = |factor: f64| {
            if factor == 0.0 { floor.to_owned() } else { (self.max)(floor, &self.times(grown, factor)) }
        };
        if at_zero == at_one { bound(at_zero) } else { self.between(&bound(at_zero), &bound(at_one)) }
    }

    fn between(&self, low: &str, high: &str) -> String {
        self.uniform.map_or_else(|| format!("{low} + ({high} - {low}) * {}", self.random), |uniform| uniform(low, high))
    }

    #[allow(clippy::float_cmp)]
    fn times(&self, value: &str, factor: f64) -> String {
        if factor == 1.0 { value.to_owned() } else { format!("{value} * {}", (self.number)(factor)) }
    }
}

/// A number with a point, as Python and Rust write floats.
pub fn float(value: f64) -> String {
    format!("{value:?}")
}

/// A number without a needless point.
pub fn short(value: f64) -> String {
    format!("{value}")
}

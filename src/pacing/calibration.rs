//! How the server's count of a request's tokens relates to our estimate, learned from what it tells.

use super::cost::{RequestCost, float};
use crate::simulator::ChargeRule;

/// How much of the past stays with each new sample of the input's ratio.
const RATIO_MEMORY: f64 = 0.99;
/// How much of the past stays with each new sample of its spread.
const SPREAD_MEMORY: f64 = 0.95;
/// How much of the past stays with each comparison of the two charge rules.
const RULE_MEMORY: f64 = 0.9;
/// Rules are told apart by charges that differ by so much.
const TELLING: f64 = 0.1;
/// An estimate before anything was learned is off by so much.
const FIRST_SPREAD: f64 = 0.1;
/// From so many refusals on, what they say they were charged outweighs what answers say was used.
const ENOUGH_CHARGES: u32 = 5;

/// What is learned of the charge of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    used: Ratio,
    charged: Ratio,
    rule: Option<ChargeRule>,
    unknown_rule: ChargeRule,
    sum_error: f64,
    larger_error: f64,
}

impl Calibration {
    pub(super) fn new() -> Self {
        Self {
            used: Ratio::new(),
            charged: Ratio::new(),
            rule: None,
            unknown_rule: ChargeRule::Larger,
            sum_error: 0.0,
            larger_error: 0.0,
        }
    }

    /// The server's input tokens for each one estimated.
    pub fn input_ratio(&self) -> f64 {
        let (used, charged) = (self.used.value(), self.charged.value());
        let differ = (used - charged).abs() > TELLING * used;
        if self.charged.samples >= ENOUGH_CHARGES && differ { charged } else { used }
    }

    /// How tokens are charged, where that is known.
    pub const fn rule(&self) -> Option<ChargeRule> {
        self.rule
    }

    /// The tokens that a request is charged.
    ///
    /// While nothing is known: the larger, since a refusal tells if that is too little, and nothing would tell that the
    /// sum is too much. Where levels are told, they do: then the sum.
    pub(super) fn tokens(&self, cost: RequestCost) -> f64 {
        self.tokens_by(self.rule.unwrap_or(self.unknown_rule), cost)
    }

    /// Answers tell how much is left of the token limit.
    pub(super) const fn tells_levels(&mut self) {
        self.unknown_rule = ChargeRule::Sum;
    }

    /// The variance of the estimate of a request's input.
    pub(super) fn input_variance(&self, cost: RequestCost) -> f64 {
        let off = self.input_tokens(cost) * self.used.spread();
        off * off
    }

    pub(super) fn tokens_by(&self, rule: ChargeRule, cost: RequestCost) -> f64 {
        let input = self.input_tokens(cost);
        let output = float(cost.max_output_tokens.unwrap_or(0));
        match rule {
            ChargeRule::Sum => input + output,
            ChargeRule::Larger => input.max(output),
        }
    }

    pub(super) fn input_tokens(&self, cost: RequestCost) -> f64 {
        float(cost.input_tokens) * self.input_ratio()
    }

    /// Takes in the input tokens that an answer reports.
    pub(super) fn observe_usage(&mut self, cost: RequestCost, input_tokens: u64) {
        self.used.add(cost.input_tokens, float(input_tokens));
    }

    /// Takes in the `Requested` of a refusal: what the server would have charged.
    pub(super) fn observe_requested(&mut self, cost: RequestCost, requested: u64) {
        let requested = float(requested);
        self.compare(
            (requested - self.tokens_by(ChargeRule::Sum, cost)).abs(),
            (requested - self.tokens_by(ChargeRule::Larger, cost)).abs(),
            TELLING * requested,
        );
        let output = float(cost.max_output_tokens.unwrap_or(0));
        let input = match self.rule {
            Some(ChargeRule::Sum) => requested - output,
            Some(ChargeRule::Larger) if requested > output => requested,
            _ => return,
        };
        if input > 0.0 {
            self.charged.add(cost.input_tokens, input);
        }
    }

    /// Takes in what left the limit while requests went that would come to `sum` by the one rule and to `larger` by the
    /// other.
    pub(super) fn observe_drawn(&mut self, drawn: f64, sum: f64, larger: f64) {
        self.compare((drawn - sum).abs(), (drawn - larger).abs(), TELLING * sum);
    }

    fn compare(&mut self, sum_error: f64, larger_error: f64, telling: f64) {
        // What fits neither was drawn by others, or is settled later.
        if (sum_error - larger_error).abs() < telling || sum_error.min(larger_error) > 1.5 * telling {
            return;
        }
        self.sum_error = self.sum_error * RULE_MEMORY + sum_error;
        self.larger_error = self.larger_error * RULE_MEMORY + larger_error;
        self.rule = Some(if self.sum_error <= self.larger_error { ChargeRule::Sum } else { ChargeRule::Larger });
    }
}

/// A ratio of totals, recent ones first.
#[derive(Debug, Clone, PartialEq)]
struct Ratio {
    actual: f64,
    estimated: f64,
    samples: u32,
    /// Mean square of how far single requests were off, as a share.
    square: f64,
}

impl Ratio {
    const fn new() -> Self {
        Self { actual: 0.0, estimated: 0.0, samples: 0, square: FIRST_SPREAD * FIRST_SPREAD }
    }

    fn add(&mut self, estimated: u64, actual: f64) {
        if estimated == 0 {
            return;
        }
        if self.samples > 0 && actual > 0.0 {
            let off = float(estimated) * self.value() / actual - 1.0;
            self.square = self.square * SPREAD_MEMORY + (off * off).min(1.0) * (1.0 - SPREAD_MEMORY);
        }
        self.actual = self.actual * RATIO_MEMORY + actual;
        self.estimated = self.estimated * RATIO_MEMORY + float(estimated);
        self.samples = self.samples.saturating_add(1);
    }

    fn spread(&self) -> f64 {
        libm::sqrt(self.square)
    }

    fn value(&self) -> f64 {
        if self.estimated > 0.0 { self.actual / self.estimated } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: RequestCost = RequestCost { input_tokens: 100, max_output_tokens: Some(64) };

    #[test]
    fn the_rule_shows_in_what_a_refusal_says_it_requested() {
        for (requested, rule) in [(164, Some(ChargeRule::Sum)), (100, Some(ChargeRule::Larger)), (4_000, None)] {
            let mut calibration = Calibration::new();
            calibration.observe_requested(COST, requested);
            assert_eq!(calibration.rule(), rule, "{requested}");
        }
    }

    #[test]
    fn usage_scales_the_estimate() {
        let mut calibration = Calibration::new();
        for _ in 0..20 {
            calibration.observe_usage(COST, 125);
        }
        assert!((calibration.tokens(COST) - 125.0).abs() < 1e-6, "the larger, while a refusal would tell");
        calibration.tells_levels();
        assert!((calibration.tokens(COST) - 189.0).abs() < 1e-6, "the sum, while levels tell");
    }
}

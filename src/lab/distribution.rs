//! How many tokens a request has: a number, or a distribution of them.

use serde::{Deserialize, Serialize};

use crate::random::RandomSource;

/// Steps in which a distribution is gone through for its means.
const STEPS: u32 = 2_000;

/// A distribution of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Distribution {
    /// Always the same.
    Constant(u64),
    /// Each number from `low` to `high` as likely as the next.
    Uniform {
        /// The smallest.
        low: u64,
        /// The largest.
        high: u64,
    },
    /// Lognormal: what lengths of prompts and answers look like.
    LogNormal {
        /// Half of all numbers are below it.
        median: u64,
        /// The standard deviation of the logarithm; 0 makes it constant.
        spread: f64,
    },
}

impl Distribution {
    /// Draws a number; one random number is used whatever the distribution.
    pub fn draw(&self, random: &mut impl RandomSource) -> u64 {
        self.quantile(random.unit())
    }

    /// The number below which a share `part` of all numbers lies; `part` is in [0, 1).
    pub fn quantile(&self, part: f64) -> u64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { low, high } => {
                let (low, high) = (float(*low.min(high)), float(*low.max(high)));
                whole(libm::floor(low + (high - low + 1.0) * part)).min(whole(high))
            }
            Self::LogNormal { median, spread } => {
                let normal = normal_quantile(part.clamp(1e-9, 1.0 - 1e-9));
                whole(libm::round(float(*median) * libm::exp(spread * normal)))
            }
        }
    }

    /// The mean of `of(number)`, to a part in some thousands.
    pub fn mean_of(&self, of: impl Fn(u64) -> u64) -> f64 {
        if let Self::Constant(value) = self {
            return float(of(*value));
        }
        let steps = f64::from(STEPS);
        (0..STEPS).map(|step| float(of(self.quantile((f64::from(step) + 0.5) / steps)))).sum::<f64>() / steps
    }
}

/// Counts of tokens are far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a cast saturates, and takes NaN for 0
fn whole(value: f64) -> u64 {
    value as u64
}

/// The standard normal quantile: Acklam's rational approximation (2003), off by at most 1.15e-9 of the value.
pub(super) fn normal_quantile(part: f64) -> f64 {
    const A: [f64; 6] = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
    ];
    const C: [f64; 6] = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, next| sum * x + next);
    let tail = |q: f64| polynomial(&C, q) / (polynomial(&D, q) * q + 1.0);
    if part < 0.024_25 {
        tail(libm::sqrt(-2.0 * libm::log(part)))
    } else if part > 1.0 - 0.024_25 {
        -tail(libm::sqrt(-2.0 * libm::log(1.0 - part)))
    } else {
        let q = part - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Standard normal table.
        for (part, value) in [(0.5, 0.0), (0.975, 1.959_964), (0.01, -2.326_348), (0.841_344_746, 1.0)] {
            assert!((normal_quantile(part) - value).abs() < 1e-6, "{part}");
        }
        let uniform = Distribution::Uniform { low: 1, high: 6 };
        assert_eq!([0.0, 0.17, 0.5, 0.999].map(|part| uniform.quantile(part)), [1, 2, 4, 6]);
        assert_eq!(Distribution::LogNormal { median: 100, spread: 1.0 }.quantile(0.841_344_746), 272);
    }

    #[test]
    fn means_are_those_of_the_formulas() {
        let of = |distribution: Distribution| distribution.mean_of(|number| number);
        assert!((of(Distribution::Uniform { low: 10, high: 20 }) - 15.0).abs() < 0.02);
        // exp(μ + σ²/2): 1000 × exp(0.125).
        let lognormal = Distribution::LogNormal { median: 1_000, spread: 0.5 };
        assert!((of(lognormal) / 1_133.148 - 1.0).abs() < 0.001, "{}", of(lognormal));
        let mut random = Rng::from_seed(5);
        let drawn = (0..20_000).map(|_| float(lognormal.draw(&mut random))).sum::<f64>() / 20_000.0;
        assert!((drawn / 1_133.148 - 1.0).abs() < 0.02, "{drawn}");
    }

    #[test]
    fn odd_distributions_harm_nobody() {
        let mut random = Rng::from_seed(1);
        for odd in [
            Distribution::Uniform { low: 9, high: 3 },
            Distribution::LogNormal { median: u64::MAX, spread: f64::INFINITY },
            Distribution::LogNormal { median: 1, spread: f64::NAN },
        ] {
            odd.draw(&mut random);
            odd.mean_of(|number| number);
        }
    }
}

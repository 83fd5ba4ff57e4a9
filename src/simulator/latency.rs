//! How long an answer takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::random::RandomSource;
use crate::time::micros;

/// The shape of a server's response times: a lognormal time to the first token, then a steady stream of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatencyModel {
    /// The median time to the first token, and of an answer without tokens.
    pub first_token: Duration,
    /// The standard deviation of the logarithm of the time to the first token; 0 makes it constant.
    pub spread: f64,
    /// Output tokens a second, reasoning ones included; 0 makes them take no time.
    pub tokens_per_second: f64,
    /// The median time of a refusal: it never reaches a model.
    pub refusal: Duration,
    /// Stretches all times; 0 makes every answer instant.
    pub scale: f64,
}

impl LatencyModel {
    /// A small model on an ordinary day.
    pub const ORDINARY: Self = Self {
        first_token: Duration::from_millis(400),
        spread: 0.35,
        tokens_per_second: 150.0,
        refusal: Duration::from_millis(60),
        scale: 1.0,
    };

    /// Everything at once.
    pub const ZERO: Self = Self { scale: 0.0, ..Self::ORDINARY };

    /// Draws how long an answer of `output_tokens` takes, of which the first `reasoning_tokens` are not seen. Draws two
    /// random numbers whatever the model.
    pub fn answer(&self, output_tokens: u64, reasoning_tokens: u64, random: &mut impl RandomSource) -> Latency {
        let begun = self.draw(self.first_token, random);
        let after = |tokens: u64| {
            #[allow(clippy::cast_precision_loss)] // token counts are far below 2^53
            let stream = if self.tokens_per_second > 0.0 { tokens as f64 / self.tokens_per_second } else { 0.0 };
            begun.saturating_add(seconds(stream * self.scale))
        };
        Latency { first_token: after(reasoning_tokens.min(output_tokens)), total: after(output_tokens) }
    }

    /// Draws how long a refusal takes. Draws two random numbers whatever the model.
    pub fn refusal(&self, random: &mut impl RandomSource) -> Latency {
        let total = self.draw(self.refusal, random);
        Latency { first_token: total, total }
    }

    #[allow(clippy::float_cmp)] // a spread of 0 is set, not computed
    fn draw(&self, median: Duration, random: &mut impl RandomSource) -> Duration {
        let (first, second) = (random.unit(), random.unit());
        if self.spread == 0.0 {
            return seconds(median.as_secs_f64() * self.scale);
        }
        // Box and Muller; 1 − u is in (0, 1], so that the logarithm is finite. libm, and IEEE's root: the same on every target.
        let radius = (-2.0 * libm::log(1.0 - first)).sqrt();
        let normal = radius * libm::cos(std::f64::consts::TAU * second);
        seconds(median.as_secs_f64() * libm::exp(self.spread * normal) * self.scale)
    }
}

/// How long one answer takes, from the request's arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    /// Until the first token of what is seen: reasoning comes before it.
    pub first_token: Duration,
    /// Until the answer is complete.
    pub total: Duration,
}

/// Whole microseconds: finer than any clock that will wait for them.
fn seconds(value: f64) -> Duration {
    Duration::from_micros(micros(Duration::try_from_secs_f64(value.max(0.0)).unwrap_or(Duration::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn half_of_the_answers_come_before_the_median() {
        let mut random = Rng::from_seed(1);
        let model = LatencyModel::ORDINARY;
        let early = (0..4_000).filter(|_| model.answer(0, 0, &mut random).total < model.first_token).count();
        assert!((1_900..2_100).contains(&early), "{early}");
    }

    #[test]
    fn tokens_take_their_time() {
        let model = LatencyModel { spread: 0.0, ..LatencyModel::ORDINARY };
        let latency = model.answer(300, 0, &mut Rng::from_seed(1));
        assert_eq!((latency.first_token.as_millis(), latency.total.as_millis()), (400, 2_400));
        let reasoned = model.answer(300, 150, &mut Rng::from_seed(1));
        assert_eq!((reasoned.first_token.as_millis(), reasoned.total.as_millis()), (1_400, 2_400));
        let stretched = LatencyModel { scale: 0.5, ..model }.answer(300, 0, &mut Rng::from_seed(1));
        assert_eq!(stretched.total.as_millis(), 1_200);
    }

    #[test]
    fn odd_models_harm_nobody() {
        let odd =
            LatencyModel { spread: f64::NAN, tokens_per_second: -1.0, scale: f64::INFINITY, ..LatencyModel::ZERO };
        odd.answer(u64::MAX, 1, &mut Rng::from_seed(1));
        assert_eq!(LatencyModel::ZERO.answer(1_000, 0, &mut Rng::from_seed(1)), Latency::default());
    }
}

//! Randomness as a value: everything random in Sluice is drawn from a source that is passed in.

/// A source of random numbers.
pub trait RandomSource {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A number in [0, 1), with 53 random bits.
    fn unit(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // 53 bits fit an f64 exactly
        let bits = (self.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// An integer in [0, bound), 0 where `bound` is 0.
    fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.next_u64()) * u128::from(bound)) >> 64).unwrap_or(0)
    }
}

/// A small seedable generator: the same seed gives the same numbers on every platform.
///
/// xoshiro256++ 1.0 seeded by `SplitMix64`, as its authors advise (Blackman and Vigna, 2019).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// A generator whose whole sequence follows from `seed`.
    pub fn from_seed(seed: u64) -> Self {
        let mut mixer = seed;
        let mut next = || {
            mixer = mixer.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (mixer ^ (mixer >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// A generator of its own for `stream`, so that one consumer's draws never shift another's.
    pub fn for_stream(seed: u64, stream: u64) -> Self {
        let mut first = Self::from_seed(seed);
        let salt = first.next_u64();
        Self::from_seed(salt ^ stream.wrapping_mul(0xD134_2543_DE82_EF95))
    }
}

impl RandomSource for Rng {
    fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let c_mixed = c ^ a;
        let d_mixed = d ^ b;
        self.state = [a ^ d_mixed, b ^ c_mixed, c_mixed ^ (b << 17), d_mixed.rotate_left(45)];
        result
    }
}

/// Standard normal numbers by Box and Muller, two at a time; libm, so that they are the same on every target.
#[derive(Debug, Clone)]
pub struct Normal<R> {
    random: R,
    second: Option<f64>,
}

impl<R: RandomSource> Normal<R> {
    /// Normal numbers from uniform ones.
    pub const fn new(random: R) -> Self {
        Self { random, second: None }
    }

    /// The next number.
    pub fn draw(&mut self) -> f64 {
        if let Some(second) = self.second.take() {
            return second;
        }
        // 1 − u is in (0, 1], so that the logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - self.random.unit())).sqrt();
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * self.random.unit());
        self.second = Some(radius * sine);
        radius * cosine
    }
}

/// Always the same number: for tests that need a known jitter.
#[derive(Debug, Clone, Copy)]
pub struct Constant(pub f64);

impl RandomSource for Constant {
    fn next_u64(&mut self) -> u64 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // unit() takes the top 53 bits back
        let bits = (self.0.clamp(0.0, 1.0) * 9_007_199_254_740_992.0) as u64;
        bits.min((1 << 53) - 1) << 11
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_reference_implementation() {
        // xoshiro256plusplus.c by Blackman and Vigna from the state {1, 2, 3, 4}.
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let drawn: Vec<u64> = (0..5).map(|_| rng.next_u64()).collect();
        assert_eq!(
            drawn,
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205]
        );
    }

    #[test]
    fn normal_numbers_have_the_moments_of_a_normal_distribution() {
        let mut normal = Normal::new(Rng::from_seed(11));
        let drawn: Vec<f64> = (0..100_000).map(|_| normal.draw()).collect();
        let moment = |power| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / 100_000.0;
        // 0, 1, 0, 3; the standard errors of 100,000 draws are 0.003, 0.005, 0.012, 0.031.
        for (power, expected, error) in [(1, 0.0, 0.003), (2, 1.0, 0.005), (3, 0.0, 0.012), (4, 3.0, 0.031)] {
            assert!((moment(power) - expected).abs() < 4.0 * error, "{power}: {}", moment(power));
        }
    }

    #[test]
    fn constant_gives_itself_back() {
        assert!((Constant(0.25).unit() - 0.25).abs() < f64::EPSILON);
        assert!(Constant(1.0).unit() < 1.0);
    }

    #[test]
    fn units_stay_in_their_range() {
        let mut rng = Rng::from_seed(7);
        assert!((0..10_000).map(|_| rng.unit()).all(|u| (0.0..1.0).contains(&u)));
        assert!((0..10_000).map(|_| rng.below(7)).all(|n| n < 7));
        assert_eq!(rng.below(0), 0);
    }
}

//! Statistics over seeds: means with confidence intervals, percentiles.

use serde::{Deserialize, Serialize};

use super::distribution::normal_quantile;

/// A figure over many seeds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// How many seeds have it.
    pub count: u32,
    /// The mean.
    pub mean: f64,
    /// The standard deviation over seeds (of a sample: n − 1).
    pub deviation: f64,
    /// The lower end of the mean's 95 % confidence interval, by Student's t.
    pub mean_low: f64,
    /// Its upper end.
    pub mean_high: f64,
    /// The 5th percentile over seeds.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
}

impl Summary {
    /// The summary of `values`; `None` where there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let count = u32::try_from(values.len()).ok().filter(|count| *count > 0)?;
        let n = f64::from(count);
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = if count > 1 { libm::sqrt(squares / (n - 1.0)) } else { 0.0 };
        let half = if count > 1 { t_quantile(count - 1) * deviation / libm::sqrt(n) } else { 0.0 };
        let rank = |percent| nearest_rank(&values, percent).unwrap_or(mean);
        Some(Self {
            count,
            mean,
            deviation,
            mean_low: mean - half,
            mean_high: mean + half,
            p5: rank(5),
            p50: rank(50),
            p95: rank(95),
        })
    }

    /// The standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        self.deviation / libm::sqrt(f64::from(self.count.max(1)))
    }
}

/// The smallest value that at least `percent` % of all are not above; `None` where there are none.
pub(super) fn nearest_rank<T: Copy>(sorted: &[T], percent: u32) -> Option<T> {
    let rank = (sorted.len() * usize::try_from(percent).ok()?).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// The two-sided 95 % quantile of Student's t with so many degrees of freedom: exact for one and two, else by Hill's
/// expansion around the normal quantile (1970), within 0.2 % from three on.
fn t_quantile(freedom: u32) -> f64 {
    let z = normal_quantile(0.975);
    match freedom {
        0 => f64::INFINITY,
        1 => 12.706_204_736_432_1,
        2 => 4.302_652_729_696_14,
        _ => {
            let n = f64::from(freedom);
            let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
            let z9 = z.powi(9);
            z + (z3 + z) / (4.0 * n)
                + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n)
                + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * n * n * n)
                + (79.0 * z9 + 776.0 * z7 + 1_482.0 * z5 - 1_920.0 * z3 - 945.0 * z) / (92_160.0 * n * n * n * n)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_t_is_that_of_the_tables() {
        for (freedom, value) in [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (29, 2.045), (99, 1.984)]
        {
            assert!((t_quantile(freedom) / value - 1.0).abs() < 0.002, "{freedom}: {}", t_quantile(freedom));
        }
    }

    #[test]
    fn a_summary_by_hand() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, deviation √(32/7) = 2.13809; t(7) = 2.3646.
        let summary = Summary::of([9.0, 2.0, 4.0, 5.0, 4.0, 7.0, 4.0, 5.0]).unwrap();
        assert!((summary.mean - 5.0).abs() < 1e-12 && (summary.deviation - 2.138_09).abs() < 1e-5);
        assert!((summary.mean_high - 5.0 - 2.3646 * 2.138_09 / 8f64.sqrt()).abs() < 1e-3);
        assert_eq!((summary.p5, summary.p50, summary.p95), (2.0, 4.0, 9.0));
        assert_eq!(Summary::of([f64::NAN]), None);
        let one = Summary::of([3.0]).unwrap();
        assert_eq!((one.mean_low, one.mean_high), (3.0, 3.0));
    }
}

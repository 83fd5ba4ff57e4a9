//! Lines, steps and bars in a box, as SVG: round axes, and nothing that is not finite.

use std::fmt::Write as _;

/// The spans in seconds that quarter into round times, up to four minutes; above, whole minutes that do.
const SPANS: [f64; 22] = [
    0.04, 0.08, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0, 4.0, 8.0, 10.0, 20.0, 40.0, 60.0, 80.0, 120.0, 160.0, 240.0, 480.0,
    720.0, 960.0, 1_200.0,
];

/// The next 1, 2 or 5 times a power of ten that is not below `highest`; 1 for what is not above zero.
pub fn round_up(highest: f64) -> f64 {
    if !(highest.is_finite() && highest > 0.0) {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(highest)));
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= highest).unwrap_or(highest)
}

/// From how many values on a few that stand out may go beyond the upper edge, and how many of a hundred.
const MANY: usize = 10;
const BEYOND_PERCENT: usize = 10;
/// So often the highest of the others a value must be to stand out.
const STANDS_OUT: f64 = 4.0;

/// The value at the upper edge, rounded up, for values of which a few may stand out: those, which would press everything
/// else to the ground, go beyond it. It is never below `least`.
pub fn ceiling_of(values: impl IntoIterator<Item = f64>, least: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let beyond = if values.len() < MANY { 0 } else { (values.len() * BEYOND_PERCENT).div_ceil(100) };
    let others = values.iter().rev().skip(beyond).copied().fold(least, f64::max);
    let highest = values.last().copied().unwrap_or(0.0).max(others);
    round_up(if highest > STANDS_OUT * others { others } else { highest })
}

/// The next span in seconds that holds `seconds` and whose quarters are round.
pub fn round_span(seconds: f64) -> f64 {
    if let Some(span) = SPANS.into_iter().find(|span| *span >= seconds) {
        return span;
    }
    // Quarters of whole 20 minutes are whole 5 minutes; of whole 4 hours, whole hours; of 4 days, days.
    let unit = [1_200.0, 14_400.0, 345_600.0].into_iter().find(|unit| seconds <= unit * 12.0).unwrap_or(3_456_000.0);
    libm::ceil(seconds / unit) * unit
}

/// A box with its axes: both begin at zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotBox {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The value at the right edge.
    pub x_most: f64,
    /// The value at the upper edge; what is above is drawn there.
    pub y_most: f64,
}

impl PlotBox {
    /// Where a value stands, from the left edge.
    pub fn x(&self, value: f64) -> f64 {
        self.width * share(value, self.x_most)
    }

    /// Where a value stands, from the upper edge down.
    pub fn y(&self, value: f64) -> f64 {
        self.height * (1.0 - share(value, self.y_most))
    }

    /// A line through points, as an SVG path.
    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (x, y) in points {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{letter}{:.1} {:.1}", self.x(x), self.y(y));
        }
        path
    }

    /// Bars side by side, each from one `x` to the next and from `low` to `high`, as one SVG path; those without a
    /// height are left out.
    pub fn bars(&self, bars: impl IntoIterator<Item = Bar>) -> String {
        let mut path = String::new();
        for Bar { from, to, low, high } in bars {
            if high <= low {
                continue;
            }
            let (left, right, bottom, top) = (self.x(from), self.x(to), self.y(low), self.y(high));
            let _ = write!(path, "M{left:.1} {bottom:.1}V{top:.1}H{right:.1}V{bottom:.1}Z");
        }
        path
    }
}

/// A bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Where it begins, along the axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

fn share(value: f64, most: f64) -> f64 {
    let share = value / most;
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(number: f64, expected: f64) -> bool {
        (number - expected).abs() < 1e-9
    }

    #[test]
    fn axes_end_at_round_numbers() {
        assert!(
            is(round_up(0.7), 1.0) && is(round_up(48.0), 50.0) && is(round_up(51.0), 100.0) && is(round_up(0.03), 0.05)
        );
        assert!(is(round_up(f64::NAN), 1.0) && is(round_up(0.0), 1.0));
        for (seconds, span) in [(0.9, 1.0), (41.0, 60.0), (100.0, 120.0), (1_300.0, 2_400.0), (15_000.0, 28_800.0)] {
            assert!(is(round_span(seconds), span), "{seconds}: {}", round_span(seconds));
        }
    }

    #[test]
    fn values_stand_where_they_belong_and_stay_in_the_box() {
        let plot = PlotBox { width: 100.0, height: 50.0, x_most: 10.0, y_most: 20.0 };
        assert_eq!(plot.line([(0.0, 0.0), (5.0, 10.0), (20.0, 40.0)]), "M0.0 50.0L50.0 25.0L100.0 0.0");
        let bar = Bar { from: 0.0, to: 1.0, low: 0.0, high: 10.0 };
        assert_eq!(plot.bars([bar, Bar { low: 10.0, ..bar }]), "M0.0 50.0V25.0H10.0V50.0Z");
        assert!(is(PlotBox { x_most: 0.0, ..plot }.x(0.0), 0.0));
    }
}

//! From data to the screen and back.

/// A linear scale from a span of data to a span of the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    from: f64,
    to: f64,
    length: f64,
}

impl Scale {
    /// Maps `from..to` to `0..length`. A span that is empty, reversed or not finite becomes one unit long.
    pub fn new(from: f64, to: f64, length: f64) -> Self {
        let from = if from.is_finite() { from } else { 0.0 };
        let to = if to.is_finite() && to > from { to } else { from + 1.0 };
        let length = if length.is_finite() { length.max(0.0) } else { 0.0 };
        Self { from, to, length }
    }

    /// The start of the data.
    pub const fn from(self) -> f64 {
        self.from
    }

    /// The end of the data.
    pub const fn to(self) -> f64 {
        self.to
    }

    /// The position of `value`, kept on the screen.
    pub fn position(self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) * self.length }
    }

    /// The value at `position`, kept in the data.
    pub fn value(self, position: f64) -> f64 {
        let share = if self.length > 0.0 { (position / self.length).clamp(0.0, 1.0) } else { 0.0 };
        if share.is_nan() { self.from } else { self.from + share * (self.to - self.from) }
    }

    /// Whether any of `from..=to` is on the screen.
    pub fn shows(self, from: f64, to: f64) -> bool {
        to >= self.from && from <= self.to
    }

    /// The same scale, `factor` times as wide a span (below one: zoomed in) about `centre`, within `0..=whole`.
    #[must_use]
    pub fn zoomed(self, factor: f64, centre: f64, whole: f64) -> Self {
        let span = ((self.to - self.from) * factor).clamp(0.01, whole.max(0.01));
        let share = ((centre - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        let from = (centre - share * span).clamp(0.0, (whole - span).max(0.0));
        Self::new(from, from + span, self.length)
    }

    /// The same scale moved by `share` of its span, within `0..=whole`.
    #[must_use]
    pub fn moved(self, share: f64, whole: f64) -> Self {
        let span = self.to - self.from;
        let from = (self.from + share * span).clamp(0.0, (whole - span).max(0.0));
        Self::new(from, from + span, self.length)
    }

    /// The same scale moved by the least that shows `value`.
    #[must_use]
    pub fn revealing(self, value: f64) -> Self {
        let span = self.to - self.from;
        if !value.is_finite() || (self.from..=self.to).contains(&value) {
            self
        } else {
            let from = if value < self.from { value - span * 0.1 } else { value - span * 0.9 };
            Self::new(from.max(0.0), from.max(0.0) + span, self.length)
        }
    }
}

const STEADY_SPANS: [f64; 22] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 450.0, 600.0, 900.0, 1_200.0,
    1_800.0, 2_700.0, 3_600.0, 5_400.0, 7_200.0,
];

/// The next round span that holds `seconds`, so that a growing run rescales seldom.
pub fn steady_span(seconds: f64) -> f64 {
    if !seconds.is_finite() {
        return 1.0;
    }
    STEADY_SPANS
        .iter()
        .copied()
        .find(|span| *span >= seconds)
        .unwrap_or_else(|| libm::ceil(seconds / 3_600.0) * 3_600.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    }

    #[test]
    fn there_and_back() {
        let scale = Scale::new(10.0, 20.0, 500.0);
        near(scale.position(12.5), 125.0);
        near(scale.value(125.0), 12.5);
        near(scale.position(-3.0), 0.0);
        near(scale.position(99.0), 500.0);
    }

    #[test]
    fn no_span_breaks_it() {
        for (from, to, length) in [(5.0, 5.0, 10.0), (f64::NAN, f64::INFINITY, f64::NAN), (3.0, 1.0, -4.0)] {
            let scale = Scale::new(from, to, length);
            assert!(scale.position(4.0).is_finite());
            assert!(scale.value(4.0).is_finite());
            assert!(scale.position(f64::NAN).is_finite());
        }
    }

    #[test]
    fn zoom_keeps_the_centre_in_place() {
        let scale = Scale::new(0.0, 100.0, 100.0).zoomed(0.5, 60.0, 100.0);
        near(scale.from(), 30.0);
        near(scale.to(), 80.0);
        let out = scale.zoomed(100.0, 60.0, 100.0);
        near(out.from(), 0.0);
        near(out.to(), 100.0);
    }

    #[test]
    fn moving_stops_at_the_ends() {
        let scale = Scale::new(10.0, 20.0, 1.0);
        near(scale.moved(0.5, 100.0).from(), 15.0);
        near(scale.moved(-9.0, 100.0).from(), 0.0);
        near(scale.moved(99.0, 100.0).to(), 100.0);
    }

    #[test]
    fn revealing_moves_only_when_needed() {
        let scale = Scale::new(10.0, 20.0, 1.0);
        assert_eq!(scale.revealing(12.0), scale);
        assert!(scale.revealing(25.0).shows(25.0, 25.0));
        assert!(scale.revealing(2.0).shows(2.0, 2.0));
        assert!(scale.revealing(0.0).from() >= 0.0);
    }

    #[test]
    fn spans_are_round_and_hold() {
        near(steady_span(0.0), 1.0);
        near(steady_span(10.1), 15.0);
        near(steady_span(7_201.0), 10_800.0);
        assert!(steady_span(f64::NAN).is_finite());
    }
}

//! Arrivals over time as stacked marks: a strip histogram, as two SVG paths.

use std::fmt::Write as _;
use std::time::Duration;

use super::herd::Arrival;

/// The width of the box that a strip is drawn in.
const WIDTH: f64 = 1_000.0;
/// Its height.
const HEIGHT: f64 = 100.0;
/// Its columns: marks of one column are stacked.
const COLUMNS: u32 = 150;

/// A strip, drawn in a box of 1000 by 100, time from left to right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strip {
    /// What was let in: marks of no length, to be drawn as dots.
    pub admitted: String,
    /// What was refused: short upright marks.
    pub refused: String,
}

/// The strip of `arrivals`, which are in order of time, over `span`; `most` marks fill the height.
pub fn strip(arrivals: &[Arrival], span: Duration, most: usize) -> Strip {
    let mut strip = Strip::default();
    let (mut column, mut height) = (None, 0u32);
    #[allow(clippy::cast_precision_loss)] // a few hundred marks at most
    let pitch = HEIGHT / most.max(8) as f64;
    let span = span.as_secs_f64().max(f64::MIN_POSITIVE);
    for arrival in arrivals {
        let share = (arrival.at.as_secs_f64() / span).clamp(0.0, 1.0);
        let own = libm::floor(share * f64::from(COLUMNS - 1));
        if column != Some(own) {
            column = Some(own);
            height = 0;
        }
        let x = (own + 0.5) * WIDTH / f64::from(COLUMNS);
        let y = HEIGHT - (f64::from(height) + 0.5) * pitch;
        let half = pitch * 0.3;
        let _ = if arrival.admitted {
            write!(strip.admitted, "M{x:.0} {y:.1}h0")
        } else {
            write!(strip.refused, "M{x:.0} {:.1}v{:.1}", y - half, half * 2.0)
        };
        height += 1;
    }
    strip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_at_the_same_time_is_stacked() {
        let at = |seconds, admitted| Arrival { at: Duration::from_secs(seconds), admitted };
        let strip = strip(&[at(0, true), at(0, false), at(0, false), at(100, true)], Duration::from_secs(100), 10);
        // Ten marks fill the height: each is 10 high, the first column begins at 1000 ÷ 150 ÷ 2.
        assert_eq!(strip.admitted, "M3 95.0h0M997 95.0h0");
        assert_eq!(strip.refused, "M3 82.0v6.0M3 72.0v6.0");
    }

    #[test]
    fn nonsense_is_drawn_within_the_box() {
        let late = Arrival { at: Duration::from_secs(9), admitted: true };
        assert_eq!(strip(&[late], Duration::ZERO, 0).admitted, "M997 93.8h0");
        assert_eq!(strip(&[], Duration::ZERO, 0), Strip::default());
    }
}

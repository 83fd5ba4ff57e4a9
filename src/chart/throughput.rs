//! A batch's rate over time: bins of whole seconds, and lines through them.

use std::fmt::Write as _;

use super::plot::ceiling_of;
use crate::batch::Second;

/// Some seconds together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// When it begins, in seconds since the run began.
    pub from: usize,
    /// How many seconds it is long.
    pub seconds: usize,
    /// Requests sent a second.
    pub sent: f64,
    /// Lines settled a second.
    pub settled: f64,
    /// 429s in all of it.
    pub refused: u32,
}

/// `seconds` in at most `most` bins of equal length, the last one perhaps shorter.
pub fn bins(seconds: &[Second], most: usize) -> Vec<Bin> {
    let length = seconds.len().div_ceil(most.max(1)).max(1);
    let bin = |(place, part): (usize, &[Second])| {
        let sum = |of: fn(&Second) -> u32| part.iter().map(of).fold(0u32, u32::saturating_add);
        #[allow(clippy::cast_precision_loss)] // a bin's seconds are few
        let per_second = |count: u32| f64::from(count) / part.len().max(1) as f64;
        Bin {
            from: place * length,
            seconds: part.len(),
            sent: per_second(sum(|second| second.sent)),
            settled: per_second(sum(|second| second.settled)),
            refused: sum(|second| second.refused),
        }
    };
    seconds.chunks(length).enumerate().map(bin).collect()
}

/// The value at the upper edge, rounded up to 1, 2 or 5 times a power of ten: the highest of all bins and the limit. A
/// burst at the start, which would press everything else to the ground, goes beyond it: see [`peak`].
pub fn ceiling(bins: &[Bin], limit: Option<f64>) -> f64 {
    ceiling_of(bins.iter().map(|bin| bin.sent.max(bin.settled)), limit.unwrap_or(1.0).max(1.0))
}

/// The highest value of all bins; 0 where there are none.
pub fn peak(bins: &[Bin]) -> f64 {
    bins.iter().flat_map(|bin| [bin.sent, bin.settled]).fold(0.0, f64::max)
}

/// The line through the bins' values as an SVG path in a box of `width` by `height`, `top` at its upper edge.
pub fn line(bins: &[Bin], value: fn(&Bin) -> f64, top: f64, (width, height): (f64, f64)) -> String {
    let end = bins.last().map_or(1, |last| last.from + last.seconds);
    let mut path = String::new();
    for bin in bins {
        // Over the middle of the bin.
        #[allow(clippy::cast_precision_loss)] // a week has few seconds
        let at = (bin.from as f64 + bin.seconds as f64 / 2.0) / end as f64;
        let letter = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{letter}{:.1} {:.1}", at * width, height_of(value(bin), top, height));
    }
    path
}

/// Where a value stands, from the upper edge down.
pub fn height_of(value: f64, top: f64, height: f64) -> f64 {
    height * (1.0 - (value / top).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(settled: &[u32]) -> Vec<Second> {
        settled.iter().map(|settled| Second { sent: settled + 1, settled: *settled, refused: 1 }).collect()
    }

    #[test]
    fn a_burst_at_the_start_does_not_press_the_rest_to_the_ground() {
        let is = |number: f64, expected: f64| (number - expected).abs() < 1e-9;
        let mut settled = vec![8; 40];
        settled[1] = 480;
        let bins = bins(&seconds(&settled), 200);
        assert!(is(ceiling(&bins, Some(8.3)), 10.0) && is(peak(&bins), 481.0));
        // What is no burst is shown whole.
        settled[1] = 30;
        assert!(is(ceiling(&super::bins(&seconds(&settled), 200), Some(8.3)), 50.0));
        // And so are a few seconds.
        assert!(is(ceiling(&super::bins(&seconds(&[480, 8, 8]), 200), Some(8.3)), 500.0));
    }

    #[test]
    fn bins_hold_all_seconds_and_average_them() {
        let bins = bins(&seconds(&[2, 4, 6, 8, 10]), 3);
        assert_eq!(
            bins.iter().map(|bin| (bin.from, bin.seconds, bin.refused)).collect::<Vec<_>>(),
            [(0, 2, 2), (2, 2, 2), (4, 1, 1)]
        );
        assert_eq!(bins.iter().map(|bin| bin.settled).collect::<Vec<_>>(), [3.0, 7.0, 10.0]);
        assert!(super::bins(&[], 3).is_empty());
    }

    #[test]
    fn the_box_is_as_high_as_the_highest_value_needs() {
        let shown = bins(&seconds(&[3]), 10);
        assert!((ceiling(&shown, None) - 5.0).abs() < 1e-9);
        assert!((ceiling(&shown, Some(50.0)) - 50.0).abs() < 1e-9);
        assert!((ceiling(&[], None) - 1.0).abs() < 1e-9);
        assert!((ceiling(&[], Some(51.0)) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_goes_through_the_middle_of_each_bin() {
        let shown = bins(&seconds(&[0, 10]), 10);
        assert_eq!(line(&shown, |bin| bin.settled, 10.0, (100.0, 50.0)), "M25.0 50.0L75.0 0.0");
    }
}

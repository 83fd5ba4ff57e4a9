//! Round places on a time axis, with labels that carry their unit.

use crate::format::format_decimal;

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where, in seconds.
    pub at: f64,
    /// What it says.
    pub label: String,
}

const STEPS: [f64; 28] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
];

/// At most `most` round ticks in `from..=to` seconds.
pub fn time_ticks(from: f64, to: f64, most: usize) -> Vec<Tick> {
    if !(from.is_finite() && to.is_finite() && to > from) || most == 0 {
        return Vec::new();
    }
    let most = u32::try_from(most.min(100)).unwrap_or(100);
    let count = |step: f64| libm::floor(to / step + 1e-9) - libm::ceil(from / step - 1e-9) + 1.0;
    let step =
        STEPS.iter().copied().find(|step| count(*step) <= f64::from(most)).unwrap_or((to - from) / f64::from(most));
    let first = libm::ceil(from / step - 1e-9);
    (0..most)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|at| *at <= to + step * 1e-6)
        .map(|at| Tick { at, label: format_decimal(&label(at, step)) })
        .collect()
}

/// A time on an axis whose ticks are `step` apart: `250 ms`, `1.5 s`, `1:30`, `2 h 15`; `0` needs no unit.
fn label(at: f64, step: f64) -> String {
    if at.abs() < step * 1e-6 {
        "0".to_owned()
    } else if at < 0.9995 && step < 1.0 {
        format!("{:.0} ms", at * 1_000.0)
    } else if at < 60.0 {
        let decimals = if step >= 1.0 {
            0
        } else if step >= 0.1 {
            1
        } else if step >= 0.01 {
            2
        } else {
            3
        };
        format!("{at:.decimals$} s")
    } else {
        long_label(at, step)
    }
}

fn long_label(at: f64, step: f64) -> String {
    let whole = libm::floor(at + 1e-6);
    let (hours, minutes, seconds) =
        (libm::floor(whole / 3_600.0), libm::floor(whole / 60.0) % 60.0, at - libm::floor(whole / 60.0) * 60.0);
    if step < 1.0 {
        format!("{:.0}:{seconds:04.1}", hours * 60.0 + minutes)
    } else if hours < 1.0 {
        format!("{minutes:.0}:{seconds:02.0}")
    } else if step < 60.0 {
        format!("{hours:.0}:{minutes:02.0}:{seconds:02.0}")
    } else {
        format!("{hours:.0} h {minutes:02.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: f64, to: f64, most: usize) -> Vec<String> {
        time_ticks(from, to, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn seconds() {
        assert_eq!(labels(0.0, 10.0, 6), ["0", "2 s", "4 s", "6 s", "8 s", "10 s"]);
        assert_eq!(labels(0.0, 45.0, 4), ["0", "15 s", "30 s", "45 s"]);
    }

    #[test]
    fn milliseconds_and_fractions() {
        assert_eq!(labels(0.0, 1.0, 6), ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1.0 s"]);
        assert_eq!(labels(1.0, 2.0, 3), ["1.0 s", "1.5 s", "2.0 s"]);
    }

    #[test]
    fn minutes_and_hours() {
        assert_eq!(labels(0.0, 120.0, 5), ["0", "30 s", "1:00", "1:30", "2:00"]);
        assert_eq!(labels(3_600.0, 7_200.0, 3), ["1 h 00", "1 h 30", "2 h 00"]);
    }

    #[test]
    fn never_too_many_and_always_inside() {
        for (from, to) in [(0.0, 0.004), (0.0, 7.3), (3.3, 61.0), (0.0, 86_400.0), (0.0, 1e9), (12.0, 12.001)] {
            for most in 1..12 {
                let ticks = time_ticks(from, to, most);
                assert!(ticks.len() <= most, "{from}..{to}: {} ticks of {most}", ticks.len());
                assert!(ticks.iter().all(|tick| tick.at >= from - 1e-6 && tick.at <= to + to * 1e-6));
            }
        }
        assert!(time_ticks(1.0, 1.0, 5).is_empty());
        assert!(time_ticks(f64::NAN, 1.0, 5).is_empty());
        assert!(time_ticks(0.0, 1.0, 0).is_empty());
    }
}

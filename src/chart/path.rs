//! A series as an SVG path, with no more points than the screen can show.

use std::fmt::Write as _;

use super::Scale;

/// The width of the box that paths are drawn in.
pub const BOX_WIDTH: f64 = 1_000.0;
/// The height of the box that paths are drawn in.
pub const BOX_HEIGHT: f64 = 100.0;

/// A level of 0..=1 over time as a line from left to right in a box of [`BOX_WIDTH`] by [`BOX_HEIGHT`]; `None` when
/// nothing of it shows.
pub fn level_line(points: &[(f64, f64)], time: Scale) -> Option<String> {
    let shown = visible(points, time);
    let mut path = String::with_capacity(shown.len() * 12);
    for (index, (x, y)) in thinned(shown, time).into_iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
    }
    if path.is_empty() { None } else { Some(path) }
}

/// The area beneath [`level_line`].
pub fn level_area(points: &[(f64, f64)], time: Scale) -> Option<String> {
    let shown = thinned(visible(points, time), time);
    let (first, last) = (shown.first()?.0, shown.last()?.0);
    let line = level_line(points, time)?;
    Some(format!("{line}L{last:.1} {BOX_HEIGHT:.1}L{first:.1} {BOX_HEIGHT:.1}Z"))
}

/// The points on the screen, and the nearest one on either side.
fn visible(points: &[(f64, f64)], time: Scale) -> &[(f64, f64)] {
    let start = points.partition_point(|(at, _)| *at < time.from()).saturating_sub(1);
    let end = points.partition_point(|(at, _)| *at <= time.to()).saturating_add(1).min(points.len());
    points.get(start..end).unwrap_or_default()
}

/// Box coordinates, at most four a column: the first, the lowest, the highest and the last level there.
fn thinned(points: &[(f64, f64)], time: Scale) -> Vec<(f64, f64)> {
    let box_scale = Scale::new(time.from(), time.to(), BOX_WIDTH);
    let placed = points
        .iter()
        .filter(|(at, level)| at.is_finite() && level.is_finite())
        .map(|(at, level)| (box_scale.position(*at), (1.0 - level.clamp(0.0, 1.0)) * BOX_HEIGHT));
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut column: Vec<(f64, f64)> = Vec::new();
    for point in placed {
        if column.first().is_some_and(|first| libm::floor(first.0) < libm::floor(point.0)) {
            flush(&mut column, &mut kept);
        }
        column.push(point);
    }
    flush(&mut column, &mut kept);
    kept
}

fn flush(column: &mut Vec<(f64, f64)>, kept: &mut Vec<(f64, f64)>) {
    if column.len() <= 4 {
        kept.append(column);
        return;
    }
    let by_level = |left: &usize, right: &usize| {
        let level = |index: &usize| column.get(*index).map_or(0.0, |point| point.1);
        level(left).total_cmp(&level(right))
    };
    let last = column.len() - 1;
    let lowest = (0..column.len()).min_by(by_level).unwrap_or(0);
    let highest = (0..column.len()).max_by(by_level).unwrap_or(0);
    let mut indexes = [0, lowest, highest, last];
    indexes.sort_unstable();
    let mut before = None;
    for index in indexes {
        if before != Some(index) {
            kept.extend(column.get(index));
        }
        before = Some(index);
    }
    column.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_down_the_box_as_the_level_falls() {
        let time = Scale::new(0.0, 10.0, 1.0);
        assert_eq!(
            level_line(&[(0.0, 1.0), (5.0, 0.5), (10.0, 0.0)], time).unwrap(),
            "M0.0 0.0L500.0 50.0L1000.0 100.0"
        );
        assert_eq!(
            level_area(&[(0.0, 1.0), (10.0, 0.0)], time).unwrap(),
            "M0.0 0.0L1000.0 100.0L1000.0 100.0L0.0 100.0Z"
        );
        assert_eq!(level_line(&[], time), None);
    }

    #[test]
    fn many_points_are_thinned_but_keep_their_extremes() {
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|i| (f64::from(i) / 10_000.0, if i == 54_321 { 0.0 } else { 0.5 })).collect();
        let line = level_line(&points, Scale::new(0.0, 10.0, 1.0)).unwrap();
        assert!(line.matches('L').count() < 4_100);
        assert!(line.contains(" 100.0"), "the one dip is kept");
    }
}

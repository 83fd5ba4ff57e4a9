//! From segment to segment, by keys and by the pointer.

use super::{Lanes, Place, Segment};

/// A step of keyboard inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The segment before, in the same lane.
    Earlier,
    /// The segment after, in the same lane.
    Later,
    /// The lane above, at the same time.
    Up,
    /// The lane below, at the same time.
    Down,
    /// The first segment of the lane.
    First,
    /// The last segment of the lane.
    Last,
}

/// Where `step` leads from `place`, skipping lanes without segments; from nowhere, to the first segment of all.
pub fn step(lanes: &Lanes, place: Option<Place>, step: Step, now: f64) -> Option<Place> {
    let Some((place, segment)) = place.and_then(|place| Some((place, lanes.segment(place)?))) else {
        let first = lanes.rows().iter().position(|row| !row.is_empty())?;
        return Some(Place { lane: first, segment: 0 });
    };
    let last = lanes.row(place.lane).len().saturating_sub(1);
    let along = |segment: usize| Some(Place { segment, ..place });
    let middle = f64::midpoint(segment.from, segment.end(now));
    let across = |lane: usize| Some(Place { lane, segment: nearest(lanes.row(lane), middle, now)? });
    match step {
        Step::Earlier => along(place.segment.saturating_sub(1)),
        Step::Later => along((place.segment + 1).min(last)),
        Step::First => along(0),
        Step::Last => along(last),
        Step::Up => (0..place.lane).rev().find_map(across).or(Some(place)),
        Step::Down => (place.lane + 1..lanes.len()).find_map(across).or(Some(place)),
    }
}

/// The segment of `row` nearest to `time`; of several at once, the one drawn on top.
pub fn nearest(row: &[Segment], time: f64, now: f64) -> Option<usize> {
    let distance = |segment: &Segment| (segment.from - time).max(time - segment.end(now)).max(0.0);
    row.iter()
        .enumerate()
        .rev()
        .min_by(|(_, left), (_, right)| distance(left).total_cmp(&distance(right)))
        .map(|(index, _)| index)
}

/// The segment under `time` in the lane at `lane`, within `slack` seconds.
pub fn hit(lanes: &Lanes, lane: usize, time: f64, slack: f64, now: f64) -> Option<Place> {
    let place = Place { lane, segment: nearest(lanes.row(lane), time, now)? };
    let found = lanes.segment(place)?;
    (found.from - slack <= time && time <= found.end(now) + slack).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::super::lanes::tests::{NOW, lanes, place};
    use super::*;

    #[test]
    fn the_arrow_keys_walk_every_segment() {
        let lanes = lanes();
        let step = |from, to| step(&lanes, from, to, NOW);
        assert_eq!(step(None, Step::Down), Some(place(0, 0)));
        assert_eq!(step(Some(place(0, 0)), Step::Later), Some(place(0, 1)));
        assert_eq!(step(Some(place(0, 2)), Step::Later), Some(place(0, 2)));
        assert_eq!(step(Some(place(0, 0)), Step::Down), Some(place(2, 0)), "the empty lane is skipped");
        assert_eq!(step(Some(place(2, 0)), Step::Up), Some(place(0, 2)), "the nearest in time");
        assert_eq!(step(Some(place(0, 0)), Step::Up), Some(place(0, 0)));
        assert_eq!(step(Some(place(9, 9)), Step::Up), Some(place(0, 0)));
        assert_eq!(super::step(&Lanes::default(), None, Step::Up, NOW), None);
    }

    #[test]
    fn a_mark_on_an_edge_is_hit_before_the_bar_beneath() {
        let lanes = lanes();
        let hit = |lane, time, slack| hit(&lanes, lane, time, slack, NOW);
        assert_eq!(hit(0, 0.5, 0.0), Some(place(0, 0)));
        assert_eq!(hit(0, 2.0, 0.0), Some(place(0, 2)));
        assert_eq!(hit(0, 4.5, 0.0), None, "a wait that lasts has not passed now");
        assert_eq!(hit(1, 2.0, 1.0), None);
        assert_eq!(hit(2, 2.9, 0.0), None);
        assert_eq!(hit(2, 2.9, 0.2), Some(place(2, 0)));
        assert_eq!(hit(7, 0.0, 0.0), None);
    }
}

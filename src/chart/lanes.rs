//! Lanes of segments over time: what a timeline draws.

use std::ops::Range;

use super::Scale;

/// What happened during a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// Held back before the first attempt.
    Queued,
    /// Sent, not yet answered.
    InFlight,
    /// Answered with a refusal that may be tried again.
    Refused,
    /// Waiting before the next attempt.
    Waiting,
    /// Answered as hoped.
    Done,
    /// Ended without an answer of use.
    Failed,
    /// Stopped by the user.
    Cancelled,
}

impl SegmentKind {
    /// Every kind, in the order of a request's life.
    pub const ALL: [Self; 7] =
        [Self::Queued, Self::InFlight, Self::Refused, Self::Waiting, Self::Done, Self::Failed, Self::Cancelled];

    /// The kind in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::InFlight => "In flight",
            Self::Refused => "Refused",
            Self::Waiting => "Waiting",
            Self::Done => "Done",
            Self::Failed => "Gave up or failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The kind as the last part of a CSS class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InFlight => "flight",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A stretch of a lane. One that begins and ends at the same time is drawn as a mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its start in seconds.
    pub from: f64,
    /// Its end in seconds; for one still open, the time now.
    pub to: f64,
    /// What happened.
    pub kind: SegmentKind,
    /// What to say of it when it is inspected.
    pub text: String,
    /// The time left, for a wait that still runs.
    pub countdown: Option<String>,
}

/// One row of a timeline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lane {
    /// What the row is called.
    pub label: String,
    /// Its segments, in time order.
    pub segments: Vec<Segment>,
}

/// A segment's place in the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The index of the lane.
    pub lane: usize,
    /// The index of the segment in the lane.
    pub segment: usize,
}

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

/// The segment at `place`.
pub fn segment_at(lanes: &[Lane], place: Place) -> Option<(&Lane, &Segment)> {
    let lane = lanes.get(place.lane)?;
    Some((lane, lane.segments.get(place.segment)?))
}

/// Where `step` leads from `place`, skipping lanes without segments; from nowhere, to the first segment of all.
pub fn step(lanes: &[Lane], place: Option<Place>, step: Step) -> Option<Place> {
    let Some((place, (lane, segment))) = place.and_then(|place| Some((place, segment_at(lanes, place)?))) else {
        let first = lanes.iter().position(|lane| !lane.segments.is_empty())?;
        return Some(Place { lane: first, segment: 0 });
    };
    let last = lane.segments.len().saturating_sub(1);
    let along = |segment: usize| Some(Place { segment, ..place });
    let middle = f64::midpoint(segment.from, segment.to);
    let across = |lane: usize| Some(Place { lane, segment: nearest(lanes.get(lane)?, middle)? });
    match step {
        Step::Earlier => along(place.segment.saturating_sub(1)),
        Step::Later => along((place.segment + 1).min(last)),
        Step::First => along(0),
        Step::Last => along(last),
        Step::Up => (0..place.lane).rev().find_map(across).or(Some(place)),
        Step::Down => (place.lane + 1..lanes.len()).find_map(across).or(Some(place)),
    }
}

/// The segment of `lane` nearest to `time`; of several at once, the one drawn on top.
pub fn nearest(lane: &Lane, time: f64) -> Option<usize> {
    let distance = |segment: &Segment| (segment.from - time).max(time - segment.to).max(0.0);
    lane.segments
        .iter()
        .enumerate()
        .rev()
        .min_by(|(_, left), (_, right)| distance(left).total_cmp(&distance(right)))
        .map(|(index, _)| index)
}

/// The segment under `time` in the lane at `lane`, within `slack` seconds.
pub fn hit(lanes: &[Lane], lane: usize, time: f64, slack: f64) -> Option<Place> {
    let segment = nearest(lanes.get(lane)?, time)?;
    let found = lanes.get(lane)?.segments.get(segment)?;
    (found.from - slack <= time && time <= found.to + slack).then_some(Place { lane, segment })
}

/// The rows to draw when `height` is seen from `top`, a few more on either side, of `count` rows `row` high.
pub fn window(top: f64, height: f64, row: f64, count: usize) -> Range<usize> {
    const SPARE: usize = 4;
    if !(row > 0.0 && top.is_finite() && height.is_finite()) {
        return 0..count.min(SPARE);
    }
    let first = whole(top / row).saturating_sub(SPARE).min(count);
    let last = whole((top + height) / row).saturating_add(SPARE + 1).min(count);
    first..last.max(first)
}

fn whole(value: f64) -> usize {
    // A row index: far below where the cast would saturate.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = libm::floor(value.max(0.0)) as usize;
    index
}

/// The row at `offset` below the top of the first.
pub fn row_at(offset: f64, row: f64) -> usize {
    if row > 0.0 { whole(offset / row) } else { 0 }
}

/// The end of the last segment, in seconds.
pub fn end(lanes: &[Lane]) -> f64 {
    lanes.iter().flat_map(|lane| &lane.segments).map(|segment| segment.to).fold(0.0, f64::max)
}

/// The lanes in a sentence, each counted once, by where it stands, and what it was refused on the way:
/// `3 requests over 12 s: 1 waiting, 2 done; 4 refusals.`
pub fn summary(lanes: &[Lane], row_name: &str) -> String {
    let counts: Vec<String> = SegmentKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let stands = |lane: &&Lane| lane.segments.last().is_some_and(|last| last.kind == kind);
            let count = lanes.iter().filter(stands).count();
            (count > 0).then(|| format!("{count} {}", kind.name().to_lowercase()))
        })
        .collect();
    let refusals =
        lanes.iter().flat_map(|lane| &lane.segments).filter(|segment| segment.kind == SegmentKind::Refused).count();
    let refusals = match refusals {
        0 => String::new(),
        1 => "; 1 refusal".to_owned(),
        many => format!("; {many} refusals"),
    };
    let rows = if lanes.len() == 1 { format!("1 {row_name}") } else { format!("{} {row_name}s", lanes.len()) };
    if counts.is_empty() {
        format!("{rows}, nothing yet.")
    } else {
        let seconds = crate::format::format_decimal(&format!("{:.1}", end(lanes)));
        format!("{rows} over {seconds} s: {}{refusals}.", counts.join(", "))
    }
}

/// Where a segment is drawn: its left edge and its width, or `None` off the screen.
pub fn extent(segment: &Segment, time: Scale) -> Option<(f64, f64)> {
    time.shows(segment.from, segment.to).then(|| {
        let left = time.position(segment.from);
        (left, (time.position(segment.to) - left).max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(from: f64, to: f64, kind: SegmentKind) -> Segment {
        Segment { from, to, kind, text: String::new(), countdown: None }
    }

    fn lanes() -> Vec<Lane> {
        let first = vec![
            segment(0.0, 1.0, SegmentKind::InFlight),
            segment(1.0, 1.0, SegmentKind::Refused),
            segment(1.0, 4.0, SegmentKind::Waiting),
        ];
        vec![
            Lane { label: "1".to_owned(), segments: first },
            Lane { label: "2".to_owned(), segments: Vec::new() },
            Lane { label: "3".to_owned(), segments: vec![segment(3.0, 5.0, SegmentKind::InFlight)] },
        ]
    }

    fn place(lane: usize, segment: usize) -> Place {
        Place { lane, segment }
    }

    #[test]
    fn the_arrow_keys_walk_every_segment() {
        let lanes = lanes();
        assert_eq!(step(&lanes, None, Step::Down), Some(place(0, 0)));
        assert_eq!(step(&lanes, Some(place(0, 0)), Step::Later), Some(place(0, 1)));
        assert_eq!(step(&lanes, Some(place(0, 2)), Step::Later), Some(place(0, 2)));
        assert_eq!(step(&lanes, Some(place(0, 0)), Step::Down), Some(place(2, 0)), "the empty lane is skipped");
        assert_eq!(step(&lanes, Some(place(2, 0)), Step::Up), Some(place(0, 2)), "the nearest in time");
        assert_eq!(step(&lanes, Some(place(0, 0)), Step::Up), Some(place(0, 0)));
        assert_eq!(step(&lanes, Some(place(9, 9)), Step::Up), Some(place(0, 0)));
        assert_eq!(step(&[], None, Step::Up), None);
    }

    #[test]
    fn a_mark_on_an_edge_is_hit_before_the_bar_beneath() {
        let lanes = lanes();
        assert_eq!(hit(&lanes, 0, 0.5, 0.0), Some(place(0, 0)));
        assert_eq!(hit(&lanes, 0, 2.0, 0.0), Some(place(0, 2)));
        assert_eq!(hit(&lanes, 1, 2.0, 1.0), None);
        assert_eq!(hit(&lanes, 2, 2.9, 0.0), None);
        assert_eq!(hit(&lanes, 2, 2.9, 0.2), Some(place(2, 0)));
        assert_eq!(hit(&lanes, 7, 0.0, 0.0), None);
    }

    #[test]
    fn only_the_rows_in_sight_are_drawn() {
        assert_eq!(window(0.0, 240.0, 24.0, 10_000), 0..15);
        assert_eq!(window(2_400.0, 240.0, 24.0, 10_000), 96..115);
        assert_eq!(window(1e9, 240.0, 24.0, 10), 10..10);
        assert_eq!(window(0.0, 240.0, 24.0, 3), 0..3);
        assert_eq!(window(f64::NAN, 240.0, 0.0, 100), 0..4);
        assert_eq!(row_at(49.0, 24.0), 2);
        assert_eq!(row_at(-5.0, 24.0), 0);
    }

    #[test]
    fn the_summary_counts_each_lane_once() {
        assert_eq!(summary(&lanes(), "request"), "3 requests over 5.0 s: 1 in flight, 1 waiting; 1 refusal.");
        assert_eq!(summary(&[Lane::default()], "request"), "1 request, nothing yet.");
    }

    #[test]
    fn segments_off_the_screen_have_no_extent() {
        let time = Scale::new(2.0, 4.0, 100.0);
        assert_eq!(extent(&segment(0.0, 1.0, SegmentKind::Done), time), None);
        assert_eq!(extent(&segment(0.0, 3.0, SegmentKind::Done), time), Some((0.0, 50.0)));
        assert_eq!(extent(&segment(3.0, 3.0, SegmentKind::Done), time), Some((50.0, 0.0)));
    }
}

//! Lanes of segments over time: what a timeline draws.

use std::ops::Range;

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
    /// How many there are.
    pub const COUNT: usize = 7;

    /// Every kind, in the order of a request's life.
    pub const ALL: [Self; Self::COUNT] =
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

    /// Whether it is a moment, drawn as a mark; else it is a stretch, drawn as a bar.
    pub const fn is_mark(self) -> bool {
        matches!(self, Self::Refused | Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Its place in [`SegmentKind::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A stretch of a lane, or a moment where it begins and ends at the same time. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Its start.
    pub from: f64,
    /// Its end; infinite while it lasts.
    pub to: f64,
    /// When it is planned to end, for a wait.
    pub due: Option<f64>,
    /// What happened.
    pub kind: SegmentKind,
}

impl Segment {
    /// Whether it still lasts.
    pub fn is_open(&self) -> bool {
        self.to.is_infinite()
    }

    /// Its end, or the time now while it lasts.
    pub fn end(&self, now: f64) -> f64 {
        if self.is_open() { now.max(self.from) } else { self.to }
    }

    /// The last moment that is known of it.
    fn known_end(&self) -> f64 {
        if self.is_open() { self.from } else { self.to }
    }
}

/// All rows of a timeline, each a run of segments in time order, and their totals.
///
/// Rows are replaced one at a time as they change; nothing else is looked at again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lanes {
    rows: Vec<Vec<Segment>>,
    segments: [usize; SegmentKind::COUNT],
    standing: [usize; SegmentKind::COUNT],
    end: f64,
    due: f64,
}

impl Lanes {
    /// Puts `segments` in the place of row `index`, adding empty rows up to it.
    pub fn set(&mut self, index: usize, segments: Vec<Segment>) {
        if index >= self.rows.len() {
            self.rows.resize_with(index + 1, Vec::new);
        }
        for segment in &segments {
            self.end = self.end.max(segment.known_end());
            self.due = self.due.max(segment.due.unwrap_or(0.0));
        }
        if let Some(row) = self.rows.get_mut(index) {
            tally(row, &mut self.segments, &mut self.standing, |count| *count = count.saturating_sub(1));
            *row = segments;
            tally(row, &mut self.segments, &mut self.standing, |count| *count += 1);
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[Vec<Segment>] {
        &self.rows
    }

    /// The segments of row `index`.
    pub fn row(&self, index: usize) -> &[Segment] {
        self.rows.get(index).map_or(&[], Vec::as_slice)
    }

    /// The segment at `place`.
    pub fn segment(&self, place: Place) -> Option<&Segment> {
        self.row(place.lane).get(place.segment)
    }

    /// How many segments there are of a kind.
    pub fn count(&self, kind: SegmentKind) -> usize {
        self.segments.get(kind.index()).copied().unwrap_or(0)
    }

    /// How many segments there are in all.
    pub fn total(&self) -> usize {
        self.segments.iter().sum()
    }

    /// The last moment that is known, in seconds.
    pub const fn end(&self) -> f64 {
        self.end
    }

    /// The last moment that any wait was planned to end, in seconds.
    pub const fn due(&self) -> f64 {
        self.due
    }

    /// The place of the `number`th segment of all, row after row.
    pub fn nth(&self, number: usize) -> Option<Place> {
        let mut left = number;
        for (lane, row) in self.rows.iter().enumerate() {
            if left < row.len() {
                return Some(Place { lane, segment: left });
            }
            left -= row.len();
        }
        None
    }

    /// The lanes in a sentence at `now`, each counted once, by where it stands, and what it was refused on the way:
    /// `3 requests over 12.0 s: 1 waiting, 2 done; 4 refusals.`
    pub fn summary(&self, row_name: &str, now: f64) -> String {
        let stands = |kind: &SegmentKind| self.standing.get(kind.index()).copied().filter(|count| *count > 0);
        let counts: Vec<String> = SegmentKind::ALL
            .into_iter()
            .filter_map(|kind| Some(format!("{} {}", stands(&kind)?, kind.name().to_lowercase())))
            .collect();
        let refusals = match self.count(SegmentKind::Refused) {
            0 => String::new(),
            1 => "; 1 refusal".to_owned(),
            many => format!("; {many} refusals"),
        };
        let rows = if self.len() == 1 { format!("1 {row_name}") } else { format!("{} {row_name}s", self.len()) };
        if counts.is_empty() {
            format!("{rows}, nothing yet.")
        } else {
            let seconds = crate::format::format_decimal(&format!("{:.1}", self.end.max(now)));
            format!("{rows} over {seconds} s: {}{refusals}.", counts.join(", "))
        }
    }
}

fn tally(
    row: &[Segment],
    segments: &mut [usize; SegmentKind::COUNT],
    standing: &mut [usize; SegmentKind::COUNT],
    change: impl Fn(&mut usize),
) {
    for segment in row {
        segments.get_mut(segment.kind.index()).map(&change);
    }
    row.last().and_then(|last| standing.get_mut(last.kind.index())).map(&change);
}

/// A segment's place in the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The index of the lane.
    pub lane: usize,
    /// The index of the segment in the lane.
    pub segment: usize,
}

/// The rows to draw when `height` is seen from `top`, of `count` rows `row` high.
pub fn window(top: f64, height: f64, row: f64, count: usize) -> Range<usize> {
    if !(row > 0.0 && top.is_finite() && height.is_finite()) {
        return 0..0;
    }
    let first = whole(top / row).min(count);
    let last = whole((top + height) / row).saturating_add(1).min(count);
    first..last.max(first)
}

/// A row index or a number of pixels: far below where the cast would saturate.
pub(super) fn whole(value: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = value.max(0.0) as usize;
    index
}

/// A row index or a count as a number: far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub const fn number(count: usize) -> f64 {
    count as f64
}

/// The row at `offset` below the top of the first.
pub fn row_at(offset: f64, row: f64) -> usize {
    if row > 0.0 { whole(offset / row) } else { 0 }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn segment(from: f64, to: f64, kind: SegmentKind) -> Segment {
        Segment { from, to, due: None, kind }
    }

    /// Two lanes with something in them, and an empty one between.
    pub(in crate::chart) fn lanes() -> Lanes {
        let mut lanes = Lanes::default();
        lanes.set(
            0,
            vec![
                segment(0.0, 1.0, SegmentKind::InFlight),
                segment(1.0, 1.0, SegmentKind::Refused),
                Segment { due: Some(6.0), ..segment(1.0, f64::INFINITY, SegmentKind::Waiting) },
            ],
        );
        lanes.set(2, vec![segment(3.0, 5.0, SegmentKind::InFlight)]);
        lanes
    }

    pub(in crate::chart) const NOW: f64 = 4.0;

    pub(in crate::chart) fn place(lane: usize, segment: usize) -> Place {
        Place { lane, segment }
    }

    #[test]
    fn only_the_rows_in_sight_are_drawn() {
        assert_eq!(window(0.0, 240.0, 24.0, 10_000), 0..11);
        assert_eq!(window(2_400.0, 240.0, 24.0, 10_000), 100..111);
        assert_eq!(window(1e9, 240.0, 24.0, 10), 10..10);
        assert_eq!(window(0.0, 240.0, 24.0, 3), 0..3);
        assert_eq!(window(0.0, 240.0, 0.024, 10_000), 0..10_000);
        assert_eq!(window(f64::NAN, 240.0, 0.0, 100), 0..0);
        assert_eq!((row_at(49.0, 24.0), row_at(-5.0, 24.0)), (2, 0));
    }

    #[test]
    fn the_summary_counts_each_lane_once() {
        assert_eq!(lanes().summary("request", NOW), "3 requests over 5.0 s: 1 in flight, 1 waiting; 1 refusal.");
        let mut empty = Lanes::default();
        empty.set(0, Vec::new());
        assert_eq!(empty.summary("request", 0.0), "1 request, nothing yet.");
    }

    #[test]
    fn a_row_that_is_replaced_counts_no_more() {
        let mut lanes = lanes();
        assert_eq!((lanes.total(), lanes.end(), lanes.due()), (4, 5.0, 6.0));
        lanes.set(0, vec![segment(0.0, 7.0, SegmentKind::InFlight), segment(7.0, 7.0, SegmentKind::Done)]);
        assert_eq!((lanes.total(), lanes.count(SegmentKind::Refused), lanes.count(SegmentKind::Done)), (3, 0, 1));
        assert_eq!(lanes.summary("request", 0.0), "3 requests over 7.0 s: 1 in flight, 1 done.");
        assert_eq!((lanes.nth(1), lanes.nth(2), lanes.nth(3)), (Some(place(0, 1)), Some(place(2, 0)), None));
    }
}

//! What is drawn of the lanes: bars, marks and the texts of waits in pixels, never more than a screen can show.

use std::ops::Range;

use super::lanes::{number, window};
use super::{Lanes, Scale, Segment, SegmentKind};
use crate::format::{format_countdown, format_duration};

/// The most segments that are drawn one by one; beyond, a picture of their density stands for them.
pub const MOST_SHAPES: usize = 2_000;
/// Rows lower than this, in pixels, cannot be told apart.
pub const LEAST_ROW: f64 = 2.0;
/// From this height on, in pixels, a row has texts and round marks.
pub const FULL_ROW: f64 = 16.0;

/// What a letter of a wait's text takes, and what the marks at either end take, in pixels.
const LETTER: f64 = 6.2;
const MARKS: f64 = 16.0;

/// What is in sight: a stretch of time and some of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// The time, on the width of the plot in pixels.
    pub time: Scale,
    /// The time now, in seconds.
    pub now: f64,
    /// The height of a row in pixels.
    pub row: f64,
    /// How far the rows are scrolled, in pixels.
    pub top: f64,
    /// The height of the plot in pixels.
    pub height: f64,
}

impl Frame {
    /// The rows in sight, of `count`.
    pub fn rows(&self, count: usize) -> Range<usize> {
        window(self.top, self.height, self.row, count)
    }

    /// The top of row `index` in the plot, in pixels.
    pub fn row_top(&self, index: usize) -> f64 {
        number(index) * self.row - self.top
    }
}

/// A stretch of a kind, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Its kind.
    pub kind: SegmentKind,
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width, at least one pixel.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A moment of a kind: its middle, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Its kind.
    pub kind: SegmentKind,
    /// Where it is.
    pub x: f64,
    /// The middle of its row.
    pub y: f64,
}

/// The length of a wait or what is left of it, written from `x` on.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitText {
    /// What it says.
    pub text: String,
    /// Its left edge in pixels.
    pub x: f64,
    /// The middle of its row in pixels.
    pub y: f64,
    /// The room it takes at most, in pixels.
    pub width: f64,
}

/// Everything that is drawn of the lanes in a [`Frame`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// The stretches, in the order of rows.
    pub bars: Vec<Bar>,
    /// What is still to come of waits that last.
    pub ahead: Vec<Bar>,
    /// The moments, over the bars.
    pub marks: Vec<Mark>,
    /// The texts of waits.
    pub texts: Vec<WaitText>,
    /// Whether there is too much for shapes, so that nothing of the above is there: see [`super::density`].
    pub is_dense: bool,
}

/// The segments of `row` that `time` shows any of.
pub fn shown(row: &[Segment], time: Scale) -> &[Segment] {
    let start = row.partition_point(|segment| segment.to < time.from());
    let end = row.partition_point(|segment| segment.from <= time.to());
    row.get(start..end).unwrap_or_default()
}

/// Draws `lanes` in `frame`.
pub fn picture(lanes: &Lanes, frame: &Frame) -> Picture {
    let rows = frame.rows(lanes.len());
    let in_sight = || lanes.rows().get(rows.clone()).unwrap_or_default().iter().zip(rows.start..);
    let mut count = 0;
    let is_dense = frame.row < LEAST_ROW
        || in_sight().any(|(row, _)| {
            count += shown(row, frame.time).len();
            count > MOST_SHAPES
        });
    let mut picture = Picture { is_dense, ..Picture::default() };
    if !is_dense {
        for (row, index) in in_sight() {
            let top = frame.row_top(index);
            for segment in shown(row, frame.time) {
                picture.add(segment, top, frame);
            }
        }
    }
    picture
}

impl Picture {
    fn add(&mut self, segment: &Segment, top: f64, frame: &Frame) {
        let Segment { from, kind, .. } = *segment;
        let middle = top + frame.row / 2.0;
        if kind.is_mark() {
            self.marks.push(Mark { kind, x: frame.time.position(from), y: middle });
            return;
        }
        let to = segment.end(frame.now);
        let height = bar_height(kind, frame.row);
        let bar = |from: f64, to: f64| {
            let (x, end) = (frame.time.position(from), frame.time.position(to));
            Bar { kind, x, y: middle - height / 2.0, width: (end - x).max(1.0), height }
        };
        if to > from && frame.time.shows(from, to) {
            self.bars.push(bar(from, to));
        }
        if kind == SegmentKind::Waiting {
            let due = segment.due.filter(|due| segment.is_open() && *due > to);
            if let Some(due) = due
                && frame.time.shows(to, due)
            {
                self.ahead.push(bar(to, due));
            }
            if frame.row >= FULL_ROW {
                self.texts.extend(wait_text(segment, middle, frame));
            }
        }
    }
}

/// The height of a bar in a row, in pixels: a queue is thin.
fn bar_height(kind: SegmentKind, row: f64) -> f64 {
    let whole = if row >= FULL_ROW { (row - 12.0).clamp(8.0, 14.0) } else { row - (row / 6.0).clamp(0.25, 1.5) };
    if kind == SegmentKind::Queued { (whole / 5.0).clamp(0.75, 2.0) } else { whole }
}

/// What is left of a wait that lasts, the length of one that is over; only where there is room.
fn wait_text(segment: &Segment, middle: f64, frame: &Frame) -> Option<WaitText> {
    let seconds = |time: f64| std::time::Duration::try_from_secs_f64(time.max(0.0)).unwrap_or_default();
    let until = segment.due.filter(|_| segment.is_open());
    let (left, right) = (segment.from, until.unwrap_or_else(|| segment.end(frame.now)));
    let (left, right) = (frame.time.position(left), frame.time.position(right));
    let fitting = |text: String| {
        let width = text.chars().map(|_| LETTER).sum::<f64>() + 4.0;
        (right - left >= width + MARKS).then(|| WaitText { text, x: left + MARKS / 2.0 + 1.0, y: middle, width })
    };
    match until {
        Some(due) => {
            let left = format_countdown(seconds(due - frame.now));
            fitting(format!("{left} left")).or_else(|| fitting(left))
        }
        None => fitting(format_duration(seconds(segment.end(frame.now) - segment.from))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(row: f64, time: Scale) -> Frame {
        Frame { time, now: 30.0, row, top: 0.0, height: 480.0 }
    }

    fn one(segment: Segment) -> Lanes {
        let mut lanes = Lanes::default();
        lanes.set(0, vec![segment]);
        lanes
    }

    const WAIT: Segment = Segment { from: 10.0, to: f64::INFINITY, due: Some(50.0), kind: SegmentKind::Waiting };

    #[test]
    fn a_wait_is_hatched_up_to_now_and_its_rest_lies_ahead_with_the_countdown_inside() {
        let picture = picture(&one(WAIT), &frame(24.0, Scale::new(0.0, 60.0, 600.0)));
        let (bar, ahead) = (picture.bars[0], picture.ahead[0]);
        assert_eq!((bar.x, bar.width, ahead.x, ahead.width), (100.0, 200.0, 300.0, 200.0));
        assert_eq!((bar.y, bar.height), (6.0, 12.0));
        assert_eq!(picture.texts[0].text, "20 s left");
        assert!(picture.texts[0].x > 100.0 && picture.texts[0].x + picture.texts[0].width < 500.0);
    }

    #[test]
    fn a_wait_that_is_over_tells_its_length_where_there_is_room() {
        let over = Segment { to: 22.0, ..WAIT };
        let drawn = |time| picture(&one(over), &frame(24.0, time));
        assert_eq!(drawn(Scale::new(0.0, 60.0, 600.0)).texts[0].text, "12.0 s");
        assert!(drawn(Scale::new(0.0, 60.0, 100.0)).texts.is_empty());
        assert!(drawn(Scale::new(0.0, 60.0, 600.0)).ahead.is_empty());
        assert!(picture(&one(over), &frame(12.0, Scale::new(0.0, 60.0, 600.0))).texts.is_empty(), "low rows have none");
    }

    #[test]
    fn what_lies_outside_is_not_drawn() {
        let early = Segment { from: 1.0, to: 2.0, due: None, kind: SegmentKind::InFlight };
        let zoomed = Scale::new(5.0, 8.0, 600.0);
        assert_eq!(picture(&one(early), &frame(24.0, zoomed)), Picture::default());
        assert_eq!(picture(&one(Segment { from: 9.0, ..WAIT }), &frame(24.0, zoomed)), Picture::default());
    }

    #[test]
    fn rows_that_cannot_be_told_apart_are_a_density() {
        let time = Scale::new(0.0, 60.0, 600.0);
        assert!(picture(&one(WAIT), &frame(1.9, time)).is_dense);
        assert!(!picture(&one(WAIT), &frame(2.0, time)).is_dense);
    }

    proptest! {
        /// Any number of attempts in any number of rows: as many shapes as segments in sight, or a density.
        #[test]
        fn never_more_shapes_than_a_screen_shows(rows in 1usize..80, attempts in 0u32..200, row in 0.05f64..30.0) {
            let mut lanes = Lanes::default();
            for index in 0..rows {
                let marks = (0..attempts).map(|at| {
                    let at = f64::from(at) / 10.0;
                    Segment { from: at, to: at, due: None, kind: SegmentKind::Refused }
                });
                lanes.set(index, marks.collect());
            }
            let frame = frame(row, Scale::new(0.0, 60.0, 800.0));
            let drawn = picture(&lanes, &frame);
            let in_sight = frame.rows(rows).len() * attempts as usize;
            prop_assert!(drawn.marks.len() <= MOST_SHAPES);
            prop_assert_eq!(drawn.is_dense, row < LEAST_ROW || in_sight > MOST_SHAPES);
            prop_assert!(drawn.is_dense || drawn.marks.len() == in_sight);
        }
    }
}

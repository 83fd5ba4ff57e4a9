//! More lanes or attempts than can be drawn one by one: how much of each kind there is in each small cell.

use std::ops::Range;

use super::lanes::{number, whole};
use super::picture::shown;
use super::{Frame, Lanes, SegmentKind};

/// The width of a cell, and the least height of one, in pixels.
pub const CELL: f64 = 2.0;

/// What is in a cell, by the kinds of [`SegmentKind::ALL`]: of stretches the rows that have one there at its left edge
/// or begin one within, of marks their number.
pub type Counts = [u32; SegmentKind::COUNT];

/// The cells of a [`Frame`]. Their first row begins at `top` and may be cut off above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Cells side by side.
    pub columns: usize,
    /// Cells above each other.
    pub rows: usize,
    /// The upper edge of the first row, in pixels.
    pub top: f64,
    /// The height of a cell in pixels: of a lane, or [`CELL`] where lanes are lower.
    pub height: f64,
    /// The index of the first lane in sight.
    first: usize,
}

impl Grid {
    /// The cells of `frame` for `lanes` lanes.
    pub fn of(frame: &Frame, lanes: usize) -> Self {
        let seen = frame.rows(lanes);
        let columns = whole(libm::ceil(frame.time.position(f64::INFINITY) / CELL)).max(1);
        if frame.row >= CELL {
            let top = frame.row_top(seen.start);
            return Self { columns, rows: seen.len(), top, height: frame.row, first: seen.start };
        }
        let pixels = (number(lanes) * frame.row - frame.top).clamp(0.0, frame.height);
        Self { columns, rows: whole(libm::ceil(pixels / CELL)), top: 0.0, height: CELL, first: seen.start }
    }

    /// The row of cells that lane `index` is drawn in.
    fn row_of(&self, index: usize, frame: &Frame) -> usize {
        if frame.row >= CELL {
            index.saturating_sub(self.first)
        } else {
            whole((frame.row_top(index) + frame.row / 2.0) / CELL).min(self.rows.saturating_sub(1))
        }
    }
}

/// Counts what is in each cell, and tells of each stretch of cells that have the same: its row, its columns, the counts
/// of each of its cells, and how many lanes share the row. Where nothing is, nothing is told.
pub fn density(lanes: &Lanes, frame: &Frame, mut tell: impl FnMut(usize, Range<usize>, &Counts, u32)) -> Grid {
    let grid = Grid::of(frame, lanes.len());
    let mut cells = Cells::of(grid.columns);
    let (mut row, mut sharing) = (0, 0);
    for index in frame.rows(lanes.len()) {
        let own = grid.row_of(index, frame);
        if own != row && sharing > 0 {
            cells.flush(|columns, counts| tell(row, columns, counts, sharing));
            sharing = 0;
        }
        row = own;
        sharing += 1;
        count_lane(lanes, index, frame, &mut cells);
    }
    if sharing > 0 {
        cells.flush(|columns, counts| tell(row, columns, counts, sharing));
    }
    grid
}

/// Of a column of cells: its marks, and how many stretches begin and end there, by their kinds.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    marks: [u16; SegmentKind::COUNT],
    changes: [i16; SegmentKind::COUNT],
}

/// A row of cells, and one beyond its end.
#[derive(Debug)]
struct Cells {
    cells: Vec<Cell>,
    // A bit a column in which anything is: most have nothing, and are passed over by the word.
    touched: Vec<u64>,
}

impl Cells {
    fn of(columns: usize) -> Self {
        let words = columns / 64 + 1;
        Self { cells: vec![Cell::default(); columns + 1], touched: vec![0; words] }
    }

    /// The last column within the row.
    fn last(&self) -> usize {
        self.cells.len().saturating_sub(2)
    }

    fn touch(&mut self, column: usize) -> Option<&mut Cell> {
        *self.touched.get_mut(column / 64)? |= 1 << (column % 64);
        self.cells.get_mut(column)
    }

    fn mark(&mut self, column: usize, kind: usize) {
        if let Some(count) = self.touch(column).and_then(|cell| cell.marks.get_mut(kind)) {
            *count = count.saturating_add(1);
        }
    }

    fn change(&mut self, column: usize, kind: usize, by: i16) {
        if let Some(change) = self.touch(column).and_then(|cell| cell.changes.get_mut(kind)) {
            *change = change.saturating_add(by);
        }
    }

    /// Tells of the stretches of a row, and empties it.
    fn flush(&mut self, mut tell: impl FnMut(Range<usize>, &Counts)) {
        let (mut standing, mut begun) = (Counts::default(), 0);
        let end = self.cells.len().saturating_sub(1);
        for (word, base) in self.touched.iter_mut().zip((0..).step_by(64)) {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                let column = base + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(cell) = self.cells.get_mut(column).map(std::mem::take) else { continue };
                if begun < column && standing != Counts::default() {
                    tell(begun..column, &standing);
                }
                begun = column;
                for (count, change) in standing.iter_mut().zip(cell.changes) {
                    *count = count.saturating_add_signed(i32::from(change));
                }
                if column < end && cell.marks != [0; SegmentKind::COUNT] {
                    let mut counts = standing;
                    for (count, marks) in counts.iter_mut().zip(cell.marks) {
                        *count += u32::from(marks);
                    }
                    tell(column..column + 1, &counts);
                    begun = column + 1;
                }
            }
        }
        if begun < end && standing != Counts::default() {
            tell(begun..end, &standing);
        }
    }
}

fn count_lane(lanes: &Lanes, index: usize, frame: &Frame, cells: &mut Cells) {
    let last = cells.last();
    let (from, each) = (frame.time.from(), frame.time.position(f64::INFINITY) / CELL);
    let each = each / (frame.time.to() - from);
    let column = |time: f64| whole((time - from) * each).min(last);
    for segment in shown(lanes.row(index), frame.time) {
        let kind = segment.kind.index();
        let first = column(segment.from);
        if segment.kind.is_mark() {
            cells.mark(first, kind);
            continue;
        }
        let end = segment.end(frame.now);
        if end > segment.from && end >= from {
            cells.change(first, kind, 1);
            cells.change(column(end) + 1, kind, -1);
        }
    }
}

/// A colour as red, green, blue.
pub type Rgb = [u8; 3];

/// The colour of a cell and how opaque it is, from the colours of the kinds: what happened outweighs what lasts.
pub fn shade(counts: &Counts, sharing: u32, colours: &[Rgb; SegmentKind::COUNT]) -> [u8; 4] {
    const ONE: u32 = 1_024;
    let (mut sum, mut mixed) = (0, [0u32; 3]);
    for ((count, colour), kind) in counts.iter().zip(colours).zip(SegmentKind::ALL) {
        if *count == 0 {
            continue;
        }
        let share = (count.saturating_mul(ONE) / sharing.max(1)).min(ONE);
        let weight = match kind {
            SegmentKind::Queued => share / 16,
            SegmentKind::Waiting => share * 3 / 4,
            // One refusal among many waits is still seen.
            kind if kind.is_mark() => ONE * 35 / 100 + share * 165 / 100,
            _ => share,
        };
        sum += weight;
        for (channel, value) in mixed.iter_mut().zip(colour) {
            *channel += weight * u32::from(*value);
        }
    }
    let byte = |value: u32| u8::try_from(value).unwrap_or(u8::MAX);
    let [red, green, blue] = mixed.map(|channel| byte(channel / sum.max(1)));
    [red, green, blue, byte(51 + 204 * sum.min(ONE) / ONE)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Scale, Segment};
    use proptest::prelude::*;

    fn marks_and_bars() -> impl Strategy<Value = Vec<Vec<Segment>>> {
        let lane = prop::collection::vec((0.0f64..3.0, 0usize..SegmentKind::COUNT), 0..12).prop_map(|parts| {
            let mut at = 0.0;
            let mut lane = Vec::new();
            for (length, kind) in parts {
                let kind = SegmentKind::ALL[kind];
                let to = if kind.is_mark() { at } else { at + length };
                lane.push(Segment { from: at, to, due: None, kind });
                at = to;
            }
            lane
        });
        prop::collection::vec(lane, 1..120)
    }

    proptest! {
        /// Each mark in sight is counted in one cell, each stretch in every column that it touches.
        #[test]
        fn the_counts_are_the_true_counts(rows in marks_and_bars(), row in 0.05f64..20.0, from in 0.0f64..10.0, span in 1.0f64..40.0) {
            let mut lanes = Lanes::default();
            rows.iter().enumerate().for_each(|(index, row)| lanes.set(index, row.clone()));
            let time = Scale::new(from, from + span, 300.0);
            let frame = Frame { time, now: 40.0, row, top: 0.0, height: 1e6 };
            let mut counted = [0u64; SegmentKind::COUNT];
            let grid = density(&lanes, &frame, |_, columns, counts, sharing| {
                assert!(sharing > 0 && !columns.is_empty());
                for (sum, count) in counted.iter_mut().zip(counts) {
                    *sum += u64::from(*count) * columns.len() as u64;
                }
            });
            let each = 300.0 / CELL / span;
            let column = |time: f64| whole((time - from) * each).min(grid.columns - 1);
            let mut expected = [0u64; SegmentKind::COUNT];
            for segment in rows.iter().flatten() {
                let is_seen = segment.to >= time.from() && segment.from <= time.to();
                if segment.kind.is_mark() {
                    expected[segment.kind.index()] += u64::from(is_seen);
                } else if is_seen && segment.to > segment.from {
                    expected[segment.kind.index()] += (column(segment.to) - column(segment.from) + 1) as u64;
                }
            }
            prop_assert_eq!(counted, expected);
        }
    }

    #[test]
    fn ten_thousand_lanes_fit_on_a_screen() {
        let mut lanes = Lanes::default();
        for index in 0..10_000 {
            lanes.set(index, vec![Segment { from: 1.0, to: 1.0, due: None, kind: SegmentKind::Done }]);
        }
        let frame = Frame { time: Scale::new(0.0, 10.0, 900.0), now: 10.0, row: 0.048, top: 0.0, height: 480.0 };
        let mut lanes_counted = 0;
        let grid = density(&lanes, &frame, |row, columns, counts, sharing| {
            assert!(row < 240 && columns == (45..46) && counts[SegmentKind::Done.index()] == sharing);
            lanes_counted += sharing;
        });
        assert_eq!((grid.columns, grid.rows, lanes_counted), (450, 240, 10_000));
    }

    #[test]
    fn one_refusal_among_many_waits_is_seen() {
        let mut colours = [[0u8; 3]; SegmentKind::COUNT];
        colours[SegmentKind::Waiting.index()] = [0, 0, 200];
        colours[SegmentKind::Refused.index()] = [200, 0, 0];
        let mut counts = Counts::default();
        counts[SegmentKind::Waiting.index()] = 40;
        let waits = shade(&counts, 40, &colours);
        counts[SegmentKind::Refused.index()] = 1;
        let with_refusal = shade(&counts, 40, &colours);
        assert_eq!(waits, [0, 0, 200, 204]);
        assert!(with_refusal[0] > 40 && with_refusal[2] < 160, "{with_refusal:?}");
        assert_eq!(shade(&Counts::default(), 1, &colours)[3], 51);
    }
}

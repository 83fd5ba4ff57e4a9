//! The picture: rows, axis and level.

use super::ink::Ink;
use super::sizes::{AXIS, FOOT, Sizes};
use crate::chart::density::{Counts, Grid, density, shade};
use crate::chart::picture::{Bar, FULL_ROW, Mark};
use crate::chart::ticks::time_ticks;
use crate::chart::{Frame, Lanes, Level, Picture, SegmentKind};
use crate::format::format_count;
use crate::platform::canvas::{Anchor, Canvas, Fill};

/// The room a tick's label takes, in pixels.
const LABEL: f64 = 84.0;
/// The room a row's name takes, in pixels.
const NAME: f64 = 14.0;
/// The size of texts, in pixels.
const TEXT: f64 = 11.0;
/// How far the level keeps from the edges of its strip.
const LEVEL_ABOVE: f64 = 9.0;
const LEVEL_BELOW: f64 = 6.0;

/// Where the level `share` is in the strip of a timeline.
pub(super) fn level_y(sizes: &Sizes, share: f64) -> f64 {
    sizes.foot() + LEVEL_ABOVE + (1.0 - share) * (FOOT - LEVEL_ABOVE - LEVEL_BELOW)
}

/// What is drawn on, and with what.
pub(super) struct Brush<'a> {
    pub canvas: &'a Canvas,
    /// Where cells are mixed before they are drawn.
    pub cells: Option<&'a Canvas>,
    pub ink: &'a Ink,
    pub sizes: Sizes,
    pub view: Frame,
}

impl Brush<'_> {
    fn colour(&self, colour: &str) {
        self.canvas.fill(Fill::Colour(colour));
    }

    /// Draws everything but what follows the pointer and the keys. The cells are mixed anew only where the shapes are new.
    pub fn all(&self, (lanes, level): (&Lanes, &Level), drawn: &Picture, is_new: bool, name: &dyn Fn(usize) -> String) {
        let Sizes { width, rows, .. } = self.sizes;
        self.canvas.clear();
        self.canvas.clip(0.0, AXIS, width, rows);
        self.grid_lines();
        if drawn.is_dense {
            self.cells(lanes, is_new);
        } else {
            self.shapes(drawn);
        }
        self.names(lanes.len(), name);
        self.canvas.unclip();
        self.axis();
        if !level.is_empty() {
            self.level(level);
        }
        self.now_line(!level.is_empty());
    }

    fn ticks(&self) -> Vec<crate::chart::Tick> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of labels")]
        let most = (self.sizes.plot() / LABEL).clamp(2.0, 20.0) as usize;
        time_ticks(self.view.time.from(), self.view.time.to(), most)
    }

    fn grid_lines(&self) {
        self.colour(&self.ink.text);
        self.canvas.opacity(0.08);
        for tick in self.ticks() {
            let x = self.sizes.left() + self.view.time.position(tick.at);
            self.canvas.rect(x, AXIS, 1.0, self.sizes.rows);
        }
        self.canvas.opacity(1.0);
    }

    fn bar(&self, bar: &Bar, inner: f64) {
        let (x, y) = (self.sizes.left() + bar.x + inner, AXIS + bar.y + inner);
        self.canvas.rect(x, y, bar.width - 2.0 * inner, bar.height - 2.0 * inner);
    }

    fn shapes(&self, drawn: &Picture) {
        let of = |kind: SegmentKind| drawn.bars.iter().filter(move |bar| bar.kind == kind);
        for kind in [SegmentKind::Queued, SegmentKind::InFlight, SegmentKind::Waiting] {
            self.colour(self.ink.kind(kind));
            of(kind).for_each(|bar| self.bar(bar, 0.0));
        }
        let is_full = self.view.row >= FULL_ROW;
        if let Some(hatch) = &self.ink.hatch {
            self.canvas.fill(Fill::Tiles(hatch));
            let inner = if is_full { 1.0 } else { 0.0 };
            of(SegmentKind::Waiting).filter(|bar| bar.width > 3.0).for_each(|bar| self.bar(bar, inner));
        }
        self.ahead(&drawn.ahead, is_full);
        self.texts(drawn);
        if is_full {
            for mark in &drawn.marks {
                if let Some(stamp) = self.ink.mark(mark.kind) {
                    self.canvas.stamp(stamp, self.sizes.left() + mark.x, AXIS + mark.y);
                }
            }
        } else {
            self.ticks_of(&drawn.marks);
        }
    }

    /// What is still to come of waits: an outline of what the hatching will fill.
    fn ahead(&self, ahead: &[Bar], is_full: bool) {
        self.colour(&self.ink.wash);
        for bar in ahead {
            self.bar(bar, 0.0);
        }
        if is_full {
            for bar in ahead {
                let place = (self.sizes.left() + bar.x, AXIS + bar.y, bar.width - 1.0, bar.height - 1.0);
                self.canvas.dashed(place, 1.0, self.ink.kind(SegmentKind::Waiting));
            }
        }
    }

    fn texts(&self, drawn: &Picture) {
        self.canvas.font(500, TEXT, &self.ink.family);
        self.colour(&self.ink.wash);
        for text in &drawn.texts {
            self.canvas.rect(self.sizes.left() + text.x, AXIS + text.y - 5.0, text.width, 10.0);
        }
        self.colour(&self.ink.text);
        for text in &drawn.texts {
            let (x, y) = (self.sizes.left() + text.x + text.width / 2.0, AXIS + text.y + 0.5);
            self.canvas.text(&text.text, x, y, Anchor::Middle);
        }
    }

    /// The marks of rows too low for round ones: a refusal is as high as its row, an answer is a square.
    fn ticks_of(&self, marks: &[Mark]) {
        let row = self.view.row;
        for kind in [SegmentKind::Cancelled, SegmentKind::Done, SegmentKind::Refused, SegmentKind::Failed] {
            self.colour(self.ink.kind(kind));
            let (width, height) = match kind {
                SegmentKind::Refused => (2.0, row - 0.5),
                SegmentKind::Failed => (3.0, row - 0.5),
                SegmentKind::Done => ((row * 0.7).clamp(2.0, 7.0), (row * 0.7).clamp(2.0, 7.0)),
                _ => (3.0, (row / 3.0).clamp(1.0, 3.0)),
            };
            for mark in marks.iter().filter(|mark| mark.kind == kind) {
                let (x, y) = (self.sizes.left() + mark.x - width / 2.0, AXIS + mark.y - height / 2.0);
                self.canvas.rect(x, y, width, height);
            }
        }
    }

    /// Too many for shapes: each small cell has the mixture of what is in it.
    fn cells(&self, lanes: &Lanes, is_new: bool) {
        let Some(canvas) = self.cells else { return };
        let grid = Grid::of(&self.view, lanes.len());
        if is_new {
            self.mix(lanes, &grid, canvas);
        }
        #[allow(clippy::cast_precision_loss, reason = "cells on a screen")]
        let (width, height) = (grid.columns as f64 * crate::chart::density::CELL, grid.rows as f64 * grid.height);
        self.canvas.stretch(canvas, (self.sizes.left(), AXIS + grid.top, width, height));
    }

    fn mix(&self, lanes: &Lanes, grid: &Grid, canvas: &Canvas) {
        let mut pixels = vec![0u8; grid.columns * grid.rows * 4];
        let waiting = SegmentKind::Waiting.index();
        density(lanes, &self.view, |row, columns, counts: &Counts, sharing| {
            let colour = shade(counts, sharing, &self.ink.mixed);
            let [red, green, blue, opaque] = colour;
            // Waits are hatched at any size.
            let is_wait = counts.iter().max() == counts.get(waiting);
            let between = if is_wait { [red, green, blue, opaque / 2] } else { colour };
            let start = row * grid.columns;
            let stretch = pixels.get_mut((start + columns.start) * 4..(start + columns.end) * 4).unwrap_or_default();
            let mut stripe = (row + columns.start) % 3;
            for pixel in stretch.chunks_exact_mut(4) {
                pixel.copy_from_slice(if stripe == 0 { &between } else { &colour });
                stripe = if stripe == 2 { 0 } else { stripe + 1 };
            }
        });
        canvas.pixels(&pixels, u32::try_from(grid.columns).unwrap_or(1));
    }

    /// The names of the rows, as many as there is room for.
    fn names(&self, count: usize, name: &dyn Fn(usize) -> String) {
        self.canvas.font(400, TEXT, &self.ink.family);
        self.colour(&self.ink.text_2);
        let every = nice_step(NAME / self.view.row);
        let mut free = f64::NEG_INFINITY;
        for row in self.view.rows(count) {
            let middle = AXIS + self.view.row_top(row) + self.view.row / 2.0;
            let y = if every > 1 { middle.max(AXIS + NAME / 2.0) } else { middle };
            let is_named = row == 0 || (row + 1) % every == 0;
            if !is_named || (every > 1 && y < free) {
                continue;
            }
            free = y + NAME;
            self.canvas.text(&name(row), self.sizes.names() - 8.0, y, Anchor::End);
        }
        self.colour(&self.ink.text);
        self.canvas.opacity(0.12);
        self.canvas.rect(self.sizes.names(), AXIS, 1.0, self.sizes.rows);
        self.canvas.opacity(1.0);
    }

    fn axis(&self) {
        self.colour(&self.ink.surface_2);
        self.canvas.rect(0.0, 0.0, self.sizes.frame.0, AXIS);
        self.colour(&self.ink.text_3);
        self.canvas.font(400, TEXT, &self.ink.family);
        self.canvas.text("Time", self.sizes.names() - 8.0, AXIS / 2.0, Anchor::End);
        let plot = self.sizes.plot();
        for tick in self.ticks() {
            let x = self.view.time.position(tick.at);
            let anchor = match x {
                x if x < 4.0 => Anchor::Start,
                x if x > plot - 16.0 => Anchor::End,
                _ => Anchor::Middle,
            };
            self.canvas.text(&tick.label, self.sizes.left() + x, AXIS / 2.0, anchor);
        }
        self.colour(&self.ink.text);
        self.canvas.opacity(0.16);
        self.canvas.rect(0.0, AXIS - 1.0, self.sizes.frame.0, 1.0);
        self.canvas.opacity(1.0);
    }

    fn level(&self, level: &Level) {
        let Sizes { frame, .. } = self.sizes;
        let (left, top) = (self.sizes.left(), self.sizes.foot());
        let (full, empty) = (level_y(&self.sizes, 1.0), level_y(&self.sizes, 0.0));
        self.colour(&self.ink.text);
        self.canvas.opacity(0.16);
        self.canvas.rect(0.0, top, frame.0, 1.0);
        self.canvas.opacity(0.1);
        self.canvas.rect(left, full, self.sizes.plot(), 1.0);
        self.canvas.rect(left, empty, self.sizes.plot(), 1.0);
        self.canvas.opacity(1.0);
        let line = level.line(self.view.time, self.view.now);
        let place = |(x, share): &(f64, f64)| (left + x, level_y(&self.sizes, *share));
        if let (Some(first), Some(last)) = (line.first(), line.last()) {
            let ends = [(left + last.0, empty), (left + first.0, empty)];
            self.colour(&self.ink.level_wash);
            self.canvas.area(line.iter().map(place).chain(ends));
            self.canvas.line(line.iter().map(place), 1.5, &self.ink.level);
        }
        let now = level.left(self.view.now).unwrap_or(0);
        let right = self.sizes.names() - 8.0;
        self.colour(&self.ink.text);
        self.canvas.font(600, TEXT + 1.0, &self.ink.family);
        self.canvas.text(&format_count(now), right, top + 14.0, Anchor::End);
        self.canvas.font(400, TEXT - 0.5, &self.ink.family);
        self.colour(&self.ink.text_2);
        self.canvas.text(&format!("of {}", format_count(level.most())), right, top + 28.0, Anchor::End);
        self.canvas.text(level.unit(), right, top + 42.0, Anchor::End);
    }

    fn now_line(&self, has_level: bool) {
        let Frame { time, now, .. } = self.view;
        if time.shows(now, now) {
            self.colour(&self.ink.accent);
            let height = self.sizes.rows + if has_level { FOOT } else { 0.0 };
            self.canvas.rect(self.sizes.left() + time.position(now) - 0.5, AXIS - 4.0, 1.5, height + 4.0);
        }
    }
}

/// A round number of rows between two names that are `least` rows apart.
fn nice_step(least: f64) -> usize {
    [1usize, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000]
        .into_iter()
        .find(|step| crate::chart::lanes::number(*step) >= least)
        .unwrap_or(10_000)
}

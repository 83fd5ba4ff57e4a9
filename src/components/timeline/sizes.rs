//! Where things are in a timeline's frame, in pixels of a page whose texts have their usual size: where the reader has
//! larger ones, everything is larger.

use leptos::html;
use leptos::prelude::*;

use crate::chart::lanes::{number, row_at};
use crate::chart::{Frame, Scale};
use crate::platform::canvas::text_zoom;

/// The height of the time axis above the rows; timeline.css keeps the same room free.
pub(super) const AXIS: f64 = 24.0;
/// The height of the level beneath them; timeline.css keeps the same room free.
pub(super) const FOOT: f64 = 56.0;
/// The height of a row, unless all are made to fit.
pub(super) const ROW: f64 = 24.0;
/// Room for half a mark at either end of the plot.
const INSET: f64 = 10.0;
/// The column of names: its width, and on a narrow page.
const NAMES: (f64, f64) = (84.0, 76.0);
const NARROW: f64 = 520.0;

/// The measures of a timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// The frame's width and height.
    pub frame: (f64, f64),
    /// The width without the bar that scrolls.
    pub width: f64,
    /// The height of what is seen of the rows.
    pub rows: f64,
    /// How many pixels of the page one of these is.
    pub zoom: f64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { frame: (800.0, 320.0), width: 800.0, rows: 240.0, zoom: 1.0 }
    }
}

/// What the pointer is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// Across the plot, in pixels.
    pub x: f64,
    /// The row, where it is over the rows.
    pub row: Option<usize>,
}

impl Sizes {
    /// The width of the column of names.
    pub fn names(&self) -> f64 {
        if self.width < NARROW { NAMES.1 } else { NAMES.0 }
    }

    /// The left edge of the plot.
    pub fn left(&self) -> f64 {
        self.names() + INSET
    }

    /// The width of the plot.
    pub fn plot(&self) -> f64 {
        (self.width - self.left() - INSET).max(10.0)
    }

    /// The upper edge of the level.
    pub fn foot(&self) -> f64 {
        AXIS + self.rows
    }

    /// The height of a row where `count` are to fit.
    pub fn row(&self, count: usize, fit: bool) -> f64 {
        if fit && count > 0 { (self.rows / number(count)).min(ROW) } else { ROW }
    }

    /// What the pointer is over at a place in the frame.
    pub fn spot(&self, (x, y): (f64, f64), frame: &Frame) -> Option<Spot> {
        let x = x - self.left();
        if !(-INSET..=self.plot() + INSET).contains(&x) {
            return None;
        }
        let in_rows = (AXIS..self.foot()).contains(&y);
        let row = in_rows.then(|| row_at(y - AXIS + frame.top, frame.row));
        Some(Spot { x: x.clamp(0.0, self.plot()), row })
    }

    /// The rows and the time in sight.
    pub fn view(&self, time: Scale, now: f64, row: f64, top: f64) -> Frame {
        Frame { time, now, row, top, height: self.rows }
    }

    /// Measures a frame and what scrolls in it.
    pub fn measure(frame: NodeRef<html::Div>, scroll: NodeRef<html::Div>) -> Option<Self> {
        let frame = frame.try_get_untracked().flatten()?;
        let scroll = scroll.try_get_untracked().flatten()?;
        let zoom = text_zoom();
        let size = |pixels: i32| f64::from(pixels) / zoom;
        let sizes = Self {
            frame: (size(frame.client_width()), size(frame.client_height())),
            width: size(scroll.client_width()),
            rows: size(scroll.client_height()),
            zoom,
        };
        (sizes.width > 0.0 && sizes.rows > 0.0).then_some(sizes)
    }
}

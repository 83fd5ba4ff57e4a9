//! What follows the pointer and the keys, over the picture.

use super::paint::{Brush, TEXT, level_y};
use super::sizes::{AXIS, FOOT, Spot};
use crate::chart::picture::FULL_ROW;
use crate::chart::{Lanes, Level, Place};
use crate::format::format_duration;
use crate::platform::canvas::{Anchor, Fill};

/// What a letter takes in a chip, in pixels.
const LETTER: f64 = 6.4;

/// What is pointed at.
pub(super) struct Pointed {
    pub spot: Option<Spot>,
    pub hovered: Option<Place>,
    pub selected: Option<Place>,
    /// The stretch of time that is being selected.
    pub range: Option<(f64, f64)>,
}

impl Brush<'_> {
    /// Draws what is pointed at.
    pub fn pointed(&self, lanes: &Lanes, level: &Level, pointed: &Pointed) {
        self.canvas.clear();
        let below = if level.is_empty() { 0.0 } else { FOOT };
        let height = self.sizes.rows + below;
        if let Some((one, other)) = pointed.range {
            self.range(one.min(other), one.max(other), height);
        }
        self.canvas.clip(0.0, AXIS, self.sizes.width, self.sizes.rows);
        for (place, width) in [(pointed.hovered, 1.0), (pointed.selected, 2.0)] {
            if let Some(place) = place {
                self.segment_frame(lanes, place, width);
            }
        }
        self.canvas.unclip();
        if let (Some(spot), None) = (pointed.spot, pointed.range) {
            self.crosshair(spot, level, height);
        }
    }

    fn segment_frame(&self, lanes: &Lanes, place: Place, width: f64) {
        let Some(segment) = lanes.segment(place) else { return };
        let (time, row) = (self.view.time, self.view.row);
        let end = segment.end(self.view.now);
        if !time.shows(segment.from, end) {
            return;
        }
        let from = self.sizes.left() + time.position(segment.from);
        let to = self.sizes.left() + time.position(end);
        let top = AXIS + self.view.row_top(place.lane);
        let (x, length) = if segment.kind.is_mark() {
            let half = if row >= FULL_ROW { 9.0 } else { 3.0 };
            (from - half, half * 2.0)
        } else {
            (from - 1.0, (to - from).max(2.0) + 1.0)
        };
        let inner = if row >= FULL_ROW { 3.0 } else { 0.0 };
        let (y, height) = (top + inner, (row - 2.0 * inner).max(3.0));
        self.canvas.frame((x, y, length, height), width, &self.ink.accent, false);
    }

    fn range(&self, from: f64, to: f64, height: f64) {
        let (time, left) = (self.view.time, self.sizes.left());
        let (x, end) = (left + time.position(from), left + time.position(to));
        self.canvas.fill(Fill::Colour(&self.ink.accent));
        self.canvas.opacity(0.14);
        self.canvas.rect(x, AXIS, end - x, height);
        self.canvas.opacity(1.0);
        self.canvas.rect(x, AXIS, 1.0, height);
        self.canvas.rect(end, AXIS, 1.0, height);
        self.chip(&length(to - from), f64::midpoint(x, end), AXIS / 2.0);
    }

    fn crosshair(&self, spot: Spot, level: &Level, height: f64) {
        let x = self.sizes.left() + spot.x;
        let time = self.view.time.value(spot.x);
        self.canvas.fill(Fill::Colour(&self.ink.text));
        self.canvas.opacity(0.45);
        self.canvas.rect(x, AXIS, 1.0, height);
        self.canvas.opacity(1.0);
        if let Some(share) = level.at(time).filter(|_| time <= self.view.now) {
            self.canvas.fill(Fill::Colour(&self.ink.surface));
            self.canvas.circle(x, level_y(&self.sizes, share), 4.5);
            self.canvas.fill(Fill::Colour(&self.ink.level));
            self.canvas.circle(x, level_y(&self.sizes, share), 3.0);
        }
        self.chip(&length(time), x, AXIS / 2.0);
    }

    /// A text on its own ground, kept within the plot.
    fn chip(&self, text: &str, x: f64, y: f64) {
        let width = text.chars().map(|_| LETTER).sum::<f64>() + 10.0;
        let right = (self.sizes.left() + self.sizes.plot() + 8.0 - width).max(self.sizes.names());
        let left = (x - width / 2.0).clamp(self.sizes.names(), right);
        self.canvas.fill(Fill::Colour(&self.ink.text));
        self.canvas.rect(left, y - 9.0, width, 18.0);
        self.canvas.fill(Fill::Colour(&self.ink.surface));
        self.canvas.font(500, TEXT, &self.ink.family);
        self.canvas.text(text, left + width / 2.0, y + 0.5, Anchor::Middle);
    }
}

/// A length of time on a chip: finer than a glance needs, since it follows the pointer.
fn length(seconds: f64) -> String {
    if (1.0..60.0).contains(&seconds) { format!("{seconds:.2} s") } else { format_duration(super::duration(seconds)) }
}

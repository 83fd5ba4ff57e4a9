//! What follows the pointer and the keys: a few elements over and under the picture, so that none of its pixels is drawn
//! again for them.

use leptos::prelude::*;

use super::paint::level_y;
use super::sizes::{AXIS, FOOT, Sizes, Spot};
use super::state::State;
use crate::chart::picture::FULL_ROW;
use crate::chart::{Frame, Lanes, Level, Place};
use crate::format::format_duration;
use crate::platform::canvas::pixel_ratio;

/// What a letter takes in a chip, in pixels.
const LETTER: f64 = 6.4;
/// The height of a chip, and the size of the dot on the level, in pixels.
const CHIP: f64 = 18.0;
const DOT: f64 = 9.0;
/// What a pixel of a page with texts of the usual size is of one `rem`.
const PER_REM: f64 = 16.0;

/// A left and an upper edge, a width and a height, in pixels.
type Rect = (f64, f64, f64, f64);

/// Where each part is, in the frame or (row, hovered and selected) in what is seen of the rows; none where it is not shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Parts {
    row: Option<Rect>,
    hovered: Option<Rect>,
    selected: Option<Rect>,
    range: Option<Rect>,
    line: Option<Rect>,
    dot: Option<Rect>,
    chip: Option<(Rect, String)>,
}

impl Parts {
    /// As the pointer, the keys and the picture are, tracked.
    pub fn of(state: State) -> Self {
        let (view, sizes) = (state.view(), state.sizes.get());
        let (spot, range, selected) = (state.spot.get(), state.range.get(), state.selected.get());
        if spot.is_none() && range.is_none() && selected.is_none() {
            return Self::default();
        }
        let place = Placing { view, sizes, scale: pixel_ratio() * sizes.zoom };
        let hovered = spot.and_then(|spot| state.under(spot));
        state.source.read(|lanes, level| {
            let mut parts = Self {
                row: selected.map(|selected| place.row(selected.lane)),
                hovered: hovered.and_then(|hovered| place.segment(lanes, hovered)),
                selected: selected.and_then(|selected| place.segment(lanes, selected)),
                ..Self::default()
            };
            match (range, spot) {
                (Some((one, other)), _) => place.range((one.min(other), one.max(other)), level, &mut parts),
                (None, Some(spot)) => place.crosshair(spot, level, &mut parts),
                (None, None) => {}
            }
            parts
        })
    }
}

struct Placing {
    view: Frame,
    sizes: Sizes,
    /// The screen's pixels in a pixel.
    scale: f64,
}

impl Placing {
    /// With edges that fall on the screen's own pixels, as the picture's do.
    fn rect(&self, (x, y, width, height): Rect) -> Rect {
        let edge = |value: f64| (value * self.scale).round() / self.scale;
        let (left, top) = (edge(x), edge(y));
        let least = 1.0 / self.scale;
        (left, top, (edge(x + width) - left).max(least), (edge(y + height) - top).max(least))
    }

    fn row(&self, row: usize) -> Rect {
        self.rect((0.0, self.view.row_top(row), self.sizes.width, self.view.row.max(2.0)))
    }

    fn segment(&self, lanes: &Lanes, place: Place) -> Option<Rect> {
        let segment = lanes.segment(place)?;
        let (time, row) = (self.view.time, self.view.row);
        let end = segment.end(self.view.now);
        if !time.shows(segment.from, end) {
            return None;
        }
        let from = self.sizes.left() + time.position(segment.from);
        let to = self.sizes.left() + time.position(end);
        let (x, length) = if segment.kind.is_mark() {
            let half = if row >= FULL_ROW { 9.0 } else { 3.0 };
            (from - half, half * 2.0)
        } else {
            (from - 1.0, (to - from).max(2.0) + 1.0)
        };
        let inner = if row >= FULL_ROW { 3.0 } else { 0.0 };
        Some(self.rect((x, self.view.row_top(place.lane) + inner, length, (row - 2.0 * inner).max(3.0))))
    }

    /// How far down what goes through the rows and the level reaches.
    fn height(&self, level: &Level) -> f64 {
        self.sizes.rows + if level.is_empty() { 0.0 } else { FOOT }
    }

    fn range(&self, (from, to): (f64, f64), level: &Level, parts: &mut Parts) {
        let (time, left) = (self.view.time, self.sizes.left());
        let (x, end) = (left + time.position(from), left + time.position(to));
        parts.range = Some(self.rect((x, AXIS, end - x, self.height(level))));
        parts.chip = Some(self.chip(length(to - from), f64::midpoint(x, end)));
    }

    fn crosshair(&self, spot: Spot, level: &Level, parts: &mut Parts) {
        let x = self.sizes.left() + spot.x;
        let time = self.view.time.value(spot.x);
        parts.line = Some(self.rect((x, AXIS, 1.0, self.height(level))));
        parts.dot = level.at(time).filter(|_| time <= self.view.now).map(|share| {
            let y = level_y(&self.sizes, share);
            (x - DOT / 2.0, y - DOT / 2.0, DOT, DOT)
        });
        parts.chip = Some(self.chip(length(time), x));
    }

    /// A text on its own ground about `x`, kept within the plot.
    fn chip(&self, text: String, x: f64) -> (Rect, String) {
        let width = text.chars().map(|_| LETTER).sum::<f64>() + 10.0;
        let right = (self.sizes.left() + self.sizes.plot() + 8.0 - width).max(self.sizes.names());
        let left = (x - width / 2.0).clamp(self.sizes.names(), right);
        (self.rect((left, (AXIS - CHIP) / 2.0, width, CHIP)), text)
    }
}

/// What is marked beneath the picture.
#[component]
pub(super) fn Underlay(parts: Memo<Parts>) -> impl IntoView {
    view! {
        <div class="timeline-layer timeline-layer-rows" aria-hidden="true">
            {part(parts, "timeline-row-mark", |parts| parts.row)}
        </div>
    }
}

/// What is marked over it.
#[component]
pub(super) fn Overlay(parts: Memo<Parts>) -> impl IntoView {
    let text = Memo::new(move |_| parts.with(|parts| parts.chip.as_ref().map(|(_, text)| text.clone())));
    let chip = Memo::new(move |_| parts.with(|parts| parts.chip.as_ref().map(|(rect, _)| *rect)));
    view! {
        <div class="timeline-layer timeline-layer-rows" aria-hidden="true">
            {part(parts, "timeline-hovered", |parts| parts.hovered)}
            {part(parts, "timeline-selected", |parts| parts.selected)}
        </div>
        <div class="timeline-layer" aria-hidden="true">
            {part(parts, "timeline-range", |parts| parts.range)}
            {part(parts, "timeline-crosshair", |parts| parts.line)}
            {part(parts, "timeline-dot", |parts| parts.dot)}
            <div
                class="timeline-part timeline-chip num"
                hidden=move || chip.with(Option::is_none)
                style:transform=move || chip.get().map(moved)
                style:width=move || chip.get().map(|(_, _, width, _)| rem(width))
                style:height=move || chip.get().map(|(_, _, _, height)| rem(height))
            >
                {move || text.get()}
            </div>
        </div>
    }
}

fn part(parts: Memo<Parts>, class: &str, pick: fn(&Parts) -> Option<Rect>) -> impl IntoView + use<> {
    let rect = Memo::new(move |_| parts.with(pick));
    view! {
        <div
            class=format!("timeline-part {class}")
            hidden=move || rect.with(Option::is_none)
            style:transform=move || rect.get().map(moved)
            style:width=move || rect.get().map(|(_, _, width, _)| rem(width))
            style:height=move || rect.get().map(|(_, _, _, height)| rem(height))
        ></div>
    }
}

fn moved((x, y, ..): Rect) -> String {
    format!("translate({}, {})", rem(x), rem(y))
}

/// Larger where the reader has larger texts, like the picture.
fn rem(pixels: f64) -> String {
    format!("{}rem", pixels / PER_REM)
}

/// A length of time on a chip: finer than a glance needs, since it follows the pointer.
fn length(seconds: f64) -> String {
    if (1.0..60.0).contains(&seconds) { format!("{seconds:.2} s") } else { format_duration(super::duration(seconds)) }
}

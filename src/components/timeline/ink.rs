//! The colours and shapes that a timeline is drawn with, as the style sheets give them.

use leptos::html;
use leptos::prelude::*;

use crate::chart::SegmentKind;
use crate::chart::density::Rgb;
use crate::platform::canvas::{Canvas, Tiles, channels, colours, typefaces};

/// Colours other than those of the kinds; each has a class `ink-NAME` in timeline.css.
const OTHERS: [&str; 9] = ["wash", "text", "text-2", "text-3", "surface", "surface-2", "accent", "level", "level-wash"];

/// One element a colour: its computed `color` is the colour in this theme.
#[component]
pub(super) fn Inks(node: NodeRef<html::Div>) -> impl IntoView {
    let names = SegmentKind::ALL.into_iter().map(SegmentKind::class).chain(OTHERS);
    view! {
        <div class="timeline-inks" node_ref=node aria-hidden="true">
            {names.map(|name| view! { <i class=format!("ink-{name}")></i> }).collect_view()}
        </div>
    }
}

/// What a timeline is drawn with.
#[derive(Debug)]
pub(super) struct Ink {
    kinds: [String; SegmentKind::COUNT],
    /// The same as numbers, to be mixed.
    pub mixed: [Rgb; SegmentKind::COUNT],
    pub wash: String,
    pub text: String,
    pub text_2: String,
    pub text_3: String,
    pub surface_2: String,
    pub accent: String,
    pub level: String,
    pub level_wash: String,
    /// The face of its texts.
    pub family: String,
    /// The hatching of waits.
    pub hatch: Option<Tiles>,
    marks: [Option<Canvas>; SegmentKind::COUNT],
    scale: f64,
}

impl Ink {
    /// Reads the colours of `node`, which is that of [`Inks`], for drawing on `canvas`; `None` once it has gone.
    pub fn of(node: NodeRef<html::Div>, canvas: &Canvas) -> Option<Self> {
        let node = node.try_get_untracked().flatten()?;
        let swatches = colours(&node);
        let colour = |index: usize| swatches.get(index).cloned().unwrap_or_default();
        let kinds = SegmentKind::ALL.map(|kind| colour(kind.index()));
        let [wash, text, text_2, text_3, surface, surface_2, accent, level, level_wash] =
            std::array::from_fn(|index| colour(SegmentKind::COUNT + index));
        let scale = canvas.scale();
        let mixed = SegmentKind::ALL.map(|kind| channels(kinds.get(kind.index()).map_or("", String::as_str)));
        let mark = |kind: SegmentKind| mark(kind, kinds.get(kind.index())?, &surface, scale);
        Some(Self {
            marks: SegmentKind::ALL.map(mark),
            hatch: hatch(kinds.get(SegmentKind::Waiting.index()).map_or("", String::as_str), &wash, scale, canvas),
            family: typefaces(&node),
            kinds,
            mixed,
            wash,
            text,
            text_2,
            text_3,
            surface_2,
            accent,
            level,
            level_wash,
            scale,
        })
    }

    /// Whether it was made for what `canvas` is scaled to.
    pub fn fits(&self, canvas: &Canvas) -> bool {
        (self.scale - canvas.scale()).abs() < 0.001
    }

    /// The colour of a kind.
    pub fn kind(&self, kind: SegmentKind) -> &str {
        self.kinds.get(kind.index()).map_or("", String::as_str)
    }

    /// The round mark of a kind.
    pub fn mark(&self, kind: SegmentKind) -> Option<&Canvas> {
        self.marks.get(kind.index())?.as_ref()
    }
}

/// Stripes from the lower left to the upper right, on a wash.
fn hatch(colour: &str, wash: &str, scale: f64, on: &Canvas) -> Option<Tiles> {
    let side = (6.0 * scale).round();
    let tile = Canvas::aside(side, side, 1.0)?;
    tile.fill(crate::platform::canvas::Fill::Colour(wash));
    tile.rect(0.0, 0.0, side, side);
    tile.opacity(0.62);
    for shift in [-side, 0.0, side] {
        tile.line([(shift - 2.0, side + 2.0), (shift + side + 2.0, -2.0)], 1.5 * scale, colour);
    }
    tile.tiles(on)
}

/// The strokes of a mark, about its middle: each kind has a shape of its own besides its colour.
pub(super) const fn strokes(kind: SegmentKind) -> &'static [&'static [(f64, f64)]] {
    match kind {
        SegmentKind::Refused => &[&[(-3.0, -3.0), (3.0, 3.0)], &[(3.0, -3.0), (-3.0, 3.0)]],
        SegmentKind::Done => &[&[(-3.5, 0.5), (-1.0, 3.0), (3.5, -2.5)]],
        SegmentKind::Failed => &[&[(0.0, -3.5), (0.0, 0.75)], &[(0.0, 3.25), (0.0, 3.3)]],
        SegmentKind::Cancelled => &[&[(-3.0, 0.0), (3.0, 0.0)]],
        SegmentKind::Queued | SegmentKind::InFlight | SegmentKind::Waiting => &[],
    }
}

/// The radius of a round mark.
const RADIUS: f64 = 6.5;

fn mark(kind: SegmentKind, colour: &str, surface: &str, scale: f64) -> Option<Canvas> {
    if !kind.is_mark() {
        return None;
    }
    let (side, middle) = (RADIUS * 2.0 + 3.0, RADIUS + 1.5);
    let mark = Canvas::aside(side, side, scale)?;
    mark.fill(crate::platform::canvas::Fill::Colour(surface));
    mark.circle(middle, middle, RADIUS + 1.0);
    mark.fill(crate::platform::canvas::Fill::Colour(colour));
    mark.circle(middle, middle, RADIUS);
    for stroke in strokes(kind) {
        mark.line(stroke.iter().map(|(x, y)| (x + middle, y + middle)), 1.9, surface);
    }
    Some(mark)
}

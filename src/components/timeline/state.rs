//! What a timeline shows at the moment, and how it is moved about.

use leptos::ev;
use leptos::prelude::*;

use super::duration;
use super::keys::{self, Meaning};
use super::viewport::Viewport;
use crate::chart::{Lane, Place, Scale, lanes, scale::steady_span};
use crate::format::format_duration;

/// How much one press of a zoom button takes.
const ZOOM: f64 = 0.5;
/// How near the pointer must come to a mark, in pixels.
const SLACK: f64 = 6.0;

/// The state of one timeline.
#[derive(Clone, Copy)]
pub(super) struct State {
    /// The rows.
    pub lanes: Signal<Vec<Lane>>,
    /// The number of rows.
    pub count: Memo<usize>,
    /// The time axis, as percentages of its width.
    pub time: Memo<Scale>,
    /// The segment that is inspected.
    pub selected: RwSignal<Option<Place>>,
    /// The segment under the pointer.
    pub hovered: RwSignal<Option<Place>>,
    /// What is in sight.
    pub viewport: Viewport,
    /// Whether the table is shown instead.
    pub as_table: RwSignal<bool>,
    whole: Memo<f64>,
    zoom: RwSignal<Option<Scale>>,
    on_select: Option<Callback<Place>>,
}

impl State {
    pub fn new(
        lanes: Signal<Vec<Lane>>,
        now: Signal<f64>,
        span: Signal<Option<f64>>,
        on_select: Option<Callback<Place>>,
    ) -> Self {
        let count = Memo::new(move |_| lanes.with(Vec::len));
        let end = move || lanes.with(|lanes| lanes::end(lanes)).max(now.get());
        let whole = Memo::new(move |_| span.get().unwrap_or_else(|| steady_span(end())));
        let zoom = RwSignal::new(None::<Scale>);
        Self {
            lanes,
            count,
            time: Memo::new(move |_| zoom.get().unwrap_or_else(|| Scale::new(0.0, whole.get(), 100.0))),
            selected: RwSignal::new(None),
            hovered: RwSignal::new(None),
            viewport: Viewport::new(count),
            as_table: RwSignal::new(false),
            whole,
            zoom,
            on_select,
        }
    }

    /// Whether all of the run is in sight.
    pub fn is_whole(self) -> bool {
        self.zoom.with(Option::is_none)
    }

    pub fn zoom_in(self) {
        self.zoom_by(ZOOM);
    }

    pub fn zoom_out(self) {
        self.zoom_by(1.0 / ZOOM);
    }

    pub fn show_whole(self) {
        self.zoom.set(None);
    }

    /// Zooms about the inspected segment, or about the middle.
    fn zoom_by(self, factor: f64) {
        let (whole, current) = (self.whole.get_untracked(), self.time.get_untracked());
        let at_selected = |lanes: &Vec<Lane>| {
            let (_, segment) = lanes::segment_at(lanes, self.selected.get_untracked()?)?;
            Some(segment.to)
        };
        let middle = f64::midpoint(current.from(), current.to());
        let next = current.zoomed(factor, self.lanes.with_untracked(at_selected).unwrap_or(middle), whole);
        self.zoom.set((next.to() - next.from() < whole * 0.999).then_some(next));
    }

    /// Selects the segment at `place` and brings it into sight.
    fn inspect(self, place: Place) {
        self.selected.set(Some(place));
        self.viewport.reveal(place.lane);
        let at = self.lanes.with_untracked(|lanes| Some(lanes::segment_at(lanes, place)?.1.from));
        if let (Some(at), Some(zoom)) = (at, self.zoom.get_untracked()) {
            self.zoom.set(Some(zoom.revealing(at)));
        }
        if let Some(on_select) = self.on_select {
            on_select.run(place);
        }
    }

    /// The segment under the pointer.
    fn under(self, event: &ev::MouseEvent) -> Option<Place> {
        let (share, row) = self.viewport.locate(f64::from(event.client_x()), f64::from(event.client_y()))?;
        let time = self.time.get_untracked();
        let slack = (time.to() - time.from()) * SLACK / self.viewport.width.get_untracked().max(1.0);
        self.lanes.with_untracked(|lanes| lanes::hit(lanes, row, time.value(share * 100.0), slack))
    }

    pub fn hover(self, event: &ev::MouseEvent) {
        let place = self.under(event);
        if self.hovered.get_untracked() != place {
            self.hovered.set(place);
        }
    }

    pub fn click(self, event: &ev::MouseEvent) {
        if let Some(place) = self.under(event) {
            self.inspect(place);
        }
    }

    pub fn key(self, event: &ev::KeyboardEvent) {
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        let Some(meaning) = keys::meaning(&event.key(), event.shift_key()).filter(|_| !has_modifier) else { return };
        event.prevent_default();
        match meaning {
            Meaning::Step(step) => {
                let next = |lanes: &Vec<Lane>| lanes::step(lanes, self.selected.get_untracked(), step);
                if let Some(place) = self.lanes.with_untracked(next) {
                    self.inspect(place);
                }
            }
            Meaning::ZoomIn => self.zoom_in(),
            Meaning::ZoomOut => self.zoom_out(),
            Meaning::Whole => self.show_whole(),
            Meaning::Pan(share) => {
                let whole = self.whole.get_untracked();
                self.zoom.update(|zoom| *zoom = zoom.map(|zoom| zoom.moved(share, whole)));
            }
        }
    }

    /// The segment at `place` in a line.
    pub fn describe(self, place: Option<Place>) -> String {
        place.and_then(|place| self.lanes.with(|lanes| describe(lanes, place))).unwrap_or_default()
    }
}

/// `#3 · Waiting · 1.2 s to 4.1 s (2.9 s) · text`.
fn describe(lanes: &[Lane], place: Place) -> Option<String> {
    let (lane, segment) = lanes::segment_at(lanes, place)?;
    let at = |seconds: f64| format_duration(duration(seconds));
    let when = if segment.to > segment.from {
        let length = at(segment.to - segment.from);
        format!("{} to {} ({length})", at(segment.from), at(segment.to))
    } else {
        format!("at {}", at(segment.from))
    };
    let mut parts = vec![lane.label.clone(), segment.kind.name().to_owned(), when];
    parts.extend(segment.countdown.iter().map(|left| format!("{left} left")));
    parts.extend(Some(segment.text.clone()).filter(|text| !text.is_empty()));
    Some(parts.join(" · "))
}

//! What a timeline shows at the moment, and how it is moved about.

use leptos::prelude::*;
use leptos::{ev, html};

use super::duration;
use super::keys::{self, Meaning};
use super::sizes::{ROW, Sizes, Spot};
use super::source::TimelineSource;
use crate::chart::lanes::number;
use crate::chart::scale::steady_span;
use crate::chart::steps;
use crate::chart::{Frame, Place, Scale};
use crate::format::format_duration;

/// How much one press of a zoom button takes, and a pixel of the wheel.
const ZOOM: f64 = 0.5;
const WHEEL: f64 = 0.003;
/// How near the pointer must come to a mark, in pixels.
const SLACK: f64 = 7.0;
/// From how many rows on all of them are shown at first, as low as that makes them.
const MANY_ROWS: usize = 60;
/// How far ahead of now the axis reaches for waits that are planned to end there, in seconds.
const AHEAD: f64 = 60.0;

/// The state of one timeline.
#[derive(Clone, Copy)]
pub(super) struct State {
    /// What is drawn.
    pub source: TimelineSource,
    /// The number of rows.
    pub count: Memo<usize>,
    /// The time axis, on the width of the plot.
    pub time: Memo<Scale>,
    /// The end of the time axis, not zoomed.
    pub whole: Memo<f64>,
    /// The segment that is inspected.
    pub selected: RwSignal<Option<Place>>,
    /// What the pointer is over.
    pub spot: RwSignal<Option<Spot>>,
    /// A stretch of time that is being selected, in seconds.
    pub range: RwSignal<Option<(f64, f64)>>,
    /// Whether all rows are made to fit.
    pub fit: Memo<bool>,
    /// How far the rows are scrolled.
    pub top: RwSignal<f64>,
    /// Where things are.
    pub sizes: RwSignal<Sizes>,
    /// Whether the table is shown instead.
    pub as_table: RwSignal<bool>,
    /// The frame around it.
    pub frame: NodeRef<html::Div>,
    /// What scrolls in it.
    pub scroll: NodeRef<html::Div>,
    fit_chosen: RwSignal<Option<bool>>,
    zoom: RwSignal<Option<(f64, f64)>>,
    // Where the pointer was last: browsers tell of a resting one too, when what is under it moves.
    pointer: StoredValue<(i32, i32)>,
    on_select: Option<Callback<Place>>,
}

impl State {
    pub fn new(source: TimelineSource, on_select: Option<Callback<Place>>) -> Self {
        let count = source.memo(|lanes, _| lanes.len());
        let whole = Memo::new(move |_| {
            let beat = source.beat.get();
            let (end, due) = source.read(|lanes, _| (lanes.end(), lanes.due()));
            let planned = if beat.running { due.min(beat.now + AHEAD) } else { 0.0 };
            steady_span(end.max(beat.now).max(planned))
        });
        let (zoom, sizes) = (RwSignal::new(None::<(f64, f64)>), RwSignal::new(Sizes::default()));
        let fit_chosen = RwSignal::new(None);
        let (selected, scroll) = (RwSignal::new(None), NodeRef::<html::Div>::new());
        // What was looked at of other lanes means nothing in these.
        let series = Memo::new(move |_| source.beat.get().series);
        Effect::new(move |before: Option<u64>| {
            let series = series.get();
            if before.is_some_and(|before| before != series) {
                zoom.set(None);
                selected.set(None);
                if let Some(scroll) = scroll.get_untracked() {
                    scroll.set_scroll_top(0);
                }
            }
            series
        });
        Self {
            source,
            count,
            whole,
            time: Memo::new(move |_| {
                let (from, to) = zoom.get().unwrap_or_else(|| (0.0, whole.get()));
                Scale::new(from, to, sizes.get().plot())
            }),
            selected,
            spot: RwSignal::new(None),
            range: RwSignal::new(None),
            fit: Memo::new(move |_| fit_chosen.get().unwrap_or_else(|| count.get() > MANY_ROWS)),
            top: RwSignal::new(0.0),
            sizes,
            as_table: RwSignal::new(false),
            frame: NodeRef::new(),
            scroll,
            fit_chosen,
            zoom,
            pointer: StoredValue::new((-1, -1)),
            on_select,
        }
    }

    /// What is in sight, tracked.
    pub fn view(self) -> Frame {
        let row = self.sizes.get().row(self.count.get(), self.fit.get());
        let top = if self.fit.get() { 0.0 } else { self.top.get() };
        self.sizes.get().view(self.time.get(), self.source.beat.get().now, row, top)
    }

    fn view_now(self) -> Frame {
        untrack(|| self.view())
    }

    /// Whether all of the run's time is in sight, tracked.
    pub fn is_whole(self) -> bool {
        self.zoom.with(Option::is_none)
    }

    /// Whether there is anything before, and after, what is in sight, tracked.
    pub fn has_more(self) -> (bool, bool) {
        self.zoom.get().map_or((false, false), |(from, to)| (from > 0.0, to < self.whole.get()))
    }

    pub fn zoom_in(self) {
        self.zoom_by(ZOOM, None);
    }

    pub fn zoom_out(self) {
        self.zoom_by(1.0 / ZOOM, None);
    }

    pub fn show_whole(self) {
        self.zoom.set(None);
    }

    pub fn toggle_fit(self) {
        let fit = untrack(|| self.fit.get());
        self.fit_chosen.set(Some(!fit));
        // To where it was looked at.
        if fit && let Some(place) = self.selected.get_untracked() {
            request_animation_frame(move || self.reveal(place.lane));
        }
    }

    /// Moves what is seen of the time by a share of it.
    pub fn pan(self, share: f64) {
        if self.zoom.with_untracked(Option::is_some) {
            self.show(untrack(|| self.time.get()).moved(share, self.whole.get_untracked()));
        }
    }

    /// Zooms about a moment; else about the inspected segment, or the middle.
    fn zoom_by(self, factor: f64, about: Option<f64>) {
        let (whole, current) = untrack(|| (self.whole.get(), self.time.get()));
        let now = self.view_now().now;
        let selected = || {
            let place = self.selected.get_untracked()?;
            self.source.read(|lanes, _| lanes.segment(place).map(|segment| segment.end(now)))
        };
        let middle = f64::midpoint(current.from(), current.to());
        self.show(current.zoomed(factor, about.or_else(selected).unwrap_or(middle), whole));
    }

    fn show(self, time: Scale) {
        let is_whole = time.to() - time.from() >= self.whole.get_untracked() * 0.999;
        self.zoom.set((!is_whole).then(|| (time.from(), time.to())));
    }

    /// Selects the segment at `place`, brings it into sight and tells whoever asked.
    fn inspect(self, place: Place) {
        self.selected.set(Some(place));
        self.reveal(place.lane);
        let at = self.source.read(|lanes, _| lanes.segment(place).map(|segment| segment.from));
        if let (Some(at), true) = (at, self.zoom.with_untracked(Option::is_some)) {
            self.show(untrack(|| self.time.get()).revealing(at));
        }
        if let Some(on_select) = self.on_select {
            on_select.run(place);
        }
    }

    /// Scrolls by the least that shows `lane`.
    fn reveal(self, lane: usize) {
        let Some(scroll) = self.scroll.get_untracked() else { return };
        if untrack(|| self.fit.get()) {
            return;
        }
        let (at, seen) = (number(lane) * ROW, self.sizes.get_untracked().rows);
        let zoom = self.sizes.get_untracked().zoom;
        let top = f64::from(scroll.scroll_top()) / zoom;
        let wanted = if at < top { at } else { (at + ROW - seen).max(top) };
        if (wanted - top).abs() > 0.5 {
            #[allow(clippy::cast_possible_truncation, reason = "a scroll position in pixels")]
            scroll.set_scroll_top((wanted * zoom).ceil() as i32);
        }
    }

    /// Where in the frame an event is.
    fn point(self, event: &ev::MouseEvent) -> Option<(f64, f64)> {
        let frame = self.frame.get_untracked()?.get_bounding_client_rect();
        let zoom = self.sizes.get_untracked().zoom;
        let place = |at: i32, edge: f64| (f64::from(at) - edge - 1.0) / zoom;
        Some((place(event.client_x(), frame.left()), place(event.client_y(), frame.top())))
    }

    /// The time at the pointer, in seconds.
    pub fn time_at(self, event: &ev::MouseEvent) -> Option<f64> {
        let spot = self.sizes.get_untracked().spot(self.point(event)?, &self.view_now())?;
        Some(self.view_now().time.value(spot.x))
    }

    /// The segment under a spot.
    pub fn under(self, spot: Spot) -> Option<Place> {
        let view = self.view_now();
        let slack = (view.time.to() - view.time.from()) * SLACK / view.time.position(f64::INFINITY).max(1.0);
        let time = view.time.value(spot.x);
        self.source.read(|lanes, _| steps::hit(lanes, spot.row?, time, slack, view.now))
    }

    pub fn hover(self, event: &ev::MouseEvent) {
        let at = (event.client_x(), event.client_y());
        if self.pointer.get_value() == at {
            return;
        }
        self.pointer.set_value(at);
        let spot = self.point(event).and_then(|point| self.sizes.get_untracked().spot(point, &self.view_now()));
        if self.spot.get_untracked() != spot {
            self.spot.set(spot);
        }
    }

    /// The pointer has gone; or it rests, and what is under it has moved away and may come back.
    pub fn leave(self, event: &ev::MouseEvent) {
        self.pointer.set_value((event.client_x(), event.client_y()));
        self.spot.set(None);
    }

    pub fn click(self, event: &ev::MouseEvent) {
        let spot = self.point(event).and_then(|point| self.sizes.get_untracked().spot(point, &self.view_now()));
        if let Some(place) = spot.and_then(|spot| self.under(spot)) {
            self.inspect(place);
        }
    }

    /// Zooms to the stretch that was selected.
    pub fn take_range(self) {
        if let Some((one, other)) = self.range.get_untracked() {
            self.range.set(None);
            let (from, to) = (one.min(other), one.max(other));
            let time = untrack(|| self.time.get());
            let least = (time.to() - time.from()) / 1_000.0;
            if to - from > least {
                self.show(Scale::new(from, to.max(from + 0.01), time.position(f64::INFINITY)));
            }
        }
    }

    pub fn wheel(self, event: &ev::WheelEvent) {
        let (along, down) = (event.delta_x(), event.delta_y());
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let factor = libm::exp((down * WHEEL).clamp(-1.0, 1.0));
            self.zoom_by(factor, self.time_at(event));
        } else if self.zoom.with_untracked(Option::is_some) && (event.shift_key() || along.abs() > down.abs()) {
            event.prevent_default();
            let pixels = if along.abs() > down.abs() { along } else { down };
            self.pan(pixels / self.sizes.get_untracked().plot());
        }
    }

    pub fn key(self, event: &ev::KeyboardEvent) {
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        let Some(meaning) = keys::meaning(&event.key(), event.shift_key()).filter(|_| !has_modifier) else { return };
        event.prevent_default();
        match meaning {
            Meaning::Step(step) => {
                // A pointer that rests here says nothing any more: what the keys have reached is told.
                self.spot.set(None);
                let (from, now) = (self.selected.get_untracked(), self.view_now().now);
                if let Some(place) = self.source.read(|lanes, _| steps::step(lanes, from, step, now)) {
                    self.inspect(place);
                }
            }
            Meaning::Open => {
                self.spot.set(None);
                if let Some(place) = self.selected.get_untracked() {
                    self.inspect(place);
                }
            }
            Meaning::ZoomIn => self.zoom_in(),
            Meaning::ZoomOut => self.zoom_out(),
            Meaning::Whole => self.show_whole(),
            Meaning::Pan(share) => self.pan(share),
        }
    }

    /// The segment at `place` in a line: `#3 · Waiting · 1.2 s to 4.1 s (2.9 s) · text`.
    pub fn describe(self, place: Place) -> Option<String> {
        let now = self.source.beat.get().now;
        let segment = self.source.read(|lanes, _| lanes.segment(place).copied())?;
        let at = |seconds: f64| format_duration(duration(seconds));
        let end = segment.end(now);
        let when = if end > segment.from {
            format!("{} to {} ({})", at(segment.from), at(end), at(end - segment.from))
        } else {
            format!("at {}", at(segment.from))
        };
        let (name, text) = (self.source.name.run(place.lane), self.source.text.run(place));
        let text = if text.is_empty() { text } else { format!(" · {text}") };
        Some(format!("{name} · {} · {when}{text}", segment.kind.name()))
    }
}

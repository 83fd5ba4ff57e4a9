//! When the picture is drawn: before a frame, once, and only what has changed.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use super::ink::Ink;
use super::overlay::Pointed;
use super::paint::{Brush, Words};
use super::state::State;
use crate::chart::picture::picture;
use crate::chart::{Frame, Picture};
use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::platform::canvas::{Canvas, pixel_ratio};
use crate::platform::resize::SizeWatch;
use crate::platform::theme;
use crate::platform::timer::Timer;
use crate::time::Instant;

/// The canvases: the picture, and over it what follows the pointer.
#[derive(Clone, Copy)]
pub(super) struct Nodes {
    pub picture: NodeRef<html::Canvas>,
    pub overlay: NodeRef<html::Canvas>,
    pub inks: NodeRef<html::Div>,
}

impl Nodes {
    pub fn new() -> Self {
        Self { picture: NodeRef::new(), overlay: NodeRef::new(), inks: NodeRef::new() }
    }
}

/// All that the shapes depend on: which lanes, their revision, and what is in sight of them.
type Moment = (u64, u64, Frame);

struct Painter {
    picture: Canvas,
    overlay: Canvas,
    cells: Option<Canvas>,
    ink: Option<Ink>,
    // The shapes of the lanes as they were last drawn, and of what they are.
    drawn: Option<(Moment, Picture)>,
    // What is to be drawn before the next frame.
    wants: Wants,
    // When what is selected is marked in the picture as well.
    mark: Option<Timer>,
    drawn_at: Instant,
    took: Duration,
}

#[derive(Clone, Copy, Default)]
struct Wants {
    picture: bool,
    overlay: bool,
    queued: bool,
}

#[derive(Clone, Copy)]
struct Handle {
    painter: StoredValue<Option<Painter>, LocalStorage>,
    state: State,
    nodes: Nodes,
}

/// How long a selection rests before its row is marked in the picture: who walks along by keys sees the frame around each
/// segment at once, and the whole picture is not drawn again for each.
const REST: Duration = Duration::from_millis(80);
/// While a run goes on, drawing takes no more than one part in so many of the time.
const SHARE: u32 = 6;

/// Draws a timeline whenever what it shows changes.
pub(super) fn paint(state: State, nodes: Nodes) {
    let handle = Handle { painter: StoredValue::new_local(None), state, nodes };
    let watches = StoredValue::new_local(Vec::new());
    Effect::new(move |_| {
        let (Some(picture), Some(overlay)) = (nodes.picture.get(), nodes.overlay.get()) else { return };
        let Some(scroll) = state.scroll.get() else { return };
        // It covers the frame with what is around the rows.
        let whole = picture.clone();
        let (Some(picture), Some(overlay)) = (Canvas::of(picture), Canvas::of(overlay)) else { return };
        let cells = Canvas::aside(1.0, 1.0, 1.0);
        let (drawn_at, took) = (Instant::ORIGIN, Duration::ZERO);
        let painter = Painter {
            picture,
            overlay,
            cells,
            ink: None,
            drawn: None,
            wants: Wants::default(),
            mark: None,
            drawn_at,
            took,
        };
        handle.painter.set_value(Some(painter));
        let measured = move || handle.measure();
        watches.set_value(vec![SizeWatch::of(&whole, measured), SizeWatch::of(&scroll, measured)]);
        handle.measure();
    });
    let themes = StoredValue::new_local(Some(theme::on_change(move || handle.forget_ink())));
    on_cleanup(move || {
        let _ = themes.try_update_value(Option::take);
        let _ = watches.try_update_value(|watches| watches.clear());
    });
    // What a person does is seen at once.
    Effect::new(move |_| {
        state.sizes.track();
        state.top.track();
        // Memos are made anew only where they are read.
        state.time.get();
        state.fit.get();
        handle.want(true, true);
    });
    Effect::new(move |_| {
        state.spot.track();
        state.range.track();
        handle.want(false, true);
    });
    Effect::new(move |_| {
        state.selected.track();
        handle.want(false, true);
        handle.mark_soon();
    });
    let moment = Memo::new(move |_| {
        let (beat, time) = (state.source.beat.get(), state.time.get());
        // A pixel of the axis, and no countdown missed.
        let step = ((time.to() - time.from()) / time.position(f64::INFINITY).max(1.0)).min(0.1);
        (beat.series, beat.revision, beat.running, libm::floor(beat.now / step.max(0.001)))
    });
    Effect::new(move |_| {
        let (_, _, running, _) = moment.get();
        if !running || handle.has_rested() {
            handle.want(true, false);
        }
    });
}

impl Handle {
    fn measure(self) {
        let Some(sizes) = super::sizes::Sizes::measure(self.state.frame, self.state.scroll) else { return };
        if self.state.sizes.try_get_untracked().is_some_and(|before| before != sizes) {
            self.state.sizes.set(sizes);
        }
        self.want(true, true);
    }

    fn forget_ink(self) {
        let _ = self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                painter.ink = None;
                painter.drawn = None;
            }
        });
        self.want(true, true);
    }

    /// Whether the last drawing took a small share of the time since.
    fn has_rested(self) -> bool {
        let rested = self.painter.try_with_value(|painter| {
            let painter = painter.as_ref()?;
            Some(BrowserClock.now().saturating_since(painter.drawn_at) >= painter.took * SHARE)
        });
        rested.flatten().unwrap_or(false)
    }

    fn want(self, picture: bool, overlay: bool) {
        let is_first = self.painter.try_update_value(|painter| {
            let wants = &mut painter.as_mut()?.wants;
            wants.picture |= picture;
            wants.overlay |= overlay;
            Some(!std::mem::replace(&mut wants.queued, true))
        });
        if is_first.flatten() == Some(true) {
            request_animation_frame(move || self.draw());
        }
    }

    fn mark_soon(self) {
        let timer = Timer::after(REST, move || self.want(true, false));
        let _ = self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                painter.mark = Some(timer);
            }
        });
    }

    fn draw(self) {
        let began = BrowserClock.now();
        let _ = self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                let wants = std::mem::take(&mut painter.wants);
                painter.draw(self, wants);
                if wants.picture {
                    painter.drawn_at = BrowserClock.now();
                    painter.took = painter.drawn_at.saturating_since(began);
                }
            }
        });
    }
}

impl Painter {
    fn draw(&mut self, handle: Handle, wants: Wants) {
        let state = handle.state;
        let Some(sizes) = state.sizes.try_get_untracked() else { return };
        let view = untrack(|| state.view());
        let selected = state.selected.get_untracked();
        let scale = pixel_ratio() * sizes.zoom;
        self.picture.fit(sizes.frame.0, sizes.frame.1, scale);
        self.overlay.fit(sizes.frame.0, sizes.frame.1, scale);
        if self.ink.as_ref().is_none_or(|ink| !ink.fits(&self.picture)) {
            self.ink = Ink::of(handle.nodes.inks, &self.picture);
        }
        let beat = state.source.beat.get_untracked();
        let moment = (beat.series, beat.revision, view);
        // What is selected or named changes no shape.
        let is_new = wants.picture && self.drawn.as_ref().is_none_or(|(of, _)| *of != moment);
        if is_new {
            self.drawn = Some((moment, state.source.read(|lanes, _| picture(lanes, &view))));
        }
        let Some(ink) = &self.ink else { return };
        let brush = |canvas| Brush { canvas, cells: self.cells.as_ref(), ink, sizes, view };
        if wants.picture {
            let name = |row: usize| untrack(|| state.source.name.run(row));
            let selected = selected.map(|place| place.lane);
            let words = Words { name: &name, selected };
            if let Some((_, drawn)) = &self.drawn {
                state.source.read(|lanes, level| brush(&self.picture).all(lanes, level, drawn, is_new, &words));
            }
        }
        let spot = state.spot.get_untracked();
        // What still lasts grows under its frame.
        if wants.overlay || (is_new && (spot.is_some() || selected.is_some())) {
            let hovered = spot.and_then(|spot| state.under(spot));
            let pointed = Pointed { spot, hovered, selected, range: state.range.get_untracked() };
            state.source.read(|lanes, level| brush(&self.overlay).pointed(lanes, level, &pointed));
        }
    }
}

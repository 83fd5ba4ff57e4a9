//! When the picture is drawn: before a frame, once, and only what has changed.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use super::ink::Ink;
use super::paint::Brush;
use super::state::State;
use crate::chart::picture::picture;
use crate::chart::{Frame, Picture};
use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::platform::canvas::{Canvas, pixel_ratio};
use crate::platform::resize::SizeWatch;
use crate::platform::theme;
use crate::time::Instant;

/// The canvas, and what it is drawn with.
#[derive(Clone, Copy)]
pub(super) struct Nodes {
    pub picture: NodeRef<html::Canvas>,
    pub inks: NodeRef<html::Div>,
}

impl Nodes {
    pub fn new() -> Self {
        Self { picture: NodeRef::new(), inks: NodeRef::new() }
    }
}

/// All that the shapes depend on: which lanes, their revision, and what is in sight of them.
type Moment = (u64, u64, Frame);

struct Painter {
    picture: Canvas,
    cells: Option<Canvas>,
    ink: Option<Ink>,
    // The shapes of the lanes as they were last drawn, and of what they are.
    drawn: Option<(Moment, Picture)>,
    // Whether it is drawn before the next frame.
    is_queued: bool,
    drawn_at: Instant,
    took: Duration,
}

#[derive(Clone, Copy)]
struct Handle {
    painter: StoredValue<Option<Painter>, LocalStorage>,
    state: State,
    nodes: Nodes,
}

/// While a run goes on, drawing takes no more than one part in so many of the time.
const SHARE: u32 = 6;

/// Draws a timeline whenever what it shows changes.
pub(super) fn paint(state: State, nodes: Nodes) {
    let handle = Handle { painter: StoredValue::new_local(None), state, nodes };
    let watches = StoredValue::new_local(Vec::new());
    Effect::new(move |_| {
        let Some(picture) = nodes.picture.get() else { return };
        let Some(scroll) = state.scroll.get() else { return };
        // It covers the frame with what is around the rows.
        let whole = picture.clone();
        let Some(picture) = Canvas::of(picture) else { return };
        let cells = Canvas::aside(1.0, 1.0, 1.0);
        let (drawn_at, took) = (Instant::ORIGIN, Duration::ZERO);
        let painter = Painter { picture, cells, ink: None, drawn: None, is_queued: false, drawn_at, took };
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
        handle.want();
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
            handle.want();
        }
    });
}

impl Handle {
    fn measure(self) {
        let Some(sizes) = super::sizes::Sizes::measure(self.state.frame, self.state.scroll) else { return };
        if self.state.sizes.try_get_untracked().is_some_and(|before| before != sizes) {
            self.state.sizes.set(sizes);
        }
        self.want();
    }

    fn forget_ink(self) {
        let _ = self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                painter.ink = None;
                painter.drawn = None;
            }
        });
        self.want();
    }

    /// Whether the last drawing took a small share of the time since.
    fn has_rested(self) -> bool {
        let rested = self.painter.try_with_value(|painter| {
            let painter = painter.as_ref()?;
            Some(BrowserClock.now().saturating_since(painter.drawn_at) >= painter.took * SHARE)
        });
        rested.flatten().unwrap_or(false)
    }

    fn want(self) {
        let is_first = self.painter.try_update_value(|painter| {
            let painter = painter.as_mut()?;
            Some(!std::mem::replace(&mut painter.is_queued, true))
        });
        if is_first.flatten() == Some(true) {
            request_animation_frame(move || self.draw());
        }
    }

    fn draw(self) {
        let began = BrowserClock.now();
        let _ = self.painter.try_update_value(|painter| {
            if let Some(painter) = painter {
                painter.is_queued = false;
                painter.draw(self);
                painter.drawn_at = BrowserClock.now();
                painter.took = painter.drawn_at.saturating_since(began);
            }
        });
    }
}

impl Painter {
    fn draw(&mut self, handle: Handle) {
        let state = handle.state;
        let Some(sizes) = state.sizes.try_get_untracked() else { return };
        let view = untrack(|| state.view());
        self.picture.fit(sizes.frame.0, sizes.frame.1, pixel_ratio() * sizes.zoom);
        if self.ink.as_ref().is_none_or(|ink| !ink.fits(&self.picture)) {
            self.ink = Ink::of(handle.nodes.inks, &self.picture);
        }
        let beat = state.source.beat.get_untracked();
        let moment = (beat.series, beat.revision, view);
        // What is named changes no shape.
        let is_new = self.drawn.as_ref().is_none_or(|(of, _)| *of != moment);
        if is_new {
            self.drawn = Some((moment, state.source.read(|lanes, _| picture(lanes, &view))));
        }
        let (Some(ink), Some((_, drawn))) = (&self.ink, &self.drawn) else { return };
        let brush = Brush { canvas: &self.picture, cells: self.cells.as_ref(), ink, sizes, view };
        let name = |row: usize| untrack(|| state.source.name.run(row));
        state.source.read(|lanes, level| brush.all((lanes, level), drawn, is_new, &name));
    }
}

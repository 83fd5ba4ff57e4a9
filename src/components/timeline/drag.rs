//! The pointer on a timeline: it points, it clicks, and drawn across it selects a stretch of time.

use leptos::ev;
use leptos::prelude::*;

use super::state::State;

/// How far the pointer must go, in pixels, to select instead of clicking.
const LEAST: i32 = 5;

/// A drag of one timeline.
#[derive(Clone, Copy)]
pub(super) struct Drag {
    state: State,
    // Where the pointer went down, and the time there.
    from: StoredValue<Option<(i32, f64)>>,
    // A click that ends a drag is none.
    dragged: StoredValue<bool>,
}

impl Drag {
    pub fn new(state: State) -> Self {
        Self { state, from: StoredValue::new(None), dragged: StoredValue::new(false) }
    }

    pub fn began(self, event: &ev::PointerEvent) {
        self.dragged.set_value(false);
        if event.is_primary() && event.button() == 0 {
            self.from.set_value(self.state.time_at(event).map(|time| (event.client_x(), time)));
        }
    }

    pub fn moved(self, event: &ev::PointerEvent) {
        self.state.hover(event);
        let Some((x, from)) = self.from.get_value() else { return };
        let is_dragging = self.state.range.with_untracked(Option::is_some);
        if !is_dragging && (event.client_x() - x).abs() < LEAST {
            return;
        }
        if !is_dragging && let Some(frame) = self.state.frame.get_untracked() {
            // Beyond the edge it goes on.
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
        if let Some(to) = self.state.time_at(event) {
            self.state.range.set(Some((from, to)));
        }
    }

    pub fn ended(self) {
        self.from.set_value(None);
        if self.state.range.with_untracked(Option::is_some) {
            self.dragged.set_value(true);
            self.state.take_range();
        }
    }

    pub fn cancelled(self) {
        self.from.set_value(None);
        self.state.range.set(None);
    }

    pub fn click(self, event: &ev::MouseEvent) {
        if !self.dragged.get_value() {
            self.state.click(event);
        }
        self.dragged.set_value(false);
    }
}

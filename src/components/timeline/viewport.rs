//! Which rows are in sight, and where they are on the screen.

use std::ops::Range;

use leptos::prelude::*;
use leptos::{ev, html};

use crate::chart::lanes;

/// Before anything is measured.
const ROW: f64 = 24.0;
const HEIGHT: f64 = 480.0;
const WIDTH: f64 = 800.0;

/// The scrolled part of a timeline.
#[derive(Clone, Copy)]
pub(super) struct Viewport {
    /// What scrolls.
    pub scroll: NodeRef<html::Div>,
    /// What holds the rows.
    pub rows: NodeRef<html::Div>,
    /// The column that segments are drawn in, in the axis.
    pub plot: NodeRef<html::Div>,
    /// That column's width in pixels.
    pub width: RwSignal<f64>,
    /// The rows to draw.
    pub visible: Memo<Range<usize>>,
    count: Memo<usize>,
    row: RwSignal<f64>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
}

impl Viewport {
    pub fn new(count: Memo<usize>) -> Self {
        let (row, top, height) = (RwSignal::new(ROW), RwSignal::new(0.0), RwSignal::new(HEIGHT));
        let visible = Memo::new(move |_| lanes::window(top.get(), height.get(), row.get(), count.get()));
        let viewport = Self {
            scroll: NodeRef::new(),
            rows: NodeRef::new(),
            plot: NodeRef::new(),
            width: RwSignal::new(WIDTH),
            visible,
            count,
            row,
            top,
            height,
        };
        // Sizes are known only once the rows are in the page, and change with their number and with the window.
        Effect::new(move |_| {
            count.track();
            if viewport.scroll.get().is_some() {
                request_animation_frame(move || viewport.measure());
            }
        });
        let resized = window_event_listener(ev::resize, move |_| viewport.measure());
        on_cleanup(move || resized.remove());
        viewport
    }

    /// Reads the sizes and the place from the page.
    pub fn measure(self) {
        // A frame may come after the timeline has gone.
        let Some(Some(scroll)) = self.scroll.try_get_untracked() else { return };
        let (Some(rows), Some(plot)) = (self.rows.get_untracked(), self.plot.get_untracked()) else { return };
        let count = self.count.get_untracked();
        let height = rows.get_bounding_client_rect().height();
        if count > 0 && height > 0.0 {
            #[allow(clippy::cast_precision_loss, reason = "a row count is far below 2^53")]
            set(self.row, height / count as f64);
        }
        set(self.top, f64::from(scroll.scroll_top()));
        set(self.height, f64::from(scroll.client_height()));
        let width = plot.get_bounding_client_rect().width();
        if width > 0.0 {
            set(self.width, width);
        }
    }

    /// The share of the plot's width and the row at a point of the window.
    pub fn locate(self, x: f64, y: f64) -> Option<(f64, usize)> {
        let plot = self.plot.get_untracked()?.get_bounding_client_rect();
        let rows = self.rows.get_untracked()?.get_bounding_client_rect();
        let inside = x >= plot.left() && x <= plot.right() && y >= rows.top() && y <= rows.bottom();
        let share = (x - plot.left()) / plot.width().max(1.0);
        inside.then(|| (share, lanes::row_at(y - rows.top(), self.row.get_untracked())))
    }

    /// Scrolls by the least that shows `lane` clear of the axis and the level.
    pub fn reveal(self, lane: usize) {
        let Some(scroll) = self.scroll.get_untracked() else { return };
        let row = self.row.get_untracked();
        #[allow(clippy::cast_precision_loss, reason = "a row count is far below 2^53")]
        let at = lane as f64 * row;
        let (top, seen) = (f64::from(scroll.scroll_top()), f64::from(scroll.client_height()) - row * 5.0);
        let wanted = if at < top { at } else { (at - seen.max(row)).max(top) };
        if (wanted - top).abs() > 0.5 {
            #[allow(clippy::cast_possible_truncation, reason = "a scroll position in pixels")]
            scroll.set_scroll_top(wanted as i32);
        }
    }
}

/// Sets a size only if it has changed, so that a measurement alone draws nothing anew.
fn set(signal: RwSignal<f64>, value: f64) {
    if signal.try_get_untracked().is_some_and(|before| (before - value).abs() > 0.01) {
        signal.set(value);
    }
}

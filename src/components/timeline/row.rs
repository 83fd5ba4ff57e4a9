//! One row of a timeline.

use leptos::prelude::*;

use super::duration;
use super::marks::{bar, mark};
use super::state::State;
use crate::chart::{Lane, Scale, Segment, SegmentKind, lanes};
use crate::format::format_duration;

/// What a letter of a wait's text takes, and what the marks at either end take, in pixels.
const LETTER: f64 = 6.5;
const MARKS: f64 = 18.0;

#[component]
pub(super) fn Row(index: usize, state: State, hatch: String) -> impl IntoView {
    let State { lanes, time, selected, viewport, .. } = state;
    let width = viewport.width;
    // A row is drawn anew only when its own lane or the axis changes.
    let lane = Memo::new(move |_| lanes.with(|lanes| lanes.get(index).cloned()).unwrap_or_default());
    let own = Memo::new(move |_| selected.get().filter(|place| place.lane == index).map(|place| place.segment));
    let drawing = move || {
        let (time, width) = (time.get(), width.get());
        lane.with(|lane| draw(lane, time, width, &hatch))
    };
    let frame = move || {
        let segment = own.get()?;
        let (left, width) = lane.with(|lane| lanes::extent(lane.segments.get(segment)?, time.get()))?;
        Some(if width > 0.0 {
            view! { <rect class="seg-frame" x=percent(left) y="3" width=percent(width) height="18" rx="2"></rect> }
                .into_any()
        } else {
            view! {
                <svg class="mark" x=percent(left) y="12">
                    <circle class="seg-frame" r="9.5"></circle>
                </svg>
            }
            .into_any()
        })
    };
    view! {
        <div class="timeline-row" class:timeline-row-selected=move || own.get().is_some() style:--at=index.to_string()>
            <span class="timeline-label">{move || lane.with(|lane| lane.label.clone())}</span>
            <svg class="timeline-plot" focusable="false">
                {drawing}
                {frame}
            </svg>
        </div>
    }
}

fn percent(value: f64) -> String {
    format!("{value:.3}%")
}

/// Bars first, then the texts of waits, then the marks, so that nothing hides a mark.
fn draw(lane: &Lane, time: Scale, width: f64, hatch: &str) -> AnyView {
    let shown = || lane.segments.iter().filter_map(|segment| Some((segment, lanes::extent(segment, time)?)));
    let bars: Vec<AnyView> = shown()
        .filter(|(segment, _)| segment.to > segment.from)
        .map(|(segment, (left, length))| bar(segment.kind, percent(left), percent(length), hatch))
        .collect();
    let texts: Vec<AnyView> = shown()
        .filter_map(|(segment, (left, length))| wait_text(segment, left, length * width / 100.0, width))
        .collect();
    let marks: Vec<AnyView> = shown()
        .filter(|(segment, _)| segment.to <= time.to())
        .filter_map(|(segment, (left, length))| mark(segment.kind, percent(left + length)))
        .collect();
    (bars, texts, marks).into_any()
}

/// The countdown of a wait that runs, the length of one that is over where there is room.
fn wait_text(segment: &Segment, left: f64, room: f64, width: f64) -> Option<AnyView> {
    let (text, is_running) = match &segment.countdown {
        Some(countdown) => (countdown.clone(), true),
        None if segment.kind == SegmentKind::Waiting => (format_duration(duration(segment.to - segment.from)), false),
        None => return None,
    };
    let needed = u32::try_from(text.chars().count()).map_or(0.0, f64::from) * LETTER + MARKS;
    if !is_running && room < needed {
        return None;
    }
    // At the right edge it stands before its wait rather than be cut off.
    let (anchor, shift) = if left * width / 100.0 + needed > width { ("end", "-9") } else { ("start", "9") };
    Some(view! { <text class="seg-text" x=percent(left) y="12" dx=shift text-anchor=anchor>{text}</text> }.into_any())
}

//! What the shapes mean.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::ink::strokes;
use super::source::TimelineSource;
use crate::chart::SegmentKind;

#[component]
pub(super) fn Legend(source: TimelineSource) -> impl IntoView {
    // Only what is there is explained.
    let kinds =
        source.memo(|lanes, _| SegmentKind::ALL.into_iter().filter(|kind| lanes.count(*kind) > 0).collect::<Vec<_>>());
    let item = |kind: SegmentKind| {
        let class = format!("legend-swatch ink-{}", kind.class());
        let shape = if kind.is_mark() {
            view! {
                <svg class=class viewBox="-8 -8 16 16" aria-hidden="true" focusable="false">
                    <circle class="mark-ground" r="7"></circle>
                    <path class="mark-shape" d=path(kind)></path>
                </svg>
            }
            .into_any()
        } else {
            view! { <span class=format!("{class} legend-bar") aria-hidden="true"></span> }.into_any()
        };
        view! { <li class="legend-item">{shape}{kind.name()}</li> }
    };
    view! {
        <ul class="legend" role="list" aria-label="Legend">
            {move || kinds.get().into_iter().map(item).collect_view()}
        </ul>
    }
}

/// The strokes of a mark as an SVG path.
fn path(kind: SegmentKind) -> String {
    strokes(kind).iter().fold(String::new(), |mut path, stroke| {
        for (index, (x, y)) in stroke.iter().enumerate() {
            let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
        }
        path
    })
}

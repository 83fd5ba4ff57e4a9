//! What the shapes mean.

use leptos::prelude::*;

use super::marks::{HatchPattern, bar, mark};
use crate::chart::{Lane, SegmentKind};
use crate::components::unique_id;

#[component]
pub(super) fn Legend(lanes: Signal<Vec<Lane>>) -> impl IntoView {
    // Only what is there is explained.
    let kinds = Memo::new(move |_| {
        let is_there = |kind: &SegmentKind| {
            lanes.with(|lanes| lanes.iter().any(|lane| lane.segments.iter().any(|segment| segment.kind == *kind)))
        };
        SegmentKind::ALL.into_iter().filter(is_there).collect::<Vec<_>>()
    });
    let hatch = unique_id("hatch");
    let item = {
        let hatch = hatch.clone();
        move |kind: SegmentKind| {
            let shape =
                mark(kind, "10".to_owned()).unwrap_or_else(|| bar(kind, "0".to_owned(), "20".to_owned(), &hatch));
            view! {
                <li class="legend-item">
                    <svg class="legend-swatch" viewBox="0 0 20 24" aria-hidden="true" focusable="false">
                        {shape}
                    </svg>
                    {kind.name()}
                </li>
            }
        }
    };
    view! {
        <HatchPattern id=hatch />
        <ul class="legend" role="list" aria-label="Legend">
            {move || kinds.get().into_iter().map(&item).collect_view()}
        </ul>
    }
}

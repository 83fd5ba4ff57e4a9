//! The shapes of segments: each kind has one of its own, besides its colour.

use leptos::prelude::*;

use crate::chart::SegmentKind;

/// The hatching of waits, to be filled with `url(#id)`.
#[component]
pub(super) fn HatchPattern(id: String) -> impl IntoView {
    view! {
        <svg class="timeline-defs" width="0" height="0" aria-hidden="true" focusable="false">
            <defs>
                <pattern id=id width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-wash" width="5" height="5"></rect>
                    <rect class="hatch-line" width="1.5" height="5"></rect>
                </pattern>
            </defs>
        </svg>
    }
}

/// The stretch of a segment, from `left` over `width`, both as SVG lengths. `None` for a kind that is only a mark.
pub(super) fn bar(kind: SegmentKind, left: String, width: String, hatch: &str) -> AnyView {
    let class = format!("seg seg-{}", kind.class());
    let fill = (kind == SegmentKind::Waiting).then(|| format!("url(#{hatch})"));
    let (top, height) = if kind == SegmentKind::Queued { ("11", "2") } else { ("6.5", "11") };
    view! { <rect class=class x=left y=top width=width height=height rx="1.5" fill=fill></rect> }.into_any()
}

/// The mark at the end of a segment at `x`, an SVG length.
pub(super) fn mark(kind: SegmentKind, x: String) -> Option<AnyView> {
    let path = match kind {
        SegmentKind::Refused => "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5",
        SegmentKind::Done => "M-4 .5-1.25 3.25 4-3",
        SegmentKind::Failed => "M0-3.5V1M0 3.4V3.5",
        SegmentKind::Cancelled => "M-3.5 0H3.5",
        SegmentKind::Queued | SegmentKind::InFlight | SegmentKind::Waiting => return None,
    };
    let class = format!("mark mark-{}", kind.class());
    Some(
        view! {
            <svg class=class x=x y="12">
                <circle class="mark-ground" r="7"></circle>
                <path class="mark-shape" d=path></path>
            </svg>
        }
        .into_any(),
    )
}

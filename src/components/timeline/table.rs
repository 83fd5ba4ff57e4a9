//! The timeline as a table.

use leptos::prelude::*;

use crate::chart::Lane;
use crate::format::{format_count, format_decimal};

/// More rows help nobody, and cost the page its pace.
const MOST: usize = 500;

#[component]
pub(super) fn TableTwin(lanes: Signal<Vec<Lane>>, label: Signal<String>, row_name: &'static str) -> impl IntoView {
    // One unit and one precision in a column, so that the figures can be compared.
    let at = |seconds: f64| format_decimal(&format!("{seconds:.3} s"));
    let rows = move || {
        lanes.with(|lanes| {
            lanes
                .iter()
                .flat_map(|lane| lane.segments.iter().map(move |segment| (lane, segment)))
                .take(MOST)
                .map(|(lane, segment)| {
                    view! {
                        <tr>
                            <th scope="row">{lane.label.clone()}</th>
                            <td>{segment.kind.name()}</td>
                            <td class="num">{at(segment.from)}</td>
                            <td class="num">{at(segment.to)}</td>
                            <td class="num">{at(segment.to - segment.from)}</td>
                            <td class="timeline-detail" dir="auto">{segment.text.clone()}</td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    let left_out = move || {
        let all: usize = lanes.with(|lanes| lanes.iter().map(|lane| lane.segments.len()).sum());
        let count = |count: usize| format_count(u64::try_from(count).unwrap_or(u64::MAX));
        (all > MOST).then(|| {
            let text = format!("The first {} of {} segments.", count(MOST), count(all));
            view! { <p class="muted">{text}</p> }
        })
    };
    let first = row_name.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let rest: String = row_name.chars().skip(1).collect();
    view! {
        <div class="table-scroll timeline-table" tabindex="0" role="region" aria-label=move || format!("{} as a table", label.get())>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{first + &rest}</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"From"</th>
                        <th scope="col" class="num">"To"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col">"Detail"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {left_out}
        </div>
    }
}

//! How a policy's figures differ from seed to seed: percentiles, and how sure the mean is.

use leptos::prelude::*;

use super::columns::{COLUMNS, Column};
use super::state::use_lab;
use crate::components::WideTable;
use crate::lab::{PolicyResult, Summary};

/// The figures of the policy that is looked at.
#[component]
pub fn Spread() -> impl IntoView {
    let lab = use_lab();
    let name = Memo::new(move |_| {
        let chosen = lab.chosen.get();
        lab.ran.with(|ran| ran.as_ref()?.policies.get(chosen).map(|policy| policy.name.clone()))
    });
    let rows = move || {
        lab.results.with(|results| {
            let own = name.with(|name| results.iter().find(|result| Some(&result.name) == name.as_ref()));
            own.map(|own| COLUMNS.iter().filter_map(|column| row(column, own)).collect_view())
        })
    };
    view! {
        <p class="muted">{move || name.get().map(|name| format!("{name}: percentiles are over seeds, the interval holds the mean with 95 % confidence."))}</p>
        <WideTable label="Spread over seeds, as a table">
            <table class="table">
                <caption class="visually-hidden">"Spread over seeds"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Figure"</th>
                        <th scope="col" class="num">"Mean"</th>
                        <th scope="col" class="num">"95 % interval"</th>
                        <th scope="col" class="num">"p5"</th>
                        <th scope="col" class="num">"p50"</th>
                        <th scope="col" class="num">"p95"</th>
                        <th scope="col" class="num">"Seeds"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </WideTable>
    }
}

fn row(column: &Column, result: &PolicyResult) -> Option<AnyView> {
    let Summary { count, mean, mean_low, mean_high, p5, p50, p95, .. } = (column.of)(result)?;
    let write = column.write;
    let row = view! {
        <tr>
            <th scope="row">{column.head}</th>
            <td class="num">{write(mean)}</td>
            <td class="num">{format!("{} to {}", write(mean_low), write(mean_high))}</td>
            <td class="num">{write(p5)}</td>
            <td class="num">{write(p50)}</td>
            <td class="num">{write(p95)}</td>
            <td class="num">{count}</td>
        </tr>
    };
    Some(row.into_any())
}

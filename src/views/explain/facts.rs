//! All that is known of the answer, each with how it is known.

use leptos::prelude::*;

use crate::components::{WideTable, help_beside};
use crate::explain::Fact;

/// The facts as a table.
#[component]
pub fn Facts(facts: Vec<Fact>) -> impl IntoView {
    let row = |fact: Fact| {
        let help = help_beside(&fact.name);
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><span>{fact.name}</span> " " {help}</th>
                <td class="fact-value" role="cell" dir="auto">{fact.value}</td>
                <td class="fact-source" role="cell">{fact.source}</td>
            </tr>
        }
    };
    view! {
        <h3>"What is known"</h3>
        <WideTable label="What is known, as a table">
            <table class="table explain-facts" role="table">
                <caption class="visually-hidden">"What is known, and how"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">"What"</th>
                        <th scope="col" role="columnheader">"Value"</th>
                        <th scope="col" role="columnheader">"How it is known"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{facts.into_iter().map(row).collect_view()}</tbody>
            </table>
        </WideTable>
    }
}

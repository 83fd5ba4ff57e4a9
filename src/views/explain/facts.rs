//! All that is known of the answer, each with how it is known.

use leptos::prelude::*;

use crate::components::help_beside;
use crate::explain::Fact;

/// The facts as a table.
#[component]
pub fn Facts(facts: Vec<Fact>) -> impl IntoView {
    let row = |fact: Fact| {
        let help = help_beside(&fact.name);
        view! {
            <tr>
                <th scope="row">{fact.name} {help}</th>
                <td class="fact-value" dir="auto">{fact.value}</td>
                <td class="fact-source">{fact.source}</td>
            </tr>
        }
    };
    view! {
        <h3>"What is known"</h3>
        <div class="table-scroll" tabindex="0" role="region" aria-label="What is known, as a table">
            <table class="table explain-facts">
                <caption class="visually-hidden">"What is known, and how"</caption>
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col">"How it is known"</th>
                    </tr>
                </thead>
                <tbody>{facts.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

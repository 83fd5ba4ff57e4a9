//! What an estimate comes to beside what is left of the budgets.

use leptos::prelude::*;

use crate::components::{Glyph, Icon};
use crate::state::api::ApiSource;
use crate::state::budgets::use_budgets;
use crate::state::route::View;
use crate::usage::{Outlook, Planned, is_by_budget};

/// The way to the budgets, under a text that says that one of them keeps something from being sent.
#[component]
pub fn BudgetLink(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <Show when=move || text.with(|text| is_by_budget(text))>
            <p><a href=View::Usage.href()>"Budgets in Usage"</a></p>
        </Show>
    }
}

/// A line for each budget of the API: how much of it what is planned takes at most, with a sign where it may be more than
/// is left. Nothing where there is no budget.
#[component]
pub fn BudgetOutlook(
    /// The API that answers.
    #[prop(into)]
    source: Signal<ApiSource>,
    /// What is planned; `None` while that is not known.
    #[prop(into)]
    planned: Signal<Option<Planned>>,
) -> impl IntoView {
    let budgets = use_budgets();
    let outlooks = Memo::new(move |_| {
        planned.get().map_or_else(Vec::new, |planned| budgets.outlooks(source.get().into(), &planned))
    });
    let line = |outlook: Outlook| {
        view! {
            <li class="budget-line num" class:budget-over=outlook.may_exceed>
                {outlook.may_exceed.then(|| view! { <Icon glyph=Glyph::Alert /> })}
                <span>{outlook.words}</span>
            </li>
        }
    };
    view! {
        <Show when=move || outlooks.with(|outlooks| !outlooks.is_empty())>
            <ul class="budget-lines" role="list" aria-label="Budgets">
                {move || outlooks.get().into_iter().map(line).collect_view()}
                <li><a href=View::Usage.href()>"Budgets in Usage"</a></li>
            </ul>
        </Show>
    }
}

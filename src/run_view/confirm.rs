//! Asks before many paid calls.

use leptos::prelude::*;

use super::budget::BudgetOutlook;
use crate::components::{Button, ButtonKind, Dialog};
use crate::run::CostBound;
use crate::state::api::ApiSource;

/// The most paid calls that are made without asking.
const UNASKED: usize = 5;

/// Whether that many calls of an API are asked about first.
pub const fn asks_before(source: ApiSource, calls: usize) -> bool {
    matches!(source, ApiSource::Live) && calls > UNASKED
}

/// Paid calls to be asked about.
#[derive(Debug, Clone)]
pub struct PaidQuestion {
    /// How many calls.
    pub calls: usize,
    /// What they can cost.
    pub bound: Option<CostBound>,
    /// Makes them.
    pub go: Callback<()>,
}

/// Asks about paid calls; nothing is sent before the answer.
#[component]
pub fn ConfirmPaid(
    /// The question, there while it is asked.
    question: RwSignal<Option<PaidQuestion>>,
) -> impl IntoView {
    let open = Signal::derive(move || question.with(Option::is_some));
    let title = Signal::derive(move || {
        format!(
            "Send {} requests to the live API?",
            question.with(|asked| asked.as_ref().map_or(0, |asked| asked.calls))
        )
    });
    let text =
        move || question.with(|asked| asked.as_ref().and_then(|asked| asked.bound).map(|bound| cost_words(&bound)));
    let planned = Signal::derive(move || question.with(|asked| asked.as_ref()?.bound.map(|bound| bound.planned())));
    let yes = move || {
        if let Some(asked) = question.try_update(Option::take).flatten() {
            asked.go.run(());
        }
    };
    let no = move || question.set(None);
    view! {
        <Dialog
            title=title
            open=open
            on_close=move |()| question.set(None)
            actions=move || {
                view! {
                    <Button on_click=no>"Send nothing"</Button>
                    <Button kind=ButtonKind::Primary on_click=yes>"Send them"</Button>
                }
            }
        >
            <p>"These calls are real: they count against your limits, and answered ones are billed."</p>
            <p class="num">{text}</p>
            <BudgetOutlook source=ApiSource::Live planned=planned />
        </Dialog>
    }
}

/// What a burst can cost, in a sentence.
pub fn cost_words(bound: &CostBound) -> String {
    let requests = crate::format::format_count(bound.http_requests);
    let price = match bound.most {
        Some(most) => format!("Costs up to {most} (input estimated)"),
        None => "Cost not known: this model has no price here, or the output has no cap".to_owned(),
    };
    let why = if bound.may_bill_twice {
        "this policy resends requests whose outcome is unknown, so each may be billed"
    } else {
        "refused ones are not billed"
    };
    format!("{price}, in at most {requests} HTTP requests: {why}.")
}

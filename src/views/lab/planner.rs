//! The plan: what binds, how fast, how many at once, when it is done, what it costs, and what one change would bring.

use leptos::prelude::*;

use super::state::use_lab;
use crate::components::{Callout, CalloutKind, Panel, Stat, WideTable};
use crate::format::{format_count, format_decimal, format_duration};
use crate::lab::{Bound, ChangedPlan, Job, Plan};
use crate::state::prices::use_prices;
use crate::usage::{Money, Tier};

/// The plan of the work as it is set, without running it.
#[component]
pub fn Planner() -> impl IntoView {
    let (lab, prices) = (use_lab(), use_prices());
    let job = Memo::new(move |_| {
        let model = lab.session.model();
        lab.form.with(|form| {
            // Others take what they take: a plan is of the limits alone.
            let concurrency = form.clients.concurrency.saturating_mul(form.clients.count);
            Job {
                limits: form.limits.clone(),
                workload: form.workload.clone(),
                concurrency: Some(concurrency),
                price: prices.get().price(&model, Tier::Standard),
            }
        })
    });
    let plan = Memo::new(move |_| job.with(Job::plan));
    let with = move |read: fn(&Plan) -> String| Signal::derive(move || plan.with(read));
    let of_what = move || {
        format!(
            "{}, closed forms of the same limits: within 1 % of what the experiment measures. Neighbours are left out.",
            lab.session.model()
        )
    };
    view! {
        <Panel title="Plan">
            <p class="muted">{of_what}</p>
            <div class="stats">
                <Stat label="What binds" value=with(|plan| plan.bounds.first().map_or_else(|| "Nothing".to_owned(), |bound| bound.binding.name().to_owned())) />
                <Stat label="Sustained rate" value=with(|plan| plan.per_minute.map_or_else(|| "–".to_owned(), one)) unit=Some("requests/min".to_owned()) />
                <Stat label="Concurrency needed" value=with(|plan| plan.concurrency.map_or_else(|| "–".to_owned(), |count| format_count(count.into()))) unit=Some("in flight".to_owned()) />
                <Stat label="Done after" value=with(|plan| format_duration(plan.done)) />
                <Stat label="Charged for each" value=with(|plan| one(plan.charged_per_request)) unit=Some("tokens".to_owned()) />
                <Stat label="Latency of each" value=with(|plan| format_duration(plan.latency)) />
                <Stat label="Cost" value=with(|plan| plan.cost_picodollars.map_or_else(|| "unknown".to_owned(), |cost| Money::from_picodollars(cost).to_string())) unit=Some("USD".to_owned()) />
            </div>
        </Panel>
        <Panel title="What bounds it">
            <Bounds plan=plan />
        </Panel>
        <Panel title="What one change would bring">
            <Changes job=job />
        </Panel>
    }
}

#[component]
fn Bounds(plan: Memo<Plan>) -> impl IntoView {
    let row = |bound: Bound| {
        view! {
            <tr>
                <th scope="row">{bound.binding.name()}</th>
                <td class="num">{one(bound.per_minute)}</td>
                <td class="num">{one(bound.at_once)}</td>
                <td class="num">{format_duration(bound.lets_last_in)}</td>
            </tr>
        }
    };
    view! {
        <WideTable label="What bounds the rate, as a table">
            <table class="table">
                <caption class="visually-hidden">"What bounds the rate, the slowest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Bound"</th>
                        <th scope="col" class="num">"Requests/min"</th>
                        <th scope="col" class="num">"At once"</th>
                        <th scope="col" class="num">"Lets the last one in after"</th>
                    </tr>
                </thead>
                <tbody>{move || plan.get().bounds.into_iter().map(row).collect_view()}</tbody>
            </table>
        </WideTable>
    }
}

#[component]
fn Changes(job: Memo<Job>) -> impl IntoView {
    let changes = Memo::new(move |_| job.with(Job::what_if));
    let row = |change: ChangedPlan| {
        view! {
            <tr>
                <th scope="row">{change.words}</th>
                <td class="num">{format!("{}×", one(change.times_faster))}</td>
                <td class="num">{format_duration(change.plan.done)}</td>
                <td>{change.plan.bounds.first().map_or("Nothing", |bound| bound.binding.name())}</td>
            </tr>
        }
    };
    view! {
        <Show
            when=move || changes.with(|changes| !changes.is_empty())
            fallback=|| view! {
                <Callout kind=CalloutKind::Info title="No single change makes it faster by one per cent">
                    <p>"Longer prompts, other limits or fewer in flight would; the fields on the left are where to try."</p>
                </Callout>
            }
        >
            <WideTable label="What one change would bring, as a table">
                <table class="table">
                    <caption class="visually-hidden">"What one change would bring, the most first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Change"</th>
                            <th scope="col" class="num">"Rate"</th>
                            <th scope="col" class="num">"Done after"</th>
                            <th scope="col">"Then binds"</th>
                        </tr>
                    </thead>
                    <tbody>{move || changes.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </WideTable>
        </Show>
    }
}

fn one(number: f64) -> String {
    if (1_000.0..1e15).contains(&number) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the bounds
        return format_count(number.round() as u64);
    }
    format_decimal(&format!("{number:.1}"))
}

//! What the calls that are looked at come to, in all and by what they share.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::state::use_usage;
use crate::components::{Choice, Panel, RadioGroup, Stat, WideTable};
use crate::format::format_count;
use crate::usage::{AnsweredBy, Cost, LedgerRow, Summary, Totals};

/// The stats of the calls that are looked at.
#[component]
pub fn TotalsPanel() -> impl IntoView {
    let usage = use_usage();
    // One look at all rows: which APIs they are of, and what they come to.
    let looked = Memo::new(move |_| {
        let (mut simulated, mut live) = (false, false);
        let note = |row: &&LedgerRow| match row.api {
            AnsweredBy::Simulated => simulated = true,
            AnsweredBy::Live => live = true,
        };
        let summary =
            usage.prices.with(|prices| usage.with_rows(|rows| Totals::of(rows.inspect(note), prices)).summary());
        (summary, simulated, live)
    });
    let summary = Memo::new(move |_| looked.get().0);
    let count = move |pick: fn(&Summary) -> u64| Signal::derive(move || format_count(summary.with(pick)));
    let of = move |pick: fn(&Summary) -> u64, what: &'static str| {
        Signal::derive(move || Some(format!("{} {what}", format_count(summary.with(pick)))))
    };
    let wasted = |summary: &Summary| summary.failed_attempts + summary.unknown_outcomes;
    let unit = move || {
        let (_, simulated, live) = looked.get();
        Some(match (simulated, live) {
            (true, true) => "USD, simulated and real together".to_owned(),
            (_, true) => "USD".to_owned(),
            _ => "USD, simulated".to_owned(),
        })
    };
    let partial = Signal::derive(move || {
        let unknown = summary.with(|summary| summary.cost.unknown_calls);
        (unknown > 0).then(|| format!("Without {} whose cost is unknown", calls(unknown)))
    });
    view! {
        <section class="usage-totals" aria-label="Totals of these calls">
            <div class="stats">
                <Stat
                    label="Answered calls"
                    value=count(|summary| summary.num_calls)
                    hint=of(|summary| summary.calls_without_usage + summary.calls_with_invalid_usage, "of them without a usage")
                />
                <Stat
                    label="Attempts wasted"
                    value=count(wasted)
                    hint=of(|summary| summary.unknown_outcomes, "of them of unknown outcome")
                />
                <Stat
                    label="Input tokens"
                    value=count(|summary| summary.total_input_tokens)
                    hint=of(|summary| summary.cached_tokens, "of them cached")
                />
                <Stat
                    label="Output tokens"
                    value=count(|summary| summary.total_output_tokens)
                    hint=of(|summary| summary.reasoning_tokens, "of them reasoning")
                />
                <Stat label="Total tokens" value=count(|summary| summary.total_tokens) />
                <Stat
                    label="Cost"
                    value=Signal::derive(move || cost_words(summary.with(|summary| summary.cost)))
                    unit=Signal::derive(unit)
                    hint=partial
                />
            </div>
        </section>
    }
}

/// A cost that may not be known in whole: `$0.02`, `$0.02 + unknown`, `unknown`.
pub fn cost_words(cost: Cost) -> String {
    match (cost.unknown_calls, cost.known.picodollars()) {
        (0, _) => cost.known.to_string(),
        (_, 0) => "unknown".to_owned(),
        _ => format!("{} + unknown", cost.known),
    }
}

fn calls(count: u64) -> String {
    if count == 1 { "1 call".to_owned() } else { format!("{} calls", format_count(count)) }
}

/// What calls are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Model,
    Key,
    View,
    Server,
}

impl By {
    const ALL: [Self; 4] = [Self::Model, Self::Key, Self::View, Self::Server];

    const fn name(self) -> &'static str {
        match self {
            Self::Model => "Model",
            Self::Key => "Key",
            Self::View => "View",
            Self::Server => "Server",
        }
    }

    fn of(self, row: &LedgerRow) -> String {
        match self {
            Self::Model => row.model.to_string(),
            Self::Key => match (row.api, row.key_alias.as_deref()) {
                (AnsweredBy::Simulated, _) => "Simulated, no key".to_owned(),
                (AnsweredBy::Live, Some(alias)) => alias.to_owned(),
                (AnsweredBy::Live, None) => "Key without a name".to_owned(),
            },
            Self::View => row.made_in.name().to_owned(),
            Self::Server => row.server.to_string(),
        }
    }
}

/// The calls that are looked at, added up by model, key, view or server.
#[component]
pub fn BreakdownPanel() -> impl IntoView {
    let usage = use_usage();
    let by = RwSignal::new(By::Model);
    let rows = Memo::new(move |_| {
        let by = by.get();
        usage.prices.with(|prices| {
            usage.with_rows(|rows| {
                let mut groups: BTreeMap<(AnsweredBy, String), Vec<&LedgerRow>> = BTreeMap::new();
                for row in rows {
                    groups.entry((row.api, by.of(row))).or_default().push(row);
                }
                let summary = |rows: Vec<&LedgerRow>| Totals::of(rows, prices).summary();
                groups.into_iter().map(|(of, rows)| (of, summary(rows))).collect::<Vec<_>>()
            })
        })
    });
    let row = |((api, name), summary): ((AnsweredBy, String), Summary)| {
        let number = |count: u64| view! { <td class="num">{format_count(count)}</td> };
        view! {
            <tr>
                <th scope="row" dir="auto">{name}</th>
                <td>{api.name()}</td>
                {number(summary.num_calls)}
                {number(summary.failed_attempts + summary.unknown_outcomes)}
                {number(summary.total_input_tokens)}
                {number(summary.cached_tokens)}
                {number(summary.total_output_tokens)}
                {number(summary.reasoning_tokens)}
                {number(summary.total_tokens)}
                <td class="num">{cost_words(summary.cost)}</td>
            </tr>
        }
    };
    view! {
        <Panel title="Added up">
            <RadioGroup
                label="By"
                segmented=true
                options=Signal::derive(|| By::ALL.map(|by| Choice::new(by.name(), by.name())).to_vec())
                value=Signal::derive(move || by.get().name().to_owned())
                on_change=move |name: String| by.set(By::ALL.into_iter().find(|by| by.name() == name).unwrap_or(By::Model))
            />
            <WideTable label="Calls added up">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{move || by.get().name()}</th>
                            <th scope="col">"API"</th>
                            <th scope="col" class="num">"Calls"</th>
                            <th scope="col" class="num">"Wasted"</th>
                            <th scope="col" class="num">"Input"</th>
                            <th scope="col" class="num">"Cached"</th>
                            <th scope="col" class="num">"Output"</th>
                            <th scope="col" class="num">"Reasoning"</th>
                            <th scope="col" class="num">"Total"</th>
                            <th scope="col" class="num">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </WideTable>
        </Panel>
    }
}

//! Policies held against OpenAI's own written rules, and their layers as a tree of real attempts.

use leptos::prelude::*;

use super::state::use_lab;
use crate::components::{Disclosure, Panel, StatusChip, Tone, WideTable};
use crate::format::format_duration;
use crate::lab::{AttemptNode, CounterExample, LabPolicy, PolicyChoice, Scorecard, layers, worst_case};

/// The most requests that a tree shows one by one.
const MOST_SHOWN: u32 = 60;

/// The cards of the policies that are compared.
#[component]
pub fn Scorecards() -> impl IntoView {
    let lab = use_lab();
    let chosen = Memo::new(move |_| {
        lab.form.with(|form| form.policies.iter().map(|choice| (choice.clone(), choice.policy())).collect::<Vec<_>>())
    });
    let card = |(choice, policy): (PolicyChoice, Option<LabPolicy>)| {
        policy.map(|policy| view! { <Card policy=policy source=choice.source() /> })
    };
    view! {
        <p class="muted">
            "Each rule is held against what the retry loop does under the policy, so what breaks it is shown. The rules are those of OpenAI’s rate-limit guide, 2026."
        </p>
        {move || chosen.get().into_iter().map(card).collect_view()}
    }
}

#[component]
fn Card(policy: LabPolicy, source: &'static str) -> impl IntoView {
    let card = Scorecard::of(&policy.retry);
    let of = format!("{} of {} rules", card.passed(), card.verdicts.len());
    let is_whole = card.passed() == card.verdicts.len();
    let tone = if is_whole { Tone::Done } else { Tone::Waiting };
    let rows = card.verdicts.into_iter().map(|verdict| {
        let (is_kept, words) = (verdict.counter_example.is_none(), verdict.rule.words());
        let (tone, text) = if is_kept { (Tone::Done, "kept") } else { (Tone::Refused, "broken") };
        view! {
            <tr>
                <th scope="row">{words}</th>
                <td><StatusChip tone=tone text=text /></td>
                <td>{verdict.counter_example.map(|example| view! { <Example example=example /> })}</td>
            </tr>
        }
    });
    let label = format!("{} against the rules, as a table", policy.name);
    view! {
        <Panel title=policy.name.clone() actions=move || view! { <StatusChip tone=tone text=of /> }>
            <p class="muted">{source}</p>
            <Around policy=policy.clone() />
            <WideTable label=label class="lab-rules">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Rule"</th>
                            <th scope="col">"Verdict"</th>
                            <th scope="col">"What breaks it"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </WideTable>
            <Layers policy=policy />
        </Panel>
    }
}

/// What stands around the retries, in a sentence.
#[component]
fn Around(policy: LabPolicy) -> impl IntoView {
    let parts = [
        policy.pacing.is_some().then_some("Paced: work that waits for its turn has no deadline of its own."),
        policy.budget.is_some().then_some("With a retry budget, which the rules do not look at."),
        policy.guard.is_some().then_some("With a guard, which the rules do not look at."),
    ];
    let words: Vec<&str> = parts.into_iter().flatten().collect();
    (!words.is_empty()).then(|| view! { <p class="muted">{words.join(" ")}</p> })
}

/// What the server said, what was wrong, and the call as it went.
#[component]
fn Example(example: CounterExample) -> impl IntoView {
    let sent = |place: usize| format!("#{}", place + 1);
    let steps = example.call.attempts.iter().take(12).enumerate().map(|(place, attempt)| {
        let at = format_duration(attempt.sent);
        let wait = attempt.wait.map(|wait| format!(", then waits {}", format_duration(wait)));
        view! { <li class="num">{sent(place)} " sent at " {at} {wait}</li> }
    });
    let more = example.call.attempts.len().saturating_sub(12);
    let steps = steps.collect_view();
    view! {
        <p>{example.wrong}</p>
        <Disclosure summary="The call">
            <p class="muted">"The server says: " {example.server_says}</p>
            <ol class="lab-steps">{steps}</ol>
            {(more > 0).then(|| view! { <p class="muted">{format!("and {more} more")}</p> })}
        </Disclosure>
    }
}

/// The tree of one call whose every attempt fails.
#[component]
fn Layers(policy: LabPolicy) -> impl IntoView {
    let (count, tree) = (layers(&policy.retry), worst_case(&policy.retry));
    let requests: u32 = tree.iter().map(AttemptNode::requests).sum();
    let summary = if count > 1 {
        format!("Where every attempt fails: {requests} HTTP requests in {count} layers")
    } else {
        format!("Where every attempt fails: {requests} HTTP requests")
    };
    let nodes = if requests <= MOST_SHOWN { tree } else { Vec::new() };
    view! {
        <Disclosure summary=summary>
            {if nodes.is_empty() {
                view! { <p class="muted">"They are too many to be shown one by one."</p> }.into_any()
            } else {
                tree_of(nodes, 0)
            }}
        </Disclosure>
    }
}

fn tree_of(nodes: Vec<AttemptNode>, depth: usize) -> AnyView {
    let item = |node: AttemptNode| {
        let name = if depth == 0 { "Attempt" } else { "retry layer: attempt" };
        let words = match node.request {
            Some(request) => format!("{name} {}: HTTP request {request}", node.attempt),
            None => format!("{name} {}: {} HTTP requests", node.attempt, node.requests()),
        };
        let inner = (!node.inner.is_empty()).then(|| tree_of(node.inner, depth + 1));
        view! { <li class="num">{words} {inner}</li> }
    };
    view! { <ul class="lab-tree">{nodes.into_iter().map(item).collect_view()}</ul> }.into_any()
}

//! Usage: the tokens as the answer reports them, and what they cost.

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, Panel, Stat, Tone};
use crate::format::format_count;
use crate::models;
use crate::reply::{Content, Reply};
use crate::responses::{ReportedUsage, Usage};

/// The region "Usage".
#[component]
pub fn UsageRegion(reply: Reply, asked_model: String) -> impl IntoView {
    let answered_by = reply.response().and_then(|response| response.model.clone());
    let facts = answered_by.as_deref().and_then(models::facts).or_else(|| models::facts(&asked_model));
    let content = match (reply.usage(), &reply.content) {
        (ReportedUsage::Known(usage), _) => {
            let cost = facts.map(|facts| facts.price.cost(&usage).to_string());
            known(usage, cost)
        }
        (ReportedUsage::Invalid(why), _) => view! {
            <Callout kind=CalloutKind::Warn title="The usage cannot be right">
                <p>{why}</p>
                <p>"It is left out of the totals and counted as unknown."</p>
            </Callout>
        }
        .into_any(),
        (ReportedUsage::Missing, Content::Error(_)) => {
            view! { <p class="muted">"An error reports no usage."</p> }.into_any()
        }
        (ReportedUsage::Missing, _) => {
            view! { <p class="muted">"Unknown: the answer reports no usage. That is not zero, and it may be billed."</p> }.into_any()
        }
    };
    view! { <Panel title="Usage">{content}</Panel> }
}

fn known(usage: Usage, cost: Option<String>) -> AnyView {
    let sum = usage.input_tokens.saturating_add(usage.output_tokens);
    let prices = format!("Prices of {}", models::COLLECTED_ON);
    view! {
        <div class="stats">
            <Stat label="Input tokens" value=format_count(usage.input_tokens) tone=Tone::Tokens />
            <Stat label="Cached tokens" value=format_count(usage.cached_tokens) hint="Part of the input" />
            <Stat label="Output tokens" value=format_count(usage.output_tokens) tone=Tone::Tokens />
            <Stat label="Reasoning tokens" value=format_count(usage.reasoning_tokens) hint="Part of the output" />
            <Stat label="Total tokens" value=format_count(usage.total_tokens) tone=Tone::Tokens />
            <Stat label="Cost" value=cost.unwrap_or_else(|| "unknown".to_owned()) hint=prices />
        </div>
        {(sum != usage.total_tokens)
            .then(|| {
                view! {
                    <Callout kind=CalloutKind::Warn title="The total does not add up">
                        <p>
                            {format!(
                                "Input and output are {} tokens together, the server says {}.",
                                format_count(sum),
                                format_count(usage.total_tokens),
                            )}
                        </p>
                    </Callout>
                }
            })}
    }
    .into_any()
}

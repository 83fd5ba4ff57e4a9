//! Usage: the tokens as the answer reports them, and what they cost.

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, Panel, Stat, Tone};
use crate::format::format_count;
use crate::models;
use crate::reply::{Content, Reply};
use crate::responses::{ReportedUsage, Usage};
use crate::state::prices::use_prices;
use crate::usage::Tier;

/// The exact count of a request's texts.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Of prompt and instructions, in `o200k_base`.
    pub tokens: u64,
    /// What the API adds for messages, as far as is known.
    pub frame: u64,
    /// Whether a simulator answers, which does not count exactly.
    pub is_simulated: bool,
}

/// The region "Usage".
#[component]
pub fn UsageRegion(reply: Reply, asked_model: String, counted: Option<Counted>) -> impl IntoView {
    let answered_by = reply.response().and_then(|response| response.model.clone());
    let tier = Tier::of_service_tier(reply.response().and_then(|response| response.service_tier.as_deref()));
    let prices = use_prices();
    let cost_of = move |usage: &Usage| {
        let cost = prices.get().cost_of(&asked_model, answered_by.as_deref(), tier?, usage);
        cost.map(|cost| cost.to_string())
    };
    let content = match (reply.usage(), &reply.content) {
        (ReportedUsage::Known(usage), _) => {
            let cost = Signal::derive(move || cost_of(&usage).unwrap_or_else(|| "unknown".to_owned()));
            let compared = counted.map(|counted| compared(counted, &usage));
            view! {
                {known(usage, cost)}
                {compared.map(|compared| view! { <p class="muted num">{compared}</p> })}
            }
            .into_any()
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

/// The exact count of the texts beside the input that the answer reports.
fn compared(counted: Counted, usage: &Usage) -> String {
    let Counted { tokens, frame, is_simulated } = counted;
    let texts = format!("Prompt and instructions are {} tokens in o200k.", format_count(tokens));
    let reported = usage.input_tokens;
    let rest = if is_simulated {
        "The simulator reports what it charges: its own estimate, and a frame for each message.".to_owned()
    } else {
        match reported.checked_sub(tokens) {
            Some(more) => format!(
                "The API reports {} more: the frame around messages, {} here as far as is known, and what tools or a schema add.",
                format_count(more),
                format_count(frame),
            ),
            None => {
                format!("The API reports {} fewer, so this model counts otherwise.", format_count(tokens - reported))
            }
        }
    };
    format!("{texts} {rest}")
}

fn known(usage: Usage, cost: Signal<String>) -> AnyView {
    let sum = usage.input_tokens.saturating_add(usage.output_tokens);
    let prices = format!("At the prices in Usage; those built in are of {}", models::COLLECTED_ON);
    view! {
        <div class="stats">
            <Stat label="Input tokens" value=format_count(usage.input_tokens) tone=Tone::Tokens />
            <Stat label="Cached tokens" value=format_count(usage.cached_tokens) hint="Part of the input" />
            <Stat label="Output tokens" value=format_count(usage.output_tokens) tone=Tone::Tokens />
            <Stat label="Reasoning tokens" value=format_count(usage.reasoning_tokens) hint="Part of the output" />
            <Stat label="Total tokens" value=format_count(usage.total_tokens) tone=Tone::Tokens />
            <Stat label="Cost" value=cost hint=prices />
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

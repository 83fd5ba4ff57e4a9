//! What a call was and came to, and the same request as code.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{CodeBlock, Disclosure, KeyValue, KeyValueTable};
use crate::export::code;
use crate::format::{format_count, format_duration};
use crate::highlight::Language;
use crate::platform::format::date_and_time;
use crate::usage::{AnsweredBy, CallRecord, LedgerRow};
use crate::views::usage::history::result_words;
use crate::views::usage::state::use_usage;
use crate::views::usage::totals::cost_words;

/// The facts of a call.
#[component]
pub fn Overview(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let usage = use_usage();
    let rows = Signal::derive(move || {
        call.with(|call| call.as_ref().map(|call| usage.prices.with(|prices| facts(call, &cost_of(call, prices)))))
            .unwrap_or_default()
    });
    view! {
        <KeyValueTable caption="Overview" rows=rows />
        <AsCode call=call />
    }
}

fn cost_of(call: &CallRecord, prices: &crate::usage::Prices) -> String {
    cost_words(LedgerRow::of(call).cost(prices))
}

fn answered_by(call: &CallRecord) -> String {
    match call.api {
        AnsweredBy::Simulated => call.api.name().to_owned(),
        AnsweredBy::Live => format!("{}, {}", call.api.name(), call.server),
    }
}

fn facts(call: &CallRecord, cost: &str) -> Vec<KeyValue> {
    let row = LedgerRow::of(call);
    let lasted = |micros: u64| format_duration(Duration::from_micros(micros));
    let last = call.attempts.last();
    let response = call.attempts.iter().rev().find_map(|attempt| attempt.response.as_ref());
    let message = last.and_then(|attempt| attempt.outcome.as_ref()).map(|outcome| outcome.message.clone());
    let request_id = last.and_then(|attempt| attempt.headers.iter().find(|(name, _)| name == "x-request-id"));
    let or_absent = |name: &'static str, value: Option<String>, why: &'static str| match value {
        Some(value) => KeyValue::new(name, value),
        None => KeyValue::absent(name, why),
    };
    vec![
        KeyValue::new("Result", result_words(&row)),
        or_absent("Message", message.filter(|message| !message.is_empty()), "none"),
        KeyValue::new("Made in", call.made_in.name()),
        KeyValue::new("Answered by", answered_by(call)),
        or_absent("Key", call.key_alias.clone(), if call.api == AnsweredBy::Live { "without a name" } else { "none" }),
        KeyValue::new("Model asked for", call.model.clone()),
        or_absent("Model that answered", response.and_then(|response| response.model.clone()), "not told"),
        or_absent("Service tier", response.and_then(|response| response.service_tier.clone()), "not told"),
        or_absent("Response id", response.and_then(|response| response.id.clone()), "none"),
        or_absent("Request id", request_id.map(|(_, id)| id.clone()), "not told"),
        KeyValue::new("Queued", date_and_time(row.queued_at())),
        or_absent("Took", call.ended_micros.map(lasted), "under way"),
        KeyValue::new("Waited between attempts", lasted(row.waited_micros)),
        KeyValue::new("HTTP requests", format_count(row.attempts.into())),
        KeyValue::new("Wasted", format_count(u64::from(row.failed_attempts) + u64::from(row.unknown_outcomes))),
        KeyValue::new("Cost", cost),
        KeyValue::new("Call id, and trace id", call.id.to_string()),
    ]
}

#[component]
fn AsCode(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let body = move || call.with(|call| call.as_ref().and_then(|call| call.request.clone()));
    let base = move || {
        call.with(|call| call.as_ref().map(|call| call.server.clone()))
            .filter(|server| server != "simulated" && server != "https://api.openai.com/v1")
    };
    let text = move |write: fn(Option<&str>, &serde_json::Map<String, serde_json::Value>) -> String| {
        Signal::derive(move || match body() {
            Some(serde_json::Value::Object(body)) if is_open.get() => write(base().as_deref(), &body),
            _ => String::new(),
        })
    };
    let has_body = Memo::new(move |_| body().is_some());
    view! {
        <Disclosure summary="As code" open=is_open on_toggle=move |open| is_open.set(open)>
            <Show
                when=move || has_body.get()
                fallback=|| view! { <p class="muted">"Its prompt was not kept, so it cannot be written as code. “Keep prompts and answers” keeps those of later calls."</p> }
            >
                <div class="stack">
                    <CodeBlock code=text(code::curl) label="as curl" language=Language::Shell />
                    <CodeBlock code=text(code::python) label="as Python" language=Language::Python />
                    <CodeBlock code=text(code::typescript) label="as TypeScript" language=Language::TypeScript />
                </div>
            </Show>
        </Disclosure>
    }
}

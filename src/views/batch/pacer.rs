//! What the pacer knows and does.

use leptos::prelude::*;

use super::connections::CONNECTIONS;
use super::state::{Batch, use_batch};
use crate::clock::Clock;
use crate::components::{Callout, CalloutKind, Stat, Tone, WideTable};
use crate::format::{format_count, format_countdown, format_decimal};
use crate::pacing::{LimitKnowledge, LimitView, PacedLimit, PacerView, WaitsFor};
use crate::rate_limit::{LimitScope, per};
use crate::simulator::ChargeRule;
use crate::state::api::ApiSource;
use crate::time::Instant;

/// The limits as they were learned, and what is waited for.
#[component]
pub fn PacerPanel() -> impl IntoView {
    let batch = use_batch();
    let seen = Memo::new(move |_| {
        if batch.running.get().is_some() {
            batch.ticker.track();
        }
        batch.track();
        let now = batch.with(|inner| inner.clock.as_ref().map(Clock::now))?;
        batch.with(|inner| inner.admission.as_ref().map(|(_, admission)| (admission.view(), now)))
    });
    let of_view = move |read: fn(&PacerView) -> String| {
        Signal::derive(move || seen.with(|seen| seen.as_ref().map_or_else(|| "–".to_owned(), |(view, _)| read(view))))
    };
    let waits = move || seen.with(|seen| seen.as_ref().map(|(view, now)| waiting_words(view, *now)));
    let limits = Memo::new(move |_| {
        let of_view =
            |(view, _): &(PacerView, Instant)| view.limits.iter().map(|limit| limit.limit).collect::<Vec<_>>();
        seen.with(|seen| seen.as_ref().map(of_view).unwrap_or_default())
    });
    // Rows stay where they are: with each tick only their figures change.
    let row = move |limit: PacedLimit| {
        let cell = move |read: fn(&LimitView) -> String| {
            move || {
                seen.with(|seen| {
                    let (view, _) = seen.as_ref()?;
                    view.limits.iter().find(|view| view.limit == limit).map(read)
                })
            }
        };
        view! {
            <tr>
                <th scope="row">{name_of(limit)}</th>
                <td class="num">{cell(|limit| format_count(limit.units))}</td>
                <td class="num">{cell(|limit| format_count(limit.capacity))}</td>
                <td class="num">{cell(|limit| whole(limit.level))}</td>
                <td class="num">{cell(|limit| format!("{}/s", decimal(limit.refill_per_second)))}</td>
                <td>{cell(|limit| known_words(limit.knowledge).to_owned())}</td>
            </tr>
        }
    };
    let has_rows = Memo::new(move |_| limits.with(|limits| !limits.is_empty()));
    let learned = move || seen.with(|seen| seen.as_ref().map(|(view, _)| learned_words(view)));
    view! {
        <div class="stats">
            <Stat label="In flight of window" value=of_view(|view| format!("{} of {}", count(view.in_flight), count(view.window))) tone=Tone::Flight />
            <Stat label="Admitted a minute" value=of_view(|view| whole(view.requests_per_minute)) tone=Tone::Requests />
            <Stat label="Tokens a minute" value=of_view(|view| whole(view.tokens_per_minute)) tone=Tone::Tokens />
            <Stat label="Refusals" value=of_view(|view| format_count(view.refusals)) tone=Tone::Refused />
        </div>
        <p class="num">{waits}</p>
        <BrowserQueue batch=batch />
        <Show
            when=move || has_rows.get()
            fallback=|| view! { <p class="muted">"No limit is known yet: none was told beforehand, and none is needed. Answers tell them, or refusals do."</p> }
        >
            <WideTable label="Limits as learned">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Limit"</th>
                            <th scope="col" class="num">"Units"</th>
                            <th scope="col" class="num">"At once"</th>
                            <th scope="col" class="num">"Left now"</th>
                            <th scope="col" class="num">"Refill"</th>
                            <th scope="col">"How known"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || limits.get() key=|limit| *limit children=row />
                    </tbody>
                </table>
            </WideTable>
        </Show>
        <p class="muted num">{learned}</p>
    }
}

/// Over HTTP/1.1 the browser lets six requests out at a time, whatever the limits allow.
#[component]
fn BrowserQueue(batch: Batch) -> impl IntoView {
    let is_queue = Memo::new(move |_| {
        batch.track();
        if batch.running.get() != Some(ApiSource::Live) || !batch.has_six_connections() {
            return false;
        }
        let view = batch.with(|inner| inner.admission.as_ref().map(|(_, admission)| admission.view()));
        view.is_some_and(|view| view.in_flight >= CONNECTIONS && view.waiting > 0)
    });
    view! {
        <Show when=move || is_queue.get()>
            <Callout kind=CalloutKind::Info title="The browser itself is the queue">
                <p>
                    "This server answers over HTTP/1.1: the browser opens six connections to it, so no more than six requests are in flight. Over HTTP/2 all that the limits allow are."
                </p>
            </Callout>
        </Show>
    }
}

fn name_of(limit: PacedLimit) -> String {
    let scope = match limit.scope {
        LimitScope::Requests => "Requests",
        LimitScope::Tokens => "Tokens",
        LimitScope::InputTokens => "Input tokens",
        LimitScope::Images => "Images",
    };
    format!("{scope} {}", per(limit.window))
}

const fn known_words(knowledge: LimitKnowledge) -> &'static str {
    match knowledge {
        LimitKnowledge::Shown => "from headers",
        LimitKnowledge::Inferred => "from a refusal's text, carried on by our own count",
        LimitKnowledge::Hinted => "as you stated it",
    }
}

fn waiting_words(view: &PacerView, now: Instant) -> String {
    let Some(waits_for) = view.waits_for else { return "Nothing waits for its turn.".to_owned() };
    let next = view.next_admission.map_or_else(String::new, |next| {
        format!(" The next one goes in {}.", format_countdown(next.saturating_since(now)))
    });
    let why = match waits_for {
        WaitsFor::Limit(limit) => format!("Waits for {} to refill.", name_of(limit).to_lowercase()),
        WaitsFor::Concurrency => "Waits for those in flight: no more are tried at a time.".to_owned(),
        WaitsFor::ServerWait => "Waits because the server asked for it.".to_owned(),
        WaitsFor::Retry => "Waits before a retry.".to_owned(),
        WaitsFor::Turn => "Requests wait for their turn.".to_owned(),
        WaitsFor::Pause => "Paused.".to_owned(),
        WaitsFor::LongWait { until } => {
            let left = format_countdown(until.saturating_since(now));
            format!("The limit allows the next request in {left}, longer than is waited without asking.")
        }
    };
    format!("{} wait. {why}{next}", count(view.waiting))
}

fn learned_words(view: &PacerView) -> String {
    let charge = match view.charge_rule {
        Some(ChargeRule::Sum) => "Tokens are charged as input and max_output_tokens together. ",
        Some(ChargeRule::Larger) => "Tokens are charged as the larger of input and max_output_tokens. ",
        None => "",
    };
    format!(
        "{charge}One estimated input token is {} of the server's.",
        format_decimal(&format!("{:.2}", view.input_ratio))
    )
}

fn count(number: usize) -> String {
    format_count(number as u64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // cast saturates
fn whole(number: f64) -> String {
    let rounded = libm::round(libm::fabs(number)) as u64;
    let sign = if number <= -0.5 { "−" } else { "" };
    format!("{sign}{}", format_count(rounded))
}

fn decimal(number: f64) -> String {
    format_decimal(&format!("{number:.1}"))
}

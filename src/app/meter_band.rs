//! The meter band: what is left of the limits, what was used, and Stop.

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Glyph, Meter, Reading as MeterReading, Stat, Tone};
use crate::format::format_duration;
use crate::models;
use crate::platform::format::number;
use crate::rate_limit::{Knowledge, LimitSnapshot, Reading};
use crate::state::accounts::use_accounts;
use crate::state::activity::use_activity;
use crate::state::api::ApiSource;
use crate::state::limits::{Known, use_limits};
use crate::state::session::use_session;
use crate::state::ticker::use_ticker;
use crate::time::Instant;

/// The meter band.
#[component]
pub fn MeterBand() -> impl IntoView {
    view! {
        <section class="meterband" aria-label="Limits and totals">
            <div class="meters">
                <LimitMeter label="Requests remaining" tone=Tone::Requests pick=|limits| limits.requests.clone() />
                <LimitMeter label="Tokens remaining" tone=Tone::Tokens pick=|limits| limits.tokens.clone() />
            </div>
            <Totals />
            <div class="band-actions">
                <ResetTotals />
                <StopAll />
            </div>
        </section>
    }
}

/// One limit of the API that is chosen and the model that answered last, counted on to this moment.
#[component]
fn LimitMeter(
    /// Its name.
    label: &'static str,
    /// What it measures.
    tone: Tone,
    /// Which of the limits it shows.
    pick: fn(&LimitSnapshot) -> Option<Reading>,
) -> impl IntoView {
    let (session, limits, ticker) = (use_session(), use_limits(), use_ticker());
    let known = Memo::new(move |_| limits.latest(session.source.get()));
    let reading = Memo::new(move |_| known.with(|known| known.as_ref().and_then(|known| pick(&known.limits))));
    let now = move || {
        ticker.track();
        session.now(session.source.get())
    };
    let level = move || {
        reading.with(|known| {
            known.as_ref().map(|known| MeterReading::new(to_f64(known.remaining_at(now())), to_f64(known.limit)))
        })
    };
    let text = move || {
        reading.with(|reading| match reading {
            Some(reading) => format!("{} of {}", number(reading.remaining_at(now())), number(reading.limit)),
            None => known.with(|known| match known {
                Some(known) if is_hidden(known) => "hidden".to_owned(),
                Some(_) => "not told".to_owned(),
                None => "not known yet".to_owned(),
            }),
        })
    };
    let note = move || reading.with(|known| known.as_ref().map(|known| until_full(known, now())));
    let source = move || {
        let how = reading.with(|known| known.as_ref().map(|known| known.knowledge));
        let default_model = session.model();
        known.with(|known| {
            Some(known.as_ref().map_or_else(|| ASK.to_owned(), |known| how_known(known, how, &default_model)))
        })
    };
    view! {
        <Meter
            label=label
            reading=Signal::derive(level)
            text=Signal::derive(text)
            tone=tone
            note=Signal::derive(note)
            source=Signal::derive(source)
        />
    }
}

/// How a limit can come to be known.
const ASK: &str = "send a request to see";

const fn is_hidden(known: &Known) -> bool {
    known.limits.hidden && !known.exposes_some
}

/// Whose limit it is, where that is not what one would think, and how it is known.
fn how_known(known: &Known, how: Option<Knowledge>, default_model: &str) -> String {
    let told_others = known.limits.requests.is_some() || known.limits.tokens.is_some();
    let how = match how {
        Some(Knowledge::Shown) => "from headers",
        Some(Knowledge::Inferred) => "inferred from a 429",
        Some(Knowledge::Hidden) => "hidden by CORS",
        None if is_hidden(known) => "the browser hides these headers (CORS)",
        None if known.limits.hidden => "hidden by CORS, or not sent",
        None if told_others => "the answers named no such limit",
        None => "the answers named no limits",
    };
    // A scenario of its own (a lesson's, a burst's) answers with all headers: whose limits these are says more.
    let how = match known.lesson {
        Some(lesson) if how == "from headers" => format!("of “{lesson}”"),
        _ => how.to_owned(),
    };
    if models::family(&known.model) == models::family(default_model) { how } else { format!("{}, {how}", known.model) }
}

fn until_full(reading: &Reading, now: Instant) -> String {
    match reading.until_full(now) {
        Some(left) if left.is_zero() => "full".to_owned(),
        Some(left) => format!("full in {}", format_duration(left)),
        None => "reset not told".to_owned(),
    }
}

#[allow(clippy::cast_precision_loss)] // for a bar's width
fn to_f64(value: u64) -> f64 {
    value as f64
}

#[component]
fn Totals() -> impl IntoView {
    let (session, accounts) = (use_session(), use_accounts());
    let summary = Memo::new(move |_| accounts.summary(session.source.get()));
    let count = move |pick: fn(&crate::usage::Summary) -> u64| Signal::derive(move || number(summary.with(pick)));
    let cost = move || {
        let cost = summary.with(|summary| summary.cost);
        // A total that leaves something out says so.
        if cost.unknown_calls > 0 { format!("{} + unknown", cost.known) } else { cost.known.to_string() }
    };
    // Simulated and real money are never taken for each other.
    let unit = move || match session.source.get() {
        ApiSource::Simulated => Some("USD, simulated".to_owned()),
        ApiSource::Live => Some("USD".to_owned()),
    };
    view! {
        <section class="totals" aria-label="Totals">
            <div class="stats">
                <Stat label="Calls" value=count(|summary| summary.num_calls) />
                <Stat label="Input tokens" value=count(|summary| summary.total_input_tokens) />
                <Stat label="Output tokens" value=count(|summary| summary.total_output_tokens) />
                <Stat label="Total tokens" value=count(|summary| summary.total_tokens) />
                <Stat label="Cost" value=Signal::derive(cost) unit=Signal::derive(unit) />
            </div>
        </section>
    }
}

#[component]
fn ResetTotals() -> impl IntoView {
    let (session, accounts) = (use_session(), use_accounts());
    view! {
        <Button
            kind=ButtonKind::Quiet
            icon=Glyph::Reset
            on_click=move |()| accounts.reset(session.source.get_untracked())
        >
            "Reset totals"
        </Button>
        <Show when=move || accounts.can_undo()>
            <Button kind=ButtonKind::Quiet on_click=move |()| accounts.undo_reset()>"Undo reset"</Button>
        </Show>
    }
}

/// There while something is in flight.
#[component]
fn StopAll() -> impl IntoView {
    let activity = use_activity();
    view! {
        <Show when=move || activity.is_running()>
            <Button kind=ButtonKind::Danger icon=Glyph::Stop on_click=move |()| activity.stop_all()>
                "Stop all"
            </Button>
        </Show>
    }
}

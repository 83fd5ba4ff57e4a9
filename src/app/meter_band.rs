//! The meter band: what is left of the limits, what was used, and Stop.

use std::fmt::Write as _;
use std::time::Duration;

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Glyph, InTurn, Meter, Reading as MeterReading, Shortcut, Stat, Tone};
use crate::format::{format_count, format_duration};
use crate::models;
use crate::platform::dom;
use crate::platform::format::time_of_day;
use crate::rate_limit::{Knowledge, LimitSnapshot, Reading, Remainder, TokenKind};
use crate::state::accounts::use_accounts;
use crate::state::activity::use_activity;
use crate::state::api::ApiSource;
use crate::state::limits::{Known, use_limits};
use crate::state::session::use_session;
use crate::state::ticker::use_ticker;
use crate::state::undo::use_undos;
use crate::time::Instant;
use crate::usage::Summary;

/// The meter band.
#[component]
pub fn MeterBand() -> impl IntoView {
    view! {
        <section class="meterband" aria-label="Limits and totals">
            <div class="meters">
                <LimitMeter label="Requests remaining" tone=Tone::Requests pick=|limits| (limits.requests.clone(), limits.requests_left) />
                <InTurn><LimitMeter label="Tokens remaining" tone=Tone::Tokens pick=|limits| (limits.tokens.clone(), limits.tokens_left) /></InTurn>
            </div>
            <InTurn>
                <Totals />
                <div class="band-actions">
                    <ResetTotals />
                    <StopAll />
                </div>
            </InTurn>
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
    /// Which of the limits it shows, and what is left of it where the limit itself is not told.
    pick: fn(&LimitSnapshot) -> (Option<Reading>, Option<Remainder>),
) -> impl IntoView {
    let (session, limits, ticker) = (use_session(), use_limits(), use_ticker());
    let known = Memo::new(move |_| limits.latest(session.source.get()));
    let picked = move || known.with(|known| known.as_ref().map(|known| pick(&known.limits)).unwrap_or_default());
    let reading = Memo::new(move |_| picked().0);
    let left = move || picked().1.filter(|_| reading.with(Option::is_none));
    let now = move || {
        ticker.track();
        session.now(session.source.get())
    };
    let level = move || {
        reading.with(|known| {
            known.as_ref().map(|known| MeterReading::new(to_f64(known.remaining_at(now())), to_f64(known.limit)))
        })
    };
    // A limit per day is not taken for one per minute: the name says so, and so does the text.
    let name = move || {
        let kind = known.with(|known| known.as_ref().map(|known| known.limits.token_kind).unwrap_or_default());
        let label = match kind {
            TokenKind::Input if tone == Tone::Tokens => "Input tokens remaining",
            TokenKind::Output if tone == Tone::Tokens => "Output tokens remaining",
            _ => label,
        };
        let window = reading.with(|reading| reading.as_ref().and_then(Reading::other_window));
        window.map_or_else(|| label.to_owned(), |window| format!("{label} {window}"))
    };
    let text = move || {
        reading.with(|reading| match reading {
            Some(reading) => level_in_words(reading, now()),
            None => known.with(|known| match (known, left()) {
                (_, Some(left)) => left_in_words(left),
                (Some(known), None) if is_hidden(known) => "hidden".to_owned(),
                (Some(_), None) => "not told".to_owned(),
                (None, None) => "not known yet".to_owned(),
            }),
        })
    };
    let is_requests = tone == Tone::Requests;
    let note = move || {
        reading.with(|reading| match reading {
            Some(reading) => Some(until_full(reading, now())),
            None if left().is_some() => left()?.full_at.map(|full_at| full_in(full_at.saturating_since(now()))),
            None => known.with(|known| own_use(known.as_ref()?, is_requests, now())),
        })
    };
    let source = move || {
        let default_model = session.model();
        known.with(|known| {
            Some(known.as_ref().map_or_else(
                || ASK.to_owned(),
                |known| reading.with(|reading| how_known(known, reading.as_ref(), left().is_some(), &default_model)),
            ))
        })
    };
    view! {
        <Meter
            label=Signal::derive(name)
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
fn how_known(known: &Known, reading: Option<&Reading>, is_left_told: bool, default_model: &str) -> String {
    let limits = &known.limits;
    let told_others = limits.requests.is_some()
        || limits.tokens.is_some()
        || limits.requests_left.is_some()
        || limits.tokens_left.is_some();
    let told_at = || reading.map(|reading| time_of_day(known.wall_at(reading.told_at))).unwrap_or_default();
    let how = match reading.map(|reading| reading.knowledge) {
        Some(Knowledge::Shown) => "from headers".to_owned(),
        Some(Knowledge::Inferred) => format!("inferred from the 429 at {}", told_at()),
        Some(Knowledge::Counted) => format!("counted by this page since the 429 at {}", told_at()),
        None if is_left_told => "from headers".to_owned(),
        None if is_hidden(known) && known.why_hidden == "hidden by CORS" => {
            "the browser hides these headers (CORS)".to_owned()
        }
        None if known.limits.hidden => "hidden by CORS, or not sent".to_owned(),
        None if told_others => "the answers named no such limit".to_owned(),
        None => "the answers named no limits".to_owned(),
    };
    // A scenario of its own (a lesson's, a burst's) answers with all headers: whose limits these are says more.
    let how = match known.lesson {
        Some(lesson) if how == "from headers" => format!("last run: “{lesson}”"),
        _ => how,
    };
    if models::family(&known.model) == models::family(default_model) { how } else { format!("{}, {how}", known.model) }
}

fn level_in_words(reading: &Reading, now: Instant) -> String {
    let at_most = if reading.knowledge == Knowledge::Counted { "at most " } else { "" };
    let window = reading.other_window().map(|window| format!(" {window}")).unwrap_or_default();
    format!("{at_most}{} of {}{window}", format_count(reading.remaining_at(now)), format_count(reading.limit))
}

/// What is left, where nothing tells of how much.
fn left_in_words(left: Remainder) -> String {
    format!("{} left; the limit is not told", format_count(left.remaining))
}

fn full_in(left: Duration) -> String {
    if left.is_zero() { "full".to_owned() } else { format!("full in {}", format_duration(left)) }
}

fn until_full(reading: &Reading, now: Instant) -> String {
    let full = match reading.until_full(now) {
        Some(left) => full_in(left),
        None => "reset not told".to_owned(),
    };
    let full = match reading.other_window() {
        Some(window) => format!("{full} ({window})"),
        None => full,
    };
    match reading.knowledge {
        Knowledge::Shown => full,
        Knowledge::Inferred | Knowledge::Counted => {
            let secs = reading.age(now).as_secs();
            let age = if secs < 60 { format!("{secs} s") } else { format_duration(Duration::from_secs(secs)) };
            format!("{full}, told {age} ago")
        }
    }
}

/// Of a limit that nothing tells, the least that was used of it: what this page sent.
fn own_use(known: &Known, is_requests: bool, now: Instant) -> Option<String> {
    let (requests, tokens) = known.limits.own_in_last_minute(now);
    let own = if is_requests { requests } else { tokens };
    (own > 0).then(|| format!("{} by this page in 60 s", format_count(own)))
}

#[allow(clippy::cast_precision_loss)] // for a bar's width
fn to_f64(value: u64) -> f64 {
    value as f64
}

#[component]
fn Totals() -> impl IntoView {
    let (session, accounts) = (use_session(), use_accounts());
    let summary = Memo::new(move |_| accounts.summary(session.source.get()));
    let count = move |pick: fn(&crate::usage::Summary) -> u64| Signal::derive(move || format_count(summary.with(pick)));
    let cost = move || {
        let cost = summary.with(|summary| summary.cost);
        // A total that leaves something out says so.
        if cost.unknown_calls > 0 { format!("{} + unknown", cost.known) } else { cost.known.to_string() }
    };
    let calls = move || Some(summary.with(calls_counted));
    // Simulated and real money are never taken for each other.
    let unit = move || match session.source.get() {
        ApiSource::Simulated => Some("USD, simulated".to_owned()),
        ApiSource::Live => Some("USD".to_owned()),
    };
    view! {
        <section class="totals" aria-label="Totals">
            <div class="stats">
                <Stat label="Calls" value=count(|summary| summary.num_calls) hint=Signal::derive(calls) />
                <Stat label="Input tokens" value=count(|summary| summary.total_input_tokens) />
                <Stat label="Output tokens" value=count(|summary| summary.total_output_tokens) />
                <Stat label="Total tokens" value=count(|summary| summary.total_tokens) />
                <Stat label="Cost" value=Signal::derive(cost) unit=Signal::derive(unit) />
            </div>
        </section>
    }
}

/// What the number of calls leaves out, as the notebook's does.
fn calls_counted(summary: &Summary) -> String {
    let mut text = "Answered calls alone".to_owned();
    for (attempts, what) in [(summary.failed_attempts, "failed"), (summary.unknown_outcomes, "stopped or broken off")] {
        if attempts > 0 {
            let requests = if attempts == 1 { "HTTP request" } else { "HTTP requests" };
            let _ = write!(text, ", without {} {requests} {what}", format_count(attempts));
        }
    }
    text
}

#[component]
fn ResetTotals() -> impl IntoView {
    let (session, accounts, undos) = (use_session(), use_accounts(), use_undos());
    let reset = move |()| {
        let source = session.source.get_untracked();
        if let Some(forgotten) = accounts.reset(source) {
            let name = source.name().to_ascii_lowercase();
            let undo = move || accounts.bring_back(source, &forgotten);
            undos.tell(format!("The {name} API's totals are reset."), undo);
        }
    };
    view! {
        <Button kind=ButtonKind::Quiet icon=Glyph::Reset on_click=reset>
            "Reset totals"
        </Button>
    }
}

/// There while something is in flight.
#[component]
fn StopAll() -> impl IntoView {
    let activity = use_activity();
    let stop = move |()| {
        activity.stop_all();
        // The button goes away with what it stops.
        dom::focus_view();
    };
    view! {
        <Show when=move || activity.is_running()>
            <Button kind=ButtonKind::Danger icon=Glyph::Stop shortcut=Shortcut::Stop on_click=stop>
                "Stop all"
            </Button>
        </Show>
    }
}

//! Headers: those of the rate limits with what they mean, then all of them.

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, KeyValue, KeyValueTable, Panel, Tone};
use crate::format::format_duration;
use crate::platform::format::number;
use crate::rate_limit::{
    DocumentedHeader, ImpliedWindow, LimitTrio, Shown, documented, exposes_headers, shown, why_hidden,
};
use crate::reply::Reply;

/// The most headers shown, and the longest value.
const MOST: usize = 200;
const LONGEST: usize = 8_192;

/// The region "Rate-limit headers".
#[component]
pub fn LimitHeadersRegion(reply: Reply) -> impl IntoView {
    let sent = reply.wire.headers();
    let documented: Vec<(&DocumentedHeader, Shown)> =
        documented().iter().map(|header| (header, shown(header.name, &reply.headers, &sent))).collect();
    let hidden = documented.iter().any(|(_, shown)| *shown == Shown::Hidden);
    let is_hidden = hidden && !exposes_headers(&sent);
    let why = why_hidden(&sent);
    let has_others = sent.iter().any(|(name, _)| is_foreign(name));
    let mut rows: Vec<KeyValue> = documented
        .iter()
        .filter(|(header, shown)| is_listed(header.name, shown, has_others))
        .map(|(header, shown)| row(header, shown, why))
        .collect();
    rows.extend(sent.iter().filter(|(name, _)| is_foreign(name)).map(|(name, value)| {
        KeyValue::new(name.clone(), cut(value)).with_note("A rate-limit header of this server's own kind.")
    }));
    let limits = &reply.headers.limits;
    let implied: Vec<String> =
        [("requests", &limits.requests), ("tokens", &limits.tokens), ("project tokens", &limits.project_tokens)]
            .into_iter()
            .filter_map(|(what, trio)| implied(what, trio))
            .collect();
    view! {
        <Panel title="Rate-limit headers">
            {is_hidden
                .then(|| {
                    view! {
                        <Callout kind=CalloutKind::Info title="Hidden by CORS">
                            <p>
                                "This page is on another origin than the API, so the browser shows it only the few headers
                                that the server exposes. The others may well have been sent: hidden is not absent, and not zero.
                                Through a relay on this page's origin (/openai/v1) all can be read."
                            </p>
                        </Callout>
                    }
                })}
            <KeyValueTable caption="Rate-limit headers, with their meaning" rows=Signal::stored(rows) />
            {(!implied.is_empty())
                .then(|| {
                    view! {
                        <ul class="request-implied num">
                            {implied.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                        </ul>
                    }
                })}
        </Panel>
    }
}

/// The region "All headers".
#[component]
pub fn AllHeadersRegion(reply: Reply) -> impl IntoView {
    let headers = reply.wire.headers();
    let count = headers.len();
    let rows: Vec<KeyValue> =
        headers.into_iter().take(MOST).map(|(name, value)| KeyValue::new(name, cut(&value))).collect();
    view! {
        <Panel title="All headers">
            <p class="muted num">
                {format!("{} that this page can read", number(count as u64))}
                {(count > MOST).then(|| format!("; the first {MOST} are shown"))}
            </p>
            <KeyValueTable caption="All headers that can be read" rows=Signal::stored(rows) />
        </Panel>
    }
}

fn is_foreign(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    (name.contains("ratelimit") || name.contains("tokenlimit"))
        && !documented().iter().any(|header| header.name == name)
}

// The project's own limit is rare, and another dialect's server does not send OpenAI's names: what is not there is not listed.
fn is_listed(name: &str, shown: &Shown, has_others: bool) -> bool {
    let is_there = matches!(shown, Shown::Value(_) | Shown::Malformed(_));
    match name {
        // In the status.
        "x-request-id" | "openai-processing-ms" => false,
        "x-should-retry" => is_there,
        _ if name.contains("project") => is_there,
        "retry-after" | "retry-after-ms" => true,
        _ => is_there || !has_others,
    }
}

fn row(header: &DocumentedHeader, shown: &Shown, why_hidden: &str) -> KeyValue {
    let tone = match header.name {
        name if name.contains("requests") => Tone::Requests,
        name if name.contains("tokens") => Tone::Tokens,
        _ => Tone::Waiting,
    };
    let row = match shown {
        Shown::Value(value) => KeyValue::new(header.name, cut(value)),
        Shown::Malformed(value) => KeyValue::new(header.name, format!("{} (makes no sense)", cut(value))),
        Shown::Hidden => KeyValue::absent(header.name, why_hidden),
        Shown::NotSent => KeyValue::absent(header.name, "not sent"),
    };
    row.with_note(header.meaning).with_tone(tone)
}

fn implied(what: &str, trio: &LimitTrio) -> Option<String> {
    let (limit, remaining) = (*trio.limit.exposed()?, *trio.remaining.exposed()?);
    let left = format!("{} of {} {what} left", number(remaining), number(limit));
    let reset = trio.reset.exposed().map(|reset| format!(", full again in {}", format_duration(*reset)));
    let window = match trio.window_in_words() {
        Some(ImpliedWindow::Minute) => ": a limit per minute".to_owned(),
        Some(ImpliedWindow::Day) => ": a limit per day".to_owned(),
        Some(ImpliedWindow::Other(window)) => format!(": a limit per {}", format_duration(window)),
        Some(ImpliedWindow::Unclear) => ": too little is used to tell the limit's window".to_owned(),
        None => String::new(),
    };
    Some(format!("{left}{}{window}.", reset.unwrap_or_default()))
}

fn cut(value: &str) -> String {
    if value.len() <= LONGEST {
        value.to_owned()
    } else {
        format!("{}…", value.chars().take(LONGEST).collect::<String>())
    }
}

//! The rate-limit headers of an answer under their provider's own names, and what would show those that are hidden.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{CodeBlock, Disclosure, KeyValue, KeyValueTable, Tone};
use crate::export::code;
use crate::format::{format_count, format_duration};
use crate::highlight::Language;
use crate::platform::format::time_of_day;
use crate::rate_limit::{
    Dialect, Field, LimitTrio, Provider, RateLimitHeaders, Shown, ValueRead, expose_line, is_about_limits, meaning,
    meaning_with_window, per, read_value, shown, why_hidden,
};
use crate::reply::{Content, Reply};
use crate::state::route::View;
use crate::state::run::Run;
use crate::time::UnixTime;

/// The longest value shown.
const LONGEST: usize = 8_192;

/// The rows of an answer's rate-limit headers, and what is to be said of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LimitHeaderRows {
    /// Whose names they are, and what to know of them.
    pub head: String,
    /// One row a header.
    pub rows: Vec<KeyValue>,
    /// The names that are hidden.
    pub hidden: Vec<String>,
    /// Whether nothing that tells of limits can be read.
    pub is_all_hidden: bool,
}

impl LimitHeaderRows {
    /// Those of `reply`, which came at `arrived` from `host`.
    pub fn of(reply: &Reply, host: Option<&str>, arrived: UnixTime) -> Self {
        let (limits, headers) = (&reply.headers.limits, reply.wire.headers());
        let provider = Provider::of(host, limits, &headers);
        let in_body = in_body(reply);
        let why = why_hidden(&headers, provider.is_known_to_hide);
        let mut hidden = Vec::new();
        let documented = provider.names.iter().map(|name| {
            let place =
                if in_body.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name)) { &in_body } else { &headers };
            let shown = shown(name, &reply.headers, place);
            if shown == Shown::Hidden {
                hidden.push((*name).to_owned());
            }
            row(name, &shown, why, limits, arrived)
        });
        let mut rows: Vec<KeyValue> = documented.collect();
        let is_other =
            |name: &str| is_about_limits(name) && !provider.names.iter().any(|known| name.eq_ignore_ascii_case(known));
        let others = headers.iter().chain(&in_body).filter(|(name, _)| is_other(name));
        rows.extend(others.map(|(name, _)| {
            let place = if in_body.iter().any(|(sent, _)| sent == name) { &in_body } else { &headers };
            row(name, &shown(name, &reply.headers, place), why, limits, arrived)
        }));
        let note = if provider.note.is_empty() { "." } else { ": " };
        let is_all_hidden = !hidden.is_empty() && !limits.any_exposed();
        Self { head: format!("{}{note}{}", provider.whose, provider.note), rows, hidden, is_all_hidden }
    }
}

/// The limits that the body carries: OpenRouter's.
fn in_body(reply: &Reply) -> Vec<(String, String)> {
    match &reply.content {
        Content::Error(error) if reply.headers.limits.dialect == Dialect::OpenRouter => error.headers.clone(),
        _ => Vec::new(),
    }
}

fn row(name: &str, shown: &Shown, why: &str, limits: &RateLimitHeaders, arrived: UnixTime) -> KeyValue {
    let row = match shown {
        Shown::Value(value) => KeyValue::new(name, cut(value)).with_read(read(name, value, limits, arrived)),
        Shown::Malformed(value) => KeyValue::new(name, format!("{} (makes no sense)", cut(value))),
        Shown::Hidden => KeyValue::absent(name, why),
        Shown::NotSent => KeyValue::absent(name, "not sent"),
    };
    let inferred = match shown {
        Shown::Value(_) => limit_named(name, limits).filter(|(_, told)| told.is_none()),
        _ => None,
    };
    let inferred = inferred.and_then(|(trio, _)| trio.known_window());
    let note = inferred.map_or_else(|| meaning(name), |window| meaning_with_window(name, window));
    let note = note.unwrap_or_else(|| "A rate-limit header of this server's own kind.".to_owned());
    let tone = match name {
        _ if name.contains("token") => Tone::Tokens,
        _ if name.contains("-req") && !name.ends_with("-id") => Tone::Requests,
        _ => Tone::Waiting,
    };
    row.with_note(note).with_tone(tone)
}

/// A value as it reads, where that says more than the value.
fn read(name: &str, value: &str, limits: &RateLimitHeaders, arrived: UnixTime) -> Option<String> {
    let Some(Field::Exposed(read)) = read_value(name, value, arrived) else { return None };
    match read {
        ValueRead::Count(count) => {
            let window = limit_named(name, limits).and_then(|(trio, told)| told.or_else(|| trio.known_window()));
            let window = window.map(|window| format!(" {}", per(window))).unwrap_or_default();
            (count >= 1_000 || !window.is_empty()).then(|| format!("{}{window}", format_count(count)))
        }
        ValueRead::FullIn(reset) => {
            Some(format!("{} → full at {}", format_duration(reset), time_of_day(arrived + reset)))
        }
        ValueRead::Wait(wait) => {
            Some(format!("{} → not before {}", format_duration(wait), time_of_day(arrived + wait)))
        }
        ValueRead::Overdrawn(by) => Some(format!("nothing left, overdrawn by {}", format_count(by))),
        ValueRead::NoValue => Some("stands for no value".to_owned()),
    }
}

/// The limit that the header `name` states, where its name does not tell the window, and the window that is told.
fn limit_named<'a>(name: &str, limits: &'a RateLimitHeaders) -> Option<(&'a LimitTrio, Option<Duration>)> {
    let name = name.to_ascii_lowercase();
    let (trio, named) = match name.strip_prefix("x-ratelimit-limit-")? {
        "requests" => (&limits.requests, limits.requests_window),
        "tokens" => (&limits.tokens, limits.tokens_window),
        "project-tokens" => (&limits.project_tokens, None),
        _ => return None,
    };
    Some((trio, limits.told_window(trio, named)))
}

fn cut(value: &str) -> String {
    if value.len() <= LONGEST {
        value.to_owned()
    } else {
        format!("{}…", value.chars().take(LONGEST).collect::<String>())
    }
}

/// The table of an answer's rate-limit headers, and what would make the hidden ones visible.
#[component]
pub fn LimitHeaders(
    /// The rows.
    rows: LimitHeaderRows,
    /// The run that the answer is of.
    run: Run,
    /// The index of its call.
    call: usize,
) -> impl IntoView {
    let LimitHeaderRows { head, rows, hidden, .. } = rows;
    view! {
        <p class="limit-names muted">{head}</p>
        <KeyValueTable caption="Rate-limit headers, with their meaning" rows=Signal::stored(rows) />
        {(!hidden.is_empty()).then(|| view! { <HowToSee hidden=hidden run=run call=call /> })}
    }
}

/// What would make hidden headers visible: the server's own line, a relay, or curl.
#[component]
fn HowToSee(hidden: Vec<String>, run: Run, call: usize) -> impl IntoView {
    let names: Vec<&str> = hidden.iter().map(String::as_str).collect();
    let line = expose_line(&names);
    let base_url = run.server().map(|server| server.situation.base_url.as_str().to_owned());
    let body = run.body_of(call);
    let curl = body.as_ref().and_then(|body| body.as_object()).map(|body| code::curl(base_url.as_deref(), body));
    let count = hidden.len();
    view! {
        <Disclosure summary=format!("To see the {count} that may be hidden")>
            <div class="stack limit-how">
                <p>"On a server of yours: let it add this line to its answers. Pages of other origins can then read them."</p>
                <CodeBlock code=line label="Header for the server to add" wrap=true />
                <p>
                    "On a server of others: ask through this page's own server. With make serve the base URL "
                    <code>"/openai/v1"</code>" leads to api.openai.com, and nothing is hidden."
                </p>
                {curl
                    .map(|curl| {
                        view! {
                            <p>
                                "Without a browser: curl prints all headers of the same request, which is sent, and billed, once
                                more. "<a href=View::Explain.href()>"Explain"</a>" reads what it prints."
                            </p>
                            <CodeBlock code=curl label="This request by curl" language=Language::Shell />
                        }
                    })}
            </div>
        </Disclosure>
    }
}

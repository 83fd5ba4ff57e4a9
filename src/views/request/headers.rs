//! Headers: those of the rate limits with what they mean, then all of them.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, KeyValue, KeyValueTable, Panel};
use crate::format::{format_count, format_duration};
use crate::rate_limit::{LimitTrio, exposes_headers};
use crate::reply::Reply;
use crate::run_view::{LimitHeaderRows, LimitHeaders};
use crate::state::run::Run;
use crate::time::UnixTime;

/// The most headers shown, and the longest value.
const MOST: usize = 200;
const LONGEST: usize = 8_192;

/// The region "Rate-limit headers".
#[component]
pub fn LimitHeadersRegion(
    /// The answer.
    reply: Reply,
    /// The run that it is of.
    run: Run,
    /// When it came.
    arrived: UnixTime,
) -> impl IntoView {
    let server = run.server();
    let host = server.as_ref().map(|server| server.situation.base_url.host_for_display());
    let rows = LimitHeaderRows::of(&reply, host, arrived);
    let is_hidden = rows.is_all_hidden && !exposes_headers(&reply.wire.headers());
    let limits = &reply.headers.limits;
    let parts = [("input tokens", "input-tokens"), ("output tokens", "output-tokens")];
    let implied: Vec<String> = [
        ("requests", &limits.requests, limits.requests_window),
        ("tokens", &limits.tokens, limits.tokens_window),
        ("project tokens", &limits.project_tokens, None),
        ("requests of the provider behind the gateway", &limits.upstream_requests, None),
        ("tokens of the provider behind the gateway", &limits.upstream_tokens, None),
    ]
    .into_iter()
    .chain(parts.into_iter().filter_map(|(what, kind)| Some((what, limits.others.get(kind)?, None))))
    .filter_map(|(what, trio, named)| implied(what, trio, limits.told_window(trio, named)))
    .collect();
    view! {
        <Panel title="Rate-limit headers">
            {is_hidden
                .then(|| {
                    view! {
                        <Callout kind=CalloutKind::Info title="What this page may not read">
                            <p>
                                "This page is on another origin than the API, so the browser shows it only the few headers
                                that the server exposes. The others may have been sent all the same: hidden is not absent, and not zero.
                                Through a relay on this page's origin (/openai/v1) all can be read."
                            </p>
                        </Callout>
                    }
                })}
            <LimitHeaders rows=rows run=run call=0 />
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
                {format!("{} that this page can read", format_count(count as u64))}
                {(count > MOST).then(|| format!("; the first {MOST} are shown"))}
            </p>
            <KeyValueTable caption="All headers that can be read" rows=Signal::stored(rows) />
        </Panel>
    }
}

fn implied(what: &str, trio: &LimitTrio, told: Option<Duration>) -> Option<String> {
    let (limit, remaining) = (*trio.limit.exposed()?, *trio.remaining.exposed()?);
    let left = format!("{} of {} {what} left", format_count(remaining), format_count(limit));
    let reset = trio.reset.exposed().map(|reset| format!(", full again in {}", format_duration(*reset)));
    let window = trio.window_sentence(told).map(|window| format!(": {window}")).unwrap_or_default();
    Some(format!("{left}{}{window}.", reset.unwrap_or_default()))
}

fn cut(value: &str) -> String {
    if value.len() <= LONGEST {
        value.to_owned()
    } else {
        format!("{}…", value.chars().take(LONGEST).collect::<String>())
    }
}

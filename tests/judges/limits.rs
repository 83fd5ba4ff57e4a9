//! Durations, and what headers tell of limits.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sluice::rate_limit::{Field, LimitTrio, RateLimitHeaders, ReplyHeaders, Visibility, duration};
use sluice::reply::Endpoint;

use super::outcomes::Judged;
use super::{Case, Finding, Judge, pairs};

pub fn durations(case: &Case) -> Judge {
    let values = case.input["values"].as_array().expect("a list of values");
    let seconds: Value =
        values.iter().map(|value| json!(duration::parse(value.as_str().unwrap()).map(|d| d.as_secs_f64()))).collect();
    let printed: Value =
        values.iter().map(|value| json!(duration::parse(value.as_str().unwrap()).map(duration::format_go))).collect();
    Box::new(move |name, _| match name {
        "seconds" => Finding::Is(seconds.clone()),
        "printed" | "formatted" => Finding::Is(printed.clone()),
        _ => Finding::Unknown,
    })
}

pub fn headers(case: &Case) -> Judge {
    if let Some(rows) = case.input["rows"].as_array() {
        let read: Vec<ReplyHeaders> =
            rows.iter().map(|row| ReplyHeaders::parse(&pairs(row), Visibility::Full, case.now())).collect();
        return Box::new(move |name, _| row_by_row(&read, name));
    }
    let judged = Judged::of(case, Endpoint::Responses);
    Box::new(move |name, expected| {
        let Ok(reply) = &judged.result else { return Finding::Unknown };
        match of_headers(&reply.headers, name, expected) {
            Finding::Unknown => judged.find(name, expected),
            found => found,
        }
    })
}

fn of_headers(headers: &ReplyHeaders, name: &str, expected: &Value) -> Finding {
    let limits = &headers.limits;
    Finding::Is(match name {
        "request_id" => json!(headers.request_id.exposed()),
        "processing_ms" => {
            seconds(headers.processing.exposed().copied()).as_f64().map_or(Value::Null, |s| json!(s * 1e3))
        }
        "policy_window_s" => seconds(limits.policy_window),
        "query_cost_tokens" => json!(limits.query_cost_tokens),
        "exhausted" => json!(limits.exhausted()),
        "other_keys" => return Finding::Checked(has_others(limits, expected)),
        "inferred" => return Finding::Checked(infers(limits, expected)),
        "requests_window_s" | "tokens_window_s" => {
            return Finding::Checked(infers(limits, &json!({ name: expected.clone() })));
        }
        "unified_reset_s" => seconds(limits.others.get("unified").and_then(|trio| trio.reset.exposed().copied())),
        "ratelimit_headers" => json!(match limits.requests.limit {
            Field::Hidden => "not exposed",
            Field::Absent => "absent",
            _ => "exposed",
        }),
        _ => match trio_named(limits, name) {
            Some(trio) => json!({
                "limit": trio.limit.exposed(),
                "remaining": trio.remaining.exposed(),
                "reset_s": seconds(trio.reset.exposed().copied()),
            }),
            // A kind nobody sent: nothing is known of it.
            None if is_trio(expected) => json!({}),
            None => return Finding::Unknown,
        },
    })
}

fn is_trio(expected: &Value) -> bool {
    expected
        .as_object()
        .is_some_and(|members| ["limit", "remaining", "reset_s"].iter().any(|name| members.contains_key(*name)))
}

fn trio_named<'a>(limits: &'a RateLimitHeaders, name: &str) -> Option<&'a LimitTrio> {
    Some(match name {
        "requests" => &limits.requests,
        "tokens" => &limits.tokens,
        "project_tokens" => &limits.project_tokens,
        "upstream_requests" => &limits.upstream_requests,
        "upstream_tokens" => &limits.upstream_tokens,
        other => return limits.others.iter().find_map(|(kind, trio)| (plain(kind) == plain(other)).then_some(trio)),
    })
}

fn plain(name: &str) -> String {
    name.replace('-', "_")
}

fn has_others(limits: &RateLimitHeaders, expected: &Value) -> Result<(), String> {
    let found: Vec<String> = limits.others.keys().map(|kind| plain(kind)).collect();
    let names = expected.as_array().into_iter().flatten().filter_map(Value::as_str);
    let missing: Vec<&str> = names.filter(|name| !found.contains(&plain(name))).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} is missing among {found:?}")) }
}

/// Windows follow from rounded numbers: three in a hundred either way.
fn infers(limits: &RateLimitHeaders, expected: &Value) -> Result<(), String> {
    for (name, window) in expected.as_object().unwrap_or(&Map::new()) {
        let (trio, named) = match name.as_str() {
            "requests_window_s" => (&limits.requests, limits.requests_window),
            "tokens_window_s" => (&limits.tokens, limits.tokens_window),
            "project_tokens_window_s" => (&limits.project_tokens, None),
            other => return Err(format!("no judge knows {other}")),
        };
        let found = named.or_else(|| trio.implied_window()).map(|window| window.as_secs_f64());
        let agrees = match (window.as_f64(), found) {
            (Some(expected), Some(found)) => (expected - found).abs() <= expected * 0.03,
            (None, None) => true,
            _ => false,
        };
        if !agrees {
            return Err(format!("{name} should be {window}, is {found:?}"));
        }
    }
    Ok(())
}

fn row_by_row(rows: &[ReplyHeaders], name: &str) -> Finding {
    let each = |value: &dyn Fn(&LimitTrio) -> Value| {
        let of_row = |headers: &ReplyHeaders| {
            let limits = &headers.limits;
            let trios = [&limits.requests, &limits.tokens, &limits.project_tokens];
            trios
                .into_iter()
                .chain(limits.others.values())
                .map(value)
                .find(|value| !value.is_null())
                .unwrap_or(Value::Null)
        };
        Finding::Is(rows.iter().map(of_row).collect())
    };
    match name {
        "reset_s" => each(&|trio| seconds(trio.reset.exposed().copied())),
        "limit" => each(&|trio| json!(trio.limit.exposed())),
        "remaining" => each(&|trio| json!(trio.remaining.exposed())),
        _ => Finding::Unknown,
    }
}

fn seconds(duration: Option<Duration>) -> Value {
    json!(duration.map(|duration| duration.as_secs_f64()))
}

//! The spans of a call's HTTP requests and of the waits between them. No tokens stand on them.

use xxhash_rust::xxh64::xxh64;

use super::attributes::{Attributes, json_name};
use super::wire::{Event, KIND_CLIENT, KIND_INTERNAL, STATUS_ERROR, Span, Status};
use crate::redact::Redactor;
use crate::retry::Class;
use crate::usage::{AttemptRecord, CallRecord, MadeIn, OutcomeRecord, PlannedWait};

/// Headers that are told: of limits, waits and the request's id.
const HEADERS: [&str; 6] =
    ["x-ratelimit-", "ratelimit", "retry-after", "x-request-id", "x-should-retry", "openai-processing-ms"];

/// A request and the wait after it, for each attempt.
pub(super) fn spans(call: &CallRecord, redactor: &Redactor) -> Vec<Span> {
    let mut spans = Vec::new();
    for (attempt, resends) in call.attempts.iter().zip(0_u64..) {
        spans.push(request(call, attempt, resends, redactor));
        if let Some(wait) = &attempt.wait {
            spans.push(waited(call, wait, resends, redactor));
        }
    }
    spans
}

/// A moment of a call, microseconds since it was queued, as nanoseconds since 1970-01-01T00:00:00Z.
pub(super) const fn at(call: &CallRecord, micros: u64) -> u64 {
    call.queued_at_micros.saturating_add(micros).saturating_mul(1_000)
}

/// The last moment that is known of a call, in microseconds since it was queued.
pub(super) fn last_known(call: &CallRecord) -> u64 {
    let of_wait = |wait: &PlannedWait| wait.ended_micros.unwrap_or(wait.started_micros);
    let moments = call.attempts.iter().flat_map(|attempt| {
        [
            Some(attempt.started_micros),
            attempt.first_token_micros,
            attempt.ended_micros,
            attempt.wait.as_ref().map(of_wait),
        ]
    });
    moments.flatten().max().unwrap_or_default()
}

/// The id of a call's span `number`: 0 is the root, then come requests and waits in turns. Never zero, which is none.
pub(super) fn span_id(call: &CallRecord, number: u64) -> Vec<u8> {
    xxh64(&call.id.number().to_be_bytes(), number).max(1).to_be_bytes().to_vec()
}

fn child(call: &CallRecord, number: u64, (started, ended): (u64, u64)) -> Span {
    Span {
        trace_id: call.id.number().to_be_bytes().to_vec(),
        span_id: span_id(call, number),
        parent_span_id: span_id(call, 0),
        start_time_unix_nano: at(call, started),
        end_time_unix_nano: at(call, ended.max(started)),
        ..Span::default()
    }
}

fn request(call: &CallRecord, attempt: &AttemptRecord, resends: u64, redactor: &Redactor) -> Span {
    let known = || call.ended_micros.unwrap_or_else(|| last_known(call));
    let ended = attempt.ended_micros.unwrap_or_else(known);
    let mut to = Attributes::new(redactor);
    // A job's requests are made at OpenAI, not by this page.
    let is_http = call.made_in != MadeIn::BatchJob;
    if is_http {
        to.text("http.request.method", "POST");
    }
    if is_http && call.server.contains("://") {
        to.text("url.full", &format!("{}/responses", call.server.trim_end_matches('/')));
    }
    if resends > 0 {
        to.whole("http.request.resend_count", resends);
    }
    to.whole("sluice.attempt", resends + 1);
    to.whole("sluice.outer_attempt", attempt.outer_attempt);
    if let Some(outcome) = &attempt.outcome {
        outcome_of(outcome, &mut to);
    }
    for (name, value) in &attempt.headers {
        if HEADERS.iter().any(|told| name.starts_with(told)) {
            to.texts(&format!("http.response.header.{name}"), &[&redactor.header(name, value)]);
        }
    }
    to.flag("sluice.headers_hidden", attempt.hides_headers);
    to.flag("sluice.may_be_billed", matches!(attempt.counts_as, Some(crate::usage::CountsAs::Unknown)));
    let first = attempt.first_token_micros.iter();
    let failed = attempt.outcome.as_ref().filter(|outcome| outcome.class != Class::Success);
    Span {
        name: if is_http { "POST /responses" } else { "batch job" }.to_owned(),
        kind: KIND_CLIENT,
        attributes: to.done(),
        events: first
            .map(|micros| Event { time_unix_nano: at(call, *micros), name: "first token".to_owned() })
            .collect(),
        status: failed.map(|outcome| Status { message: redactor.text(&outcome.message), code: STATUS_ERROR }),
        ..child(call, 2 * resends + 1, (attempt.started_micros, ended))
    }
}

fn outcome_of(outcome: &OutcomeRecord, to: &mut Attributes<'_>) {
    let class = json_name(&outcome.class);
    if let Some(status) = outcome.status {
        to.whole("http.response.status_code", status);
    }
    to.text("sluice.outcome", &class);
    to.text_if("sluice.error.code", outcome.code.as_deref());
    if outcome.class != Class::Success {
        // Of an HTTP request it is the status; where that is a success or missing, what went wrong.
        let status = outcome.status.filter(|status| *status >= 400).map(|status| status.to_string());
        to.text("error.type", &status.unwrap_or(class));
    }
}

fn waited(call: &CallRecord, wait: &PlannedWait, resends: u64, redactor: &Redactor) -> Span {
    let ended = wait.ended_micros.or(call.ended_micros).unwrap_or_else(|| last_known(call));
    let mut to = Attributes::new(redactor);
    to.millis("sluice.wait.planned_ms", wait.planned_micros);
    if let Some(ended) = wait.ended_micros {
        to.millis("sluice.wait.actual_ms", ended.saturating_sub(wait.started_micros));
    }
    to.text("sluice.wait.source", &json_name(&wait.source));
    if let Some(asked) = wait.asked_micros {
        to.millis("sluice.wait.asked_ms", asked);
    }
    to.whole("sluice.wait.layer", u64::try_from(wait.layer).unwrap_or(u64::MAX));
    Span {
        name: "wait".to_owned(),
        kind: KIND_INTERNAL,
        attributes: to.done(),
        ..child(call, 2 * resends + 2, (wait.started_micros, ended))
    }
}

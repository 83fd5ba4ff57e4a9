//! The span of a whole call.

use super::attempts::{at, last_known, span_id};
use super::attributes::{Attributes, json_name};
use super::content;
use super::wire::{Event, KIND_CLIENT, STATUS_ERROR, STATUS_OK, Span, Status};
use crate::redact::Redactor;
use crate::responses::Usage;
use crate::retry::StopReason;
use crate::usage::{AttemptRecord, CallRecord, CountsAs, EndRecord, ResponseFacts};

/// What the API's format is called by both conventions, whoever serves it: `server.address` says who.
const PROVIDER: &str = "openai";

pub(super) fn span(call: &CallRecord, shows_content: bool, redactor: &Redactor) -> Span {
    let ended = call.ended_micros.unwrap_or_else(|| last_known(call));
    let resumed = call.resumed_micros.iter();
    Span {
        trace_id: call.id.number().to_be_bytes().to_vec(),
        span_id: span_id(call, 0),
        parent_span_id: Vec::new(),
        name: redactor.text(&format!("chat {}", call.model)),
        kind: KIND_CLIENT,
        start_time_unix_nano: at(call, 0),
        end_time_unix_nano: at(call, ended),
        attributes: attributes(call, shows_content, redactor),
        events: resumed.map(|micros| Event { time_unix_nano: at(call, *micros), name: "resumed".to_owned() }).collect(),
        status: call.end.as_ref().map(|end| status(call, end, redactor)),
    }
}

/// The attempt that was answered with a response.
fn answered(call: &CallRecord) -> Option<&AttemptRecord> {
    let is_response = |attempt: &&AttemptRecord| {
        matches!(attempt.counts_as, Some(CountsAs::Usage(_) | CountsAs::NoUsage | CountsAs::InvalidUsage(_)))
    };
    call.attempts.iter().rev().find(is_response)
}

fn attributes(call: &CallRecord, shows_content: bool, redactor: &Redactor) -> Vec<super::wire::KeyValue> {
    let mut to = Attributes::new(redactor);
    to.text("openinference.span.kind", "LLM");
    to.text("gen_ai.operation.name", "chat");
    to.text("gen_ai.provider.name", PROVIDER);
    // The name before 2025-08, which older readers look for.
    to.text("gen_ai.system", PROVIDER);
    to.text("llm.provider", PROVIDER);
    to.text("llm.system", PROVIDER);
    to.text("gen_ai.request.model", &call.model);
    let answered = answered(call);
    let facts = answered.and_then(|attempt| attempt.response.as_ref());
    let model = facts.and_then(|facts| facts.model.as_deref());
    to.text("llm.model_name", model.unwrap_or(&call.model));
    server(call, &mut to);
    if let Some(request) = &call.request {
        content::parameters(request, &mut to);
    }
    if let Some(facts) = facts {
        response(facts, &mut to);
    }
    if let Some(CountsAs::Usage(usage)) = answered.and_then(|attempt| attempt.counts_as.as_ref()) {
        tokens(usage, &mut to);
    }
    if let Some(attempt) = answered
        && let Some(first) = attempt.first_token_micros
    {
        #[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
        to.number("gen_ai.response.time_to_first_chunk", first.saturating_sub(attempt.started_micros) as f64 / 1e6);
    }
    to.text("session.id", &call.run);
    to.text("metadata", &metadata(call));
    outcome(call, &mut to);
    if shows_content {
        content::messages(call, answered, &mut to);
    }
    to.done()
}

/// `server.address` and `server.port`; of the simulated API the address alone, which is none of a network.
fn server(call: &CallRecord, to: &mut Attributes<'_>) {
    let Some((scheme, rest)) = call.server.split_once("://") else {
        to.text("server.address", &call.server);
        return;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) => (host, port),
        _ => (authority, if scheme == "http" { 80 } else { 443 }),
    };
    to.text("server.address", host);
    to.whole("server.port", port);
}

fn response(facts: &ResponseFacts, to: &mut Attributes<'_>) {
    to.text_if("gen_ai.response.id", facts.id.as_deref());
    to.text_if("gen_ai.response.model", facts.model.as_deref());
    to.text_if("openai.response.service_tier", facts.service_tier.as_deref());
    // In the words of Chat Completions, which the conventions take theirs from.
    let reason = match (facts.status.as_str(), facts.incomplete_reason.as_deref()) {
        ("completed", _) => "stop",
        (_, Some("max_output_tokens")) => "length",
        (_, Some(reason)) => reason,
        (status, None) => status,
    };
    to.texts("gen_ai.response.finish_reasons", &[reason]);
    to.text("llm.finish_reason", reason);
}

fn tokens(usage: &Usage, to: &mut Attributes<'_>) {
    for (gen_ai, openinference, tokens) in [
        ("gen_ai.usage.input_tokens", "llm.token_count.prompt", usage.input_tokens),
        ("gen_ai.usage.output_tokens", "llm.token_count.completion", usage.output_tokens),
        ("gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt_details.cache_read", usage.cached_tokens),
        (
            "gen_ai.usage.cache_creation.input_tokens",
            "llm.token_count.prompt_details.cache_write",
            usage.cache_write_tokens,
        ),
        (
            "gen_ai.usage.reasoning.output_tokens",
            "llm.token_count.completion_details.reasoning",
            usage.reasoning_tokens,
        ),
    ] {
        to.whole(gen_ai, tokens);
        to.whole(openinference, tokens);
    }
    to.whole("llm.token_count.total", usage.total_tokens);
}

fn metadata(call: &CallRecord) -> String {
    serde_json::json!({
        "api": call.api, "made_in": call.made_in, "label": call.label, "lane": call.lane, "attempts": call.attempts.len(),
    })
    .to_string()
}

/// How it ended, where that is no response.
fn outcome(call: &CallRecord, to: &mut Attributes<'_>) {
    to.flag("sluice.unfinished", call.end.is_none());
    let error = match &call.end {
        None | Some(EndRecord::Succeeded) => return,
        Some(EndRecord::Cancelled { was_in_flight }) => {
            to.flag("sluice.may_be_billed", *was_in_flight);
            "cancelled".to_owned()
        }
        Some(EndRecord::Asked(_)) => "wait_not_decided".to_owned(),
        Some(EndRecord::Stopped(reason)) => {
            to.text("sluice.stop_reason", stop_name(reason));
            last_error(call)
        }
    };
    to.text("error.type", &error);
}

/// The server's code of the last failure, or what it was.
fn last_error(call: &CallRecord) -> String {
    let outcome = call.attempts.iter().rev().find_map(|attempt| attempt.outcome.as_ref());
    outcome.map_or_else(
        || "not_sent".to_owned(),
        |outcome| outcome.code.clone().unwrap_or_else(|| json_name(&outcome.class)),
    )
}

const fn stop_name(reason: &StopReason) -> &'static str {
    match reason {
        StopReason::NotRetried => "not_retried",
        StopReason::AttemptsUsed { .. } => "attempts_used",
        StopReason::DeadlineWouldPass { .. } => "deadline_would_pass",
        StopReason::HintTooLong => "hint_too_long",
        StopReason::BudgetSpent => "budget_spent",
    }
}

fn status(call: &CallRecord, end: &EndRecord, redactor: &Redactor) -> Status {
    let last = call.attempts.iter().rev().find_map(|attempt| attempt.outcome.as_ref());
    let message = last.map_or("", |outcome| outcome.message.as_str());
    let message = match end {
        EndRecord::Succeeded => return Status { message: String::new(), code: STATUS_OK },
        EndRecord::Stopped(StopReason::AttemptsUsed { max_attempts }) => {
            format!("Gave up after {max_attempts} attempts. {message}")
        }
        EndRecord::Stopped(_) => message.to_owned(),
        EndRecord::Asked(_) => format!("The server asked for a wait that nobody decided on. {message}"),
        EndRecord::Cancelled { was_in_flight: true } => {
            "Cancelled with a request under way, which may be billed.".to_owned()
        }
        EndRecord::Cancelled { was_in_flight: false } => "Cancelled.".to_owned(),
    };
    Status { message: redactor.text(message.trim_end()), code: STATUS_ERROR }
}

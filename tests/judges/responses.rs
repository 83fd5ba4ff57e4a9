//! What a success holds.

use serde_json::{Value, json};
use sluice::reply::{Content, Endpoint, Reply};
use sluice::responses::{ReportedUsage, ResponseStatus, Unreadable, Usage};

use super::outcomes::Judged;
use super::{Case, Finding, Judge};

pub fn response(case: &Case) -> Judge {
    let endpoint = if case.expected.contains_key("model_ids") {
        Endpoint::Models
    } else if case.expected.contains_key("input_tokens") {
        Endpoint::InputTokens
    } else {
        Endpoint::Responses
    };
    let judged = Judged::of(case, endpoint);
    Box::new(move |name, expected| match &judged.result {
        Ok(reply) => match of_reply(reply, name, expected) {
            Finding::Unknown => judged.find(name, expected),
            found => found,
        },
        Err(_) => judged.find(name, expected),
    })
}

pub fn of_reply(reply: &Reply, name: &str, expected: &Value) -> Finding {
    match (&reply.content, name) {
        (Content::Models(models), "model_ids") => {
            return Finding::Is(models.iter().map(|model| json!(model.id)).collect());
        }
        (Content::Models(models), "warn") => {
            let dates =
                models.iter().filter_map(|model| Some((model.id.clone(), json!(model.shutdown_date.as_ref()?))));
            return Finding::Is(Value::Object(dates.collect()));
        }
        (Content::InputTokens(count), "input_tokens") => return Finding::Is(json!(count)),
        (Content::Unreadable(why), "error_class") => {
            return Finding::AnyOf(error_classes(why).iter().map(|name| json!(name)).collect());
        }
        (_, "error_class") => return Finding::Is(Value::Null),
        // Every answered success is a call, whatever could be read of it.
        (_, "counts_as_call") => return Finding::Is(json!((200..300).contains(&reply.status))),
        (_, "usage") => return Finding::Is(usage(&reply.usage())),
        (_, "usage_valid") => return Finding::Is(json!(!matches!(reply.usage(), ReportedUsage::Invalid(_)))),
        (_, "usage_invalid") => return Finding::Is(json!(matches!(reply.usage(), ReportedUsage::Invalid(_)))),
        (_, "usage_extra") => {
            return Finding::Is(
                reply
                    .usage()
                    .known()
                    .map_or(Value::Null, |usage| json!({ "cache_write_tokens": usage.cache_write_tokens })),
            );
        }
        (_, "total_mismatch") => {
            return Finding::Is(json!(reply.usage().known().is_some_and(|usage| !usage.adds_up())));
        }
        _ => {}
    }
    let Some(response) = reply.response() else {
        // No response, no text.
        return if name == "text" { Finding::AnyOf(vec![json!(""), Value::Null]) } else { Finding::Unknown };
    };
    let text = response.output_text();
    Finding::Is(match name {
        "status" => json!(response.status.name()),
        "complete" => json!(response.status == ResponseStatus::Completed),
        "incomplete_reason" => json!(response.incomplete_reason),
        "error_code" => json!(response.error.as_ref().and_then(|error| error.code.as_ref())),
        "model" => json!(response.model),
        "service_tier" => json!(response.service_tier),
        "id" | "response_id" => json!(response.id),
        "text" => json!(text),
        "text_length" | "text_code_points" => json!(text.chars().count()),
        "text_prefix" => return Finding::Checked(holds(text.starts_with(expected.as_str().unwrap_or_default()))),
        "text_suffix" => return Finding::Checked(holds(text.ends_with(expected.as_str().unwrap_or_default()))),
        "text_must_contain" => return Finding::Checked(holds(text.contains(expected.as_str().unwrap_or_default()))),
        "refusal" => json!(response.refusal()),
        "tool_calls" => {
            response.tool_calls().map(|(name, arguments)| json!({ "name": name, "arguments": arguments })).collect()
        }
        _ => return Finding::Unknown,
    })
}

fn holds(it_does: bool) -> Result<(), String> {
    if it_does { Ok(()) } else { Err("the text is another".to_owned()) }
}

pub fn usage(reported: &ReportedUsage) -> Value {
    let Some(Usage { input_tokens, output_tokens, total_tokens, cached_tokens, reasoning_tokens, .. }) =
        reported.known()
    else {
        return Value::Null;
    };
    json!({
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "total_tokens": total_tokens,
        "cached_tokens": cached_tokens,
        "reasoning_tokens": reasoning_tokens,
    })
}

fn error_classes(why: &Unreadable) -> &'static [&'static str] {
    match why {
        Unreadable::EmptyBody => &["empty_body"],
        Unreadable::Html => &["not_json", "html"],
        Unreadable::NotJson { .. } => &["not_json"],
        Unreadable::OtherShape { .. } => &["other_shape", "unexpected_shape", "not_a_response"],
        Unreadable::TooDeep => &["too_deep"],
        Unreadable::TooLarge { .. } => &["too_large"],
        Unreadable::EndedEarly { .. } => &["stream_ended_early"],
    }
}

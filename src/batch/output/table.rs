//! Output as a table: CSV by RFC 4180, with formulas guarded.

use serde_json::Value;

use super::line::OutputLine;
use crate::batch::cells::{guarded, push_row};
use crate::responses::{Response, Usage};
use crate::usage::{Money, Prices, Tier};

/// The header.
pub(super) const COLUMNS: &str = "custom_id,input,status_code,request_id,model,status,output_text,input_tokens,cached_tokens,output_tokens,\
                                  reasoning_tokens,cost_usd,error_code,error_message\r\n";

/// Adds the row of a line and the text of its request.
pub(super) fn push_line(out: &mut String, line: &OutputLine, input: &str, prices: &Prices) {
    let Some(parts) = line.parts() else { return };
    let body: Option<Value> = parts.response.as_ref().and_then(|answer| serde_json::from_str(answer.body.get()).ok());
    let response = body.as_ref().and_then(|body| Response::from_value(body).ok());
    let usage = response.as_ref().and_then(|response| response.usage.known());
    let of_usage = |count: fn(Usage) -> u64| usage.map(|usage| count(usage).to_string());
    let model = response.as_ref().and_then(|response| response.model.clone());
    let tier = response.as_ref().and_then(|response| Tier::of_service_tier(response.service_tier.as_deref()));
    let cost =
        model.as_deref().zip(tier).zip(usage).and_then(|((model, tier), usage)| prices.cost(model, tier, &usage));
    let in_body = |name: &str| {
        let error = body.as_ref()?.get("error")?;
        error.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let error = parts.error.as_ref();
    let text = |text: Option<String>| guarded(&text.unwrap_or_default());
    let cells = [
        guarded(&parts.custom_id),
        guarded(input),
        parts.response.as_ref().map(|answer| answer.status_code.to_string()).unwrap_or_default(),
        text(parts.response.and_then(|answer| answer.request_id)),
        text(model),
        text(response.as_ref().map(|response| response.status.name().to_owned())),
        text(response.as_ref().map(Response::output_text)),
        of_usage(|usage| usage.input_tokens).unwrap_or_default(),
        of_usage(|usage| usage.cached_tokens).unwrap_or_default(),
        of_usage(|usage| usage.output_tokens).unwrap_or_default(),
        of_usage(|usage| usage.reasoning_tokens).unwrap_or_default(),
        cost.map(Money::decimal).unwrap_or_default(),
        text(error.map(|error| error.code.clone()).or_else(|| in_body("code"))),
        text(error.map(|error| error.message.clone()).or_else(|| in_body("message"))),
    ];
    push_row(out, cells);
}

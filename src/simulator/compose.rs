//! The response of a simulated model: what it thinks, what it says and what that costs.

use std::fmt::Write;

use super::text::answer_to;
use super::tokens::{cut_to_tokens, estimate_tokens};
use crate::models::ModelFacts;
use crate::random::RandomSource;
use crate::responses::{
    ApiError, ContentPart, CreateResponse, OutputItem, ReasoningEffort, ReportedUsage, Response, ResponseError,
    ResponseStatus, Usage,
};
use crate::time::UnixTime;

/// Reasoning tokens come in blocks of this many (usage reports of o and gpt-5 models, 2024 to 2026).
const REASONING_BLOCK: u64 = 64;

/// What is known of a request before its answer is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) request: &'a CreateResponse,
    pub(super) model: &'a ModelFacts,
    pub(super) input_tokens: u64,
    pub(super) cached_tokens: u64,
    pub(super) wall: UnixTime,
}

/// Answers a request. Reasoning comes first, out of the same `max_output_tokens` as the text.
pub(super) fn compose(ask: &Ask<'_>, random: &mut impl RandomSource) -> Response {
    let budget = ask.request.max_output_tokens.unwrap_or(u64::MAX);
    let thinking = if ask.model.reasoning { draw_reasoning(ask, random) } else { 0 };
    let reasoning_tokens = thinking.min(budget);
    let whole = answer_to(&ask.request.input.text(), random);
    let text = cut_to_tokens(&whole, budget - reasoning_tokens);
    let complete = text.len() == whole.len();
    let text_tokens = estimate_tokens(text);
    // What cut the answer short was the budget, all of it.
    let output_tokens = if complete { reasoning_tokens + text_tokens } else { budget };

    let mut output = Vec::new();
    if ask.model.reasoning && effort_of(ask) != ReasoningEffort::None {
        output.push(OutputItem::Reasoning { id: Some(hex_id("rs_", 50, random)), summary: Vec::new() });
    }
    if !text.is_empty() {
        output.push(OutputItem::Message {
            id: Some(hex_id("msg_", 50, random)),
            status: Some(if complete { "completed" } else { "incomplete" }.to_owned()),
            content: vec![ContentPart::OutputText(text.to_owned())],
        });
    }
    Response {
        id: Some(hex_id("resp_", 50, random)),
        created_at: Some(ask.wall.as_secs()),
        status: if complete { ResponseStatus::Completed } else { ResponseStatus::Incomplete },
        error: None,
        incomplete_reason: (!complete).then(|| "max_output_tokens".to_owned()),
        model: Some(ask.model.snapshot.to_owned()),
        output,
        usage: ReportedUsage::Known(Usage {
            input_tokens: ask.input_tokens,
            output_tokens,
            total_tokens: ask.input_tokens + output_tokens,
            cached_tokens: ask.cached_tokens,
            reasoning_tokens,
            cache_write_tokens: 0,
        }),
        service_tier: Some("default".to_owned()),
    }
}

/// Makes `response` one that failed with `error` halfway through its text. Gives the output tokens until then.
pub(super) fn break_off(response: &mut Response, error: ApiError) -> u64 {
    let reasoning_tokens = response.usage.known().map_or(0, |usage| usage.reasoning_tokens);
    let mut text_tokens = 0;
    if let Some(OutputItem::Message { status, content, .. }) = response.output.last_mut() {
        *status = Some("in_progress".to_owned());
        for part in content {
            if let ContentPart::OutputText(text) = part {
                *text = cut_to_tokens(text, estimate_tokens(text) / 2).to_owned();
                text_tokens += estimate_tokens(text);
            }
        }
    }
    response.status = ResponseStatus::Failed;
    response.error = Some(ResponseError { code: error.code, kind: error.kind, message: error.message });
    response.incomplete_reason = None;
    response.usage = ReportedUsage::Missing;
    reasoning_tokens + text_tokens
}

/// `prefix` and `digits` random hexadecimal digits.
pub(super) fn hex_id(prefix: &str, digits: usize, random: &mut impl RandomSource) -> String {
    let mut id = prefix.to_owned();
    while id.len() < prefix.len() + digits {
        let _ = write!(id, "{:016x}", random.next_u64()); // writing to a String cannot fail
    }
    id.truncate(prefix.len() + digits);
    id
}

fn effort_of(ask: &Ask<'_>) -> ReasoningEffort {
    ask.request.reasoning_effort.unwrap_or(default_effort(crate::models::family(ask.model.id)))
}

/// How much a model reasons where nothing is asked: `medium`, from gpt-5.1 to gpt-5.4 `none` (OpenAI's model pages;
/// for newer families `medium` is assumed).
pub fn default_effort(family: &str) -> ReasoningEffort {
    let quiet = ["gpt-5.1", "gpt-5.2", "gpt-5.4"].iter().any(|start| family.starts_with(start));
    if quiet { ReasoningEffort::None } else { ReasoningEffort::Medium }
}

/// The efforts that a reasoning family takes; others are a 400.
pub fn efforts(family: &str) -> &'static [ReasoningEffort] {
    use ReasoningEffort::{High, Low, Max, Medium, Minimal, None, XHigh};
    match family {
        "gpt-5" | "gpt-5-mini" | "gpt-5-nano" => &[Minimal, Low, Medium, High],
        "gpt-5.1" => &[None, Low, Medium, High],
        "gpt-5.2" | "gpt-5.4" | "gpt-5.4-mini" | "gpt-5.4-nano" | "gpt-5.5" => &[None, Low, Medium, High, XHigh],
        name if name.starts_with('o') => &[Low, Medium, High],
        _ => &[None, Low, Medium, High, XHigh, Max],
    }
}

/// How many tokens it thinks. Easy prompts sometimes get none, as the real models do at medium effort and below.
fn draw_reasoning(ask: &Ask<'_>, random: &mut impl RandomSource) -> u64 {
    let easy = ask.input_tokens < 64 && random.unit() < 0.3;
    let (least, most) = match effort_of(ask) {
        ReasoningEffort::None | ReasoningEffort::Minimal => (0, 0),
        ReasoningEffort::Low => (0, 3),
        ReasoningEffort::Medium if easy => (0, 0),
        ReasoningEffort::Medium => (1, 9),
        ReasoningEffort::High => (8, 30),
        ReasoningEffort::XHigh => (16, 60),
        ReasoningEffort::Max => (32, 100),
    };
    REASONING_BLOCK * (least + random.below(most - least + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::facts;
    use crate::random::Rng;
    use crate::responses::Input;

    fn respond(model: &str, effort: Option<ReasoningEffort>, max: Option<u64>, seed: u64) -> Response {
        let request = CreateResponse {
            model: model.into(),
            input: Input::Text("Give me a funny fact about turtles.".into()),
            max_output_tokens: max,
            reasoning_effort: effort,
            ..CreateResponse::default()
        };
        let model = facts(model).unwrap();
        let ask = Ask { request: &request, model, input_tokens: 15, cached_tokens: 0, wall: UnixTime::from_secs(1) };
        compose(&ask, &mut Rng::from_seed(seed))
    }

    #[test]
    fn the_notebooks_64_tokens_often_go_into_reasoning() {
        let responses: Vec<_> = (0..400).map(|seed| respond("gpt-5-nano", None, Some(64), seed)).collect();
        let silent = responses.iter().filter(|response| response.output.len() == 1).count();
        assert!((200..360).contains(&silent), "{silent}");
        for response in responses {
            let usage = response.usage.known().unwrap();
            assert!(usage.output_tokens <= 64 && usage.reasoning_tokens <= usage.output_tokens);
            assert_eq!(usage.total_tokens, usage.input_tokens + usage.output_tokens);
            if response.output.len() == 1 {
                assert_eq!((usage.output_tokens, usage.reasoning_tokens), (64, 64));
                assert_eq!(response.status, ResponseStatus::Incomplete);
                assert_eq!(response.incomplete_reason.as_deref(), Some("max_output_tokens"));
            }
        }
    }

    #[test]
    fn more_effort_takes_more_tokens() {
        let mean = |effort| {
            (0..200)
                .map(|seed| respond("gpt-6-luna", Some(effort), None, seed).usage.known().unwrap().reasoning_tokens)
                .sum::<u64>()
                / 200
        };
        let efforts = efforts("gpt-6-luna");
        let means: Vec<u64> = efforts.iter().map(|effort| mean(*effort)).collect();
        assert!(means.windows(2).all(|pair| pair[0] < pair[1]), "{means:?}");
        assert_eq!(means[0], 0);
    }

    #[test]
    fn plain_models_do_not_reason_and_are_cut_in_mid_text() {
        let whole = respond("gpt-4o-mini", None, None, 3);
        assert_eq!((whole.output.len(), whole.status), (1, ResponseStatus::Completed));
        let cut = respond("gpt-4o-mini", None, Some(16), 3);
        assert_eq!((cut.output.len(), cut.status), (1, ResponseStatus::Incomplete));
        assert_eq!(cut.usage.known().unwrap().output_tokens, 16);
        assert_eq!(cut.usage.known().unwrap().reasoning_tokens, 0);
    }
}

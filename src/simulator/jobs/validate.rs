//! What OpenAI finds wrong with a batch's file. `invalid_json_line`, `missing_required_parameter` and
//! `token_limit_exceeded` are worded as recorded (openai-python issue 2084 and others); the codes `duplicate_custom_id`,
//! `url_mismatch`, `model_mismatch`, `empty_file` and `too_many_tasks` are known, their words are from memory.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::Value;

use super::{Refused, invalid};
use crate::models::facts;
use crate::responses::{BATCH_ENDPOINT, BatchFault, CreateResponse};
use crate::simulator::refusals::{self, ORGANIZATION};
use crate::simulator::tokens::estimate_input_tokens;

/// The most requests of a batch (OpenAI's Batch guide).
const MOST_REQUESTS: usize = 50_000;
/// How many faults are told.
const MOST_FAULTS: usize = 100;

/// A line of a batch's file that holds a request.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) custom_id: String,
    /// Where it stands in the file, in bytes.
    pub(super) place: Range<usize>,
    pub(super) input_tokens: u64,
    /// What it is refused with, whenever it is run.
    pub(super) refused: Option<Refused>,
}

/// A batch's file as it is read, some lines at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// Where the next line begins; behind the end of the file once all is read.
    next: usize,
    lines: u64,
    ids: HashSet<String>,
    model: Option<String>,
    found: Vec<Found>,
    faults: Vec<BatchFault>,
}

/// A batch's file that is read.
#[derive(Debug)]
pub(super) struct Read {
    /// The model of its first request.
    pub(super) model: String,
    pub(super) found: Vec<Found>,
    pub(super) faults: Vec<BatchFault>,
}

impl Reading {
    /// Reads on, `most` lines at most; says whether all is read.
    pub(super) fn step(&mut self, bytes: &[u8], most: usize) -> bool {
        for _ in 0..most {
            let Some(rest) = bytes.get(self.next..) else { return true };
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let place = self.next..self.next + line.len();
            self.next = place.end + 1;
            self.lines += 1;
            if !line.trim_ascii().is_empty() {
                self.line(line, place);
            }
        }
        self.next > bytes.len()
    }

    fn line(&mut self, line: &[u8], place: Range<usize>) {
        let wrong = match request_of(line) {
            Ok((custom_id, body)) => {
                let named = body.get("model").and_then(Value::as_str).unwrap_or_default().to_owned();
                let first = self.model.get_or_insert_with(|| named.clone());
                let mismatch = mismatch(first, &named);
                let wrong = (!self.ids.insert(custom_id.clone())).then(duplicate).or(mismatch);
                let (input_tokens, refused) = weigh(body);
                self.found.push(Found { custom_id, place, input_tokens, refused });
                wrong
            }
            Err(wrong) => Some(wrong),
        };
        let number = self.lines;
        self.faults.extend(wrong.map(|fault| BatchFault { line: Some(number), ..fault }));
    }

    /// What is still unread is read at once.
    pub(super) fn finish(mut self, bytes: &[u8]) -> Read {
        self.step(bytes, usize::MAX);
        let Self { model, found, mut faults, .. } = self;
        if found.is_empty() && faults.is_empty() {
            faults.push(fault("empty_file", "The input file holds no requests.", None));
        }
        if found.len() > MOST_REQUESTS {
            faults.push(fault("too_many_tasks", "The input file holds more than 50,000 requests.", None));
        }
        faults.truncate(MOST_FAULTS);
        Read { model: model.unwrap_or_default(), found, faults }
    }
}

/// The input tokens of a body, and what it is refused with.
fn weigh(body: Value) -> (u64, Option<Refused>) {
    match CreateResponse::from_value(body) {
        Err(wrong) => (0, Some((400, wrong.to_error()).into())),
        Ok(request) => {
            let refused = if facts(&request.model).is_none() {
                Some(refusals::unknown_model(&request.model).into())
            } else if request.stream {
                Some(no_streams())
            } else {
                refusals::unacceptable(&request).map(Refused::from)
            };
            (estimate_input_tokens(&request), refused)
        }
    }
}

/// From memory; not recorded.
fn no_streams() -> Refused {
    invalid(400, "Streaming is not supported in the Batch API.", Some("stream"))
}

/// There is no room in the queue for a job of `model`.
pub(super) fn queue_is_full(model: &str, limit: u64) -> BatchFault {
    let message = format!(
        "Enqueued token limit reached for {model} in organization {ORGANIZATION}. Limit: {} enqueued tokens. Please try \
         again once some in_progress batches have been completed.",
        grouped(limit)
    );
    fault("token_limit_exceeded", &message, None)
}

/// The account has no credit (from memory).
pub(super) fn no_credit() -> BatchFault {
    fault("billing_hard_limit_reached", "Billing hard limit has been reached.", None)
}

fn request_of(line: &[u8]) -> Result<(String, Value), BatchFault> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(line) else {
        return Err(fault("invalid_json_line", "This line is not parseable as valid JSON.", None));
    };
    let missing =
        |name: &str| fault("missing_required_parameter", &format!("Missing required parameter: '{name}'."), Some(name));
    let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or_else(|| missing(name));
    let custom_id = text("custom_id")?.to_owned();
    let is_post = text("method")?.eq_ignore_ascii_case("post");
    if !is_post || text("url")? != BATCH_ENDPOINT {
        let message = "The method and URL of this request do not match the endpoint of the batch.";
        return Err(fault("url_mismatch", message, Some("url")));
    }
    let body = members.remove("body").filter(Value::is_object).ok_or_else(|| missing("body"))?;
    Ok((custom_id, body))
}

fn duplicate() -> BatchFault {
    let message = "The custom_id of this request is that of another one. Each must be unique within the batch.";
    fault("duplicate_custom_id", message, Some("custom_id"))
}

fn mismatch(first: &str, named: &str) -> Option<BatchFault> {
    let message = format!("The model of this request, '{named}', is not that of the batch, '{first}'.");
    (first != named).then(|| fault("model_mismatch", &message, Some("body.model")))
}

fn fault(code: &str, message: &str, param: Option<&str>) -> BatchFault {
    BatchFault { code: Some(code.to_owned()), message: message.to_owned(), param: param.map(str::to_owned), line: None }
}

/// With commas between thousands, as OpenAI writes it whatever the reader's language.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_is_told_as_openai_tells_it() {
        // openai-python issue 2084, 2025-02, but for the model and the organization.
        let said = queue_is_full("gpt-4o-mini", 2_000_000).message.replace(ORGANIZATION, "org-x");
        assert_eq!(
            said,
            "Enqueued token limit reached for gpt-4o-mini in organization org-x. Limit: 2,000,000 enqueued tokens. \
             Please try again once some in_progress batches have been completed."
        );
        assert_eq!((grouped(90_000), grouped(999), grouped(0)), ("90,000".into(), "999".into(), "0".into()));
    }
}

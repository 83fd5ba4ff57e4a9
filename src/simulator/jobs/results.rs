//! The files that a job gives: lines in OpenAI's Batch output format, in the order in which they were run.

use serde_json::{Value, json};

use super::World;
use super::job::{Job, Line, OutputKind, seed_of};
use crate::models::facts;
use crate::random::Rng;
use crate::responses::{BatchStatus, CreateResponse};
use crate::simulator::compose::{Ask, compose, hex_id};
use crate::simulator::labelled;
use crate::simulator::tokens::estimate_input_tokens;

/// One of a job's files as it is composed, some lines at a time.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The places of the lines that are still to be written, the next one last.
    left: Vec<usize>,
    text: String,
}

impl Draft {
    /// Of the file of that kind; nothing is composed yet.
    pub(super) fn new(job: &Job, kind: OutputKind) -> Self {
        let mut lines: Vec<(usize, &Line)> =
            job.lines.iter().enumerate().filter(|(_, line)| job.kind_of(line) == kind).collect();
        lines.sort_by_key(|(_, line)| line.run_after);
        Self { left: lines.into_iter().rev().map(|(place, _)| place).collect(), text: String::new() }
    }

    /// Composes on, `most` lines at most; says whether all are.
    pub(super) fn step(&mut self, job: &Job, most: usize, world: &World<'_>) -> bool {
        for _ in 0..most {
            let Some(place) = self.left.pop() else { return true };
            if let Some(line) = job.lines.get(place) {
                self.text.push_str(&result(job, place, line, world).to_string());
                self.text.push('\n');
            }
        }
        self.left.is_empty()
    }

    /// The file's text; what is not composed yet is composed at once.
    pub(super) fn finish(mut self, job: &Job, world: &World<'_>) -> String {
        self.step(job, usize::MAX, world);
        self.text
    }
}

fn result(job: &Job, place: usize, line: &Line, world: &World<'_>) -> Value {
    let mut random = Rng::for_stream(seed_of(&job.id), u64::try_from(place).unwrap_or(u64::MAX));
    let id = hex_id("batch_req_", 32, &mut random);
    let request_id = hex_id("", 32, &mut random);
    let (response, error) = if !job.is_run(line) {
        (Value::Null, never_run(job.status(world.now)))
    } else if let Some((status_code, error)) = line.refused.as_ref().map(|refused| &*refused.0) {
        (json!({ "status_code": status_code, "request_id": request_id, "body": error.to_value() }), Value::Null)
    } else {
        let body = response(job, line, &mut random);
        (json!({ "status_code": 200, "request_id": request_id, "body": body }), Value::Null)
    };
    json!({ "id": id, "custom_id": line.custom_id, "response": response, "error": error })
}

/// What a request is answered with that was never run. The expired one's words are the Batch guide's, those of the
/// cancelled one are from memory; both codes are in openai-openapi 2.3.0.
fn never_run(status: BatchStatus) -> Value {
    if status == BatchStatus::Expired {
        let message = "This request could not be executed before the completion window expired.";
        json!({ "code": "batch_expired", "message": message })
    } else {
        json!({ "code": "batch_cancelled", "message": "This request was not executed: the batch was cancelled." })
    }
}

fn response(job: &Job, line: &Line, random: &mut Rng) -> Value {
    let body = job.bytes.get(line.place.clone()).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let body = body.and_then(|line| line.get("body").cloned()).unwrap_or_default();
    // Both were judged when the job was planned.
    let Ok(request) = CreateResponse::from_value(body) else { return Value::Null };
    let Some(model) = facts(&request.model) else { return Value::Null };
    let input_tokens = estimate_input_tokens(&request);
    let wall = job.created_wall + line.run_after;
    let ask = Ask { request: &request, model, input_tokens, cached_tokens: 0, wall };
    compose(&ask, random).to_value(&labelled(&request, model))
}

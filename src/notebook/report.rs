//! One call of a run, as a cell shows it.

use std::time::Duration;

use crate::client::CallEnd;
use crate::responses::{Note, ReportedUsage};
use crate::retry::{Class, Outcome};
use crate::run::{CallLog, CallState};

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStage {
    /// Not begun.
    Queued,
    /// A request is out.
    InFlight,
    /// Waiting before the next attempt.
    Waiting,
    /// It brought a response.
    Answered,
    /// It ended without one.
    Failed,
    /// Stopped by the user.
    Stopped,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The last attempt.
    pub outcome: Outcome,
    /// How the call ended.
    pub end: CallEnd,
}

/// A call, summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct CallReport {
    /// What it asked.
    pub label: String,
    /// Where it stands.
    pub stage: CallStage,
    /// HTTP requests so far.
    pub attempts: usize,
    /// The last HTTP status.
    pub status: Option<u16>,
    /// The text, empty where there is none.
    pub text: String,
    /// What there is to say of the response besides its text.
    pub notes: Vec<Note>,
    /// What it reports of tokens.
    pub usage: ReportedUsage,
    /// The model that answered.
    pub model: Option<String>,
    /// From the first request to the end.
    pub took: Option<Duration>,
    /// Why there is no response.
    pub failure: Option<Failure>,
}

impl CallReport {
    /// Sums a call up.
    pub fn of(call: &CallLog) -> Self {
        let last = call.attempts.last();
        let reply = last.and_then(|attempt| attempt.result.as_ref()).and_then(|result| result.as_ref().ok());
        let response = reply.and_then(|reply| reply.response());
        let stage = match &call.state {
            CallState::Queued => CallStage::Queued,
            CallState::InFlight => CallStage::InFlight,
            CallState::Waiting => CallStage::Waiting,
            CallState::Ended(CallEnd::Succeeded) => CallStage::Answered,
            CallState::Ended(_) => CallStage::Failed,
            CallState::Cancelled { .. } => CallStage::Stopped,
        };
        let failure = match (&call.state, last.and_then(|attempt| attempt.outcome.clone())) {
            (CallState::Ended(end), Some(outcome)) if *end != CallEnd::Succeeded => {
                Some(Failure { outcome, end: end.clone() })
            }
            _ => None,
        };
        let first = call.attempts.first().map(|attempt| attempt.started);
        Self {
            label: call.label.clone(),
            stage,
            attempts: call.attempts.len(),
            status: reply.map(|reply| reply.status),
            text: response.map(|response| response.output_text()).unwrap_or_default(),
            notes: response.map(|response| response.notes()).unwrap_or_default(),
            usage: reply.map(|reply| reply.usage()).unwrap_or_default(),
            model: response.and_then(|response| response.model.clone()),
            took: call.ended_at.zip(first).map(|(ended, first)| ended.saturating_since(first)),
            failure,
        }
    }

    /// Whether a rate limit was the end of it.
    pub fn rate_limited(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.outcome.class == Class::RateLimit)
    }
}

//! What one trial brings: plain numbers, which a worker sends home.

use serde::{Deserialize, Serialize};

use super::series::Series;
use crate::retry::StopReason;

/// The bins of a distribution of waits.
pub(super) const WAIT_BINS: u32 = 40;

/// How the requests of a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ends {
    /// With a response.
    pub succeeded: u32,
    /// All attempts were used.
    pub gave_up: u32,
    /// The deadline would have passed.
    pub past_deadline: u32,
    /// The server asked for a longer wait than the policy follows.
    pub hint_too_long: u32,
    /// The budget of retries was spent.
    pub budget_spent: u32,
    /// The policy did not retry the outcome: a request too large, one held back by a guard.
    pub not_retried: u32,
    /// The policy would have asked a person.
    pub asked: u32,
}

/// The figures of one trial. Times are in microseconds of virtual time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialFigures {
    /// Which policy, by its place in the experiment.
    pub policy: usize,
    /// Which draws.
    pub seed: u64,
    /// Requests to be done.
    pub requests: u32,
    /// How they ended.
    pub ends: Ends,
    /// HTTP calls.
    pub calls: u64,
    /// HTTP calls that were refused.
    pub refused: u64,
    /// HTTP calls that brought no response.
    pub wasted_calls: u64,
    /// Attempts that a guard kept from being sent.
    pub held_back: u64,
    /// Tokens charged for calls that were let in.
    pub tokens_charged: u64,
    /// Tokens that those calls really took.
    pub tokens_used: u64,
    /// Tokens that refused calls asked for.
    pub tokens_refused: u64,
    /// When the last request could have been let in at best.
    pub ideal_micros: u64,
    /// When the last request ended, however it did.
    pub end_micros: u64,
    /// When the last response was there.
    pub drain_micros: Option<u64>,
    /// Half of the requests that succeeded had been let in so long after they came up.
    pub wait_p50_micros: Option<u64>,
    /// The same of 95 %.
    pub wait_p95_micros: Option<u64>,
    /// The same of 99 %.
    pub wait_p99_micros: Option<u64>,
    /// Most calls in a second.
    pub peak_second: u64,
    /// Most calls in a tenth of a second.
    pub peak_tenth: u64,
    /// Requests of neighbours that were let in.
    pub neighbours_admitted: u64,
    /// Requests of neighbours that were refused.
    pub neighbours_refused: u64,
    /// Whether it ran too long and was ended.
    pub is_cut_short: bool,
}

/// The charts and the trace of one trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Which policy, by its place in the experiment.
    pub policy: usize,
    /// Which draws.
    pub seed: u64,
    /// Calls, completions and levels over time.
    pub series: Series,
    /// How long requests that succeeded waited.
    pub waits: Vec<WaitBin>,
    /// Each attempt in the order in which they were answered: for replaying, and for comparing to the byte.
    pub trace: Vec<StartedAttempt>,
    /// Whether all attempts are in the trace.
    pub trace_is_whole: bool,
}

/// A bin of a distribution of waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitBin {
    /// Its upper bound.
    pub up_to_micros: u64,
    /// How many requests waited so long.
    pub requests: u32,
}

/// An attempt of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedAttempt {
    /// The request's number, from 0.
    pub call: u32,
    /// The attempt's number within it, from 1.
    pub attempt: u32,
    /// When it was sent.
    pub sent_micros: u64,
    /// When its answer was there.
    pub answered_micros: u64,
    /// The HTTP status; none where it was not sent.
    pub status: Option<u16>,
    /// How long was waited after it.
    pub wait_micros: Option<u64>,
    /// Which layer of the policy waited: 0 is the outermost.
    pub layer: Option<usize>,
    /// How the request ended with it, where it did.
    pub end: Option<TracedEnd>,
}

/// How a request of a trace ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TracedEnd {
    /// With a response.
    Succeeded,
    /// Without one.
    Stopped(StopReason),
    /// A person would have been asked.
    Asked,
}

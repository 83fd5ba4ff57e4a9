//! From the events of a call to what is kept of it.

use crate::client::{CallEnd, CallEvent};
use crate::reply::Reply;
use crate::retry::Outcome;
use crate::time::{Instant, UnixTime, micros};
use crate::transport::{ApiRequest, Progress, TransportError};
use crate::usage::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, OutcomeRecord, PlannedWait,
    ResponseFacts,
};

/// What is known of a call before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAbout {
    /// Its name.
    pub id: CallId,
    /// The run it belongs to.
    pub run: String,
    /// Its lane in the run, from 0.
    pub lane: u32,
    /// Where it is made.
    pub made_in: MadeIn,
    /// Which API answers.
    pub api: AnsweredBy,
    /// The base URL that is asked.
    pub server: String,
    /// The name a person gave the key.
    pub key_alias: Option<String>,
    /// What it is called on the page.
    pub label: String,
    /// Whether the browser hides headers of its answers that the server does not expose.
    pub hides_headers: bool,
}

impl CallAbout {
    // A call of `model`, queued at `queued_at`, of which nothing has happened yet.
    fn call(self, model: String, queued_at: UnixTime) -> CallRecord {
        CallRecord {
            id: self.id,
            run: self.run,
            lane: self.lane,
            made_in: self.made_in,
            api: self.api,
            server: self.server,
            key_alias: self.key_alias,
            model,
            label: self.label,
            queued_at_micros: micros(queued_at.since_epoch()),
            attempts: Vec::new(),
            ended_micros: None,
            end: None,
            resumed_micros: Vec::new(),
            request: None,
        }
    }
}

/// How much of a call is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeptContent {
    /// Neither prompts nor answers.
    #[default]
    Nothing,
    /// The bodies of requests and answers.
    Bodies,
}

/// Keeps the record of one call as it happens.
#[derive(Debug, Clone)]
pub struct CallRecorder {
    call: CallRecord,
    queued: Instant,
    keeps: KeptContent,
    hides_headers: bool,
}

/// What an event has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing that counts.
    Nothing,
    /// An attempt counts now.
    Attempt,
    /// The call has ended.
    End,
}

impl CallRecorder {
    /// Of a call of `request` that was queued at `queued`, which is `wall` on the wall.
    pub fn new(
        about: CallAbout,
        request: &ApiRequest,
        (queued, wall): (Instant, UnixTime),
        keeps: KeptContent,
    ) -> Self {
        let create = match request {
            ApiRequest::CreateResponse(create) | ApiRequest::CountInputTokens(create) => Some(create),
            ApiRequest::ListModels | ApiRequest::Batches(_) => None,
        };
        let model = create.map(|create| create.model.clone()).unwrap_or_default();
        let mut recorder = Self::of_model(about, model, (queued, wall));
        recorder.keeps = keeps;
        recorder.call.request = create.filter(|_| keeps == KeptContent::Bodies).map(|create| create.to_value());
        recorder
    }

    /// The same of a call of `model`, of which no content is kept.
    pub fn of_model(about: CallAbout, model: String, (queued, wall): (Instant, UnixTime)) -> Self {
        let hides_headers = about.hides_headers;
        let call = about.call(model, wall);
        Self { call, queued, keeps: KeptContent::Nothing, hides_headers }
    }

    /// The call as it stands.
    pub const fn call(&self) -> &CallRecord {
        &self.call
    }

    /// The call, once nothing more is recorded of it.
    pub fn into_call(self) -> CallRecord {
        self.call
    }

    /// Takes in an event; says what it changed.
    pub fn record(&mut self, event: &CallEvent<'_>) -> Recorded {
        match event {
            CallEvent::AttemptStarted { at, .. } => {
                let started_micros = self.since_queued(*at);
                self.call.attempts.push(AttemptRecord::begun(started_micros));
                Recorded::Nothing
            }
            CallEvent::AttemptProgress { progress: Progress::Event { at, brings_text: true, .. }, .. } => {
                let at = self.since_queued(*at);
                if let Some(attempt) = self.call.attempts.last_mut() {
                    attempt.first_token_micros.get_or_insert(at);
                }
                Recorded::Nothing
            }
            CallEvent::AttemptEnded { at, outcome, result, outer_attempt, .. } => {
                let (at, keeps, hides) = (self.since_queued(*at), self.keeps, self.hides_headers);
                let Some(attempt) = self.call.attempts.last_mut() else { return Recorded::Nothing };
                attempt.ended_micros = Some(at);
                attempt.outer_attempt = *outer_attempt;
                attempt.outcome = Some(kept_outcome(outcome));
                attempt.counts_as = CountsAs::of(outcome, result);
                if let Ok(reply) = result {
                    attempt.hides_headers = hides;
                    note_reply(attempt, reply, keeps);
                } else if let (Err(TransportError::CutOff { received, .. }), KeptContent::Bodies) = (result, keeps) {
                    attempt.body = Some(received.clone());
                }
                // What was never sent, as a budget holds it back, is no call yet.
                if attempt.counts_as.is_some() { Recorded::Attempt } else { Recorded::Nothing }
            }
            CallEvent::WaitStarted { at, wait, outer_attempt, .. } => {
                let started_micros = self.since_queued(*at);
                // What is owed before a call is taken up again follows its last attempt.
                if let Some(attempt) = self.call.attempts.last_mut() {
                    attempt.wait = Some(PlannedWait {
                        started_micros,
                        planned_micros: micros(wait.duration),
                        ended_micros: None,
                        source: wait.source,
                        asked_micros: wait.hint.map(micros),
                        layer: wait.layer,
                        outer_attempt: *outer_attempt,
                    });
                }
                Recorded::Nothing
            }
            CallEvent::WaitEnded { at } => {
                self.end_wait(self.since_queued(*at));
                Recorded::Nothing
            }
            CallEvent::Ended { at, end } => {
                self.call.ended_micros = Some(self.since_queued(*at));
                self.call.end = Some(kept_end(end));
                Recorded::End
            }
            CallEvent::AttemptProgress { .. } | CallEvent::AdmissionAwaited { .. } => Recorded::Nothing,
        }
    }

    /// Marks it as stopped by a person; a request that was out counts as of unknown outcome.
    pub fn cancel(&mut self, at: Instant) {
        if self.call.end.is_some() {
            return;
        }
        let at = self.since_queued(at);
        let in_flight = self.call.attempts.last_mut().filter(|attempt| attempt.ended_micros.is_none());
        let was_in_flight = in_flight.is_some();
        if let Some(attempt) = in_flight {
            attempt.ended_micros = Some(at);
            attempt.counts_as = Some(CountsAs::Unknown);
        }
        self.end_wait(at);
        self.call.ended_micros = Some(at);
        self.call.end = Some(EndRecord::Cancelled { was_in_flight });
    }

    /// Takes it up again after an end.
    pub fn resume(&mut self, at: Instant) {
        let at = self.since_queued(at);
        self.call.resumed_micros.push(at);
        (self.call.ended_micros, self.call.end) = (None, None);
    }

    fn end_wait(&mut self, at: u64) {
        let wait = self.call.attempts.last_mut().and_then(|attempt| attempt.wait.as_mut());
        if let Some(wait) = wait.filter(|wait| wait.ended_micros.is_none()) {
            wait.ended_micros = Some(at);
        }
    }

    fn since_queued(&self, at: Instant) -> u64 {
        micros(at.saturating_since(self.queued))
    }
}

/// A result of a batch job as a call: when it was run is not told, only when it was read.
pub fn job_call(
    about: CallAbout,
    model: String,
    read_at: UnixTime,
    counts_as: CountsAs,
    response: Option<ResponseFacts>,
) -> CallRecord {
    let attempt =
        AttemptRecord { ended_micros: Some(0), counts_as: Some(counts_as), response, ..AttemptRecord::begun(0) };
    CallRecord {
        attempts: vec![attempt],
        ended_micros: Some(0),
        end: Some(EndRecord::Succeeded),
        ..about.call(model, read_at)
    }
}

fn note_reply(attempt: &mut AttemptRecord, reply: &Reply, keeps: KeptContent) {
    attempt.headers = reply.wire.headers();
    attempt.body = (keeps == KeptContent::Bodies).then(|| reply.wire.body());
    attempt.response = reply.response().map(|response| ResponseFacts {
        id: response.id.clone(),
        model: response.model.clone(),
        status: response.status.name().to_owned(),
        incomplete_reason: response.incomplete_reason.clone(),
        service_tier: response.service_tier.clone(),
    });
}

fn kept_outcome(outcome: &Outcome) -> OutcomeRecord {
    OutcomeRecord {
        class: outcome.class,
        status: outcome.status,
        code: outcome.code.clone(),
        message: outcome.message.clone(),
        asked_wait: outcome.wait,
    }
}

fn kept_end(end: &CallEnd) -> EndRecord {
    match end {
        CallEnd::Succeeded => EndRecord::Succeeded,
        CallEnd::Stopped(why) => EndRecord::Stopped(*why),
        CallEnd::Ask(wait) => EndRecord::Asked(*wait),
    }
}

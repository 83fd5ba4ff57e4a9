//! One line of a batch: read again, sent through the one retry loop, and its end noted.

use std::cell::Cell;
use std::pin::pin;

use futures_util::future::{Either, select};

use super::transport::{JournaledTransport, Stage};
use super::{BatchBook, BatchJob, BatchWorld, Network};
use crate::batch::estimate::most_of;
use crate::batch::input::LineEntry;
use crate::batch::journal::Tokens;
use crate::batch::output::{OutputError, OutputLine};
use crate::batch::{FailureKind, LineSource, LineState, Record};
use crate::client::{CallEnd, CallEvent, CallResult, Client, execute_admitted};
use crate::clock::Clock;
use crate::format::format_duration;
use crate::random::RandomSource;
use crate::retry::{Class, RetryPolicy, ServerWait};
use crate::store::Store;
use crate::transport::{ApiRequest, Transport, TransportError};
use crate::usage::Tier;

pub(super) struct LineRun<'a, T, C, R, S, N, L> {
    pub world: &'a BatchWorld<'a, T, C, R, S, N>,
    pub job: &'a BatchJob<L>,
    pub book: &'a BatchBook,
    pub policy: &'a RetryPolicy,
    pub observe: &'a dyn Fn(u32, &CallEvent<'_>),
    pub entry: &'a LineEntry,
}

impl<T, C, R, S, N, L> LineRun<'_, T, C, R, S, N, L>
where
    T: Transport,
    C: Clock + Clone + 'static,
    R: RandomSource,
    S: Store,
    N: Network,
    L: LineSource,
{
    /// Sends the line and notes what comes of it; nothing where the run stops before it is sent.
    pub async fn run(self) {
        let (line, book) = (self.entry.line, self.book);
        if book.is_stopping() {
            return;
        }
        let defaults = book.state().settings().defaults.clone();
        let request = match self.job.file.request(self.entry, &self.job.source, &defaults).await {
            Ok(read) => ApiRequest::CreateResponse(read.request),
            // The line itself may be well: the file cannot be read, and the next lines could not either.
            Err(error) => return book.pause(&error.to_string()),
        };
        let ApiRequest::CreateResponse(create) = &request else { return };
        let model = create.model.clone();
        let transport = JournaledTransport {
            world: self.world,
            id: &self.job.id,
            book,
            line,
            most: most_of(self.entry, &defaults, self.world.prices),
            attempt: Cell::new(0),
            stage: Cell::new(Stage::Idle),
            sent: Cell::new(self.world.client.clock.now()),
        };
        let client = Client { transport: &transport, clock: self.world.client.clock, random: self.world.client.random };
        let last = Cell::new(None);
        let tell = |event: CallEvent<'_>| {
            self.note(&event, &transport, &last);
            (self.observe)(line, &event);
        };
        let call = execute_admitted(&client, self.world.admission, self.policy, &request, tell);
        let stopped = book.until_stopped(line, || transport.is_idle());
        let ended = match select(pin!(call), pin!(stopped)).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        };
        match ended {
            Some(result) => self.settle(&result, &model, transport.attempt.get()).await,
            None => transport.take_back(),
        }
    }

    fn note(
        &self,
        event: &CallEvent<'_>,
        transport: &JournaledTransport<'_, T, C, R, S, N>,
        last: &Cell<Option<Class>>,
    ) {
        let (line, attempt) = (self.entry.line, transport.attempt.get());
        match event {
            CallEvent::AttemptEnded { at, outcome, result, .. } => {
                transport.stage.set(Stage::Idle);
                self.book.hear(|silence| match result {
                    Ok(_) => silence.heard(),
                    Err(TransportError::NotSent(_)) => silence.not_sent(),
                    Err(_) => silence.unheard(transport.sent.get(), *at),
                });
                last.set(Some(outcome.class));
                if outcome.class == Class::RateLimit {
                    self.book.count(|throughput| throughput.refused(*at));
                }
            }
            CallEvent::WaitStarted { .. } => {
                if let Some(kind) = last.get().and_then(FailureKind::of) {
                    self.book.note(Record::WillRetry { line, attempt, kind });
                } else {
                    // The policy resends what may have arrived: that is written down as what it is.
                    self.book.note(Record::Unknown { line, attempt });
                    self.book.note(Record::Requeued { lines: vec![(line, attempt)] });
                }
            }
            _ => {}
        }
    }

    async fn settle(&self, call: &CallResult, model: &str, attempt: u32) {
        let (line, file) = (self.entry.line, self.job.file.fingerprint);
        let outcome = &call.outcome;
        let record = match (&call.result, FailureKind::of(outcome.class)) {
            // It was held back before it was about to be sent: it waits still, or was cancelled.
            _ if outcome.class == Class::NotSent && !self.is_sending() => return,
            (_, Some(kind @ (FailureKind::Auth | FailureKind::Quota))) => {
                self.book.note(Record::WillRetry { line, attempt, kind });
                return self.book.pause(&format!(
                    "{} (line {line}). Nothing more is sent before that is settled.",
                    sentence(&outcome.message)
                ));
            }
            _ if let CallEnd::Ask(wait) = &call.end => {
                let kind = FailureKind::of(outcome.class).unwrap_or(FailureKind::RateLimit);
                self.book.note(Record::WillRetry { line, attempt, kind });
                return self.book.pause(&asked_to_wait(wait));
            }
            (Ok(reply), None) if outcome.class == Class::Success => {
                let usage = reply.usage();
                let usage = usage.known();
                let response = reply.response();
                let tier = Tier::of_service_tier(response.and_then(|response| response.service_tier.as_deref()));
                let answered = response.and_then(|response| response.model.as_deref());
                let cost = usage.as_ref().zip(tier);
                let cost = cost.and_then(|(usage, tier)| self.world.prices.cost_of(model, answered, tier, usage));
                Record::Answered {
                    line,
                    attempt,
                    tokens: usage.as_ref().map(Tokens::from),
                    cost: cost.and_then(|cost| u64::try_from(cost.picodollars()).ok()),
                    output: OutputLine::of_reply(file, self.entry, reply, outcome),
                }
            }
            (_, None) => {
                self.book.note(Record::Unknown { line, attempt });
                if self.book.silence().is_final() {
                    self.book.pause(NO_ANSWERS);
                }
                return;
            }
            (Ok(reply), Some(kind)) => {
                Record::Failed { line, attempt, kind, output: OutputLine::of_reply(file, self.entry, reply, outcome) }
            }
            (Err(_), Some(kind)) => {
                let error = OutputError { code: kind.code().to_owned(), message: outcome.message.clone() };
                let output = OutputLine::without_answer(file, line, &self.entry.custom_id, error);
                Record::Failed { line, attempt, kind, output }
            }
        };
        self.book.count(|throughput| throughput.settled(self.world.client.clock.now()));
        let store = (self.world.store, self.job.id.as_str(), self.world.redactor);
        if let Err(error) = self.book.write(record.clone(), store).await {
            self.book.keep_unsaved(&record);
            self.book.pause(&format!(
                "{error} What has come since is kept in memory: download it before you close the page."
            ));
        }
    }

    fn is_sending(&self) -> bool {
        matches!(self.book.line(self.entry.line), LineState::Sending { .. })
    }
}

const NO_ANSWERS: &str = "The last requests brought no answer: the server or the network is gone, or does not let this page \
                          read. Nothing more is sent. Resume when it is there again.";

fn asked_to_wait(wait: &ServerWait) -> String {
    let how_long = match wait {
        ServerWait::For { wait, .. } => {
            format!("{}, which is longer than is waited without asking", format_duration(*wait))
        }
        ServerWait::Astronomic { .. } => "longer than any wait that can be set".to_owned(),
    };
    format!("The server asks to wait {how_long}. Resume when you want to go on.")
}

fn sentence(message: &str) -> &str {
    message.trim().trim_end_matches('.')
}

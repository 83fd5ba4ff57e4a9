//! A run of a batch: paced, journaled, and ended at any moment without losing what came.
//!
//! One call a line goes through the one retry loop, let out by the one pacer. Before each HTTP request the journal says
//! durably that it is about to go ([`JournaledTransport`]), so that a crash leaves no request unknown to it. A run ends
//! when nothing waits, or when it is told to send no more: what is in flight is settled first.

mod book;
mod line;
mod outputs;
mod silence;
mod stored;
mod transport;
mod turns;

use std::future::Future;
use std::pin::pin;

use futures_util::future::select;
use futures_util::{StreamExt, stream};

pub use book::BatchBook;
use line::LineRun;
pub use outputs::{OutputOrder, OutputReader, OutputSelection};
pub use stored::StoredBook;

use crate::admission::PacedAdmission;
use crate::batch::input::BatchFile;
use crate::batch::journal::Created;
use crate::batch::{LineSource, LineState, Record};
use crate::client::{CallEvent, Client};
use crate::clock::Clock;
use crate::random::RandomSource;
use crate::redact::Redactor;
use crate::retry::RetryPolicy;
use crate::run::SpendGate;
use crate::store::{Store, StoreError, read_all};
use crate::transport::Transport;
use crate::usage::Prices;

/// What a batch is made of.
#[derive(Debug)]
pub struct BatchJob<L> {
    /// Its name in the store.
    pub id: String,
    /// The index of its file.
    pub file: BatchFile,
    /// Where lines are read again.
    pub source: L,
}

/// What a run of a batch needs of the world.
#[derive(Debug)]
pub struct BatchWorld<'a, T, C, R, S, N> {
    /// Sends, waits, draws.
    pub client: Client<'a, T, C, R>,
    /// Lets requests out.
    pub admission: &'a PacedAdmission<C>,
    /// Keeps the journal.
    pub store: &'a S,
    /// Takes the key out of what is kept.
    pub redactor: &'a Redactor,
    /// Whether anything can be sent.
    pub network: &'a N,
    /// What answers cost.
    pub prices: &'a Prices,
    /// Whether a budget lets anything more be sent.
    pub gate: SpendGate<'a>,
}

/// Whether there is a network. Waiting for one uses up no attempt.
pub trait Network {
    /// Waits until there is one, at once where there is.
    fn until_online(&self) -> impl Future<Output = ()>;

    /// Whether there is one now; `true` proves nothing.
    fn is_online(&self) -> bool;
}

/// A network that is always there: the page's own simulator needs none.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlwaysOnline;

impl Network for AlwaysOnline {
    async fn until_online(&self) {}

    fn is_online(&self) -> bool {
        true
    }
}

/// How a run ended. Nothing of it is in flight any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchEnd {
    /// Nothing waits: each line has its result, has failed, is unknown or was left out.
    Settled,
    /// It sends nothing more, and can go on: why, for people.
    Paused(String),
    /// What waited is cancelled.
    Cancelled,
}

/// How many lines are read and wait for admission ahead of those in flight: the pacer chooses among them.
const AHEAD: usize = 200;

/// Begins the journal of a batch, under `label` in the store's list, durably.
///
/// # Errors
/// Where the store cannot keep it: nothing was sent.
pub async fn begin_batch<S: Store>(
    store: &S,
    id: &str,
    label: &str,
    created: Created,
    redactor: &Redactor,
) -> Result<BatchBook, StoreError> {
    store.create(id, label).await?;
    let record = Record::Created(created);
    let sequence = store.append(id, vec![record.to_json(redactor)]).await?;
    let book = BatchBook::default();
    book.apply(&record, sequence);
    Ok(book)
}

/// Why a batch of the store cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReopenError {
    /// The store does not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is of a newer version, or damaged.
    #[error("{0}")]
    Unreadable(String),
}

/// Reads the journal of a batch again. What was about to be sent when its last run was cut off is of unknown outcome.
///
/// # Errors
/// [`ReopenError`]; the records stay as they are.
pub async fn reopen_batch<S: Store>(store: &S, id: &str) -> Result<BatchBook, ReopenError> {
    let book = BatchBook::default();
    let mut unreadable = None;
    read_all(store, id, |sequence, text| match Record::from_json(&text) {
        Ok(record) => book.apply(&record, sequence),
        Err(error) => {
            unreadable.get_or_insert(error);
        }
    })
    .await?;
    if let Some(error) = unreadable {
        return Err(ReopenError::Unreadable(error.to_string()));
    }
    book.settle_in_flight();
    Ok(book)
}

/// Runs a batch from where `book` stands, telling `observe` of each event of a line's call after it is noted.
///
/// Dropping the future aborts what is in flight; the journal then holds it as about to be sent, which reads as unknown.
pub async fn run_batch<T, C, R, S, N, L>(
    world: &BatchWorld<'_, T, C, R, S, N>,
    job: &BatchJob<L>,
    book: &BatchBook,
    policy: &RetryPolicy,
    observe: &dyn Fn(u32, &CallEvent<'_>),
) -> BatchEnd
where
    T: Transport,
    C: Clock + Clone + 'static,
    R: RandomSource,
    S: Store,
    N: Network,
    L: LineSource,
{
    book.begin_run(world.client.clock.now());
    world.admission.resume();
    let at_once = world.admission.settings().max_in_flight.saturating_add(AHEAD);
    let waiting = job.file.entries.iter().filter(|entry| book.line(entry.line) == LineState::Waiting);
    let lines = stream::iter(waiting)
        .take_while(|_| std::future::ready(!book.is_stopping()))
        .map(|entry| LineRun { world, job, book, policy, observe, entry }.run())
        .buffer_unordered(at_once)
        .for_each(|()| std::future::ready(()));
    select(pin!(lines), pin!(book.keep_written(world.store, &job.id, world.redactor))).await;
    let kept = book.flush(world.store, &job.id, world.redactor).await;
    if let Err(error) = kept {
        book.pause(&error.to_string());
    }
    book.end_run()
}

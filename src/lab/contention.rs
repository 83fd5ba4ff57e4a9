//! Contention: clients that write the same row, of whom one wins each time. The experiment of AWS' "Exponential Backoff
//! And Jitter", with this server behind the same retry loop and policies.
//!
//! After aws-arch-backoff-simulator, `src/backoff_simulator.py`: a client reads the row's version, then writes on
//! condition that it has not changed; each way over the network takes |N(10, 2)| ms; who loses waits and begins again.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::statistics::Summary;
use crate::client::{Client, execute};
use crate::clock::{Clock, Tasks, Turn, VirtualClock};
use crate::random::{Normal, Rng};
use crate::reply::TransportError;
use crate::retry::{Answer, Backoff, Class, Jitter, Outcome, Preset, RetryPolicy};
use crate::time::UnixTime;
use crate::transport::{Exchange, Progress};

/// The network's mean and standard deviation, in milliseconds.
const NETWORK: (f64, f64) = (10.0, 2.0);
/// The backoff's base and cap.
const BASE: Duration = Duration::from_millis(5);
const CAP: Duration = Duration::from_secs(2);

/// The article's five ways of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AwsAlgorithm {
    /// At once.
    None,
    /// Exponential, without jitter.
    Exponential,
    /// Equal jitter.
    EqualJitter,
    /// Full jitter.
    FullJitter,
    /// Decorrelated jitter.
    Decorrelated,
}

impl AwsAlgorithm {
    /// All of them, in the article's order.
    pub const ALL: [Self; 5] = [Self::None, Self::Exponential, Self::EqualJitter, Self::FullJitter, Self::Decorrelated];

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "No backoff",
            Self::Exponential => "Exponential",
            Self::EqualJitter => "Equal jitter",
            Self::FullJitter => "Full jitter",
            Self::Decorrelated => "Decorrelated jitter",
        }
    }

    /// The policy, which never gives up.
    pub fn policy(self) -> RetryPolicy {
        // Its exponent starts at 1, so the first delay is twice the base.
        let exponential = |jitter| Backoff::exponential(2 * BASE, CAP, jitter);
        let backoff = match self {
            Self::None => Backoff::Fixed(Duration::ZERO),
            Self::Exponential => exponential(Jitter::NONE),
            Self::EqualJitter => exponential(Jitter::EQUAL),
            Self::FullJitter => exponential(Jitter::FULL),
            Self::Decorrelated => Backoff::Decorrelated { base: BASE, cap: CAP },
        };
        RetryPolicy { max_attempts: u32::MAX, backoff, ..Preset::FullJitter.policy() }
    }
}

/// The server: a row with a version.
struct Row {
    version: Cell<u64>,
    writes: Cell<u64>,
    clock: VirtualClock,
    random: RefCell<Normal<Rng>>,
}

/// Whether a write won.
struct Written(bool);

impl Answer for Written {
    fn outcome(&self, _: UnixTime) -> Outcome {
        let (class, status) = if self.0 { (Class::Success, 200) } else { (Class::Conflict, 409) };
        Outcome { status: Some(status), ..Outcome::of(class) }
    }
}

impl Row {
    async fn way(&self, hops: u32) {
        let mut nanos = 0.0;
        for _ in 0..hops {
            let normal = self.random.borrow_mut().draw();
            nanos += (NETWORK.0 + NETWORK.1 * normal).abs() * 1e6;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some milliseconds
        self.clock.sleep(Duration::from_nanos(nanos as u64)).await;
    }
}

impl Exchange for Row {
    type Request = ();
    type Answer = Written;

    async fn exchange(&self, (): &(), _: &mut dyn FnMut(Progress<'_>)) -> Result<Written, TransportError> {
        self.way(1).await;
        let read = self.version.get();
        // The answer to the read, and the write.
        self.way(2).await;
        self.writes.set(self.writes.get() + 1);
        let won = self.version.get() == read;
        self.version.set(read.max(self.version.get()) + u64::from(won));
        self.way(1).await;
        Ok(Written(won))
    }
}

/// What a run of the experiment brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentionFigures {
    /// How many clients.
    pub clients: u32,
    /// How they wait.
    pub algorithm: AwsAlgorithm,
    /// Which draws.
    pub seed: u64,
    /// Writes until all clients have won.
    pub calls: u64,
    /// When the last one had its answer, in microseconds.
    pub end_micros: u64,
}

/// A run that can be sliced.
pub struct ContentionTrial {
    tasks: Tasks<Pin<Box<dyn Future<Output = ()>>>>,
    row: Rc<Row>,
    clients: u32,
    algorithm: AwsAlgorithm,
    seed: u64,
}

impl ContentionTrial {
    /// `clients` clients that all start at once.
    pub fn new(clients: u32, algorithm: AwsAlgorithm, seed: u64) -> Self {
        let clock = VirtualClock::default();
        let row = Rc::new(Row {
            version: Cell::new(0),
            writes: Cell::new(0),
            clock: clock.clone(),
            random: RefCell::new(Normal::new(Rng::for_stream(seed, 1))),
        });
        let random = Rc::new(RefCell::new(Rng::for_stream(seed, 2)));
        let policy = Rc::new(algorithm.policy());
        let mut tasks: Tasks<Pin<Box<dyn Future<Output = ()>>>> = Tasks::new(clock);
        for _ in 0..clients {
            let (row, random, policy) = (Rc::clone(&row), Rc::clone(&random), Rc::clone(&policy));
            tasks.spawn(Box::pin(async move {
                let client = Client { transport: &*row, clock: &row.clock, random: &random };
                execute(&client, &policy, &(), |_| {}).await;
            }));
        }
        Self { tasks, row, clients, algorithm, seed }
    }

    /// Goes on for at most `polls` steps; true where it is over.
    pub fn run_for(&mut self, polls: usize) -> bool {
        self.tasks.run_for(polls) != Turn::More
    }

    /// Runs it to its end.
    pub fn run(mut self) -> ContentionFigures {
        while !self.run_for(usize::MAX) {}
        self.figures()
    }

    /// What it has come to.
    pub fn figures(&self) -> ContentionFigures {
        ContentionFigures {
            clients: self.clients,
            algorithm: self.algorithm,
            seed: self.seed,
            calls: self.row.writes.get(),
            end_micros: crate::time::micros(self.row.clock.now().since_origin()),
        }
    }
}

impl fmt::Debug for ContentionTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clients, algorithm, seed, .. } = self;
        f.debug_struct("ContentionTrial").field("of", &(clients, algorithm, seed)).finish_non_exhaustive()
    }
}

/// A cell of the article's table: calls, and milliseconds until the last client had won.
pub fn contention_summary(runs: &[ContentionFigures]) -> Option<(Summary, Summary)> {
    let calls = Summary::of(runs.iter().map(|run| super::distribution::float(run.calls)))?;
    let millis = Summary::of(runs.iter().map(|run| super::distribution::float(run.end_micros) / 1_000.0))?;
    Some((calls, millis))
}

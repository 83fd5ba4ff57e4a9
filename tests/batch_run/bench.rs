//! A batch on a workbench: a simulated API whose requests are counted, a disk that takes its time and can crash.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use sluice::admission::PacedAdmission;
use sluice::batch::input::{BatchFile, Reader, ReaderOptions};
use sluice::batch::journal::Created;
use sluice::batch::{BatchSettings, LineSource, RequestDefaults, SourceError};
use sluice::client::{CallEvent, Client};
use sluice::clock::{Clock, VirtualClock};
use sluice::pacing::PacingSettings;
use sluice::random::Rng;
use sluice::redact::Redactor;
use sluice::reply::Reply;
use sluice::responses::Input;
use sluice::retry::RetryPolicy;
use sluice::run::SpendGate;
use sluice::run::batch::{
    AlwaysOnline, BatchBook, BatchEnd, BatchJob, BatchWorld, Network, begin_batch, reopen_batch, run_batch,
};
use sluice::simulator::{LatencyModel, Scenario, Simulator};
use sluice::store::MemoryStore;
use sluice::time::Instant;
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{ApiRequest, Progress, Transport, TransportError};
use sluice::usage::Prices;

pub const ID: &str = "batch-1";
pub const LONGEST_WAIT: Duration = Duration::from_secs(900);

/// What the server saw of one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// HTTP requests.
    pub sent: u32,
    /// Answered with a response.
    pub answered: u32,
}

/// A time without a network.
#[derive(Debug, Clone, Copy)]
pub struct Outage {
    pub from: Instant,
    pub until: Instant,
}

/// Counts what goes out, by prompt.
#[derive(Debug, Clone)]
pub struct Counted {
    inner: SimulatedTransport<VirtualClock>,
    clock: VirtualClock,
    pub seen: Rc<RefCell<BTreeMap<String, Seen>>>,
    pub in_flight: Rc<Cell<u32>>,
    pub outage: Option<Outage>,
}

impl Counted {
    fn has_network(&self) -> bool {
        self.outage.is_none_or(|Outage { from, until }| !(from..until).contains(&self.clock.now()))
    }

    async fn until_lost(&self) {
        match self.outage {
            Some(Outage { from, .. }) if self.clock.now() < from => self.clock.sleep_until(from).await,
            _ => std::future::pending().await,
        }
    }
}

impl Transport for Counted {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        struct InFlight(Rc<Cell<u32>>);
        impl Drop for InFlight {
            fn drop(&mut self) {
                self.0.set(self.0.get() - 1);
            }
        }
        let ApiRequest::CreateResponse(create) = request else { panic!("a batch creates responses") };
        let Input::Text(prompt) = &create.input else { panic!("prompts are texts here") };
        let lost = || TransportError::Opaque("Failed to fetch".into());
        if !self.has_network() {
            return Err(lost());
        }
        self.seen.borrow_mut().entry(prompt.clone()).or_default().sent += 1;
        self.in_flight.set(self.in_flight.get() + 1);
        let flying = InFlight(Rc::clone(&self.in_flight));
        let answer = pin!(self.inner.send_observed(request, observe));
        let result = match select(answer, pin!(self.until_lost())).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(lost()),
        };
        drop(flying);
        if matches!(&result, Ok(reply) if reply.status == 200) {
            self.seen.borrow_mut().get_mut(prompt).unwrap().answered += 1;
        }
        result
    }
}

/// A file that is read as fast as it is wanted, or a byte at a time.
pub struct Pages {
    bytes: Arc<[u8]>,
    clock: VirtualClock,
    pub a_byte: Option<Duration>,
}

impl LineSource for Pages {
    async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, SourceError> {
        if let Some(a_byte) = self.a_byte {
            self.clock.sleep_until(Instant::ORIGIN + a_byte * u32::try_from(range.end).unwrap()).await;
        }
        self.bytes.read(range).await
    }
}

/// A batch and its world.
pub struct Bench {
    pub clock: VirtualClock,
    pub transport: Counted,
    pub store: MemoryStore,
    pub book: BatchBook,
    pub job: BatchJob<Pages>,
    pub admission: PacedAdmission<VirtualClock>,
    pub redactor: Redactor,
    pub policy: RetryPolicy,
    random: RefCell<Rng>,
}

/// Answers after so many milliseconds, each.
pub fn latency(millis: u64) -> LatencyModel {
    let (first_token, refusal) = (Duration::from_millis(millis), Duration::from_millis(20));
    LatencyModel { first_token, spread: 0.0, tokens_per_second: 1e9, refusal, scale: 1.0 }
}

pub fn settings() -> BatchSettings {
    let defaults = RequestDefaults { model: "gpt-5-nano".into(), max_output_tokens: Some(64), store: false };
    BatchSettings { name: "prompts.txt".into(), defaults, policy: "sluice".into(), ..BatchSettings::default() }
}

pub fn file(lines: usize) -> (BatchFile, Arc<[u8]>) {
    let prompts: Vec<String> = (1..=lines).map(|line| format!("Prompt number {line}: what is a rate limit?")).collect();
    let text = prompts.join("\n");
    let mut reader = Reader::new(ReaderOptions { file_name: "prompts.txt".into(), ..ReaderOptions::default() });
    reader.push(text.as_bytes()).unwrap();
    (reader.finish().unwrap(), Arc::from(text.as_bytes()))
}

impl Bench {
    pub fn new(lines: usize, scenario: Scenario, seed: u64) -> Self {
        Self::with(lines, scenario, seed, settings())
    }

    pub fn with(lines: usize, scenario: Scenario, seed: u64, settings: BatchSettings) -> Self {
        let clock = VirtualClock::default();
        let simulator = Rc::new(RefCell::new(Simulator::new(scenario, seed)));
        let transport = Counted {
            inner: SimulatedTransport::new(simulator, clock.clone()),
            clock: clock.clone(),
            seen: Rc::default(),
            in_flight: Rc::default(),
            outage: None,
        };
        let store = MemoryStore::new();
        let on_disk = clock.clone();
        store.set_wait(move || on_disk.clone().sleep_owned(Duration::from_millis(3)));
        let (file, source) = file(lines);
        let created = Created {
            file: file.fingerprint,
            format: file.layout.format(),
            requests: u32::try_from(file.entries.len()).unwrap(),
            skipped: u32::try_from(file.faults.len()).unwrap(),
            settings,
            at_ms: 0,
        };
        let redactor = Redactor::new(None);
        let book = clock.run(begin_batch(&store, ID, "prompts.txt", created, &redactor)).unwrap().unwrap();
        let pacing = PacingSettings { longest_wait: LONGEST_WAIT, ..PacingSettings::default() };
        Self {
            admission: PacedAdmission::new(pacing, clock.clone()),
            random: RefCell::new(Rng::from_seed(seed)),
            job: BatchJob { id: ID.into(), file, source: Pages { bytes: source, clock: clock.clone(), a_byte: None } },
            policy: RetryPolicy::for_paced_work(LONGEST_WAIT),
            clock,
            transport,
            store,
            book,
            redactor,
        }
    }

    /// Runs it to its end.
    pub fn run(&self) -> BatchEnd {
        self.run_on(&AlwaysOnline)
    }

    pub fn run_on<N: Network>(&self, network: &N) -> BatchEnd {
        self.clock.run(self.running(network)).expect("a batch ends")
    }

    /// Runs it until `length` from now, when everything is cut off; `None` where it had ended by then.
    pub fn run_for(&self, length: Duration) -> Option<()> {
        let cut = self.clock.clone().sleep_owned(length);
        let run = select(Box::pin(self.running(&AlwaysOnline)), Box::pin(cut));
        match self.clock.run(run) {
            Some(Either::Right(_)) => Some(()),
            _ => None,
        }
    }

    pub async fn running<N: Network>(&self, network: &N) -> BatchEnd {
        self.running_behind(SpendGate::OPEN, network, &|_, _| {}).await
    }

    pub async fn running_behind<N: Network>(
        &self,
        gate: SpendGate<'_>,
        network: &N,
        observe: &dyn Fn(u32, &CallEvent<'_>),
    ) -> BatchEnd {
        let client = Client { transport: &self.transport, clock: &self.clock, random: &self.random };
        let prices = Prices::default();
        let world = BatchWorld {
            client,
            admission: &self.admission,
            store: &self.store,
            redactor: &self.redactor,
            network,
            prices: &prices,
            gate,
        };
        run_batch(&world, &self.job, &self.book, &self.policy, observe).await
    }

    /// Takes the batch up after a crash, as another page would: all that it knows is on the disk.
    pub fn crash(&mut self) {
        self.store = self.store.crashed();
        let on_disk = self.clock.clone();
        self.store.set_wait(move || on_disk.clone().sleep_owned(Duration::from_millis(3)));
        self.book = self.clock.run(reopen_batch(&self.store, ID)).unwrap().unwrap();
        let pacing = PacingSettings { longest_wait: LONGEST_WAIT, ..PacingSettings::default() };
        self.admission = PacedAdmission::new(pacing, self.clock.clone());
    }

    /// What the server saw of a line.
    pub fn seen(&self, line: u32) -> Seen {
        let prompt = format!("Prompt number {line}: what is a rate limit?");
        self.transport.seen.borrow().get(&prompt).copied().unwrap_or_default()
    }

    pub fn sent(&self) -> u32 {
        self.transport.seen.borrow().values().map(|seen| seen.sent).sum()
    }
}

trait SleepOwned {
    async fn sleep_owned(self, wait: Duration);
}

impl SleepOwned for VirtualClock {
    async fn sleep_owned(self, wait: Duration) {
        self.sleep(wait).await;
    }
}

//! Runs of every kind of trouble, recorded as the page records them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use sluice::client::{CallEvent, Client};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::{RandomSource, Rng};
use sluice::reply::{Content, Reply, TransportError};
use sluice::responses::{ApiRequest, CreateResponse, Input, ReportedUsage, Usage};
use sluice::retry::Preset;
use sluice::run::{BurstPlan, CallAbout, CallRecorder, KeptContent, RunLog, run_burst};
use sluice::simulator::{Faults, Scenario, Simulator, StreamFault};
use sluice::time::UnixTime;
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{Progress, Transport};
use sluice::usage::{AnsweredBy, CallId, CallRecord, CountsAs, MadeIn};

/// 2026-11-27T00:00:00Z.
pub const TODAY: UnixTime = UnixTime::from_secs(1_795_737_600);

/// A run, and when it is stopped.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub seed: u64,
    pub calls: usize,
    pub rpm: u64,
    pub streams: bool,
    pub faults: u8,
    pub preset: Preset,
    pub stopped_after: Option<Duration>,
    pub keeps: KeptContent,
}

/// Loses answers, their usage, or makes it impossible.
struct Unsound {
    inner: SimulatedTransport<VirtualClock>,
    random: RefCell<Rng>,
}

impl Transport for Unsound {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let mut reply = self.inner.send_observed(request, observe).await?;
        let drawn = self.random.borrow_mut().below(10);
        if let Content::Response(response) = &mut reply.content {
            match drawn {
                0 => return Err(TransportError::Opaque("Failed to fetch".into())),
                1 => response.usage = ReportedUsage::Missing,
                2 => response.usage = ReportedUsage::Invalid("input_tokens: -5".into()),
                _ => {}
            }
        }
        Ok(reply)
    }
}

/// What came of a run.
pub struct Ran {
    /// What is kept of its calls, by lane.
    pub calls: Vec<CallRecord>,
    /// What was known of them after each event, in order.
    pub seen: Vec<CallRecord>,
    /// What each answer reported, and how many attempts failed or are unknown, told apart from the records.
    pub reported: Vec<Usage>,
    pub failed: u64,
    pub unknown: u64,
    pub without_usage: u64,
    pub invalid_usage: u64,
}

impl Trouble {
    pub fn run(&self) -> Ran {
        let clock = VirtualClock::default();
        let faults = match self.faults {
            0 => Faults::None,
            1 => Faults::Overloaded { recovery: Duration::from_secs(5) },
            2 => Faults::MidStream(StreamFault::RateLimit),
            _ => Faults::MidStream(StreamFault::Server),
        };
        let scenario = Scenario::default().rpm(self.rpm).faults(faults);
        let simulator = Rc::new(RefCell::new(Simulator::new(scenario, self.seed)));
        let transport = Unsound {
            inner: SimulatedTransport::new(simulator, clock.clone()),
            random: RefCell::new(Rng::from_seed(self.seed ^ 1)),
        };
        let random = RefCell::new(Rng::from_seed(self.seed));
        let client = Client { transport: &transport, clock: &clock, random: &random };
        let plan = BurstPlan {
            requests: (0..self.calls).map(|n| (format!("Request {}", n + 1), self.request())).collect(),
            concurrency: 4,
            policy: self.preset.policy(),
        };
        let log = RefCell::new(RunLog::default());
        let recorders: RefCell<BTreeMap<usize, CallRecorder>> = RefCell::default();
        let seen = RefCell::new(Vec::new());
        let told = Told::default();
        let observe = |lane: usize, event: &CallEvent<'_>| {
            told.hear(event);
            let mut recorders = recorders.borrow_mut();
            let recorder = recorders.entry(lane).or_insert_with(|| self.recorder(lane, &log.borrow()));
            recorder.record(event);
            seen.borrow_mut().push(recorder.call().clone());
        };
        let run = run_burst(&client, &plan, &log, &observe);
        let stop = async {
            match self.stopped_after {
                Some(after) => clock.sleep(after).await,
                None => std::future::pending().await,
            }
        };
        clock.run(either(run, stop)).expect("it ends");
        log.borrow_mut().cancel_all(clock.now());
        let mut recorders = recorders.into_inner();
        for recorder in recorders.values_mut() {
            let in_flight = recorder.call().attempts.last().is_some_and(|attempt| attempt.ended_micros.is_none());
            if recorder.call().end.is_none() && in_flight {
                told.unknown.set(told.unknown.get() + 1);
            }
            recorder.cancel(clock.now());
            seen.borrow_mut().push(recorder.call().clone());
        }
        Ran {
            calls: recorders.into_values().map(CallRecorder::into_call).collect(),
            seen: seen.into_inner(),
            reported: told.reported.into_inner(),
            failed: told.failed.get(),
            unknown: told.unknown.get(),
            without_usage: told.without_usage.get(),
            invalid_usage: told.invalid_usage.get(),
        }
    }

    fn request(&self) -> ApiRequest {
        ApiRequest::CreateResponse(CreateResponse {
            model: if self.seed.is_multiple_of(2) { "gpt-5-nano" } else { "local:latest" }.into(),
            input: Input::Text("Give me a funny fact about turtles.".into()),
            max_output_tokens: Some(64),
            stream: self.streams,
            ..CreateResponse::default()
        })
    }

    fn recorder(&self, lane: usize, log: &RunLog) -> CallRecorder {
        let about = CallAbout {
            id: CallId::new(u128::from(self.seed) << 32 | (lane as u128 + 1)),
            run: format!("{:016x}", self.seed),
            lane: u32::try_from(lane).unwrap(),
            made_in: MadeIn::Burst,
            api: if self.seed.is_multiple_of(3) { AnsweredBy::Live } else { AnsweredBy::Simulated },
            server: "simulated".into(),
            key_alias: (self.seed.is_multiple_of(5)).then(|| "team blue".into()),
            label: format!("Request {}", lane + 1),
            hides_headers: self.seed.is_multiple_of(2),
        };
        let queued = log.calls[lane].queued_at;
        CallRecorder::new(about, &self.request(), (queued, TODAY + queued.since_origin()), self.keeps)
    }
}

#[derive(Default)]
struct Told {
    reported: RefCell<Vec<Usage>>,
    failed: Cell<u64>,
    unknown: Cell<u64>,
    without_usage: Cell<u64>,
    invalid_usage: Cell<u64>,
}

impl Told {
    // By status and body alone, as a person would count who reads along.
    fn hear(&self, event: &CallEvent<'_>) {
        let CallEvent::AttemptEnded { outcome, result, .. } = event else { return };
        let count = match result {
            Err(_) => &self.unknown,
            Ok(reply) if reply.status != 200 => &self.failed,
            Ok(reply) => match reply.response() {
                Some(response) if response.error.is_some() => &self.failed,
                Some(response) => match &response.usage {
                    ReportedUsage::Known(usage) => {
                        self.reported.borrow_mut().push(*usage);
                        return;
                    }
                    ReportedUsage::Missing => &self.without_usage,
                    ReportedUsage::Invalid(_) => &self.invalid_usage,
                },
                None => panic!("a success without a response: {outcome:?}"),
            },
        };
        count.set(count.get() + 1);
    }
}

async fn either(run: impl Future<Output = ()>, stop: impl Future<Output = ()>) {
    let (mut run, mut stop) = (std::pin::pin!(run), std::pin::pin!(stop));
    match select(&mut run, &mut stop).await {
        Either::Left(_) | Either::Right(_) => {}
    }
}

/// What a response counts for, by itself.
pub fn counted(call: &CallRecord) -> impl Iterator<Item = &CountsAs> {
    call.attempts.iter().filter_map(|attempt| attempt.counts_as.as_ref())
}

//! Servers and moments that the goals leave out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, join, select};
use futures_util::stream::FuturesUnordered;
use sluice::admission::{PacedAdmission, WaitsFor};
use sluice::client::{CallEnd, CallEvent, CallResult, Client, execute_admitted};
use sluice::clock::{Clock, VirtualClock};
use sluice::pacing::{LimitHint, PacedLimit, PacingSettings};
use sluice::random::Rng;
use sluice::rate_limit::{Algorithm, ReplyHeaders, Visibility};
use sluice::reply::{Endpoint, Reply, TransportError};
use sluice::responses::ApiRequest;
use sluice::retry::{Class, RetryPolicy};
use sluice::simulator::{LatencyModel, Scenario, ScenarioPreset, Simulator};
use sluice::time::UnixTime;
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{Progress, Transport};

use crate::referee::{Flags, RetryAfter};
use crate::trial::Trial;
use crate::workload::{mixed, request};

/// What came of a batch through some transport.
struct Ran {
    results: Vec<CallResult>,
    /// When each HTTP request was sent, in seconds.
    sent: Vec<f64>,
    refused: usize,
    took: f64,
}

impl Ran {
    fn succeeded(&self) -> usize {
        self.results.iter().filter(|result| result.end == CallEnd::Succeeded).count()
    }
}

/// A batch on a virtual clock: all calls queued at once.
struct Batch<T> {
    clock: VirtualClock,
    transport: T,
    admission: PacedAdmission<VirtualClock>,
    requests: Vec<ApiRequest>,
}

impl<T: Transport> Batch<T> {
    fn new(clock: &VirtualClock, transport: T, requests: Vec<ApiRequest>, settings: PacingSettings) -> Self {
        Self { clock: clock.clone(), transport, admission: PacedAdmission::new(settings, clock.clone()), requests }
    }

    async fn run(&self) -> Ran {
        let random = RefCell::new(Rng::from_seed(5));
        let client = Client { transport: &self.transport, clock: &self.clock, random: &random };
        let policy = RetryPolicy::for_paced_work(self.admission.settings().longest_wait);
        let (sent, refused) = (RefCell::new(Vec::new()), Cell::new(0));
        let observe = |event: CallEvent<'_>| match event {
            CallEvent::AttemptStarted { at, .. } => sent.borrow_mut().push(at.since_origin().as_secs_f64()),
            CallEvent::AttemptEnded { outcome, .. } if outcome.class == Class::RateLimit => {
                refused.set(refused.get() + 1);
            }
            _ => {}
        };
        let calls: FuturesUnordered<_> = self
            .requests
            .iter()
            .map(|request| execute_admitted(&client, &self.admission, &policy, request, observe))
            .collect();
        let results = calls.collect().await;
        let took = self.clock.now().since_origin().as_secs_f64();
        Ran { results, sent: sent.take(), refused: refused.get(), took }
    }
}

/// A transport whose headers the page may not read.
struct Hidden<T> {
    transport: T,
    hides: bool,
}

impl<T: Transport> Transport for Hidden<T> {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let mut reply = self.transport.send_observed(request, observe).await?;
        if self.hides {
            reply.headers = ReplyHeaders::parse(&[], Visibility::CorsFiltered, UnixTime::default());
        }
        Ok(reply)
    }
}

fn simulated(scenario: Scenario, count: usize, settings: PacingSettings) -> Ran {
    through_simulator(scenario, false, count, settings)
}

fn through_simulator(scenario: Scenario, hides: bool, count: usize, settings: PacingSettings) -> Ran {
    let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 3))), clock.clone());
    let transport = Hidden { transport, hides };
    let requests = (0..count).map(|index| request(format!("Item {index}: a fact about turtles."), Some(64))).collect();
    let batch = Batch::new(&clock, transport, requests, settings);
    clock.run(batch.run()).unwrap_or_else(|| panic!("stands still at {:?}: {:?}", clock.now(), batch.admission.view()))
}

fn patient() -> PacingSettings {
    PacingSettings { longest_wait: Duration::MAX, ..PacingSettings::default() }
}

#[test]
fn three_requests_a_minute_go_twenty_seconds_apart() {
    let ran = simulated(ScenarioPreset::First429.into(), 9, PacingSettings::default());
    assert_eq!(ran.succeeded(), 9);
    // Three at once; the ninth fits after 6 × 20 s.
    assert!(ran.took > 120.0 && ran.took < 123.0, "{}", ran.took);
    assert!(ran.refused <= 7, "what went before the first answer: {}", ran.refused);
    let late: Vec<f64> = ran.sent.iter().copied().filter(|at| *at > 25.0).collect();
    assert!(late.windows(2).all(|pair| pair[1] - pair[0] > 19.9), "{late:?}");
}

#[test]
fn a_full_minutes_burst_goes_at_once_and_the_rest_as_it_refills() {
    for (rpm, hides) in [(500, false), (5_000, false), (500, true)] {
        let scenario = Scenario::default().rpm(rpm).tpm(0);
        let ran = through_simulator(scenario, hides, (rpm * 8 / 5) as usize, PacingSettings::default());
        assert_eq!(ran.succeeded(), (rpm * 8 / 5) as usize);
        // 0.6 of the limit has to refill.
        let minimum = 36.0;
        let last = ran.sent.iter().copied().fold(0.0, f64::max);
        assert!(minimum / last > 0.99 && ran.took < 38.0, "{last} {}", ran.took);
        // Hidden, the refusals of what is in flight at the first one are the price of finding out.
        assert!(ran.refused <= if hides { 20 } else { 5 }, "{}", ran.refused);
    }
}

#[test]
fn tokens_bind_under_openais_rule_of_charging_the_larger() {
    let ran = simulated(Scenario::default().rpm(0).tpm(6_400), 300, PacingSettings::default());
    assert_eq!(ran.succeeded(), 300);
    // 300 × 64 = 19,200; 6,400 at once.
    let minimum = (19_200.0 - 6_400.0) / 6_400.0 * 60.0;
    assert!(minimum / ran.took > 0.97 && ran.refused <= 10, "{} of {minimum}, {} refused", ran.took, ran.refused);
}

#[test]
fn windows_that_start_again_or_slide_lose_nothing_and_are_not_stormed() {
    for (algorithm, hides) in [
        (Algorithm::FixedWindow, false),
        (Algorithm::FixedWindow, true),
        (Algorithm::SlidingWindow, false),
        (Algorithm::SlidingWindow, true),
    ] {
        let scenario = Scenario::default().rpm(60).tpm(0).algorithm(algorithm);
        let ran = through_simulator(scenario, hides, 200, PacingSettings::default());
        assert_eq!(ran.succeeded(), 200);
        // 60 a minute: the last 20 come in the fourth.
        assert!(ran.took < 245.0, "{algorithm:?}, {hides}: took {}", ran.took);
        assert!(ran.refused <= 20, "{algorithm:?}, {hides}: refused {}", ran.refused);
    }
}

#[test]
fn every_scenario_that_can_be_cured_is() {
    for preset in ScenarioPreset::ALL {
        let ran = simulated(preset.into(), 12, patient());
        let cured = !matches!(preset, ScenarioPreset::QuotaExhausted | ScenarioPreset::RequestTooLarge);
        assert_eq!(ran.succeeded(), if cured { 12 } else { 0 }, "{}", preset.id());
        assert!(ran.refused <= 12, "{} refused {}", preset.id(), ran.refused);
    }
}

#[test]
fn a_day_limit_holds_the_batch_and_names_the_time() {
    let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
    let scenario = Scenario { latency: LatencyModel::ORDINARY, ..ScenarioPreset::DailyLimit.into() };
    let hourly = Scenario {
        used_at_start: sluice::simulator::Limits { rpd: Some(20), ..Default::default() },
        ..scenario.rpd(20)
    };
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(hourly, 3))), clock.clone());
    let requests = (0..3).map(|index| request(format!("Item {index}: hello"), Some(16))).collect();
    let batch = Batch::new(&clock, transport, requests, PacingSettings::default());
    let admission = batch.admission.clone();
    let person = async {
        clock.sleep(Duration::from_secs(3_600)).await;
        let view = admission.view();
        let Some(WaitsFor::LongWait { until }) = view.waits_for else { panic!("{view:?}") };
        // A twentieth of a day.
        assert_eq!(until.since_origin().as_secs() / 60, 72);
        assert_eq!((view.in_flight, view.waiting), (0, 3));
        admission.resume();
    };
    let (ran, ()) = clock.run(join(batch.run(), person)).expect("the batch ends");
    assert_eq!(ran.succeeded(), 3);
    assert!(ran.sent.len() <= 9, "{:?}", ran.sent);
}

#[test]
fn what_is_larger_than_the_limit_fails_at_once_and_alone() {
    let clock = VirtualClock::default();
    let scenario = Scenario::default().rpm(0).tpm(2_000);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 3))), clock.clone());
    let mut requests: Vec<_> = (0..60).map(|index| request(format!("Item {index}: hello"), Some(100))).collect();
    requests[30] = request("Item large: hello".into(), Some(5_000));
    let batch = Batch::new(&clock, transport, requests, PacingSettings::default());
    let ran = clock.run(batch.run()).expect("the batch ends");
    let failed: Vec<_> = ran.results.iter().filter(|result| result.end != CallEnd::Succeeded).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].outcome.class, failed[0].attempts), (Class::RequestTooLarge, 1));
    assert!(ran.took < 125.0, "{}", ran.took);
}

#[test]
fn a_burst_cap_below_the_request_is_the_servers_to_judge() {
    // One second's burst is 1,000 tokens; this asks for 1,500 of the minute's 60,000.
    let flags = Flags { tpm: 60_000.0, ..Flags::default() };
    let mut requests: Vec<_> = (0..50).map(|index| request(format!("Item {index}: hello"), Some(200))).collect();
    requests[10] = request("Item 10: large".into(), Some(1_500));
    let figures = Trial::new(flags).run_work(1, requests);
    assert_eq!((figures.succeeded, figures.answered_once), (49, 49));
}

#[test]
fn whole_seconds_of_retry_after_do_not_slow_what_the_text_says_finer() {
    for expose_headers in [true, false] {
        let flags = Flags { retry_after: RetryAfter::Seconds, rate_headers: false, expose_headers, ..Flags::default() };
        let figures = Trial::new(flags).run(7);
        assert!(figures.efficiency() > 0.975 && figures.refused <= 20, "{figures:?}");
    }
}

#[test]
fn tokens_given_back_after_the_answer_are_used() {
    // Of what is reserved for output, about a third is given back.
    let flags = Flags { rpm: 60_000.0, tpm: 480_000.0, settle: true, burst_seconds: 10.0, ..Flags::default() };
    let figures = Trial::new(flags).run(7);
    assert!(figures.efficiency() > 1.0, "faster than without: {figures:?}");
    assert!(figures.refused <= 20, "{figures:?}");
}

/// Refuses without a word what is above so many in flight.
struct Crowded {
    clock: VirtualClock,
    most: usize,
    in_flight: Cell<usize>,
    peak: Cell<usize>,
    refused: Cell<usize>,
}

impl Transport for Crowded {
    async fn send_observed(&self, _: &ApiRequest, _: &mut dyn FnMut(Progress<'_>)) -> Result<Reply, TransportError> {
        let answer = |status: u16, body: &str| {
            let wall = VirtualClock::default().wall();
            Ok(Reply::from_http(status, vec![], body.to_owned(), Visibility::CorsFiltered, wall, Endpoint::Responses))
        };
        self.peak.set(self.peak.get().max(self.in_flight.get() + 1));
        if self.in_flight.get() >= self.most {
            self.refused.set(self.refused.get() + 1);
            self.clock.sleep(Duration::from_millis(20)).await;
            return answer(429, r#"{"error":{"message":"Too many requests","type":"requests"}}"#);
        }
        self.in_flight.set(self.in_flight.get() + 1);
        self.clock.sleep(Duration::from_millis(500)).await;
        self.in_flight.set(self.in_flight.get() - 1);
        answer(200, r#"{"object":"response","status":"completed","output":[]}"#)
    }
}

#[test]
fn a_server_that_tells_nothing_is_found_by_concurrency() {
    let clock = VirtualClock::default();
    let server = Crowded { clock: clock.clone(), most: 25, in_flight: 0.into(), peak: 0.into(), refused: 0.into() };
    let batch = Batch::new(&clock, server, mixed(1_000, 3), PacingSettings::default());
    let ran = clock.run(batch.run()).expect("the batch ends");
    assert_eq!(ran.succeeded(), 1_000);
    // 1,000 at 25 a half second.
    assert!(20.0 / ran.took > 0.75, "took {}", ran.took);
    assert!(ran.refused < 100, "refused {}", ran.refused);
    assert!(batch.transport.peak.get() < 60, "peak {}", batch.transport.peak.get());
}

#[test]
fn after_a_day_of_sleep_there_is_no_burst_beyond_the_bucket() {
    for expose_headers in [true, false] {
        let clock = VirtualClock::default();
        let flags = Flags { expose_headers, ..Flags::default() };
        let server = Rc::new(RefCell::new(crate::referee::Server::new(flags)));
        let wire = crate::referee::Wire { server: Rc::clone(&server), clock: clock.clone(), others: false };
        let batch = Batch::new(&clock, wire, mixed(600, 3), PacingSettings::default());
        let asleep = Duration::from_secs(86_400);
        let nap = async {
            clock.sleep(Duration::from_secs(5)).await;
            clock.advance_to(clock.now() + asleep);
        };
        let (ran, ()) = clock.run(join(batch.run(), nap)).expect("the batch ends");
        assert_eq!(ran.succeeded(), 600);
        let woke = 5.0 + asleep.as_secs_f64();
        let first_second = ran.sent.iter().filter(|at| **at >= woke && **at < woke + 1.0).count();
        assert!((50..=102).contains(&first_second), "{first_second}");
        assert!(ran.refused <= 15, "{}", ran.refused);
    }
}

#[test]
fn a_person_can_pause_and_change_the_pace_while_it_runs() {
    let clock = VirtualClock::default();
    let scenario = Scenario::default().rpm(0).tpm(0);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 3))), clock.clone());
    let hint = LimitHint { limit: PacedLimit::RPM, units: 600, burst: Some(10) };
    let settings = PacingSettings { hints: vec![hint], ..PacingSettings::default() };
    let batch = Batch::new(&clock, transport, mixed(300, 3), settings.clone());
    let admission = batch.admission.clone();
    let seen = RefCell::new(Vec::new());
    let person = async {
        clock.sleep(Duration::from_secs(10)).await;
        admission.pause();
        seen.borrow_mut().push(admission.view());
        clock.sleep(Duration::from_secs(10)).await;
        seen.borrow_mut().push(admission.view());
        admission.resume();
        admission.configure(PacingSettings { hints: vec![LimitHint { units: 1_200, ..hint }], ..settings.clone() });
    };
    let (ran, ()) = clock.run(join(batch.run(), person)).expect("the batch ends");
    let seen = seen.into_inner();
    assert_eq!(seen[1].waits_for, Some(WaitsFor::Pause));
    assert_eq!((seen[1].in_flight, seen[1].waiting), (0, seen[0].waiting));
    // 10 a second with a burst of 10: 110 by then.
    let before = ran.sent.iter().filter(|at| **at <= 10.0).count();
    assert!((108..=110).contains(&before), "{before}");
    assert!(ran.sent.iter().all(|at| *at <= 10.0 || *at >= 20.0));
    // The other 190 at 20 a second, a full bucket ahead.
    assert!(ran.took > 28.5 && ran.took < 31.5, "{}", ran.took);
}

#[test]
fn what_is_dropped_gives_its_place_up() {
    let clock = VirtualClock::default();
    let scenario = Scenario::default().rpm(0).tpm(0);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 3))), clock.clone());
    let hint = LimitHint { limit: PacedLimit::RPM, units: 60, burst: Some(1) };
    let settings = PacingSettings { hints: vec![hint], ..PacingSettings::default() };
    let kept = Batch::new(&clock, transport, mixed(5, 3), settings);
    let dropped = Batch {
        clock: clock.clone(),
        transport: kept.transport.clone(),
        admission: kept.admission.clone(),
        requests: mixed(100, 4),
    };
    // Those that are dropped are queued first, and hold the timer.
    let ran = clock.run(async {
        let stop = clock.sleep(Duration::from_millis(3_500));
        let first = async {
            futures_util::pin_mut!(stop);
            let running = dropped.run();
            futures_util::pin_mut!(running);
            assert!(matches!(select(running, stop).await, Either::Right(_)));
        };
        join(first, kept.run()).await.1
    });
    let ran = ran.expect("the batch ends");
    assert_eq!(ran.succeeded(), 5);
    // Four went by 3.5 s, and one a second after that.
    assert!(ran.sent[0] > 3.9 && ran.sent[0] < 4.1 && ran.took < 10.5, "{:?}", ran.sent);
    assert_eq!(kept.admission.view().in_flight, 0);
}

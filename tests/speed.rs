//! What happens in a sped-up run does not depend on the speed, nor on how late timers are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use sluice::client::Client;
use sluice::clock::{Clock, ScaledClock, VirtualClock};
use sluice::random::Rng;
use sluice::responses::{ApiRequest, CreateResponse, Input};
use sluice::retry::Preset;
use sluice::run::{Attempt, BurstPlan, CallLog, RunCounts, RunLog, run_burst};
use sluice::simulator::{Scenario, ScenarioPreset, Simulator};
use sluice::time::{Instant, UnixTime};
use sluice::transport::simulated::SimulatedTransport;

/// Timers as browsers have them: each fires later than asked, by 0 to 120 ms.
#[derive(Clone, Default)]
struct LateTimers {
    clock: VirtualClock,
    asked: Rc<Cell<u64>>,
}

impl Clock for LateTimers {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn wall(&self) -> UnixTime {
        self.clock.wall()
    }

    async fn sleep_until(&self, deadline: Instant) {
        self.asked.set(self.asked.get() + 1);
        self.clock.sleep_until(deadline + Duration::from_millis(self.asked.get() * 37 % 121)).await;
    }
}

/// A burst of ten at three requests a minute under the notebook's policy, on `clock`, driven by `driver`.
fn burst<C: Clock + Clone>(clock: &C, driver: &VirtualClock) -> RunLog {
    let simulator = Simulator::new(Scenario::from(ScenarioPreset::First429), 7);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(simulator)), clock.clone());
    let random = RefCell::new(Rng::from_seed(11));
    let client = Client { transport: &transport, clock, random: &random };
    let request = ApiRequest::CreateResponse(CreateResponse {
        model: "gpt-5-nano".into(),
        input: Input::Text("Give me a funny fact about turtles.".into()),
        max_output_tokens: Some(64),
        ..CreateResponse::default()
    });
    let plan = BurstPlan {
        requests: (0..10).map(|n| (format!("call {n}"), request.clone())).collect(),
        concurrency: 10,
        policy: Preset::Notebook.policy(),
    };
    let log = RefCell::new(RunLog::default());
    driver.run(run_burst(&client, &plan, &log, &|_, _| {})).expect("the burst ends");
    log.into_inner()
}

/// One attempt's times.
#[derive(Debug, PartialEq)]
struct Times {
    call: usize,
    started: Instant,
    ended: Option<Instant>,
    planned_wait: Option<Duration>,
    actual_wait: Option<Duration>,
}

fn times(log: &RunLog) -> Vec<Times> {
    let attempts = |(call, logged): (usize, &CallLog)| {
        let one = move |attempt: &Attempt| Times {
            call,
            started: attempt.started,
            ended: attempt.ended,
            planned_wait: attempt.wait.map(|wait| wait.planned.duration),
            actual_wait: attempt.wait.and_then(|wait| wait.actual()),
        };
        logged.attempts.iter().map(one).collect::<Vec<_>>()
    };
    log.calls.iter().enumerate().flat_map(attempts).collect()
}

#[test]
fn the_same_seed_gives_the_same_run_at_every_speed() {
    let plain = VirtualClock::default();
    let expected = burst(&plain, &plain);
    assert!(RunCounts::of(&expected).rate_limited >= 7);
    for speed in [1.5, 10.0, 60.0, 1_000.0] {
        let late = LateTimers::default();
        let clock = ScaledClock::new(late.clone());
        clock.set_speed(speed);
        let log = burst(&clock, &late.clock);
        assert_eq!(times(&log), times(&expected), "{speed}");
        assert_eq!(log.lines, expected.lines, "{speed}");
    }
}

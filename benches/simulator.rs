//! How fast the simulated API decides, renders and carries a herd. Prints figures, asserts none.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant as Stopwatch};

use futures_util::future::join_all;
use sluice::client::{Client, execute};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::Rng;
use sluice::reply::WireText;
use sluice::responses::{CreateResponse, Input};
use sluice::retry::Preset;
use sluice::simulator::{LatencyModel, Scenario, Simulator};
use sluice::time::{Instant, UnixTime};
use sluice::transport::ApiRequest;
use sluice::transport::simulated::SimulatedTransport;

const ROUNDS: u32 = 20_000;

fn main() {
    let request = ApiRequest::CreateResponse(CreateResponse {
        model: "gpt-5-nano".into(),
        input: Input::Text("Give me a funny fact about turtles.".into()),
        max_output_tokens: Some(64),
        ..CreateResponse::default()
    });
    let mut open = Simulator::new(Scenario::default().rpm(0).tpm(0), 1);
    let mut closed = Simulator::new(Scenario::default().rpm(1), 1);
    let answer = |simulator: &mut Simulator| {
        simulator.answer(&request, Some("sk-simulated"), Instant::ORIGIN, UnixTime::from_secs(1_795_564_800))
    };
    each("admitted, typed reply", || {
        black_box(answer(&mut open).into_reply());
    });
    each("refused, typed reply", || {
        black_box(answer(&mut closed).into_reply());
    });
    each("admitted, headers and body as text", || {
        let answer = answer(&mut open);
        black_box((answer.headers(), answer.body()));
    });

    let started = Stopwatch::now();
    let (calls, virtual_time) = herd(&request);
    let took = started.elapsed();
    println!("herd of 600 at 500 RPM: {calls} HTTP calls and {virtual_time:.0?} of virtual time in {took:.1?}");
}

fn each(what: &str, mut round: impl FnMut()) {
    let started = Stopwatch::now();
    for _ in 0..ROUNDS {
        round();
    }
    println!("{what}: {:.2?} each", started.elapsed() / ROUNDS);
}

fn herd(request: &ApiRequest) -> (u32, Duration) {
    let clock = VirtualClock::default();
    let scenario = Scenario::default().rpm(500).latency(LatencyModel::ORDINARY);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 1))), clock.clone());
    let random = RefCell::new(Rng::from_seed(1));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let policy = Preset::Sluice.policy();
    let results = clock.run(join_all((0..600).map(|_| execute(&client, &policy, request, |_| {}))));
    (results.unwrap_or_default().iter().map(|result| result.attempts).sum(), clock.now().since_origin())
}

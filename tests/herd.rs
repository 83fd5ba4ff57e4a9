//! What retry policies make of a limit, with every layer real: the retry loop, the simulator, the clock.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use sluice::client::{CallEnd, Client, execute};
use sluice::clock::VirtualClock;
use sluice::random::Rng;
use sluice::responses::{CreateResponse, Input};
use sluice::retry::{Backoff, BeyondCeiling, HeaderReader, HintRule, Preset, RetryOn, RetryPolicy};
use sluice::simulator::{LatencyModel, Scenario, Simulator};
use sluice::transport::ApiRequest;
use sluice::transport::simulated::SimulatedTransport;

/// What became of a burst.
struct Burst {
    calls: usize,
    succeeded: usize,
    http_calls: u32,
    took: Duration,
}

impl Burst {
    /// `calls` calls at once at `rpm` requests a minute.
    fn run(calls: usize, rpm: u64, latency: LatencyModel, policy: &RetryPolicy, seed: u64) -> Self {
        let clock = VirtualClock::default();
        let scenario = Scenario::default().rpm(rpm).latency(latency);
        let simulator = Rc::new(RefCell::new(Simulator::new(scenario, seed)));
        let transport = SimulatedTransport::new(simulator, clock.clone());
        let random = RefCell::new(Rng::from_seed(seed));
        let client = Client { transport: &transport, clock: &clock, random: &random };
        let request = ApiRequest::CreateResponse(CreateResponse {
            model: "gpt-5-nano".into(),
            input: Input::Text("Give me a funny fact about turtles.".into()),
            max_output_tokens: Some(64),
            ..CreateResponse::default()
        });
        let results =
            clock.run(join_all((0..calls).map(|_| execute(&client, policy, &request, |_| {})))).unwrap_or_default();
        Self {
            calls,
            succeeded: results.iter().filter(|result| result.end == CallEnd::Succeeded).count(),
            http_calls: results.iter().map(|result| result.attempts).sum(),
            took: sluice::clock::Clock::now(&clock).since_origin(),
        }
    }
}

fn exactly_as_told() -> RetryPolicy {
    RetryPolicy {
        max_attempts: 1_000,
        backoff: Backoff::Fixed(Duration::from_secs(1)),
        retry_on: RetryOn::Sdk,
        hint: HintRule::Exact {
            ceiling: Duration::from_secs(120),
            beyond: BeyondCeiling::Stop,
            reader: HeaderReader::OpenAiPython,
        },
        max_delay: Duration::MAX,
        deadline: None,
        inner: None,
    }
}

#[test]
fn a_herd_that_obeys_retry_after_to_the_letter_stays_a_herd() {
    // N clients at limit L: each refill lets one in, and all others ask in vain: N + M(M+1)/2 calls, M = N − L.
    for (calls, rpm, expected) in [(10, 3, 38), (30, 10, 240), (20, 5, 140), (8, 8, 8)] {
        let burst = Burst::run(calls, rpm, LatencyModel::ZERO, &exactly_as_told(), 1);
        assert_eq!((burst.succeeded, burst.http_calls), (calls, expected), "{calls} at {rpm} RPM");
        let losers = u32::try_from(calls).unwrap() - u32::try_from(rpm).unwrap();
        assert_eq!(burst.took, Duration::from_secs(60) * losers / u32::try_from(rpm).unwrap());
    }
}

#[test]
fn the_notebooks_backoff_is_over_before_the_limit_comes_back() {
    let (mut succeeded, mut calls, mut http_calls) = (0, 0, 0);
    for seed in 0..200 {
        let burst = Burst::run(10, 3, LatencyModel::ORDINARY, &Preset::Notebook.policy(), seed);
        succeeded += burst.succeeded;
        calls += burst.calls;
        http_calls += burst.http_calls;
        assert!(burst.took < Duration::from_secs(40), "{:?}", burst.took);
    }
    let percent = succeeded * 100 / calls;
    assert!((30..=45).contains(&percent), "{percent} % of the calls succeeded");
    assert!(http_calls > 3 * u32::try_from(calls).unwrap(), "{http_calls} HTTP calls for {calls}");
}

#[test]
fn our_own_policy_finishes_the_burst() {
    let mut unfinished = Vec::new();
    for seed in 0..200 {
        let burst = Burst::run(10, 3, LatencyModel::ORDINARY, &Preset::Sluice.policy(), seed);
        if burst.succeeded < burst.calls {
            unfinished.push((seed, burst.succeeded, burst.http_calls, burst.took));
        }
    }
    assert!(unfinished.is_empty(), "{} of 200 bursts left work undone: {unfinished:?}", unfinished.len());
}

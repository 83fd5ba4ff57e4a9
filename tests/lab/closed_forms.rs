//! What can be computed by hand: herds, layers, independent failures, budgets (FIELD.md 5.4).

use std::cell::{Cell, RefCell};
use std::time::Duration;

use sluice::client::{Client, execute};
use sluice::clock::VirtualClock;
use sluice::lab::{Clients, Experiment, LabPolicy, LimitSettings, Seeds, Trial, TrialFigures, Workload};
use sluice::random::{RandomSource, Rng};
use sluice::reply::TransportError;
use sluice::retry::{
    Answer, Backoff, BeyondCeiling, BudgetRule, Class, HeaderReader, HintRule, Outcome, Preset, RetryOn, RetryPolicy,
};
use sluice::simulator::LatencyModel;
use sluice::time::UnixTime;
use sluice::transport::{Exchange, Progress};

pub fn attempts(max_attempts: u32) -> RetryPolicy {
    RetryPolicy {
        max_attempts,
        backoff: Backoff::Fixed(Duration::from_secs(1)),
        retry_on: RetryOn::Curable,
        hint: HintRule::Ignore,
        max_delay: Duration::MAX,
        deadline: None,
        inner: None,
    }
}

/// Waits as long as `retry-after-ms` says, to the letter.
pub fn exactly_as_told(max_attempts: u32) -> RetryPolicy {
    let ceiling = Duration::from_secs(120);
    let hint = HintRule::Exact { ceiling, beyond: BeyondCeiling::Stop, reader: HeaderReader::OpenAiPython };
    RetryPolicy { hint, ..attempts(max_attempts) }
}

/// A burst of `requests` at `rpm` requests a minute, each by itself.
pub fn burst(requests: u32, rpm: u64, policy: LabPolicy, latency: LatencyModel) -> Experiment {
    Experiment {
        limits: LimitSettings { latency, ..LimitSettings::per_minute(Some(rpm), None) },
        workload: Workload::burst(requests),
        clients: Clients { count: 1, concurrency: requests, neighbours: Vec::new() },
        policies: vec![policy],
        seeds: Seeds { first: 0, count: 1 },
    }
}

fn one_trial(experiment: &Experiment) -> TrialFigures {
    Trial::new(experiment, 0, 7, false).unwrap().run().0
}

#[test]
fn a_synchronised_herd_makes_n_plus_half_m_times_m_plus_one_calls() {
    for (requests, rpm, calls) in [(10, 3, 38), (30, 10, 240), (20, 5, 140), (8, 8, 8)] {
        let policy = LabPolicy::new("as told", exactly_as_told(1_000));
        let trial = one_trial(&burst(requests, rpm, policy, LatencyModel::ZERO));
        assert_eq!((trial.ends.succeeded, trial.calls), (requests, calls), "{requests} at {rpm} RPM");
        // All of it is done at the very moment at which the ideal client's last request goes.
        assert_eq!(trial.drain_micros, Some(trial.ideal_micros));
        // The herd stays together: all come back at once each time.
        assert_eq!(trial.peak_tenth, u64::from(requests));
    }
}

/// A server that fails each request by itself with a given probability.
struct Coin {
    failure: f64,
    random: RefCell<Rng>,
    sent: Cell<u32>,
}

struct Tossed(bool);

impl Answer for Tossed {
    fn outcome(&self, _: UnixTime) -> Outcome {
        let (class, status) = if self.0 { (Class::Success, 200) } else { (Class::Server, 500) };
        Outcome { status: Some(status), ..Outcome::of(class) }
    }
}

impl Exchange for Coin {
    type Request = ();
    type Answer = Tossed;

    async fn exchange(&self, (): &(), _: &mut dyn FnMut(Progress<'_>)) -> Result<Tossed, TransportError> {
        self.sent.set(self.sent.get() + 1);
        Ok(Tossed(self.random.borrow_mut().unit() >= self.failure))
    }
}

/// HTTP requests for `calls` calls under `policy`.
fn requests_for(calls: u32, failure: f64, policy: &RetryPolicy) -> u32 {
    let coin = Coin { failure, random: RefCell::new(Rng::from_seed(42)), sent: Cell::new(0) };
    let clock = VirtualClock::default();
    let random = RefCell::new(Rng::from_seed(1));
    let client = Client { transport: &coin, clock: &clock, random: &random };
    for _ in 0..calls {
        clock.run(execute(&client, policy, &(), |_| {})).unwrap();
    }
    coin.sent.get()
}

#[test]
fn independent_failures_take_the_expected_attempts() {
    // (1 − f^(R+1)) ÷ (1 − f); half of all failing with three retries is 1.875.
    for (failure, retries, expected) in [(0.5, 3, 1.875), (0.5, 4, 1.9375), (0.1, 2, 1.11), (0.9, 9, 6.513_215_599)] {
        let calls = 20_000;
        let measured = f64::from(requests_for(calls, failure, &attempts(retries + 1))) / f64::from(calls);
        // An attempt count's deviation is below its range.
        let tolerance = 4.0 * f64::from(retries) / 2.0 / f64::from(calls).sqrt();
        assert!((measured - expected).abs() < tolerance, "f = {failure}, R = {retries}: {measured}");
    }
    assert_eq!(requests_for(1, 1.0, &attempts(4)), 4, "R + 1 where all fail");
}

#[test]
fn layers_multiply() {
    let over = |outer: u32, inner: RetryPolicy| RetryPolicy { inner: Some(Box::new(inner)), ..attempts(outer) };
    for (layers, policy) in [
        (12, over(4, attempts(3))),
        (36, over(12, attempts(3))),
        (45, over(3, over(3, attempts(5)))),
        (64, over(4, over(4, attempts(4)))),
        (15, Preset::NotebookAsWritten.policy()),
    ] {
        let mut policy = policy;
        // The notebook retries rate limits alone; here everything fails with a 500.
        policy.retry_on = RetryOn::AnyFailure;
        assert_eq!(requests_for(1, 1.0, &policy), layers);
        assert_eq!(policy.max_requests(), layers);
    }
}

#[test]
fn a_budget_bounds_the_load_of_retries() {
    // 2,000 calls in one second, of which the limit takes one: at most 20 % more and 10 × 10 s, whatever the policy.
    let policy = LabPolicy::new("full jitter", Preset::FullJitter.policy()).with_budget(BudgetRule::FINAGLE);
    let trial = one_trial(&burst(2_000, 1, policy, LatencyModel::ZERO));
    assert_eq!(trial.calls, 2_000 + 400 + 100);
    assert!(trial.ends.budget_spent > 0);
    // Brooker's bucket: ten retries in all, since there are no successes to speak of.
    let policy = LabPolicy::new("full jitter", Preset::FullJitter.policy()).with_budget(BudgetRule::BROOKER);
    assert_eq!(one_trial(&burst(2_000, 1, policy, LatencyModel::ZERO)).calls, 2_010);
}

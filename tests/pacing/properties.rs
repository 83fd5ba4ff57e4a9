//! What the pacer promises for any limits, workload, latencies, faults and changes.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use sluice::pacing::{LimitHint, PacedLimit, Pacer, PacingSettings, RequestCost, Step, Ticket};
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply};
use sluice::retry::classify;
use sluice::time::{Instant, UnixTime};

use crate::referee::{Charge, Flags, RetryAfter};
use crate::trial::Trial;

/// A bucket kept beside the pacer's own, by its own account of what it admits.
struct Account {
    rate: f64,
    capacity: f64,
    level: f64,
    at: Instant,
}

impl Account {
    fn new(per_minute: u64, burst: u64) -> Self {
        let capacity = burst.min(per_minute) as f64;
        Self { rate: per_minute as f64 / 60.0, capacity, level: capacity, at: Instant::ORIGIN }
    }

    fn level(&self, now: Instant) -> f64 {
        (self.level + now.saturating_since(self.at).as_secs_f64() * self.rate).min(self.capacity)
    }

    fn draw(&mut self, amount: f64, now: Instant) {
        self.level = self.level(now) - amount;
        self.at = now;
    }

    /// Whether `amount` would be admitted, with what is kept back for jitter and doubt.
    fn admits(&self, amount: f64, kept: f64, now: Instant) -> bool {
        self.level(now) + 1e-6 >= (amount + kept + 0.003 * self.rate).min(self.capacity)
    }
}

fn answer(input_tokens: u64) -> Reply {
    let body = format!(
        r#"{{"object":"response","status":"completed","output":[],"usage":{{"input_tokens":{input_tokens},"output_tokens":1}}}}"#
    );
    Reply::from_http(200, vec![], body, Visibility::CorsFiltered, UnixTime::default(), Endpoint::Responses)
}

#[derive(Debug, Clone)]
struct Work {
    input: u64,
    output: u64,
    latency_ms: u64,
    pause_ms: u64,
}

fn work() -> impl Strategy<Value = Vec<Work>> {
    let one = (1u64..800, 1u64..400, 1u64..3_000, prop_oneof![9 => Just(0u64), 1 => 1u64..4_000])
        .prop_map(|(input, output, latency_ms, pause_ms)| Work { input, output, latency_ms, pause_ms });
    prop::collection::vec(one, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_stays_below_the_limits_is_never_idle_and_starves_nobody(
        rpm in 30u64..2_000, tpm in 60_000u64..600_000, burst_seconds in 1u64..60, most in 1usize..60, work in work(),
    ) {
        let bursts = ((rpm * burst_seconds / 60).max(1), (tpm * burst_seconds / 60).max(1));
        let hints = vec![
            LimitHint { limit: PacedLimit::RPM, units: rpm, burst: Some(bursts.0) },
            LimitHint { limit: PacedLimit::TPM, units: tpm, burst: Some(bursts.1) },
        ];
        let settings = PacingSettings { hints, max_in_flight: most, ..PacingSettings::default() };
        let mut pacer = Pacer::new(settings, Instant::ORIGIN);
        let (mut requests, mut tokens) = (Account::new(rpm, bursts.0), Account::new(tpm, bursts.1));
        let (mut now, mut next) = (Instant::ORIGIN, 0);
        let mut waiting: BTreeMap<u64, (&Work, f64)> = BTreeMap::new();
        let mut in_flight: Vec<(Instant, Ticket, u64)> = Vec::new();
        let mut arrives = Instant::ORIGIN;
        let mut admitted = 0;
        // Nothing refuses and nothing is told: tokens are taken for the larger of both.
        let size = |work: &Work| work.input.max(work.output) as f64;
        while admitted < work.len() || !in_flight.is_empty() {
            while next < work.len() && arrives <= now {
                let one = &work[next];
                let cost = RequestCost { input_tokens: one.input, max_output_tokens: Some(one.output) };
                let ticket = pacer.enqueue(cost, None, now, now);
                waiting.insert(ticket.order(), (one, 0.0));
                next += 1;
                if next < work.len() {
                    arrives = now + Duration::from_millis(work[next].pause_ms);
                }
            }
            let step = pacer.next(now);
            let mut wake = in_flight.iter().map(|(done, ..)| *done).min();
            if next < work.len() {
                wake = Some(wake.map_or(arrives, |wake| wake.min(arrives)));
            }
            match step {
                Step::Admit(ticket) => {
                    let head = *waiting.first_key_value().unwrap().0;
                    let (one, _) = waiting.remove(&ticket.order()).expect("one that waits");
                    if head != ticket.order() {
                        let first = waiting.get_mut(&head).unwrap();
                        first.1 += size(one);
                        prop_assert!(first.1 <= size(first.0) + 1e-6, "overtaken by {} of {}", first.1, size(first.0));
                    }
                    requests.draw(1.0, now);
                    tokens.draw(size(one).min(tokens.capacity), now);
                    prop_assert!(requests.level > -1e-6 && tokens.level > -1e-6, "above the limit by its own account");
                    prop_assert!(in_flight.len() < most);
                    in_flight.push((now + Duration::from_millis(one.latency_ms), ticket, one.input));
                    admitted += 1;
                    continue;
                }
                Step::WaitUntil(at, _) => {
                    let (one, _) = waiting.first_key_value().unwrap().1;
                    prop_assert!(at > now);
                    // The head's own estimate is doubted by a tenth at most, and those under way likewise.
                    let kept = 0.2 * work.iter().map(|one| (one.input as f64).powi(2)).sum::<f64>().sqrt();
                    let fits = requests.admits(1.0, 0.0, now) && tokens.admits(size(one), kept, now);
                    prop_assert!(!fits, "idle while the next one fits");
                    wake = Some(wake.map_or(at, |wake| wake.min(at)));
                }
                Step::Wait(_) => prop_assert!(in_flight.len() >= most.min(10)),
                Step::Idle => prop_assert!(waiting.is_empty()),
            }
            now = now.max(wake.expect("something to wait for"));
            let (done, rest): (Vec<_>, Vec<_>) = in_flight.into_iter().partition(|(done, ..)| *done <= now);
            in_flight = rest;
            for (_, ticket, input) in done {
                let reply = Ok(answer(input));
                let outcome = classify(&reply, UnixTime::default());
                pacer.settle(ticket, &outcome, reply.as_ref().ok(), now);
            }
        }
        prop_assert_eq!(pacer.view(now).in_flight, 0);
    }
}

fn flags() -> impl Strategy<Value = Flags> {
    let limits = (60.0..6_000.0f64, 2_000.0..40_000.0f64, 1.0..60.0f64);
    let modes = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0usize..3);
    let times = (0.001..3.0f64, 0.0..1.2f64, 0.0..0.2f64, 0.0..20.0f64, 0.3..3.0f64);
    (limits, modes, times).prop_map(|((rpm, token_burst, burst_seconds), modes, times)| {
        let (larger, charged, rate_headers, expose_headers, settle, retry_after) = modes;
        let (latency, sigma, fault_rate, change_at, change_factor) = times;
        Flags {
            rpm,
            // The largest request fits, even after the change.
            tpm: token_burst * 60.0 / burst_seconds / change_factor.min(1.0),
            burst_seconds,
            charge: if larger { Charge::Larger } else { Charge::Sum },
            charge_rejected: f64::from(u8::from(charged)),
            rate_headers,
            expose_headers,
            retry_after: [RetryAfter::None, RetryAfter::Both, RetryAfter::Seconds][retry_after],
            latency,
            sigma,
            fault_rate,
            change_at,
            change_factor,
            settle,
            network: 0.002,
            seed: 1,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn every_request_has_exactly_one_result(flags in flags(), seed in 0u64..1_000, neighbour: bool) {
        let late = Duration::from_millis(4);
        // A neighbour who is charged for coming too early, and comes again at once, leaves nothing to anybody.
        let neighbour = neighbour && flags.charge_rejected == 0.0;
        let trial = Trial { requests: 60, late, neighbour, ..Trial::new(flags) };
        let figures = trial.run(seed);
        prop_assert_eq!((figures.succeeded, figures.answered_once), (60, 60));
        prop_assert!(figures.refused < 200, "{:?}", figures);
    }
}

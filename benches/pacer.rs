//! What one admission costs with ever more requests waiting: it must not grow with the queue.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use sluice::pacing::{LimitHint, PacedLimit, Pacer, PacingSettings, RequestCost, Step, Ticket};
use sluice::random::{RandomSource, Rng};
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply};
use sluice::retry::{Outcome, classify};
use sluice::time::{Instant, UnixTime};

const ROUNDS: usize = 100;

struct Queued {
    pacer: Pacer,
    random: Rng,
    now: Instant,
}

fn cost(random: &mut Rng) -> RequestCost {
    RequestCost { input_tokens: 50 + random.below(2_000), max_output_tokens: Some(64 << random.below(3)) }
}

/// A pacer under RPM and TPM, with `waiting` requests of mixed sizes in its queue.
fn queued(waiting: usize) -> Queued {
    let hint = |limit, units| LimitHint { limit, units, burst: None };
    let hints = vec![hint(PacedLimit::RPM, 3_000), hint(PacedLimit::TPM, 3_000_000)];
    let mut queued = Queued {
        pacer: Pacer::new(PacingSettings { hints, ..PacingSettings::default() }, Instant::ORIGIN),
        random: Rng::from_seed(7),
        now: Instant::ORIGIN,
    };
    for _ in 0..waiting {
        let cost = cost(&mut queued.random);
        queued.pacer.enqueue(cost, None, Instant::ORIGIN, Instant::ORIGIN);
    }
    queued
}

impl Queued {
    /// Admits the next request, settles it with `reply`, and puts another one into the queue.
    fn round(&mut self, outcome: &Outcome, reply: &Reply) -> Ticket {
        loop {
            match self.pacer.next(self.now) {
                Step::Admit(ticket) => {
                    self.pacer.settle(ticket, outcome, Some(reply), self.now);
                    let cost = cost(&mut self.random);
                    self.pacer.enqueue(cost, None, self.now, self.now);
                    return ticket;
                }
                Step::WaitUntil(at, _) => self.now = at,
                Step::Wait(_) | Step::Idle => self.now = self.now + Duration::from_millis(1),
            }
        }
    }
}

fn admissions(criterion: &mut Criterion) {
    let body =
        r#"{"object":"response","status":"completed","output":[],"usage":{"input_tokens":300,"output_tokens":64}}"#;
    let answer = Reply::from_http(
        200,
        Vec::new(),
        body.to_owned(),
        Visibility::CorsFiltered,
        UnixTime::default(),
        Endpoint::Responses,
    );
    let answer = Ok(answer);
    let outcome = classify(&answer, UnixTime::default());
    let Ok(reply) = answer else { return };
    let mut group = criterion.benchmark_group("pacer/100 admissions, settled and replaced");
    group.sample_size(30).measurement_time(Duration::from_secs(3));
    for waiting in [100, 10_000, 100_000] {
        let mut start = queued(waiting);
        // The bucket's first burst is over: each admission waits for its refill.
        for _ in 0..5_000 {
            start.round(&outcome, &reply);
        }
        group.bench_with_input(BenchmarkId::from_parameter(waiting), &waiting, |bencher, _| {
            bencher.iter(|| {
                for _ in 0..ROUNDS {
                    black_box(start.round(&outcome, &reply));
                }
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("pacer/filling the queue");
    group.sample_size(10);
    for waiting in [10_000, 100_000] {
        group.bench_function(BenchmarkId::from_parameter(waiting), |bencher| {
            bencher.iter_batched(|| (), |()| black_box(queued(waiting)), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, admissions);
criterion_main!(benches);

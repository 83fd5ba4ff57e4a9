//! One run of a workload against the referee, and its figures.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, pin_mut};
use sluice::admission::PacedAdmission;
use sluice::client::{CallEnd, Client, execute_admitted};
use sluice::clock::{Clock, VirtualClock};
use sluice::pacing::PacingSettings;
use sluice::random::Rng;
use sluice::reply::{Reply, TransportError};
use sluice::responses::ApiRequest;
use sluice::retry::{Class, RetryPolicy, classify};
use sluice::time::Instant;
use sluice::transport::{Progress, Transport};

use crate::late_clock::LateClock;
use crate::referee::{Flags, Server, Wire, physical_minimum};
use crate::workload;

/// How long a commit to the disk takes.
const A_COMMIT: Duration = Duration::from_millis(2);
/// No run of these sizes takes so long.
const LONGEST: Duration = Duration::from_secs(7_200);

/// What came of a run.
#[derive(Debug)]
pub struct Figures {
    pub minimum: f64,
    /// Until the last answer was here.
    pub took: f64,
    /// Until the last request was let through.
    pub last_accept: f64,
    pub refused: usize,
    pub answered_once: usize,
    pub succeeded: usize,
}

impl Figures {
    pub fn efficiency(&self) -> f64 {
        self.minimum / self.took
    }
}

/// What a trial is run with.
#[derive(Clone)]
pub struct Trial {
    pub flags: Flags,
    pub settings: PacingSettings,
    pub requests: usize,
    /// Timers are late by up to so much.
    pub late: Duration,
    pub neighbour: bool,
    /// Requests are written down in groups, so far apart, before they go.
    pub journal: Duration,
}

impl Trial {
    pub fn new(flags: Flags) -> Self {
        Self {
            flags,
            settings: PacingSettings::default(),
            requests: 1_000,
            late: Duration::ZERO,
            neighbour: false,
            journal: Duration::ZERO,
        }
    }

    pub fn run(&self, seed: u64) -> Figures {
        self.run_work(seed, workload::mixed(self.requests, seed))
    }

    pub fn run_work(&self, seed: u64, requests: Vec<ApiRequest>) -> Figures {
        let clock = VirtualClock::default();
        let server = Rc::new(RefCell::new(Server::new(Flags { seed, ..self.flags })));
        let wire = Wire { server: Rc::clone(&server), clock: clock.clone(), others: false };
        let late =
            LateClock { clock: clock.clone(), most: self.late, random: Rc::new(RefCell::new(Rng::from_seed(seed))) };
        let admission = PacedAdmission::new(self.settings.clone(), late.clone()).with_costs(workload::cost_of);
        let random = RefCell::new(Rng::for_stream(seed, 7));
        let journaled = Journaled { wire: &wire, clock: &late, apart: self.journal };
        let client = Client { transport: &journaled, clock: &late, random: &random };
        let policy = RetryPolicy::for_paced_work(self.settings.longest_wait);
        let work = async {
            let calls: FuturesUnordered<_> = requests
                .iter()
                .map(|request| execute_admitted(&client, &admission, &policy, request, |_| {}))
                .collect();
            calls.filter(|result| std::future::ready(result.end == CallEnd::Succeeded)).count().await
        };
        let others = Wire { others: true, ..wire.clone() };
        let succeeded = clock.run(async {
            pin_mut!(work);
            let share = if self.neighbour { self.flags.rpm * 0.3 / 60.0 } else { 0.0 };
            let disturb = join(neighbour(&others, share), clock.sleep(LONGEST));
            pin_mut!(disturb);
            match select(work, disturb).await {
                Either::Left((succeeded, _)) => succeeded,
                Either::Right(_) => panic!("no end after {LONGEST:?}"),
            }
        });
        let took = clock.now().since_origin().as_secs_f64();
        let server = server.borrow();
        let named: Vec<(String, ApiRequest)> =
            requests.iter().enumerate().map(|(index, request)| (format!("Item {index}"), request.clone())).collect();
        Figures {
            minimum: physical_minimum(&server.flags, &named, &server.audit.others),
            took,
            last_accept: server.audit.last_accept,
            refused: server.audit.refused - server.audit.refused_others,
            answered_once: server
                .audit
                .answered
                .iter()
                .filter(|(id, times)| id.starts_with("Item") && **times == 1)
                .count(),
            succeeded: succeeded.expect("the run ends"),
        }
    }
}

/// A way out that writes down what goes, as a batch's journal does: all that came meanwhile goes with one commit.
struct Journaled<'a, C> {
    wire: &'a Wire,
    clock: &'a C,
    apart: Duration,
}

impl<C: Clock> Transport for Journaled<'_, C> {
    async fn prepare(&self, _: &ApiRequest) -> Result<(), TransportError> {
        if self.apart > Duration::ZERO {
            let commits = self.clock.now().since_origin().as_nanos() / self.apart.as_nanos();
            let next = self.apart * u32::try_from(commits + 1).unwrap();
            self.clock.sleep_until(Instant::ORIGIN + next + A_COMMIT).await;
        }
        Ok(())
    }

    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        self.wire.send_observed(request, observe).await
    }
}

/// A client of its own, who sends what two seconds of its share come to at once, and comes again exactly when told to.
async fn neighbour(wire: &Wire, share: f64) {
    let burst = ((share * 2.0) as usize).min(30);
    // For a minute: he sends everything again at each wait, which is much to simulate.
    let last = if burst > 0 { 30 } else { 0 };
    for round in 0..last {
        wire.clock.sleep_until(Instant::ORIGIN + Duration::from_secs(2 * round + 1)).await;
        join_all((0..burst).map(|index| async move {
            let request = workload::request(format!("{round}/{index}: hello"), Some(16));
            loop {
                let outcome = classify(&wire.send(&request).await, wire.clock.wall());
                match outcome.wait.filter(|_| outcome.class == Class::RateLimit) {
                    Some(wait) => wire.clock.sleep(wait.sufficient()).await,
                    None => break,
                }
            }
        }))
        .await;
    }
}

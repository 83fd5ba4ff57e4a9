//! One trial: one policy does the work once, on a clock of its own, through the retry loop itself.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use super::experiment::{Experiment, GUARD_STREAM, JITTER_STREAM, NEIGHBOUR_STREAM, Neighbour};
use super::figures::{Detail, TrialFigures};
use super::guarded::Guarded;
use super::ideal::ideal_drain;
use super::policy::{LabAdmission, LabPolicy};
use super::series::SeriesLog;
use super::server::{FAMILY, LabRequest, LimitedServer};
use super::server_log::ServerLog;
use super::tally::Tally;
use crate::client::{CallEvent, Client, execute_admitted};
use crate::clock::{Clock, Tasks, Turn, VirtualClock};
use crate::random::Rng;
use crate::retry::Guard;
use crate::simulator::Demand;
use crate::time::Instant;

/// A trial that can be run in slices.
pub struct Trial {
    tasks: Tasks<Pin<Box<dyn Future<Output = ()>>>>,
    world: Rc<World>,
    policy: usize,
    seed: u64,
    ideal: Duration,
    is_stuck: bool,
}

/// All that the clients of a trial share.
struct World {
    clock: VirtualClock,
    policy: LabPolicy,
    server: Rc<LimitedServer>,
    random: RefCell<Rng>,
    clients: Vec<LabClient>,
    tally: RefCell<Tally>,
    // Requests that have not come to their end.
    open: Cell<u32>,
}

struct LabClient {
    way: Guarded,
    admission: LabAdmission,
    // In the order in which they come up.
    work: RefCell<VecDeque<Job>>,
}

#[derive(Debug, Clone, Copy)]
struct Job {
    number: u32,
    arrival: Instant,
    request: LabRequest,
}

impl Trial {
    /// The trial of the policy at `policy` with one seed; `None` where there is no such policy. With `detailed`, charts
    /// and a trace are kept.
    pub fn new(experiment: &Experiment, policy: usize, seed: u64, detailed: bool) -> Option<Self> {
        let rules = experiment.policies.get(policy)?.clone();
        let (limits, clients) = (&experiment.limits, &experiment.clients);
        let clock = VirtualClock::default();
        let work = experiment.workload.draw(seed);
        let ideal = ideal_drain(limits, &work);
        let log = ServerLog { series: detailed.then(|| Box::new(SeriesLog::default())), ..ServerLog::default() };
        let scenario = (limits.scenario(), seed);
        let server = LimitedServer::new(scenario, clock.clone(), limits.visibility(), rules.pacing.is_some(), log);
        let server = Rc::new(server);

        let count = clients.count.max(1);
        let mut jobs: Vec<VecDeque<Job>> = (0..count).map(|_| VecDeque::new()).collect();
        for (number, (arrival, request)) in (0u32..).zip(work) {
            let arrival = Instant::from_origin(arrival);
            if let Some(queue) = usize::try_from(number % count).ok().and_then(|index| jobs.get_mut(index)) {
                queue.push_back(Job { number, arrival, request });
            }
        }
        let client = |(index, work): (u64, VecDeque<Job>)| LabClient {
            way: Guarded {
                server: Rc::clone(&server),
                clock: clock.clone(),
                guard: rules.guard.map(|rule| {
                    let random = Rng::for_stream(seed, GUARD_STREAM.wrapping_add(index << 8));
                    RefCell::new((Guard::new(rule), random))
                }),
            },
            admission: LabAdmission::new(&rules, limits, clients, &clock),
            work: RefCell::new(work),
        };
        let world = Rc::new(World {
            clients: (0u64..).zip(jobs).map(client).collect(),
            policy: rules,
            random: RefCell::new(Rng::for_stream(seed, JITTER_STREAM)),
            tally: RefCell::new(Tally::new(experiment.workload.requests, detailed)),
            open: Cell::new(experiment.workload.requests),
            server,
            clock: clock.clone(),
        });

        let mut tasks: Tasks<Pin<Box<dyn Future<Output = ()>>>> = Tasks::new(clock);
        for (index, client) in world.clients.iter().enumerate() {
            let requests = client.work.borrow().len();
            for _ in 0..requests.min(usize::try_from(clients.concurrency).unwrap_or(usize::MAX)) {
                tasks.spawn(Box::pin(work_off(Rc::clone(&world), index)));
            }
        }
        for (index, neighbour) in (0u64..).zip(&clients.neighbours) {
            let random = Rng::for_stream(seed, NEIGHBOUR_STREAM.wrapping_add(index << 8));
            tasks.spawn(Box::pin(draw_on(Rc::clone(&world), *neighbour, random)));
        }
        if detailed {
            tasks.spawn(Box::pin(sample(Rc::clone(&world))));
        }
        Some(Self { tasks, world, policy, seed, ideal, is_stuck: false })
    }

    /// Goes on for at most `polls` steps; true where it is over.
    pub fn run_for(&mut self, polls: usize) -> bool {
        match self.tasks.run_for(polls) {
            Turn::Done => true,
            Turn::More => false,
            Turn::Stuck => {
                self.is_stuck = true;
                true
            }
        }
    }

    /// Runs it to its end.
    pub fn run(mut self) -> (TrialFigures, Option<Detail>) {
        while !self.run_for(usize::MAX) {}
        self.finish()
    }

    /// What came of it so far.
    pub fn finish(self) -> (TrialFigures, Option<Detail>) {
        let mut log = self.world.server.log.replace(ServerLog::default());
        let series = log.series.take().map(|series| series.finish());
        let tally = self.world.tally.replace(Tally::new(0, false));
        let is_cut_short = log.cut_short || self.is_stuck || self.world.open.get() > 0;
        tally.finish((self.policy, self.seed), &log, self.ideal, is_cut_short, series)
    }
}

/// One of a client's workers: takes the client's next request, and brings it to its end.
async fn work_off(world: Rc<World>, index: usize) {
    let Some(client) = world.clients.get(index) else { return };
    loop {
        let Some(job) = client.work.borrow_mut().pop_front() else { return };
        world.clock.sleep_until(job.arrival).await;
        world.call(client, job).await;
        world.open.set(world.open.get().saturating_sub(1));
    }
}

impl World {
    async fn call(&self, client: &LabClient, job: Job) {
        if let Some(budget) = &client.admission.budget {
            budget.borrow_mut().called(self.clock.now());
        }
        let engine = Client { transport: &client.way, clock: &self.clock, random: &self.random };
        let mut sent = job.arrival;
        let observe = |event: CallEvent<'_, _>| match event {
            CallEvent::AttemptStarted { at, .. } => sent = at,
            CallEvent::AttemptEnded { attempt, at, outcome, .. } => {
                self.tally.borrow_mut().attempted((job.number, attempt), (sent, at), outcome);
            }
            CallEvent::WaitStarted { wait, .. } => self.tally.borrow_mut().waits(&wait),
            _ => {}
        };
        let result = execute_admitted(&engine, &client.admission, &self.policy.retry, &job.request, observe).await;
        self.tally.borrow_mut().ended(&result.end, (job.arrival, sent), self.clock.now());
    }
}

/// Draws on the limits as a neighbour does, until the work is done.
async fn draw_on(world: Rc<World>, neighbour: Neighbour, mut random: Rng) {
    loop {
        for _ in 0..neighbour.burst.max(1) {
            let demand =
                Demand { family: FAMILY, input_tokens: neighbour.tokens, max_output_tokens: None, output_tokens: 0 };
            let decision = world.server.simulator.borrow_mut().decide(&demand, world.clock.now());
            world.tally.borrow_mut().neighbour(&decision);
        }
        let Some(gap) = neighbour.arrival.gap(&mut random) else { return };
        world.clock.sleep(gap).await;
        if world.open.get() == 0 {
            return;
        }
    }
}

/// Notes the levels of the limits at the end of each bin, until the work is done.
async fn sample(world: Rc<World>) {
    while world.open.get() > 0 {
        let next = world.server.log.borrow().series.as_ref().map(|series| series.next_sample(world.clock.now()));
        let Some(next) = next else { return };
        world.clock.sleep_until(next).await;
        let readings = world.server.simulator.borrow_mut().readings(FAMILY, next);
        if let Some(series) = &mut world.server.log.borrow_mut().series {
            series.sampled(next, &readings);
        }
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("policy", &self.policy).field("seed", &self.seed).finish_non_exhaustive()
    }
}

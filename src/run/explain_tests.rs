//! Runs on the virtual clock against the simulator, and what is said of them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::{BurstPlan, BurstSettings, CallState, LimitMet, RunCounts, RunLog, Undone};
use super::{explain, lanes, resume_burst, run_burst};
use crate::client::{CallEnd, Client};
use crate::clock::{Clock, VirtualClock};
use crate::random::Rng;
use crate::rate_limit::LimitScope;
use crate::retry::Preset;
use crate::simulator::{Scenario, ScenarioPreset, Simulator};
use crate::time::UnixTime;
use crate::transport::simulated::SimulatedTransport;

/// A page in small: a clock, a simulator, the jitter's source and the log.
struct World {
    clock: VirtualClock,
    transport: SimulatedTransport<VirtualClock>,
    random: RefCell<Rng>,
    log: RefCell<RunLog>,
}

impl World {
    fn new(preset: ScenarioPreset) -> Self {
        let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
        let simulator = Rc::new(RefCell::new(Simulator::new(Scenario::from(preset), 7)));
        let transport = SimulatedTransport::new(simulator, clock.clone());
        Self { transport, random: RefCell::new(Rng::from_seed(7)), log: RefCell::default(), clock }
    }

    fn run(&self, plan: &BurstPlan) {
        let client = Client { transport: &self.transport, clock: &self.clock, random: &self.random };
        self.clock.run(run_burst(&client, plan, &self.log, &|_, _| {})).expect("it ends");
    }

    fn resume(&self, plan: &BurstPlan, which: &[usize]) {
        let client = Client { transport: &self.transport, clock: &self.clock, random: &self.random };
        self.clock.run(resume_burst(&client, plan, which, &self.log, &|_, _| {})).expect("it ends");
    }

    fn counts(&self) -> RunCounts {
        RunCounts::of(&self.log.borrow())
    }

    fn undone(&self, plan: &BurstPlan) -> Option<Undone> {
        Undone::of(&self.log.borrow(), &plan.policy)
    }
}

fn plan(requests: usize, preset: Preset) -> BurstPlan {
    BurstSettings { requests, policy: preset.id().into(), ..BurstSettings::default() }.plan("gpt-5-nano")
}

#[test]
fn the_notebooks_policy_leaves_work_undone_and_ours_finishes_it() {
    let world = World::new(ScenarioPreset::First429);
    let plan = plan(10, Preset::Notebook);
    world.run(&plan);
    let before = world.counts();
    assert!(before.gave_up > 0 && before.succeeded >= 3, "{before:?}");
    assert_eq!(before.succeeded + before.gave_up, 10);

    let undone = world.undone(&plan).expect("work is left");
    assert_eq!(undone.unfinished.len(), before.gave_up);
    assert_eq!(undone.finishable, undone.unfinished);
    assert_eq!(
        undone.reasons,
        ["The notebook's policy waits 0.5–1.5, 1–3, 2–6, 4–12 s between its 5 attempts, at most 22.5 s in all. \
          But 10 requests at 3 per minute need 140 s: 3 at once, then one every 20 s."]
    );
    assert_eq!(undone.gentle_concurrency(&world.log.borrow()), 1);

    // A person reads for a minute; that is no part of the run.
    let ended = world.clock.now();
    world.clock.advance_to(ended + Duration::from_secs(60));
    let rest = BurstPlan { policy: Preset::Sluice.policy(), concurrency: 1, ..plan.clone() };
    world.resume(&rest, &undone.finishable);
    let after = world.counts();
    assert_eq!((after.succeeded, after.gave_up, after.failed), (10, 0, 0));
    // One at a time, at most one more refusal for each: no herd.
    assert!(after.http_requests - before.http_requests <= 2 * before.gave_up, "{after:?}");
    assert_eq!(world.undone(&rest), None);
    let log = world.log.borrow();
    assert!(
        lanes::drain_time(&log).unwrap() < world.clock.now().since_origin().saturating_sub(Duration::from_secs(59))
    );
}

#[test]
fn responses_that_are_cut_off_succeed_and_are_counted() {
    let cut_off_at = |max_output_tokens| {
        let world = World::new(ScenarioPreset::Tier5);
        let settings = BurstSettings { requests: 3, max_output_tokens, ..BurstSettings::default() };
        world.run(&settings.plan("gpt-4o-mini"));
        let counts = world.counts();
        (counts.succeeded, counts.incomplete, world.log.borrow().counts().incomplete)
    };
    // The least that the API takes, and more than any answer has.
    assert_eq!(cut_off_at(Some(16)), (3, 3, 3));
    assert_eq!(cut_off_at(Some(16_000)), (3, 0, 0));
}

#[test]
fn ours_finishes_even_thirty_at_three_a_minute() {
    let world = World::new(ScenarioPreset::First429);
    let first = plan(30, Preset::Notebook);
    world.run(&first);
    let undone = world.undone(&first).expect("work is left");
    let at_once = undone.gentle_concurrency(&world.log.borrow());
    let rest = BurstPlan { policy: Preset::Sluice.policy(), concurrency: at_once, ..first };
    world.resume(&rest, &undone.finishable);
    assert_eq!(world.counts().succeeded, 30, "{:?}", world.counts());
}

#[test]
fn a_call_taken_up_waits_what_the_server_asked() {
    let world = World::new(ScenarioPreset::First429);
    let single = plan(4, Preset::None);
    world.run(&single);
    let undone = world.undone(&single).expect("the fourth was refused");
    assert_eq!(undone.unfinished.len(), 1);
    assert!(undone.reasons[0].starts_with("No retries: each request goes out once"), "{:?}", undone.reasons);
    let rest = BurstPlan { policy: Preset::Sluice.policy(), ..single };
    world.resume(&rest, &undone.finishable);
    let log = world.log.borrow();
    let call = &log.calls[undone.unfinished[0]];
    assert_eq!(call.attempts.len(), 2, "it went once, when it was allowed");
    let wait = call.attempts[0].wait.expect("it waited first");
    let answered = call.attempts[0].ended.unwrap();
    let hint = call.attempts[0].outcome.as_ref().unwrap().wait;
    let Some(crate::retry::ServerWait::For { wait: asked, .. }) = hint else { panic!("no hint: {hint:?}") };
    assert!(wait.ended.unwrap() >= answered + asked);
    assert!(log.lines.iter().any(|line| line.text == "Taken up again."));
}

#[test]
fn what_no_wait_cures_is_said_and_not_sent_again() {
    let world = World::new(ScenarioPreset::QuotaExhausted);
    let plan = plan(3, Preset::Sluice);
    world.run(&plan);
    let undone = world.undone(&plan).expect("nothing succeeds");
    assert_eq!((undone.unfinished.len(), undone.finishable.len()), (3, 0));
    assert!(undone.reasons[0].contains("3 calls met a billing limit: no wait cures it"), "{:?}", undone.reasons);
}

#[test]
fn what_was_retried_in_vain_or_not_at_all_is_told_apart() {
    let world = World::new(ScenarioPreset::QuotaExhausted);
    let notebook = plan(2, Preset::Notebook);
    world.run(&notebook);
    let undone = world.undone(&notebook).expect("nothing succeeds");
    assert_eq!(undone.reasons.len(), 2, "{:?}", undone.reasons);
    assert_eq!(undone.reasons[1], "The notebook's policy tried again all the same: 8 more requests in vain.");

    let world = World::new(ScenarioPreset::Overloaded);
    let notebook = plan(2, Preset::Notebook);
    world.run(&notebook);
    let undone = world.undone(&notebook).expect("every call fails at first");
    assert_eq!(undone.reasons, ["2 calls met a 503, overloaded, which the notebook's policy does not retry."]);
    assert_eq!(undone.finishable.len(), 2);
}

#[test]
fn tokens_are_counted_from_the_refusals_own_words() {
    let world = World::new(ScenarioPreset::TokenBound);
    let plan = plan(10, Preset::Notebook);
    world.run(&plan);
    let met = LimitMet::of(&world.log.borrow()).expect("a refusal names it");
    assert_eq!((met.scope, met.limit), (LimitScope::Tokens, 300));
    let undone = world.undone(&plan).expect("work is left");
    assert!(undone.reasons[0].contains("tokens per minute need"), "{:?}", undone.reasons);
}

#[test]
fn a_long_wait_asks_and_is_taken_up_when_it_is_over() {
    let world = World::new(ScenarioPreset::DailyLimit);
    let plan = plan(3, Preset::Sluice);
    world.run(&plan);
    assert_eq!(world.counts().asking, 1);
    assert_eq!(world.undone(&plan), None, "a question is no failure");
    let asking = explain::asking(&world.log.borrow());
    world.resume(&plan, &asking);
    assert!(world.log.borrow().calls.iter().all(|call| call.state == CallState::Ended(CallEnd::Succeeded)));
    assert!(world.clock.now().since_origin() >= Duration::from_secs(432));
}

#[test]
fn what_was_stopped_can_be_finished() {
    let world = World::new(ScenarioPreset::First429);
    let plan = plan(10, Preset::Sluice);
    {
        let client = Client { transport: &world.transport, clock: &world.clock, random: &world.random };
        let stop = world.clock.sleep(Duration::from_secs(5));
        let run = run_burst(&client, &plan, &world.log, &|_, _| {});
        world.clock.run(futures_util::future::select(std::pin::pin!(run), std::pin::pin!(stop)));
        world.log.borrow_mut().cancel_all(world.clock.now());
    }
    let sent = world.counts().http_requests;
    let undone = world.undone(&plan).expect("it was stopped");
    assert_eq!(undone.reasons, ["You stopped 7 calls."]);
    assert_eq!(world.counts().http_requests, sent);
    world.resume(&plan, &undone.finishable);
    assert_eq!(world.counts().succeeded, 10);
}

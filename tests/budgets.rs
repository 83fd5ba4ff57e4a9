//! A budget stops a run where it is reached, whatever runs at the same time: what is in flight is all that comes after.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use proptest::prelude::*;
use sluice::client::{CallEvent, Client};
use sluice::clock::VirtualClock;
use sluice::models;
use sluice::random::Rng;
use sluice::reply::Reply;
use sluice::retry::{Class, Preset};
use sluice::run::{
    BurstPlan, BurstSettings, CallState, GatedTransport, InFlight, RunLog, SpendGate, Undone, resume_burst, run_burst,
};
use sluice::simulator::{Scenario, Simulator};
use sluice::time::UnixTime;
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{ApiRequest, Progress, Transport, TransportError};
use sluice::usage::{AnsweredBy, Budget, BudgetPeriod, Cap, Level, Money, Spent, refusal};

const MODEL: &str = "gpt-5-nano";

/// What comes back, counted by the test itself.
#[derive(Default)]
struct Till {
    spent: Cell<Spent>,
    in_flight: Cell<usize>,
    /// What was spent and in flight when the budget was reached.
    at_reach: Cell<Option<(Spent, usize)>>,
    answers_after: Cell<usize>,
    sent: Cell<usize>,
    sent_after: Cell<usize>,
}

impl Till {
    fn observe(&self, budget: &Budget, event: &CallEvent<'_>) {
        let CallEvent::AttemptEnded { outcome, result, .. } = event else { return };
        let mut spent = self.spent.get();
        match (outcome.class, result) {
            (Class::Success, Ok(reply)) => {
                let usage = reply.usage().known().unwrap();
                // $0.05 and $0.40 per million tokens: 50,000 and 400,000 picodollars each.
                let cost = i128::from(usage.input_tokens) * 50_000 + i128::from(usage.output_tokens) * 400_000;
                assert_eq!(models::facts(MODEL).unwrap().price.cost(&usage).picodollars(), cost);
                spent.cost.known += Money::from_picodollars(cost);
                spent.tokens += usage.total_tokens;
                spent.calls += 1;
            }
            (Class::Opaque | Class::Unknown, _) => spent.calls += 1,
            _ => return,
        }
        if self.at_reach.get().is_some() {
            self.answers_after.set(self.answers_after.get() + 1);
        } else if budget.level(&spent) == Level::Reached {
            self.at_reach.set(Some((spent, self.in_flight.get())));
        }
        self.spent.set(spent);
    }
}

struct Wire<'a> {
    inner: SimulatedTransport<VirtualClock>,
    till: &'a Till,
    /// Every so many answers are lost on the way.
    loses: Option<usize>,
}

impl Transport for Wire<'_> {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let till = self.till;
        let number = till.sent.get() + 1;
        till.sent.set(number);
        if till.at_reach.get().is_some() {
            till.sent_after.set(till.sent_after.get() + 1);
        }
        till.in_flight.set(till.in_flight.get() + 1);
        let result = self.inner.send_observed(request, observe).await;
        till.in_flight.set(till.in_flight.get() - 1);
        let is_lost = self.loses.is_some_and(|every| number.is_multiple_of(every));
        if is_lost { Err(TransportError::Opaque("Failed to fetch".into())) } else { result }
    }
}

fn burst(plan: &BurstPlan, scenario: Scenario, budget: &Budget, (seed, loses): (u64, Option<usize>)) -> (Till, RunLog) {
    let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
    let simulator = Rc::new(RefCell::new(Simulator::new(scenario, seed)));
    let till = Till::default();
    let wire = Wire { inner: SimulatedTransport::new(simulator, clock.clone()), till: &till, loses };
    let out = InFlight::default();
    let may_send = || refusal(&[*budget], (AnsweredBy::Simulated, out.count()), |_| till.spent.get());
    let gated = GatedTransport::new(&wire, SpendGate::new(&may_send).counting(&out));
    let (random, log) = (RefCell::new(Rng::from_seed(seed)), RefCell::new(RunLog::default()));
    let client = Client { transport: &gated, clock: &clock, random: &random };
    clock.run(run_burst(&client, plan, &log, &|_, event| till.observe(budget, event))).expect("it ends");
    assert_eq!(out.count(), 0);
    (till, log.into_inner())
}

fn plan(requests: usize, concurrency: usize) -> BurstPlan {
    BurstSettings { requests, concurrency: Some(concurrency), ..BurstSettings::default() }.plan(MODEL)
}

fn budget(cap: Cap) -> Budget {
    Budget { id: 1, api: AnsweredBy::Simulated, period: BudgetPeriod::Day, cap }
}

fn cap() -> impl Strategy<Value = Cap> {
    prop_oneof![
        (0u64..150).prop_map(Cap::Calls),
        (0u64..12_000).prop_map(Cap::Tokens),
        // An answer costs some 27 millionths of a dollar at most.
        (0i128..4_000_000_000).prop_map(|pico| Cap::Usd(Money::from_picodollars(pico))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn only_what_was_in_flight_comes_after_a_budget_is_reached(
        cap in cap(),
        concurrency in prop_oneof![Just(200usize), Just(1), 2usize..200],
        rpm in prop_oneof![Just(10_000u64), 20u64..120],
        loses in prop_oneof![Just(None), (1usize..12).prop_map(Some)],
        seed in any::<u64>(),
    ) {
        let scenario = Scenario::default().rpm(rpm);
        let budget = budget(cap);
        let (till, log) = burst(&plan(200, concurrency), scenario, &budget, (seed, loses));
        prop_assert_eq!(till.sent_after.get(), 0, "something was sent after it was reached");
        // Nothing is left open: each call has its answer, or says why it has none.
        prop_assert!(log.calls.iter().all(|call| matches!(call.state, CallState::Ended(_))));
        if budget.level(&Spent::default()) == Level::Reached {
            prop_assert_eq!(till.sent.get(), 0);
        }
        if let Some((_, in_flight)) = till.at_reach.get() {
            prop_assert!(till.answers_after.get() <= in_flight, "{} of {in_flight}", till.answers_after.get());
            prop_assert!(in_flight < concurrency.max(1));
        }
        // What is out is a call at most: a cap in calls is kept to the call, however many would go at once.
        if let Cap::Calls(cap) = cap {
            prop_assert!(till.spent.get().calls <= cap, "{} of {cap}", till.spent.get().calls);
        }
    }
}

#[test]
fn a_call_that_was_held_back_says_what_is_reached_and_can_be_finished() {
    let budget = budget(Cap::Calls(10));
    let (till, log) = burst(&plan(50, 5), Scenario::default().rpm(10_000), &budget, (3, None));
    assert_eq!(till.spent.get().calls, 10);
    let undone = Undone::of(&log, &Preset::Notebook.policy()).unwrap();
    assert_eq!((undone.unfinished.len(), undone.finishable.len()), (40, 40));
    let words = undone.reasons.join(" ");
    assert!(words.starts_with("40 calls were not sent: Today's budget (Simulated) is taken up: "), "{words}");
    assert!(words.contains(" of 10 calls, and ") && words.contains(" in flight. Nothing more is sent;"), "{words}");
    assert!(words.contains("Raise or remove the budget in Usage"), "{words}");
    assert_eq!(undone.reasons.len(), 1, "{words}");
}

#[test]
fn what_was_held_back_is_sent_once_the_budget_is_raised() {
    let (low, high) = (budget(Cap::Calls(10)), budget(Cap::Calls(1_000)));
    let raised = Cell::new(low);
    let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
    let simulator = Rc::new(RefCell::new(Simulator::new(Scenario::default().rpm(10_000), 5)));
    let till = Till::default();
    let wire = Wire { inner: SimulatedTransport::new(simulator, clock.clone()), till: &till, loses: None };
    let may_send = || refusal(&[raised.get()], (AnsweredBy::Simulated, 0), |_| till.spent.get());
    let gated = GatedTransport::new(&wire, SpendGate::new(&may_send));
    let (random, log) = (RefCell::new(Rng::from_seed(5)), RefCell::new(RunLog::default()));
    let client = Client { transport: &gated, clock: &clock, random: &random };
    let plan = plan(50, 5);
    let observe = |_: usize, event: &CallEvent<'_>| till.observe(&high, event);
    clock.run(run_burst(&client, &plan, &log, &observe)).unwrap();
    let undone = Undone::of(&log.borrow(), &plan.policy).unwrap();
    raised.set(high);
    clock.run(resume_burst(&client, &plan, &undone.finishable, &log, &observe)).unwrap();
    assert_eq!((till.spent.get().calls, till.sent.get()), (50, 50));
}

//! The lanes of a run, and that keeping them up to date gives what drawing them anew gives.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;

use super::lanes::segment_text;
use super::{BurstPlan, BurstSettings, CallState, RunCounts, RunLanes, RunLog, run_burst};
use crate::chart::{Place, SegmentKind};
use crate::client::{CallEnd, CallEvent, Client};
use crate::clock::{Clock, VirtualClock};
use crate::random::Rng;
use crate::rate_limit::Visibility;
use crate::reply::{Endpoint, Reply};
use crate::retry::{Class, Outcome, StopReason, Wait, WaitSource};
use crate::simulator::{Scenario, ScenarioPreset, Simulator};
use crate::time::{Instant, UnixTime};
use crate::transport::TransportError;
use crate::transport::simulated::SimulatedTransport;

fn anew(log: &RunLog) -> RunLanes {
    let mut lanes = RunLanes::default();
    lanes.update(log);
    lanes
}

/// A burst against three requests a minute; `look` sees the log at each event.
fn burst(plan: &BurstPlan, preset: ScenarioPreset, look: &dyn Fn(&RunLog)) -> (RunLog, VirtualClock) {
    let clock = VirtualClock::starting_at(UnixTime::from_secs(1_795_564_800));
    let simulator = Rc::new(RefCell::new(Simulator::new(Scenario::from(preset), 7)));
    let transport = SimulatedTransport::new(simulator, clock.clone());
    let (random, log) = (RefCell::new(Rng::from_seed(7)), RefCell::new(RunLog::default()));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    clock.run(run_burst(&client, plan, &log, &|_, _| look(&log.borrow()))).expect("it ends");
    (log.into_inner(), clock)
}

fn plan(requests: usize) -> BurstPlan {
    BurstSettings { requests, ..BurstSettings::default() }.plan("gpt-5-nano")
}

#[test]
fn lanes_end_in_what_came_of_each_call() {
    let (log, clock) = burst(&plan(10), ScenarioPreset::First429, &|_| ());
    let drawn = anew(&log);
    assert_eq!(drawn.lanes().len(), 10);
    for (index, (lane, call)) in drawn.lanes().rows().iter().zip(&log.calls).enumerate() {
        let last = lane.last().unwrap();
        let done = call.state == CallState::Ended(CallEnd::Succeeded);
        assert_eq!(last.kind, if done { SegmentKind::Done } else { SegmentKind::Failed });
        assert!(lane.windows(2).all(|pair| pair[0].from <= pair[1].from && pair[0].to <= pair[1].to));
        let text = segment_text(&log, Place { lane: index, segment: lane.len() - 1 }, clock.now()).unwrap();
        let attempts = call.attempts.len();
        let expected =
            if done { format!("Attempt {attempts}: 200, answered") } else { "Gave up after 5 attempts".into() };
        assert_eq!(text, expected);
    }
}

#[test]
fn the_level_is_what_the_simulator_tells() {
    let (log, _) = burst(&plan(10), ScenarioPreset::First429, &|_| ());
    let drawn = anew(&log);
    let level = drawn.level();
    assert_eq!(level.most(), 3);
    for call in &log.calls {
        for attempt in &call.attempts {
            let Some(Ok(reply)) = &attempt.result else { continue };
            // Of those sent at the very same time the last one counts: the others have been drawn on since.
            let is_last = !log.calls.iter().flat_map(|call| &call.attempts).any(|other| {
                other.started == attempt.started && other.number == attempt.number && !std::ptr::eq(other, attempt)
            });
            if is_last {
                let told = reply.headers.limits.requests.remaining.exposed().copied();
                assert_eq!(level.left(log.elapsed(attempt.started).as_secs_f64()), told);
            }
        }
    }
    assert_eq!(level.left(0.001), Some(0), "three of three are gone at once");
}

#[test]
fn the_level_is_of_the_limit_that_refuses() {
    let (log, _) = burst(&plan(10), ScenarioPreset::TokenBound, &|_| ());
    let drawn = anew(&log);
    assert_eq!((drawn.level().unit(), drawn.level().most()), ("tokens left", 300));
    let (log, _) = burst(&plan(10), ScenarioPreset::First429, &|_| ());
    assert_eq!(anew(&log).level().unit(), "requests left");
}

#[test]
fn ten_thousand_attempts_are_drawn_as_they_come() {
    let (seen, counts) = (RefCell::new(RunLanes::default()), RefCell::new(RunCounts::default()));
    let (log, _) = burst(&plan(2_000), ScenarioPreset::First429, &|log| {
        seen.borrow_mut().update(log);
        *counts.borrow_mut() = log.counts();
    });
    let attempts: usize = log.calls.iter().map(|call| call.attempts.len()).sum();
    assert!(attempts > 9_900, "{attempts}");
    // Each event changes one call: what is read anew grows with the events, not with their square.
    assert!(log.changes.len() < attempts * 6, "{} changes", log.changes.len());
    assert_eq!(seen.borrow().lanes().rows(), anew(&log).lanes().rows());
    assert_eq!(seen.borrow().level(), anew(&log).level());
    assert_eq!(*counts.borrow(), RunCounts::of(&log));
}

/// What happens next to one call, or to all.
#[derive(Debug, Clone, Copy)]
enum Next {
    Begin,
    Refused,
    Answered(u64),
    Wait(u64),
    End,
    StopAll,
    TakeUp,
    Draw,
}

fn next() -> impl Strategy<Value = (usize, u64, Next)> {
    let what = prop_oneof![
        4 => Just(Next::Begin),
        3 => Just(Next::Refused),
        2 => (0u64..60).prop_map(Next::Answered),
        3 => (0u64..5_000).prop_map(Next::Wait),
        1 => Just(Next::End),
        1 => Just(Next::StopAll),
        1 => Just(Next::TakeUp),
        3 => Just(Next::Draw),
    ];
    (0usize..5, 0u64..900, what)
}

fn answer(reset: u64) -> Reply {
    let headers = [
        ("x-ratelimit-limit-requests", "3".to_owned()),
        ("x-ratelimit-remaining-requests", "1".to_owned()),
        ("x-ratelimit-reset-requests", format!("{reset}s")),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
    Reply::from_http(200, headers, "{}".into(), Visibility::Full, UnixTime::default(), Endpoint::Responses)
}

fn apply(log: &mut RunLog, index: usize, at: Instant, next: Next) {
    let ended = |outcome: Outcome, result: Result<Reply, TransportError>, log: &mut RunLog| {
        log.record(
            index,
            &CallEvent::AttemptEnded { attempt: 1, at, outcome: &outcome, result: &result, outer_attempt: 1 },
        );
    };
    let call = log.calls.get(index);
    let is_out = call.is_some_and(|call| call.attempts.last().is_some_and(|attempt| attempt.ended.is_none()));
    match (next, call.map(|call| call.state.clone())) {
        (Next::Begin, Some(CallState::Queued)) => log.record(index, &CallEvent::AttemptStarted { attempt: 1, at }),
        (Next::Begin, Some(CallState::Waiting)) => {
            log.record(index, &CallEvent::WaitEnded { at });
            log.record(index, &CallEvent::AttemptStarted { attempt: 1, at });
        }
        (Next::Refused, Some(CallState::InFlight)) if is_out => {
            ended(Outcome::of(Class::RateLimit), Err(TransportError::Opaque(String::new())), log);
        }
        (Next::Answered(reset), Some(CallState::InFlight)) if is_out => {
            ended(Outcome::of(Class::Success), Ok(answer(reset)), log);
        }
        (Next::Wait(millis), Some(CallState::InFlight)) if !is_out => {
            let wait =
                Wait { duration: Duration::from_millis(millis), source: WaitSource::Backoff, hint: None, layer: 0 };
            log.record(index, &CallEvent::WaitStarted { attempt: 1, at, wait, outer_attempt: 1 });
        }
        (Next::End, Some(CallState::InFlight)) if !is_out => {
            log.record(index, &CallEvent::Ended { at, end: &CallEnd::Stopped(StopReason::NotRetried) });
        }
        (Next::StopAll, _) => log.cancel_all(at),
        (Next::TakeUp, Some(CallState::Cancelled { .. } | CallState::Ended(_))) => log.resume(&[index], at),
        _ => {}
    }
}

proptest! {
    #[test]
    fn drawn_bit_by_bit_or_anew_it_is_the_same(events in prop::collection::vec(next(), 0..120)) {
        let mut log = RunLog::default();
        let mut now = Instant::from_origin(Duration::from_secs(5));
        (0..5).for_each(|call| { log.queue(format!("#{call}"), now); });
        let mut drawn = RunLanes::default();
        for (index, millis, next) in events {
            now = now + Duration::from_millis(millis);
            if matches!(next, Next::Draw) {
                drawn.update(&log);
            } else {
                apply(&mut log, index, now, next);
            }
            prop_assert_eq!(log.counts(), RunCounts::of(&log));
        }
        drawn.update(&log);
        let anew = anew(&log);
        prop_assert_eq!(drawn.lanes().rows(), anew.lanes().rows());
        // At a time beyond all ends: what a call that never began has queued for is not drawn twice.
        prop_assert_eq!(drawn.lanes().summary("request", 1e6), anew.lanes().summary("request", 1e6));
        prop_assert_eq!(drawn.lanes().total(), anew.lanes().total());
        // The level is read as answers come; which of the first tells its window can differ, once it is known.
        prop_assert_eq!(drawn.level().is_empty(), anew.level().is_empty());
        let places = anew.lanes().rows().iter().enumerate();
        for (lane, row) in places {
            for segment in 0..row.len() {
                let text = segment_text(&log, Place { lane, segment }, now);
                prop_assert!(text.is_some());
            }
        }
    }
}

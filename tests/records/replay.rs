//! Saved runs replayed: random bursts of the simulated API, as they were and as their records tell them.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use proptest::collection::vec;
use proptest::prelude::*;
use sluice::client::{CallEvent, Client};
use sluice::clock::{Clock, VirtualClock};
use sluice::export::session::{Session, SessionWriter};
use sluice::random::{RandomSource, Rng};
use sluice::redact::Redactor;
use sluice::responses::{CreateResponse, Input};
use sluice::retry::{Preset, RetryPolicy};
use sluice::run::{
    BurstPlan, CallAbout, CallLog, CallRecorder, KeptContent, Phase, Replay, RunCounts, RunLog, Undone, resume_burst,
    run_burst, runs_of,
};
use sluice::simulator::{Faults, Scenario, ScenarioPreset, Simulator, StreamFault};
use sluice::time::{Instant, UnixTime, micros};
use sluice::transport::ApiRequest;
use sluice::transport::simulated::SimulatedTransport;
use sluice::usage::{AnsweredBy, CallId, CallRecord, MadeIn};

use super::{arbitrary, making};

/// A time that never comes.
const NEVER: Instant = Instant::from_origin(Duration::MAX);

/// A run as it was, and what was recorded of it.
struct Made {
    log: RunLog,
    calls: Vec<CallRecord>,
}

/// How a burst goes.
struct Course {
    scenario: Scenario,
    policy: RetryPolicy,
    stream: bool,
    keeps: KeptContent,
    /// When a person stops it.
    stop_after: Option<Duration>,
    /// How long after that what is left undone is taken up again.
    pause: Option<Duration>,
}

impl Course {
    /// One of many, drawn.
    fn draw(random: &mut Rng) -> Self {
        let mut one_of = |count: u64| random.next_u64() % count;
        let presets = ScenarioPreset::ALL;
        let preset = presets[usize::try_from(one_of(presets.len() as u64)).unwrap()];
        let faults = match one_of(5) {
            0 => Faults::Overloaded { recovery: Duration::from_secs(20) },
            1 => Faults::MidStream(StreamFault::RateLimit),
            2 => Faults::MidStream(StreamFault::Server),
            _ => Faults::None,
        };
        let policies = Preset::ALL;
        let policy = policies[usize::try_from(one_of(policies.len() as u64)).unwrap()].policy();
        let stop_after = (one_of(2) == 0).then(|| Duration::from_micros(one_of(40_000_000)));
        Self {
            scenario: Scenario::from(preset).rpm(3 + one_of(20)).faults(faults),
            policy,
            stream: one_of(2) == 0,
            keeps: if one_of(2) == 0 { KeptContent::Bodies } else { KeptContent::Nothing },
            stop_after,
            pause: stop_after.and_then(|_| (one_of(2) == 0).then(|| Duration::from_millis(1 + one_of(90_000)))),
        }
    }

    fn make(&self, seed: u64) -> Made {
        // 2026-11-26T09:30:00.123456Z.
        let clock = VirtualClock::starting_at(UnixTime::from_epoch(Duration::from_micros(1_795_685_400_123_456)));
        clock.advance_to(Instant::from_origin(Duration::from_secs(5)));
        let simulator = Rc::new(RefCell::new(Simulator::new(self.scenario.clone(), seed)));
        let transport = SimulatedTransport::new(simulator, clock.clone());
        let random = RefCell::new(Rng::from_seed(seed));
        let client = Client { transport: &transport, clock: &clock, random: &random };
        let requests: Vec<(String, ApiRequest)> = (1..=12).map(|number| self.request(number)).collect();
        let plan =
            BurstPlan { requests, concurrency: 1 + usize::try_from(seed % 12).unwrap(), policy: self.policy.clone() };
        let queued = (clock.now(), clock.wall());
        let recorders: Vec<CallRecorder> = plan
            .requests
            .iter()
            .zip(0..)
            .map(|((label, request), lane)| CallRecorder::new(about(label, lane), request, queued, self.keeps))
            .collect();
        let (log, recorders) = (RefCell::new(RunLog::default()), RefCell::new(recorders));
        let observe = |index: usize, event: &CallEvent<'_>| {
            recorders.borrow_mut()[index].record(event);
        };
        let stop = |at: Instant| {
            log.borrow_mut().cancel_all(at);
            recorders.borrow_mut().iter_mut().for_each(|recorder| recorder.cancel(at));
        };
        let stop_after = self.stop_after.unwrap_or(Duration::from_secs(7_200));
        clock.run(async {
            let stopped = pin!(clock.sleep(stop_after));
            if let Either::Right(_) = select(pin!(run_burst(&client, &plan, &log, &observe)), stopped).await {
                stop(clock.now());
            }
            let undone = Undone::of(&log.borrow(), &plan.policy).map(|undone| undone.finishable).unwrap_or_default();
            if let Some(pause) = self.pause.filter(|_| !undone.is_empty()) {
                clock.sleep(pause).await;
                for index in &undone {
                    recorders.borrow_mut()[*index].resume(clock.now());
                }
                let stopped = pin!(clock.sleep(Duration::from_secs(7_200)));
                if let Either::Right(_) =
                    select(pin!(resume_burst(&client, &plan, &undone, &log, &observe)), stopped).await
                {
                    stop(clock.now());
                }
            }
        });
        let calls = recorders.into_inner().into_iter().map(CallRecorder::into_call).collect();
        Made { log: log.into_inner(), calls }
    }

    fn request(&self, number: usize) -> (String, ApiRequest) {
        let request = CreateResponse {
            model: "gpt-4o-mini".into(),
            input: Input::Text(format!("Give me funny fact {number} about turtles.")),
            // One in three is cut off.
            max_output_tokens: Some(if number.is_multiple_of(3) { 16 } else { 200 }),
            stream: self.stream,
            ..CreateResponse::default()
        };
        (format!("Request {number}"), ApiRequest::CreateResponse(request))
    }
}

fn about(label: &str, lane: u32) -> CallAbout {
    CallAbout {
        id: CallId::new(u128::from(lane) + 1),
        run: "00000000000000b2".into(),
        lane,
        made_in: MadeIn::Burst,
        api: AnsweredBy::Simulated,
        server: "simulated".into(),
        key_alias: None,
        label: label.into(),
        hides_headers: false,
    }
}

/// Microseconds from when the run began.
fn since(log: &RunLog, at: Instant) -> u64 {
    if at == NEVER { u64::MAX } else { micros(at.saturating_since(log.started_at().unwrap_or_default())) }
}

/// A call's phases, in microseconds of the run.
fn phases(log: &RunLog, call: &CallLog) -> Vec<(Phase, u64, u64)> {
    call.phases(NEVER).into_iter().map(|(phase, from, to)| (phase, since(log, from), since(log, to))).collect()
}

/// The lines of a log; those of one moment in the order of their calls, which is no other moment's business.
fn lines(log: &RunLog) -> Vec<(u64, usize, String)> {
    let mut lines: Vec<_> = log.lines.iter().map(|line| (since(log, line.at), line.call, line.text.clone())).collect();
    lines.sort_by_key(|line| (line.0, line.1));
    lines
}

/// All of a log that can be compared: everything but the text on the wire behind its pointer.
fn state(log: &RunLog) -> String {
    let wires =
        log.calls.iter().flat_map(|call| &call.attempts).filter_map(|attempt| attempt.result.as_ref()?.as_ref().ok());
    let wires: Vec<_> = wires.map(|reply| (reply.wire.headers(), reply.wire.body())).collect();
    format!("{log:?} {wires:?}")
}

fn session_of(calls: &[CallRecord]) -> String {
    let redactor = Redactor::default();
    let mut writer = SessionWriter::new(making(&redactor, true));
    let lines: String = calls.iter().map(|call| writer.call(call)).collect();
    writer.head() + &lines + &writer.tail()
}

#[test]
fn a_replayed_run_is_as_it_was() {
    let (mut refused, mut stopped, mut taken_up, mut cut_off, mut streamed) = (0, 0, 0, 0, 0);
    for seed in 0..300 {
        let course = Course::draw(&mut Rng::from_seed(seed));
        let made = course.make(seed);
        let replayed = Replay::of_run(&made.calls, "00000000000000b2").whole();
        assert_eq!(replayed.calls.len(), made.log.calls.len());
        for (before, after) in made.log.calls.iter().zip(&replayed.calls) {
            assert_eq!(phases(&replayed, after), phases(&made.log, before), "seed {seed}");
            assert_eq!((&after.label, &after.state), (&before.label, &before.state), "seed {seed}");
            for (before, after) in before.attempts.iter().zip(&after.attempts) {
                assert_eq!(after.outcome, before.outcome, "seed {seed}");
                let first_words = |attempt: &sluice::run::Attempt| {
                    attempt.stream.as_ref().and_then(|stream| stream.time_to_first_token()).map(micros)
                };
                assert_eq!(first_words(after), first_words(before), "seed {seed}");
                streamed += usize::from(first_words(before).is_some());
                let reply = |attempt: &sluice::run::Attempt| {
                    let reply = attempt.result.as_ref()?.as_ref().ok()?;
                    Some((reply.status, reply.headers.clone(), reply.usage(), reply.wire.headers()))
                };
                assert_eq!(reply(after), reply(before), "seed {seed}");
                if course.keeps == KeptContent::Bodies {
                    let body = |attempt: &sluice::run::Attempt| {
                        let reply = attempt.result.as_ref()?.as_ref().ok()?;
                        Some((reply.content.clone(), reply.wire.body()))
                    };
                    assert_eq!(body(after), body(before), "seed {seed}");
                }
            }
        }
        assert_eq!(replayed.counts(), made.log.counts(), "seed {seed}");
        assert_eq!(replayed.counts(), RunCounts::of(&replayed));
        let was_taken_up = made.log.calls.iter().any(|call| !call.resumed_at.is_empty());
        let (mut before, after) = (lines(&made.log), lines(&replayed));
        if was_taken_up {
            // How a call had ended before it was taken up again is not kept.
            let resumed =
                |line: &(u64, usize, String)| made.log.calls[line.1].resumed_at.last().map(|at| since(&made.log, *at));
            let is_lost = |line: &(u64, usize, String)| {
                resumed(line).is_some_and(|at| line.0 < at)
                    && !line.2.contains("Sleeping")
                    && !line.2.contains("Success")
            };
            before.retain(|line| !is_lost(line));
        }
        assert_eq!(after, before, "seed {seed}");
        let counts = made.log.counts();
        refused += counts.rate_limited;
        stopped += counts.cancelled;
        cut_off += counts.incomplete;
        taken_up += usize::from(was_taken_up);
    }
    // All of it occurred.
    assert!(
        refused > 100 && stopped > 100 && taken_up > 20 && cut_off > 20 && streamed > 100,
        "{refused} {stopped} {taken_up} {cut_off} {streamed}"
    );
}

#[test]
fn a_run_out_of_a_file_is_the_same_to_the_byte() {
    for seed in 0..40 {
        let made = Course::draw(&mut Rng::from_seed(seed)).make(seed);
        let file = session_of(&made.calls);
        let session = Session::read(&file).unwrap();
        assert_eq!(session_of(&session.calls), file);
        assert_eq!(session.calls, made.calls);
        assert_eq!(state(&Replay::of(&session.calls).whole()), state(&Replay::of(&made.calls).whole()));
        // The order of the file does not matter.
        let turned: Vec<CallRecord> = session.calls.into_iter().rev().collect();
        assert_eq!(state(&Replay::of(&turned).whole()), state(&Replay::of(&made.calls).whole()));
    }
}

#[test]
fn a_run_plays_in_its_own_time_without_its_pauses() {
    for seed in 0..40 {
        let made = Course::draw(&mut Rng::from_seed(seed)).make(seed);
        let whole = Replay::of(&made.calls).whole();
        let (clock, log) = (VirtualClock::default(), RefCell::new(RunLog::default()));
        clock.advance_to(Instant::from_origin(Duration::from_secs(77)));
        clock.run(Replay::of(&made.calls).play(&clock, &log)).unwrap();
        let played = log.into_inner();
        assert_eq!(played.counts(), whole.counts());
        let elapsed = |log: &RunLog, at: Option<Instant>| at.map(|at| micros(log.elapsed(at)));
        assert_eq!(elapsed(&played, played.ended_at()), elapsed(&whole, whole.ended_at()), "seed {seed}");
        let took = clock.now().saturating_since(Instant::from_origin(Duration::from_secs(77)));
        assert_eq!(Some(micros(took)), elapsed(&whole, whole.ended_at()), "seed {seed}");
    }
}

#[test]
fn what_was_under_way_is_stopped_where_the_records_end() {
    let course = Course {
        scenario: Scenario::from(ScenarioPreset::Tier1).rpm(3),
        policy: Preset::Sluice.policy(),
        stream: false,
        keeps: KeptContent::Nothing,
        stop_after: Some(Duration::from_secs(9)),
        pause: None,
    };
    let mut made = course.make(11);
    let expected = made.log.counts();
    assert!(expected.cancelled > 0);
    for call in &mut made.calls {
        if matches!(call.end, Some(sluice::usage::EndRecord::Cancelled { .. })) {
            (call.end, call.ended_micros) = (None, None);
        }
    }
    let replayed = Replay::of(&made.calls).whole();
    assert!(!replayed.is_running());
    assert_eq!(replayed.counts(), expected);
}

#[test]
fn runs_are_listed_the_oldest_first() {
    let mut calls = super::golden::calls();
    calls[1].run = "00000000000000a0".into();
    calls[1].queued_at_micros += 1;
    calls[2].queued_at_micros -= 1_000_000;
    let runs = runs_of(&calls);
    let listed: Vec<_> = runs.iter().map(|run| (run.id.as_str(), run.calls, run.began.iso8601())).collect();
    assert_eq!(
        listed,
        [
            ("00000000000000a1", 5, "2026-11-26T09:29:59.123Z".to_owned()),
            ("00000000000000a0", 1, "2026-11-26T09:30:00.123Z".to_owned()),
        ]
    );
    assert!(runs_of(&[]).is_empty());
    assert!(Replay::of_run(&calls, "none").whole().calls.is_empty());
}

proptest! {
    #[test]
    fn whatever_records_say_they_are_replayed_to_an_end(calls in vec(arbitrary::call(), 0..5)) {
        let log = Replay::of(&calls).whole();
        prop_assert_eq!(log.calls.len(), calls.len());
        prop_assert!(!log.is_running());
        prop_assert_eq!(log.counts(), RunCounts::of(&log));
        let mut replay = Replay::of(&calls);
        let (mut stepped, mut last) = (RunLog::default(), Duration::ZERO);
        while let Some(at) = replay.next_at() {
            prop_assert!(at >= last);
            last = at;
            replay.step(Instant::ORIGIN, &mut stepped);
        }
        prop_assert_eq!(state(&stepped), state(&log));
    }
}

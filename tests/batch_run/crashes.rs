//! The browser is killed at random moments of a batch.

use std::time::Duration;

use proptest::prelude::*;
use sluice::batch::LineState;
use sluice::run::batch::BatchEnd;
use sluice::simulator::{Faults, Scenario};

use crate::bench::{Bench, latency};

const LINES: u32 = 60;

/// Crashes, and looks at what is known then. Dropping the run has aborted what was in flight.
fn kill(bench: &mut Bench) -> Result<(), TestCaseError> {
    let before: Vec<LineState> = (1..=LINES).map(|line| bench.book.line(line)).collect();
    let done = bench.book.state().counts().done;
    bench.crash();
    let counts = bench.book.state().counts();
    prop_assert_eq!(counts.total(), LINES);
    prop_assert!(counts.done <= done, "an answer on the disk that nobody had");
    for (line, before) in (1..=LINES).zip(before) {
        // Its turn to go may not have come, and what came of it may not be on the disk yet.
        let was_under_way =
            matches!(before, LineState::Sending { .. } | LineState::Unknown) || bench.seen(line).sent > 0;
        let is_unknown = bench.book.line(line) == LineState::Unknown;
        prop_assert!(was_under_way || !is_unknown, "line {line} is unknown and was {before:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Nothing is lost, nothing is sent twice, and no more is unknown than was in flight.
    #[test]
    fn kills_lose_nothing_and_send_nothing_twice(
        seed in any::<u64>(),
        kills in prop::collection::vec(1u64..9_000, 1..6),
        rpm in prop::sample::select(vec![60u64, 300, 3_000]),
        overloaded in any::<bool>(),
    ) {
        let scenario = Scenario::default()
            .rpm(rpm)
            .latency(latency(400))
            .faults(if overloaded { Faults::Overloaded { recovery: Duration::from_secs(4) } } else { Faults::None });
        let mut bench = Bench::new(LINES as usize, scenario, seed);
        for millis in kills {
            if bench.run_for(Duration::from_millis(millis)).is_none() {
                break;
            }
            kill(&mut bench)?;
        }
        prop_assert_eq!(bench.run(), BatchEnd::Settled);
        let counts = bench.book.state().counts();
        prop_assert_eq!(counts.done + counts.unknown + counts.failed, LINES);
        for line in 1..=LINES {
            let seen = bench.seen(line);
            match bench.book.line(line) {
                LineState::Done => prop_assert_eq!(seen.answered, 1, "line {}", line),
                LineState::Unknown => prop_assert!(seen.answered <= 1, "line {} was sent again", line),
                state => prop_assert!(matches!(state, LineState::Failed(_)), "line {} is {:?}", line, state),
            }
        }
    }
}

#[test]
fn what_waits_for_its_retry_when_all_ends_is_not_unknown() {
    // Three a minute: of ten, seven are refused or wait.
    let scenario = Scenario::default().rpm(3).latency(latency(400));
    let mut bench = Bench::new(10, scenario, 7);
    assert_eq!(bench.run_for(Duration::from_secs(10)), Some(()));
    bench.crash();
    let counts = bench.book.state().counts();
    assert_eq!((counts.done, counts.waiting, counts.unknown), (3, 7, 0));
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().done, 10);
    assert!((1..=10).all(|line| bench.seen(line).answered == 1));
}

#[test]
fn what_is_announced_and_has_not_gone_is_unknown_and_no_other() {
    // After the first answers the next requests become durable together and take turns: eight have gone by then.
    let mut bench = Bench::new(LINES as usize, Scenario::default().rpm(60).latency(latency(400)), 0);
    assert_eq!(bench.run_for(Duration::from_millis(409)), Some(()));
    let counts = bench.book.state().counts();
    let sent = bench.sent();
    kill(&mut bench).unwrap();
    let unknown = bench.book.state().counts().unknown;
    assert!(unknown > sent && unknown == counts.sending + counts.done - bench.book.state().counts().done);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert!((1..=LINES).all(|line| bench.seen(line).answered <= 1));
}

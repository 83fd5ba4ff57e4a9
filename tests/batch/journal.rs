//! The journal: any part of it replays to a state that loses nothing and sends nothing twice.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sluice::batch::input::{Fingerprint, Format};
use sluice::batch::journal::{Created, Tokens, replay};
use sluice::batch::output::{OutputError, OutputLine};
use sluice::batch::{BatchSettings, BatchState, Counts, FailureKind, LineState, Record, RequestDefaults, SendRefusal};
use sluice::key::ApiKey;
use sluice::redact::Redactor;
use sluice::usage::Money;

const LINES: u32 = 12;
const FILE: Fingerprint = Fingerprint { bytes: 1_000, xxh64: 7 };

fn settings() -> BatchSettings {
    BatchSettings {
        name: "prompts.jsonl".into(),
        defaults: RequestDefaults { model: "gpt-5-nano".into(), ..RequestDefaults::default() },
        policy: "sluice".into(),
        ..BatchSettings::default()
    }
}

fn created() -> Record {
    let settings = settings();
    Record::Created(Created { file: FILE, format: Format::Batch, requests: LINES, skipped: 2, settings, at_ms: 0 })
}

fn output(line: u32) -> OutputLine {
    let error = OutputError { code: "server_error".into(), message: "m".into() };
    OutputLine::without_answer(FILE, line, &format!("id-{line}"), error)
}

fn about(line: u32, attempt: u32, most: u64) -> Record {
    Record::AboutToSend { line, attempt, most: Some(most) }
}

fn answered(line: u32, attempt: u32, cost: u64) -> Record {
    let tokens = Some(Tokens { input: 10, cached: 0, output: 5, reasoning: 0 });
    Record::Answered { line, attempt, tokens, cost: Some(cost), output: output(line) }
}

fn failed(line: u32, attempt: u32) -> Record {
    Record::Failed { line, attempt, kind: FailureKind::Server, output: output(line) }
}

fn live(records: &[Record]) -> BatchState {
    let mut state = BatchState::default();
    records.iter().enumerate().for_each(|(sequence, record)| state.apply(record, sequence as u64));
    state
}

/// A run that follows the rules: each step is one that the state allows. `choices` decides which.
fn a_run(choices: &[(u32, u8)]) -> Vec<Record> {
    let mut records = vec![created()];
    let mut state = live(&records);
    for (pick, kind) in choices {
        let line = pick % LINES + 1;
        let record = match (state.line(line), kind % 16) {
            (LineState::Waiting, 0..=13) => {
                if state.may_send(line, Some(Money::from_picodollars(100))).is_err() {
                    continue;
                }
                about(line, state.next_attempt(line), 100)
            }
            (LineState::Sending { attempt }, 0..=4) => answered(line, attempt, 60),
            (LineState::Sending { attempt }, 5..=7) => {
                Record::WillRetry { line, attempt, kind: FailureKind::RateLimit }
            }
            (LineState::Sending { attempt }, 8 | 9) => failed(line, attempt),
            (LineState::Sending { attempt }, 10) => Record::Unknown { line, attempt },
            (LineState::Sending { attempt }, 11) => Record::NotSent { line, attempt },
            (LineState::Failed(_), 0..=3) => match state.retry_failed() {
                Some(record) => record,
                None => continue,
            },
            (LineState::Unknown, 0) => match state.resend_unknown() {
                Some(record) => record,
                None => continue,
            },
            (_, 14) => Record::Paused { reason: "by hand".into() },
            (_, 15) => Record::Resumed,
            _ => continue,
        };
        state.apply(&record, records.len() as u64);
        records.push(record);
    }
    records
}

/// What a line's records say of it, read one by one: the rule of the issue, without the state machine.
fn by_the_rule(records: &[Record]) -> BTreeMap<u32, LineState> {
    let mut lines: BTreeMap<u32, LineState> = (1..=LINES).map(|line| (line, LineState::Waiting)).collect();
    for record in records {
        match record {
            Record::AboutToSend { line, .. } | Record::Unknown { line, .. } => {
                lines.insert(*line, LineState::Unknown);
            }
            Record::NotSent { line, .. } | Record::WillRetry { line, .. } => {
                lines.insert(*line, LineState::Waiting);
            }
            Record::Answered { line, .. } => {
                lines.insert(*line, LineState::Done);
            }
            Record::Failed { line, kind, .. } => {
                lines.insert(*line, LineState::Failed(*kind));
            }
            Record::Requeued { lines: back } => {
                for (line, _) in back {
                    lines.insert(*line, LineState::Waiting);
                }
            }
            _ => {}
        }
    }
    lines
}

/// How many lines of unknown outcome were put back: they may have been billed already.
fn sent_again(records: &[Record]) -> usize {
    let of = |(place, record): (usize, &Record)| match record {
        Record::Requeued { lines } => {
            let before = by_the_rule(&records[..place]);
            lines.iter().filter(|(line, _)| before[line] == LineState::Unknown).count()
        }
        _ => 0,
    };
    records.iter().enumerate().map(of).sum()
}

fn count(states: &BTreeMap<u32, LineState>) -> Counts {
    let of =
        |wanted: fn(&LineState) -> bool| u32::try_from(states.values().filter(|state| wanted(state)).count()).unwrap();
    Counts {
        waiting: of(|state| *state == LineState::Waiting),
        sending: of(|state| matches!(state, LineState::Sending { .. })),
        done: of(|state| *state == LineState::Done),
        failed: of(|state| matches!(state, LineState::Failed(_))),
        unknown: of(|state| *state == LineState::Unknown),
        skipped: 2,
        cancelled: of(|state| *state == LineState::Cancelled),
    }
}

proptest! {
    #[test]
    fn any_prefix_of_a_run_keeps_what_is_done_and_resends_nothing(
        choices in proptest::collection::vec(any::<(u32, u8)>(), 0..150), cut in any::<prop::sample::Index>(),
    ) {
        let run = a_run(&choices);
        let prefix = &run[..=cut.index(run.len())];
        let state = replay(prefix);
        let right = by_the_rule(prefix);
        for (line, wanted) in &right {
            prop_assert_eq!(state.line(*line), *wanted, "line {}", line);
        }
        prop_assert_eq!(state.counts(), count(&right));
        let done = right.values().filter(|state| **state == LineState::Done).count();
        prop_assert_eq!(state.spent(), Money::from_picodollars(60 * done as i128));
        let unknown = right.values().filter(|state| **state == LineState::Unknown).count() + sent_again(prefix);
        prop_assert_eq!(state.at_stake(), Money::from_picodollars(100 * unknown as i128));
        // The record that brought each line's output can be found again.
        for (line, state, sequence) in state.touched() {
            if state == LineState::Done {
                prop_assert_eq!(prefix[usize::try_from(sequence.unwrap()).unwrap()].line(), Some(line));
            }
        }
    }

    #[test]
    fn records_come_back_as_they_were_and_twice_is_once(choices in proptest::collection::vec(any::<(u32, u8)>(), 0..150)) {
        let run = a_run(&choices);
        let redactor = Redactor::new(None);
        let read: Vec<Record> =
            run.iter().map(|record| Record::from_json(&record.to_json(&redactor)).unwrap()).collect();
        prop_assert_eq!(&read, &run);
        let once = replay(&run);
        prop_assert_eq!(&replay(&run), &once);
        let twice = replay(run.iter().chain(&run));
        prop_assert_eq!(twice.counts(), once.counts());
        prop_assert_eq!((twice.spent(), twice.at_stake()), (once.spent(), once.at_stake()));
        for line in 1..=LINES {
            prop_assert_eq!(twice.line(line), once.line(line));
        }
    }

    #[test]
    fn a_state_is_what_its_journal_says(choices in proptest::collection::vec(any::<(u32, u8)>(), 0..150)) {
        let run = a_run(&choices);
        let mut state = live(&run);
        state.settle_in_flight();
        prop_assert_eq!(state, replay(&run));
    }

    #[test]
    fn with_a_cap_spent_and_at_stake_never_exceed_it(
        choices in proptest::collection::vec((any::<u32>(), 0u8..12), 0..200), cap in 0u64..1_500,
    ) {
        let mut records = vec![created(), Record::Settings(BatchSettings { spend_cap_picodollars: Some(cap), ..settings() })];
        let mut state = live(&records);
        for (pick, kind) in choices {
            let line = pick % LINES + 1;
            let record = match state.line(line) {
                LineState::Waiting if state.may_send(line, Some(Money::from_picodollars(100))).is_ok() => {
                    about(line, state.next_attempt(line), 100)
                }
                LineState::Sending { attempt } if kind < 8 => answered(line, attempt, u64::from(kind) * 14),
                LineState::Sending { attempt } => Record::Unknown { line, attempt },
                _ => continue,
            };
            state.apply(&record, records.len() as u64);
            records.push(record);
            prop_assert!(state.spent() + state.at_stake() <= Money::from_picodollars(cap.into()));
        }
    }
}

#[test]
fn a_refused_line_waits_after_a_crash_and_one_in_flight_does_not() {
    let retry = Record::WillRetry { line: 1, attempt: 1, kind: FailureKind::RateLimit };
    let state = replay(&[created(), about(1, 1, 9), retry, about(2, 1, 9)]);
    assert_eq!((state.line(1), state.next_attempt(1)), (LineState::Waiting, 2));
    assert_eq!(state.line(2), LineState::Unknown);
    assert_eq!(state.may_send(2, None), Err(SendRefusal::NotWaiting));
    assert_eq!(state.resend_unknown(), Some(Record::Requeued { lines: vec![(2, 1)] }));
}

#[test]
fn sessions_after_a_crash_go_on_in_one_journal() {
    let mut journal = vec![created(), about(1, 1, 9), about(2, 1, 9), answered(2, 1, 5)];
    let mut state = replay(&journal);
    assert_eq!((state.line(1), state.line(2)), (LineState::Unknown, LineState::Done));
    for record in [state.resend_unknown().unwrap(), about(1, 2, 9), about(3, 1, 9), answered(1, 2, 5)] {
        state.apply(&record, journal.len() as u64);
        journal.push(record);
    }
    state.settle_in_flight();
    assert_eq!(state, replay(&journal));
    assert_eq!((state.line(1), state.line(3)), (LineState::Done, LineState::Unknown));
    assert_eq!((state.counts().done, state.counts().unknown, state.counts().waiting), (2, 1, LINES - 3));
}

#[test]
fn cancel_drops_what_waits_and_lets_what_is_in_flight_settle() {
    let cancelled = [created(), about(1, 1, 9), about(2, 1, 9), about(3, 1, 9), Record::Cancelled];
    let retry = Record::WillRetry { line: 2, attempt: 1, kind: FailureKind::RateLimit };
    let records = [&cancelled[..], &[answered(1, 1, 5), retry, failed(3, 1)]].concat();
    let state = live(&records);
    assert_eq!(
        (state.line(1), state.line(2), state.line(9)),
        (LineState::Done, LineState::Cancelled, LineState::Cancelled)
    );
    assert_eq!(state.counts(), Counts { done: 1, failed: 1, skipped: 2, cancelled: 10, ..Counts::default() });
    assert!(state.is_settled() && state.is_cancelled());
    // The failed one alone can be retried, and waits for a second attempt if refused.
    let again = [&records[..], &[state.retry_failed().unwrap(), about(3, 2, 9)]].concat();
    let refused = Record::WillRetry { line: 3, attempt: 2, kind: FailureKind::RateLimit };
    assert_eq!(live(&[&again[..], &[refused]].concat()).line(3), LineState::Waiting);
}

#[test]
fn a_line_may_not_be_sent_for_a_reason() {
    let cap = |pico| Record::Settings(BatchSettings { spend_cap_picodollars: Some(pico), ..settings() });
    let money = |pico| Some(Money::from_picodollars(pico));
    let paused = live(&[created(), Record::Paused { reason: "offline".into() }]);
    assert_eq!((paused.may_send(1, None), paused.paused()), (Err(SendRefusal::Paused), Some("offline")));
    assert_eq!(live(&[created()]).may_send(1, None), Ok(()));
    let state = live(&[created(), cap(100), about(1, 1, 60)]);
    assert_eq!(state.may_send(2, money(40)), Ok(()));
    assert_eq!(state.may_send(2, money(41)), Err(SendRefusal::CapMayBeReached));
    assert_eq!(state.may_send(2, None), Err(SendRefusal::CostUnknown));
    let state = live(&[created(), cap(100), about(1, 1, 60), answered(1, 1, 50)]);
    assert_eq!(state.may_send(2, money(51)), Err(SendRefusal::CapReached));
    assert_eq!(state.may_send(2, money(50)), Ok(()));
    assert_eq!(state.tokens(), Tokens { input: 10, output: 5, ..Tokens::default() });
}

#[test]
fn what_may_have_been_billed_counts_against_the_cap() {
    let unreadable = Record::Failed { line: 1, attempt: 1, kind: FailureKind::Unreadable, output: output(1) };
    let lost = Record::Unknown { line: 2, attempt: 1 };
    let mut records = vec![created(), about(1, 1, 60), unreadable, about(2, 1, 40), lost];
    let at_stake = |records: &[Record]| live(records).at_stake().picodollars();
    assert_eq!(at_stake(&records), 100);
    records.extend(live(&records).retry_failed());
    records.extend(live(&records).resend_unknown());
    records.extend([about(1, 2, 60), about(2, 2, 40)]);
    assert_eq!(at_stake(&records), 200);
    records.extend([answered(1, 2, 50), failed(2, 2)]);
    assert_eq!((at_stake(&records), live(&records).spent().picodollars()), (100, 50));
}

#[test]
fn no_key_is_in_any_record() {
    let canary = "sk-canary-0123456789abcdefABCDEF";
    let key = ApiKey::parse(canary).unwrap().0;
    let redactor = Redactor::new(Some(&key));
    let said = OutputError { code: canary.into(), message: format!("wrong key {canary}") };
    let settings = BatchSettings { name: canary.into(), api_origin: Some(canary.into()), ..settings() };
    let output = OutputLine::without_answer(FILE, 1, canary, said);
    let records = [
        Record::Created(Created {
            file: FILE,
            format: Format::Text,
            requests: 1,
            skipped: 0,
            settings: settings.clone(),
            at_ms: 0,
        }),
        Record::Settings(settings),
        Record::Paused { reason: format!("{canary} was refused") },
        Record::Failed { line: 1, attempt: 1, kind: FailureKind::Auth, output: output.clone() },
        Record::Answered { line: 1, attempt: 1, tokens: None, cost: None, output },
    ];
    for record in records {
        let json = record.to_json(&redactor);
        assert!(!json.contains("canary") && !json.contains('\n'), "{json}");
        assert!(Record::from_json(&json).is_ok(), "{json}");
    }
}

#[test]
fn a_record_of_a_newer_version_is_refused_and_says_so() {
    let error = Record::from_json(r#"{"teleported":{"line":1}}"#).unwrap_err().to_string();
    assert!(error.contains("newer version") && error.contains("Download the results first."), "{error}");
}

#[test]
fn records_are_short() {
    let redactor = Redactor::new(None);
    assert_eq!(about(12, 1, 900).to_json(&redactor), r#"{"about_to_send":{"line":12,"attempt":1,"most":900}}"#);
    assert!(about(12, 1, 900).is_urgent() && !answered(1, 1, 1).is_urgent());
}

//! How runs end: settled, paused by a person or for a reason, cancelled; and how they go on.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{join, poll_fn};
use sluice::admission::PacedAdmission;
use sluice::batch::output::OutputLine;
use sluice::batch::{BatchSettings, LineState};
use sluice::client::CallEvent;
use sluice::clock::Clock;
use sluice::pacing::PacingSettings;
use sluice::random::{RandomSource, Rng};
use sluice::retry::Class;
use sluice::run::SpendGate;
use sluice::run::batch::{BatchEnd, Network, OutputOrder, OutputReader, OutputSelection};
use sluice::simulator::{Faults, Scenario, ScenarioPreset};
use sluice::usage::{AnsweredBy, Budget, BudgetPeriod, Cap, Spent, refusal};

use crate::bench::{Bench, ID, LONGEST_WAIT, Outage, Seen, latency, settings};

fn quick() -> Scenario {
    Scenario::default().rpm(6_000).latency(latency(200))
}

/// 120 at once, then two a second.
fn paced() -> Scenario {
    quick().rpm(120)
}

fn outputs(bench: &Bench, selection: OutputSelection, order: OutputOrder) -> Vec<(u32, OutputLine)> {
    let mut reader = OutputReader::new(&bench.job.file, &bench.book, selection, order);
    let mut read = Vec::new();
    let work = async {
        while let Some(output) = reader.next(&bench.store, ID).await.unwrap() {
            read.push(output);
        }
    };
    bench.clock.run(work).unwrap();
    read
}

#[test]
fn every_line_has_its_output_in_the_order_of_the_file() {
    let bench = Bench::new(300, quick(), 1);
    assert_eq!(bench.run(), BatchEnd::Settled);
    let results = outputs(&bench, OutputSelection::Results, OutputOrder::File);
    assert_eq!(results.iter().map(|(line, _)| *line).collect::<Vec<_>>(), (1..=300).collect::<Vec<_>>());
    assert!(results.iter().all(|(line, output)| output.custom_id() == format!("line-{line:06}")));
    assert!(results.iter().all(|(_, output)| output.response().is_some()));
    assert!(outputs(&bench, OutputSelection::Errors, OutputOrder::Completed).is_empty());
    assert!(bench.book.state().spent().picodollars() > 0);
}

#[test]
fn a_pause_settles_what_is_in_flight_and_a_resume_sends_the_rest() {
    let bench = Bench::new(200, paced(), 2);
    let pausing = async {
        bench.clock.sleep(Duration::from_secs(10)).await;
        bench.book.pause("paused by hand");
    };
    let network = sluice::run::batch::AlwaysOnline;
    let (end, ()) = bench.clock.run(join(bench.running(&network), pausing)).unwrap();
    assert_eq!(end, BatchEnd::Paused("paused by hand".into()));
    let counts = bench.book.state().counts();
    assert!(counts.sending == 0 && counts.unknown == 0 && counts.done > 0 && counts.waiting > 0, "{counts:?}");
    assert_eq!(counts.done, bench.sent(), "what was sent was waited for");
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!((bench.book.state().counts().done, bench.sent()), (200, 200));
}

#[test]
fn cancelled_lines_are_never_sent() {
    let bench = Bench::new(200, paced(), 3);
    let cancelling = async {
        bench.clock.sleep(Duration::from_secs(10)).await;
        bench.book.cancel();
    };
    let network = sluice::run::batch::AlwaysOnline;
    let (end, ()) = bench.clock.run(join(bench.running(&network), cancelling)).unwrap();
    assert_eq!(end, BatchEnd::Cancelled);
    let counts = bench.book.state().counts();
    assert_eq!((counts.done + counts.cancelled, counts.done), (200, bench.sent()));
    // Each is in one of the two files, and says so by the code of OpenAI's own Batch.
    let errors = outputs(&bench, OutputSelection::Errors, OutputOrder::File);
    assert!(
        errors.iter().all(|(_, output)| output.text().contains(r#""response":null,"error":{"code":"batch_cancelled""#))
    );
    let results = outputs(&bench, OutputSelection::Results, OutputOrder::File);
    let mut lines: Vec<u32> = results.iter().chain(&errors).map(|(line, _)| *line).collect();
    lines.sort_unstable();
    assert_eq!(lines, (1..=200).collect::<Vec<_>>());
    assert_eq!(outputs(&bench, OutputSelection::Errors, OutputOrder::Completed).len(), errors.len());
}

/// Seven hundred lines under five hundred a minute, and a disk that mixes up the order they go in.
fn mixed_up() -> Bench {
    let mut bench = Bench::new(700, Scenario::from(ScenarioPreset::Tier1), 3);
    // A line each five milliseconds.
    bench.job.source.a_byte = Some(Duration::from_micros(100));
    let (on_disk, random) = (bench.clock.clone(), Rc::new(RefCell::new(Rng::from_seed(7))));
    bench.store.set_wait(move || {
        let wait = Duration::from_millis(random.borrow_mut().next_u64() % 400);
        let clock = on_disk.clone();
        async move { clock.sleep(wait).await }
    });
    bench
}

#[test]
fn a_disk_that_mixes_up_their_order_costs_no_refusals() {
    let bench = mixed_up();
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().done, 700);
    let refused = bench.sent() - 700;
    assert!(refused <= 5, "{refused} refused");
}

#[test]
fn a_line_that_was_refused_and_is_let_out_again_when_the_batch_is_cancelled_has_not_failed() {
    let mut bench = mixed_up();
    // All go before the first answer tells of a limit: two hundred are refused.
    bench.job.source.a_byte = None;
    let pacing = PacingSettings { initial_in_flight: 700, longest_wait: LONGEST_WAIT, ..PacingSettings::default() };
    bench.admission = PacedAdmission::new(pacing, bench.clock.clone());
    let cancelling = async {
        bench.clock.sleep(Duration::from_secs(3)).await;
        bench.admission.pause();
        bench.clock.sleep(Duration::from_secs(15)).await;
        // More than a hundred are let out, and none of them has taken a step yet.
        bench.admission.resume();
        bench.book.cancel();
    };
    let network = sluice::run::batch::AlwaysOnline;
    let (end, ()) = bench.clock.run(join(bench.running(&network), cancelling)).unwrap();
    assert_eq!(end, BatchEnd::Cancelled);
    let counts = bench.book.state().counts();
    assert_eq!((counts.done + counts.cancelled, counts.failed), (700, 0), "{counts:?}");
    assert!(bench.sent() > counts.done + 100, "none was refused");
}

#[test]
fn billing_pauses_the_batch_instead_of_failing_every_line() {
    let bench = Bench::new(100, Scenario::from(ScenarioPreset::QuotaExhausted), 4);
    let BatchEnd::Paused(reason) = bench.run() else { panic!("not paused") };
    assert!(reason.contains("quota"), "{reason}");
    let counts = bench.book.state().counts();
    assert_eq!((counts.failed, counts.waiting), (0, 100));
    assert!(bench.sent() <= 10, "{} requests after the first refusal", bench.sent());
}

#[test]
fn a_full_disk_pauses_and_keeps_what_came() {
    let bench = Bench::new(600, paced(), 5);
    bench.store.set_quota(Some(60_000));
    let BatchEnd::Paused(reason) = bench.run() else { panic!("not paused") };
    assert!(reason.to_lowercase().contains("full"), "{reason}");
    let done = bench.book.state().counts().done;
    assert!(done > 0 && done < 600);
    assert_eq!(done, bench.sent(), "each answer that came is counted, on the disk or not");
    let results = outputs(&bench, OutputSelection::Results, OutputOrder::File);
    assert_eq!(u32::try_from(results.len()).unwrap(), done);
    // Room again: it goes on.
    bench.store.set_quota(None);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!((bench.book.state().counts().done, bench.sent()), (600, 600));
    assert_eq!(outputs(&bench, OutputSelection::Results, OutputOrder::Completed).len(), 600);
}

#[test]
fn a_spend_cap_is_never_exceeded_and_pauses() {
    // Some 20 lines' worth: 64 output tokens at $0.40 a million are 25.6 millionths of a dollar.
    let cap = 500_000_000;
    let capped = BatchSettings { spend_cap_picodollars: Some(cap), ..settings() };
    let bench = Bench::with(200, quick(), 6, capped);
    let BatchEnd::Paused(reason) = bench.run() else { panic!("not paused") };
    assert!(reason.contains("spend cap"), "{reason}");
    let state = bench.book.state();
    assert!(state.spent().picodollars() <= i128::from(cap) && state.counts().done > 10, "{:?}", state.counts());
}

#[test]
fn lines_that_fail_are_retried_alone() {
    let failing = quick().faults(Faults::Overloaded { recovery: Duration::from_secs(1_000_000) });
    let bench = Bench::new(5, failing, 7);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().failed, 5);
    assert_eq!(outputs(&bench, OutputSelection::Errors, OutputOrder::File).len(), 5);
    let again = bench.book.state().retry_failed().unwrap();
    bench.book.note(again);
    assert_eq!(bench.book.state().counts().waiting, 5);
    let before = bench.sent();
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert!(bench.sent() > before);
}

/// Tells of the bench's outage, as a browser does.
struct Outspoken<'a> {
    bench: &'a Bench,
    outage: Outage,
    waited: Cell<u32>,
}

impl<'a> Outspoken<'a> {
    /// Of a bench whose network goes at `from` for 30 seconds.
    fn new(bench: &'a mut Bench, from: Duration) -> Self {
        let at = |after| sluice::time::Instant::ORIGIN + after;
        let outage = Outage { from: at(from), until: at(from + Duration::from_secs(30)) };
        bench.transport.outage = Some(outage);
        Self { bench, outage, waited: Cell::new(0) }
    }
}

impl Network for Outspoken<'_> {
    async fn until_online(&self) {
        if !self.is_online() {
            self.waited.set(self.waited.get() + 1);
            self.bench.clock.sleep_until(self.outage.until).await;
        }
    }

    fn is_online(&self) -> bool {
        !(self.outage.from..self.outage.until).contains(&self.bench.clock.now())
    }
}

#[test]
fn without_a_network_it_waits_and_uses_up_no_attempt() {
    let mut bench = Bench::new(50, quick(), 8);
    let network = Outspoken::new(&mut bench, Duration::ZERO);
    assert_eq!(network.bench.run_on(&network), BatchEnd::Settled);
    assert!(network.waited.get() > 0);
    assert_eq!((network.bench.book.state().counts().done, network.bench.sent()), (50, 50));
}

#[test]
fn what_was_in_flight_when_the_network_went_is_unknown_and_not_sent_again() {
    // After the first 120 two lines go a second, and each is answered after two seconds.
    let mut bench = Bench::new(200, paced().latency(latency(2_000)), 11);
    let lost = Duration::from_millis(10_100);
    let network = Outspoken::new(&mut bench, lost);
    let bench = network.bench;
    let in_flight = Cell::new(0);
    let watching = async {
        bench.clock.sleep_until(sluice::time::Instant::ORIGIN + lost - Duration::from_millis(1)).await;
        in_flight.set(bench.transport.in_flight.get());
    };
    let (end, ()) = bench.clock.run(join(bench.running(&network), watching)).unwrap();
    assert_eq!(end, BatchEnd::Settled);
    let counts = bench.book.state().counts();
    assert!((3..=5).contains(&in_flight.get()), "{} in flight", in_flight.get());
    assert_eq!((counts.unknown, counts.done), (in_flight.get(), 200 - in_flight.get()));
    let unknown: Vec<u32> = (1..=200).filter(|line| bench.book.line(*line) == LineState::Unknown).collect();
    assert!(
        unknown.iter().all(|line| bench.seen(*line) == Seen { sent: 1, answered: 0 }),
        "sent once, and never heard of"
    );
    let again = bench.book.state().resend_unknown().unwrap();
    bench.book.note(again);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().done, 200);
    assert!((1..=200).all(|line| bench.seen(line).answered == 1));
}

/// Ten lines a second, and a network that goes after five seconds without the browser saying so.
fn lost_unsaid(length: u64) -> Bench {
    let mut bench = Bench::new(1_000, quick().rpm(600).latency(latency(300)), 12);
    let at = |seconds| sluice::time::Instant::ORIGIN + Duration::from_secs(seconds);
    // All 600 of the bucket have gone by then.
    bench.transport.outage = Some(Outage { from: at(10), until: at(10 + length) });
    bench
}

#[test]
fn a_network_that_is_lost_unsaid_costs_what_was_in_flight_and_a_few_probes() {
    let bench = lost_unsaid(30);
    assert_eq!(bench.run(), BatchEnd::Settled);
    let counts = bench.book.state().counts();
    // In flight: three. Then two before it is held back, and probes after 1, 2, 4, 8 and 16 seconds.
    assert!(counts.unknown <= 3 + 2 + 5 && counts.done == 1_000 - counts.unknown, "{counts:?}");
    assert!((1..=1_000).all(|line| bench.seen(line).answered == u32::from(bench.book.line(line) == LineState::Done)));
}

#[test]
fn where_nothing_answers_any_more_it_pauses_instead_of_making_unknowns_of_all_lines() {
    let mut bench = lost_unsaid(3_600);
    let BatchEnd::Paused(reason) = bench.run() else { panic!("not paused") };
    assert!(reason.contains("no answer"), "{reason}");
    let unknown = bench.book.state().counts().unknown;
    assert!(unknown <= 3 + 7, "{:?}", bench.book.state().counts());
    bench.transport.outage = None;
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().unknown, unknown);
}

#[test]
fn what_a_crash_left_unknown_is_sent_again_only_when_asked() {
    let mut bench = Bench::new(20, quick(), 9);
    bench.run_for(Duration::from_millis(150)).unwrap();
    bench.crash();
    let unknown = bench.book.state().counts().unknown;
    assert!(unknown > 0);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().unknown, unknown);
    let lines: Vec<u32> = (1..=20).filter(|line| bench.book.line(*line) == LineState::Unknown).collect();
    assert!(lines.iter().all(|line| bench.seen(*line).sent <= 1));
    let again = bench.book.state().resend_unknown().unwrap();
    bench.book.note(again);
    assert_eq!(bench.run(), BatchEnd::Settled);
    assert_eq!(bench.book.state().counts().done, 20);
}

#[test]
fn a_reader_of_the_book_sees_each_change() {
    let bench = Bench::new(30, quick(), 10);
    let revisions = RefCell::new(Vec::new());
    let watching = async {
        for _ in 0..10 {
            bench.clock.sleep(Duration::from_millis(50)).await;
            revisions.borrow_mut().push(bench.book.revision());
        }
    };
    let network = sluice::run::batch::AlwaysOnline;
    bench.clock.run(join(bench.running(&network), watching)).unwrap();
    assert!(revisions.borrow().windows(2).any(|pair| pair[0] < pair[1]));
    bench.clock.run(poll_fn(|_| Poll::Ready(()))).unwrap();
}

#[test]
fn a_reached_budget_pauses_the_batch_with_what_to_do() {
    for in_flight in [1, 20, 200] {
        let bench = Bench::with(300, quick(), 9, BatchSettings { concurrency: Some(in_flight), ..settings() });
        bench.admission.configure(PacingSettings { max_in_flight: in_flight as usize, ..bench.admission.settings() });
        let (answered, at_reach) = (Cell::new(0u64), Cell::new(None));
        let cap = Cell::new(40);
        let budget =
            || Budget { id: 1, api: AnsweredBy::Simulated, period: BudgetPeriod::Day, cap: Cap::Calls(cap.get()) };
        let gate = || {
            refusal(&[budget()], (AnsweredBy::Simulated, 0), |_| Spent { calls: answered.get(), ..Spent::default() })
        };
        let observe = |_: u32, event: &CallEvent<'_>| {
            if matches!(event, CallEvent::AttemptEnded { outcome, .. } if outcome.class == Class::Success) {
                answered.set(answered.get() + 1);
                if answered.get() == 40 {
                    at_reach.set(Some((bench.sent(), bench.transport.in_flight.get())));
                }
            }
        };
        let network = sluice::run::batch::AlwaysOnline;
        let run = || bench.clock.run(bench.running_behind(SpendGate::new(&gate), &network, &observe)).unwrap();
        let BatchEnd::Paused(why) = run() else { panic!("it is paused") };
        assert!(why.starts_with("Today's budget (Simulated) is reached: "), "{why}");
        let (sent, flying) = at_reach.get().unwrap();
        assert_eq!(bench.sent(), sent, "nothing starts after it was reached, {in_flight} in flight");
        let counts = bench.book.state().counts();
        assert_eq!((counts.done, counts.done + counts.waiting), (sent, 300), "{counts:?}");
        assert!(answered.get() <= 40 + u64::from(flying));
        // Raised, it goes on; nothing was sent twice.
        cap.set(1_000);
        assert_eq!(run(), BatchEnd::Settled);
        assert_eq!((bench.book.state().counts().done, bench.sent()), (300, 300));
    }
}

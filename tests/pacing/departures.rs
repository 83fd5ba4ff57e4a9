//! Between its admission and its departure something may be learned that holds a request back.

use std::time::Duration;

use sluice::pacing::{Pacer, PacingSettings, RequestCost, Settlement, Step, Ticket};
use sluice::rate_limit::{LimitReached, LimitScope};
use sluice::reply::Reply;
use sluice::retry::{Class, Outcome, ServerWait, WaitSource};
use sluice::time::Instant;

fn at(millis: u64) -> Instant {
    Instant::ORIGIN + Duration::from_millis(millis)
}

/// A pacer that knows nothing and has admitted twenty at once.
fn twenty_admitted() -> (Pacer, Vec<Ticket>) {
    let settings = PacingSettings { initial_in_flight: 20, ..PacingSettings::default() };
    let mut pacer = Pacer::new(settings, at(0));
    let cost = RequestCost { input_tokens: 10, max_output_tokens: Some(10) };
    for _ in 0..20 {
        pacer.enqueue(cost, None, at(0), at(0));
    }
    let admitted = std::iter::from_fn(|| match pacer.next(at(0)) {
        Step::Admit(ticket) => Some(ticket),
        _ => None,
    });
    let admitted: Vec<Ticket> = admitted.collect();
    assert_eq!(admitted.len(), 20);
    (pacer, admitted)
}

/// 600 requests a minute are ten a second: the next fits in 100 ms.
fn refused() -> Outcome {
    let wait = Duration::from_millis(100);
    let reached = LimitReached {
        scope: Some(LimitScope::Requests),
        limit: Some(600),
        used: Some(600),
        requested: Some(1),
        try_again_in: Some(wait),
        ..LimitReached::default()
    };
    Outcome {
        status: Some(429),
        wait: Some(ServerWait::For { wait, source: WaitSource::Message }),
        limit: Some(reached),
        ..Outcome::of(Class::RateLimit)
    }
}

#[test]
fn what_a_refusal_tells_holds_back_what_was_admitted_before_and_has_not_gone() {
    let (mut pacer, admitted) = twenty_admitted();
    for ticket in &admitted[..10] {
        assert_eq!(pacer.depart(*ticket, at(0)), Ok(()));
    }
    // The bucket was empty when the tenth came, so it stands at nothing, and fills with ten a second. A wait in a text is
    // cut down to whole milliseconds: one more is sure.
    let settled = pacer.settle(admitted[9], &refused(), None::<&Reply>, at(0));
    assert_eq!(settled, Settlement::Requeue { not_before: at(101) });
    for (place, ticket) in admitted[10..].iter().enumerate() {
        let Err(until) = pacer.depart(*ticket, at(0)) else { panic!("number {place} goes, and is refused") };
        let due = 100 * (place as u64 + 1) + 1;
        assert!((due..due + 2).contains(&(until.since_origin().as_millis() as u64)), "number {place}: {until:?}");
    }
    assert_eq!(pacer.depart(admitted[10], at(102)), Ok(()));
    assert!(pacer.depart(admitted[11], at(102)).is_err());
}

#[test]
fn where_nothing_is_learned_all_depart_in_whatever_order() {
    let (mut pacer, admitted) = twenty_admitted();
    for ticket in admitted.iter().rev() {
        assert_eq!(pacer.depart(*ticket, at(3)), Ok(()));
    }
    // Twice is once.
    assert_eq!(pacer.depart(admitted[4], at(9)), Ok(()));
    for ticket in admitted {
        let settled = pacer.settle(ticket, &Outcome::of(Class::Success), None::<&Reply>, at(200));
        assert_eq!(settled, Settlement::Counted);
    }
    assert_eq!(pacer.next(at(200)), Step::Idle);
}

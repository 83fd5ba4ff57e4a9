//! The pacer on a clock: requests wait for it, all of them on one timer.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Admission, Permit, Place, Settlement, WaitsFor};
use crate::clock::Clock;
use crate::pacing::{Pacer, PacerView, PacingSettings, RequestCost, Step, Ticket, Told};
use crate::reply::TransportError;
use crate::responses::ApiRequest;
use crate::retry::Outcome;
use crate::time::Instant;

/// Admission of requests of the kind `Q` by a [`Pacer`]. Clones share it.
///
/// It needs nothing but its waiting requests to be polled: the first of them holds the one timer.
pub struct PacedAdmission<C, Q = ApiRequest> {
    shared: Rc<RefCell<Shared>>,
    clock: C,
    cost_of: Rc<dyn Fn(&Q) -> RequestCost>,
}

struct Shared {
    pacer: Pacer,
    // By the ticket's slot.
    seats: Vec<Option<Seat>>,
    timer: Option<Timer>,
    waits_for: WaitsFor,
}

struct Seat {
    ticket: Ticket,
    admitted: bool,
    waker: Option<Waker>,
}

struct Timer {
    due: Instant,
    sleep: Pin<Box<dyn Future<Output = ()>>>,
    /// Whose waker it wakes.
    holder: Option<Ticket>,
}

impl<C: Clock + Clone + 'static> PacedAdmission<C> {
    /// Admission that knows no more than `settings` say.
    pub fn new(settings: PacingSettings, clock: C) -> Self {
        Self::of_requests(settings, clock, RequestCost::of)
    }

    /// The same, with what requests cost told by `cost_of`: for callers who have counted their tokens already.
    #[must_use]
    pub fn with_costs(mut self, cost_of: impl Fn(&ApiRequest) -> RequestCost + 'static) -> Self {
        self.cost_of = Rc::new(cost_of);
        self
    }
}

impl<C: Clock + Clone + 'static, Q> PacedAdmission<C, Q> {
    /// Admission of requests that cost what `cost_of` tells.
    pub fn of_requests(settings: PacingSettings, clock: C, cost_of: impl Fn(&Q) -> RequestCost + 'static) -> Self {
        let pacer = Pacer::new(settings, clock.now());
        let shared = Shared { pacer, seats: Vec::new(), timer: None, waits_for: WaitsFor::Turn };
        Self { shared: Rc::new(RefCell::new(shared)), clock, cost_of: Rc::new(cost_of) }
    }

    /// What people see of it now.
    pub fn view(&self) -> PacerView {
        self.shared.borrow_mut().pacer.view(self.clock.now())
    }

    /// The settings as they are.
    pub fn settings(&self) -> PacingSettings {
        self.shared.borrow().pacer.settings().clone()
    }

    /// Takes other settings, at once.
    pub fn configure(&self, settings: PacingSettings) {
        self.shared.borrow_mut().pacer.configure(settings, self.clock.now());
        self.pump();
    }

    /// Admits nothing more; what is in flight goes on.
    pub fn pause(&self) {
        self.shared.borrow_mut().pacer.pause();
        self.pump();
    }

    /// Goes on, after a pause or a wait that was too long to pass without asking.
    pub fn resume(&self) {
        self.shared.borrow_mut().pacer.resume();
        self.pump();
    }

    /// Admits what may go, and sets the timer for what may go next.
    fn pump(&self) {
        let mut woken = Vec::new();
        loop {
            let now = self.clock.now();
            let mut shared = self.shared.borrow_mut();
            match shared.pacer.next(now) {
                Step::Admit(ticket) => {
                    if let Some(seat) = shared.seat(ticket) {
                        seat.admitted = true;
                        woken.extend(seat.waker.take());
                    }
                }
                Step::WaitUntil(due, why) => {
                    shared.waits_for = why;
                    if shared.arm(due, &self.clock).is_pending() {
                        break;
                    }
                    shared.timer = None;
                }
                Step::Wait(why) => {
                    shared.waits_for = why;
                    shared.timer = None;
                    break;
                }
                Step::Idle => {
                    shared.timer = None;
                    break;
                }
            }
        }
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Shared {
    fn seat(&mut self, ticket: Ticket) -> Option<&mut Seat> {
        self.seats.get_mut(ticket.slot())?.as_mut().filter(|seat| seat.ticket == ticket)
    }

    fn take_seat(&mut self, ticket: Ticket, waker: Waker) {
        if self.seats.len() <= ticket.slot() {
            self.seats.resize_with(ticket.slot() + 1, || None);
        }
        if let Some(seat) = self.seats.get_mut(ticket.slot()) {
            *seat = Some(Seat { ticket, admitted: false, waker: Some(waker) });
        }
    }

    fn leave_seat(&mut self, ticket: Ticket) {
        if self.seat(ticket).is_some()
            && let Some(seat) = self.seats.get_mut(ticket.slot())
        {
            *seat = None;
        }
    }

    /// Polls the timer for `holder`, where it holds it; says whether it has gone off.
    fn poll_timer(&mut self, holder: Ticket, context: &mut Context<'_>) -> bool {
        let timer = self.timer.as_mut().filter(|timer| timer.holder == Some(holder));
        let rang = timer.is_some_and(|timer| timer.sleep.as_mut().poll(context).is_ready());
        if rang {
            self.timer = None;
        }
        rang
    }

    fn is_due(&self, now: Instant) -> bool {
        self.timer.as_ref().is_some_and(|timer| timer.due <= now)
    }

    /// Sets the timer to go off at `due` or before, and to wake one who waits. Ready where it has gone off.
    fn arm<C: Clock + Clone + 'static>(&mut self, due: Instant, clock: &C) -> Poll<()> {
        // An earlier one is left alone: it costs one look, a new one costs a timer.
        if self.timer.as_ref().is_none_or(|timer| timer.due > due || timer.due <= clock.now()) {
            let clock = clock.clone();
            let sleep = Box::pin(async move { clock.sleep_until(due).await });
            self.timer = Some(Timer { due, sleep, holder: None });
        }
        let holder = self.timer.as_ref().and_then(|timer| timer.holder);
        if holder.and_then(|ticket| self.seat(ticket)).is_some_and(|seat| seat.waker.is_some()) {
            return Poll::Pending;
        }
        let next = self.pacer.first_waiting();
        let waker = next.and_then(|ticket| self.seat(ticket)).and_then(|seat| seat.waker.clone());
        match (&mut self.timer, waker) {
            (Some(timer), Some(waker)) => {
                timer.holder = next;
                timer.sleep.as_mut().poll(&mut Context::from_waker(&waker))
            }
            _ => Poll::Pending,
        }
    }
}

impl<C: Clock + Clone + 'static, Q, A: Told> Admission<Q, A> for PacedAdmission<C, Q> {
    type Permit = PacedPermit<C, Q>;

    async fn admit(&self, request: &Q, place: Place, tell: &mut dyn FnMut(WaitsFor)) -> PacedPermit<C, Q> {
        let mut waiting = Waiting { admission: self.clone(), cost: (self.cost_of)(request), place, ticket: None };
        let mut is_told = false;
        std::future::poll_fn(|context| {
            let polled = waiting.poll(context);
            if polled.is_pending() && !is_told {
                is_told = true;
                let why = self.shared.borrow().waits_for;
                tell(why);
            }
            polled
        })
        .await
    }
}

/// A request's wait for admission.
struct Waiting<C: Clock + Clone + 'static, Q> {
    admission: PacedAdmission<C, Q>,
    cost: RequestCost,
    place: Place,
    ticket: Option<Ticket>,
}

impl<C: Clock + Clone + 'static, Q> Waiting<C, Q> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<PacedPermit<C, Q>> {
        let now = self.admission.clock.now();
        let mut shared = self.admission.shared.borrow_mut();
        let is_new = self.ticket.is_none();
        let ticket = self.ticket.unwrap_or_else(|| {
            let not_before = self.place.not_before.unwrap_or(now);
            let ticket = shared.pacer.enqueue(self.cost, self.place.order, not_before, now);
            shared.take_seat(ticket, context.waker().clone());
            self.ticket = Some(ticket);
            ticket
        });
        // Whoever holds the timer polls it: a sleep may have to be polled before it is due, as those of a sped-up clock.
        let rang = shared.poll_timer(ticket, context);
        let mut must_pump = is_new || rang || shared.is_due(now);
        if let Some(seat) = shared.seat(ticket)
            && !seat.admitted
            && !seat.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker()))
        {
            seat.waker = Some(context.waker().clone());
            // The timer may hold the old one.
            if let Some(timer) = shared.timer.as_mut().filter(|timer| timer.holder == Some(ticket)) {
                timer.holder = None;
                must_pump = true;
            }
        }
        drop(shared);
        if must_pump {
            self.admission.pump();
        }
        let mut shared = self.admission.shared.borrow_mut();
        if !shared.seat(ticket).is_some_and(|seat| seat.admitted) {
            return Poll::Pending;
        }
        shared.leave_seat(ticket);
        self.ticket = None;
        Poll::Ready(PacedPermit { admission: self.admission.clone(), ticket: Some(ticket), order: ticket.order() })
    }
}

impl<C: Clock + Clone + 'static, Q> Drop for Waiting<C, Q> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let mut shared = self.admission.shared.borrow_mut();
            shared.leave_seat(ticket);
            shared.pacer.withdraw(ticket, self.admission.clock.now());
            drop(shared);
            self.admission.pump();
        }
    }
}

/// The permission to send one request that the pacer admitted.
pub struct PacedPermit<C: Clock + Clone + 'static, Q = ApiRequest> {
    admission: PacedAdmission<C, Q>,
    ticket: Option<Ticket>,
    order: u64,
}

impl<C: Clock + Clone + 'static, Q, A: Told> Permit<A> for PacedPermit<C, Q> {
    fn order(&self) -> Option<u64> {
        Some(self.order)
    }

    async fn depart(&self) {
        let Some(ticket) = self.ticket else { return };
        loop {
            let held = self.admission.shared.borrow_mut().pacer.depart(ticket, self.admission.clock.now());
            let Err(until) = held else { return };
            self.admission.clock.sleep_until(until).await;
        }
    }

    fn settle(mut self, outcome: &Outcome, result: &Result<A, TransportError>) -> Settlement {
        let Some(ticket) = self.ticket.take() else { return Settlement::Counted };
        let now = self.admission.clock.now();
        let settlement = self.admission.shared.borrow_mut().pacer.settle(ticket, outcome, result.as_ref().ok(), now);
        self.admission.pump();
        settlement
    }
}

impl<C: Clock + Clone + 'static, Q> Drop for PacedPermit<C, Q> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.admission.shared.borrow_mut().pacer.abandon(ticket);
            self.admission.pump();
        }
    }
}

impl<C: Clone, Q> Clone for PacedAdmission<C, Q> {
    fn clone(&self) -> Self {
        Self { shared: Rc::clone(&self.shared), clock: self.clock.clone(), cost_of: Rc::clone(&self.cost_of) }
    }
}

impl<C, Q> fmt::Debug for PacedAdmission<C, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacedAdmission").finish_non_exhaustive()
    }
}

impl<C: Clock + Clone + 'static, Q> fmt::Debug for PacedPermit<C, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacedPermit").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join;

    use super::*;
    use crate::clock::{ScaledClock, VirtualClock};
    use crate::pacing::{LimitHint, PacedLimit};
    use crate::responses::CreateResponse;

    #[test]
    fn a_wait_ends_on_a_sped_up_clock_though_another_sleep_ends_before_it() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        clock.set_speed(10.0);
        let hint = LimitHint { limit: PacedLimit::RPM, units: 60, burst: Some(1) };
        let settings = PacingSettings { hints: vec![hint], ..PacingSettings::default() };
        let admission = PacedAdmission::new(settings, clock.clone());
        let request = ApiRequest::CreateResponse(CreateResponse::default());
        let mut tell = |_| {};
        let admit = <PacedAdmission<_> as Admission>::admit;
        drop(inner.run(admit(&admission, &request, Place::default(), &mut tell)));
        // The pacer's sleep is not the first of the clock's, so it is called once the first has ended, and not before.
        let earlier = clock.sleep(Duration::from_millis(500));
        inner.run(join(earlier, admit(&admission, &request, Place::default(), &mut tell)));
        let waited = clock.now().since_origin();
        assert!((1.0..1.1).contains(&waited.as_secs_f64()), "{waited:?}");
    }
}

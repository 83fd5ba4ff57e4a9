//! Who sleeps until when.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::time::{Instant, nanos};

/// Below this many entries, those of sleeps that were dropped are left until they come up by themselves.
const FEW: usize = 64;

/// Sleeps in the order of their deadlines; equal ones first come, first served. A clock needs one timer for them all.
#[derive(Debug, Default)]
pub struct SleepQueue {
    sleepers: RefCell<Sleepers>,
}

/// A heap of deadlines, and beside it a seat for each sleep: who leaves early only gives up its seat.
#[derive(Debug, Default)]
struct Sleepers {
    due: BinaryHeap<Reverse<Due>>,
    seats: Vec<Seat>,
    free: Vec<usize>,
    last_ticket: u64,
    // Entries of `due` whose sleeps have left.
    left: usize,
}

/// When a sleep ends, in which order it came, and where it sits, in one number: the heap does little else than compare.
///
/// From above: 64 bits of nanoseconds, 36 of the ticket, 28 of the seat. Deadlines that 64 bits do not hold (584 years)
/// are the last ones, in the order in which they came; the seat knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due(u128);

const SEAT_BITS: u32 = 28;
const TICKET_BITS: u32 = 36;

#[derive(Debug, Default)]
struct Seat {
    // 0 where it is free.
    ticket: u64,
    deadline: Instant,
    waker: Option<Waker>,
}

impl Due {
    fn new(deadline: Instant, place: Place) -> Self {
        let due = nanos(deadline.since_origin());
        let seat = u128::try_from(place.seat).unwrap_or(u128::MAX) & ((1 << SEAT_BITS) - 1);
        Self(u128::from(due) << 64 | u128::from(place.ticket) << SEAT_BITS | seat)
    }

    fn place(self) -> Place {
        let seat = self.0 & ((1 << SEAT_BITS) - 1);
        let ticket = (self.0 >> SEAT_BITS) & ((1 << TICKET_BITS) - 1);
        Place { seat: usize::try_from(seat).unwrap_or(0), ticket: u64::try_from(ticket).unwrap_or(0) }
    }
}

/// A sleep's place in the queue.
#[derive(Debug, Clone, Copy)]
struct Place {
    seat: usize,
    ticket: u64,
}

impl SleepQueue {
    /// The earliest deadline.
    pub fn first(&self) -> Option<Instant> {
        self.sleepers.borrow_mut().first().map(|(_, deadline)| deadline)
    }

    /// Wakes all whose deadlines have come by `now`.
    pub fn wake_due(&self, now: Instant) {
        // One at a time: waking may register a new sleep.
        while let Some((_, waker)) = self.take_first(|deadline| deadline <= now) {
            waker.wake();
        }
    }

    /// Takes out the sleep with the earliest deadline if `when` holds of it; its waker is still to be called.
    pub(super) fn take_first(&self, when: impl Fn(Instant) -> bool) -> Option<(Instant, Waker)> {
        self.sleepers.borrow_mut().take_first(when)
    }
}

impl Sleepers {
    fn first(&mut self) -> Option<(Place, Instant)> {
        loop {
            let Reverse(due) = self.due.peek()?;
            let place = due.place();
            if let Some(seat) = self.seats.get(place.seat).filter(|seat| seat.ticket == place.ticket) {
                return Some((place, seat.deadline));
            }
            // It has left.
            self.due.pop();
            self.left = self.left.saturating_sub(1);
        }
    }

    fn take_first(&mut self, when: impl Fn(Instant) -> bool) -> Option<(Instant, Waker)> {
        let (place, deadline) = self.first()?;
        if !when(deadline) {
            return None;
        }
        self.due.pop();
        Some((deadline, self.free(place.seat)?))
    }

    fn take_seat(&mut self, deadline: Instant, waker: Waker) -> Place {
        self.last_ticket = (self.last_ticket + 1) & ((1 << TICKET_BITS) - 1);
        // 0 is no ticket.
        self.last_ticket = self.last_ticket.max(1);
        let ticket = self.last_ticket;
        let taken = Seat { ticket, deadline, waker: Some(waker) };
        let seat = self.free.pop().unwrap_or(self.seats.len());
        match self.seats.get_mut(seat) {
            Some(free) => *free = taken,
            None => self.seats.push(taken),
        }
        let place = Place { seat, ticket };
        self.due.push(Reverse(Due::new(deadline, place)));
        place
    }

    fn seat_of(&mut self, place: Place) -> Option<&mut Seat> {
        self.seats.get_mut(place.seat).filter(|seat| seat.ticket == place.ticket)
    }

    fn leave(&mut self, place: Place) {
        if self.seat_of(place).is_none() {
            return;
        }
        self.free(place.seat);
        self.left += 1;
        if self.left > FEW && self.left * 2 > self.due.len() {
            let seats = &self.seats;
            self.due.retain(|Reverse(due)| is_seated(seats, *due));
            self.left = 0;
        }
    }

    fn free(&mut self, seat: usize) -> Option<Waker> {
        let taken = self.seats.get_mut(seat)?;
        taken.ticket = 0;
        self.free.push(seat);
        taken.waker.take()
    }
}

fn is_seated(seats: &[Seat], due: Due) -> bool {
    let place = due.place();
    seats.get(place.seat).is_some_and(|seat| seat.ticket == place.ticket)
}

/// What a [`Sleep`] asks of its clock.
pub trait SleepClock {
    /// The time.
    fn now(&self) -> Instant;
    /// Where its sleeps wait.
    fn sleeps(&self) -> &SleepQueue;
    /// A sleep has begun to wait.
    fn has_new_sleep(&self);
}

/// Completes at `deadline`; dropping it leaves the queue.
#[derive(Debug)]
pub struct Sleep<C: SleepClock> {
    clock: Rc<C>,
    deadline: Instant,
    place: Option<Place>,
}

impl<C: SleepClock> Sleep<C> {
    /// A sleep that begins with its first poll.
    pub const fn new(clock: Rc<C>, deadline: Instant) -> Self {
        Self { clock, deadline, place: None }
    }
}

impl<C: SleepClock> Future for Sleep<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.deadline {
            return Poll::Ready(());
        }
        let mut sleepers = self.clock.sleeps().sleepers.borrow_mut();
        let seated = self.place.and_then(|place| sleepers.seat_of(place));
        let new = match seated {
            Some(seat) => {
                match &mut seat.waker {
                    Some(waker) => waker.clone_from(context.waker()),
                    waker @ None => *waker = Some(context.waker().clone()),
                }
                None
            }
            None => Some(sleepers.take_seat(self.deadline, context.waker().clone())),
        };
        drop(sleepers);
        if new.is_some() {
            self.place = new;
        }
        self.clock.has_new_sleep();
        Poll::Pending
    }
}

impl<C: SleepClock> Drop for Sleep<C> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.clock.sleeps().sleepers.borrow_mut().leave(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ORIGIN + Duration::from_secs(seconds)
    }

    #[test]
    fn those_who_left_are_neither_first_nor_kept() {
        let queue = SleepQueue::default();
        let places: Vec<Place> = (0..1_000)
            .map(|second| queue.sleepers.borrow_mut().take_seat(at(1_000 - second), Waker::noop().clone()))
            .collect();
        assert_eq!(queue.first(), Some(at(1)));
        for place in places.iter().skip(1) {
            queue.sleepers.borrow_mut().leave(*place);
        }
        assert_eq!(queue.first(), Some(at(1_000)));
        assert!(queue.sleepers.borrow().due.len() <= 2 * FEW);
        queue.wake_due(at(1_000));
        assert_eq!(queue.first(), None);
        assert_eq!(queue.sleepers.borrow().left, 0);
    }

    #[test]
    fn even_the_longest_sleep_has_its_deadline() {
        let queue = SleepQueue::default();
        let never = Instant::from_origin(Duration::MAX);
        queue.sleepers.borrow_mut().take_seat(never, Waker::noop().clone());
        queue.sleepers.borrow_mut().take_seat(at(u64::MAX / 2), Waker::noop().clone());
        queue.wake_due(at(u64::MAX / 4));
        assert_eq!(queue.first(), Some(never));
        queue.wake_due(never);
        assert_eq!(queue.first(), None);
    }

    #[test]
    fn a_seat_taken_again_is_not_left_by_its_last_owner() {
        let queue = SleepQueue::default();
        let first = queue.sleepers.borrow_mut().take_seat(at(1), Waker::noop().clone());
        queue.wake_due(at(1));
        let second = queue.sleepers.borrow_mut().take_seat(at(2), Waker::noop().clone());
        assert_eq!(first.seat, second.seat);
        queue.sleepers.borrow_mut().leave(first);
        assert_eq!(queue.first(), Some(at(2)));
    }
}

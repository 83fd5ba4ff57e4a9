//! Waiting for an event.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};

use web_sys::{Event, EventTarget};

use super::Listener;

#[derive(Default)]
struct Seen {
    event: Option<Event>,
    waker: Option<Waker>,
}

/// Listens from now on, and completes with the first of `events` on `target`. Dropping it stops listening.
pub(super) fn first_event<const N: usize>(
    target: impl Into<EventTarget>,
    events: [&'static str; N],
) -> impl Future<Output = Event> {
    let (target, seen) = (target.into(), Rc::<RefCell<Seen>>::default());
    let listeners = events.map(|event| {
        let seen = Rc::clone(&seen);
        Listener::new(Some(target.clone()), event, move |event| {
            let waker = {
                let mut seen = seen.borrow_mut();
                seen.event.get_or_insert(event);
                seen.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        })
    });
    poll_fn(move |context| {
        // Held by the future until it is over.
        let _ = &listeners;
        let mut seen = seen.borrow_mut();
        seen.waker = Some(context.waker().clone());
        seen.event.clone().map_or(Poll::Pending, Poll::Ready)
    })
}

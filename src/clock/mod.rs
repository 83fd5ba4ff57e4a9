//! The clock as a port: the browser's timers in the page, virtual time in tests and in the lab.

mod interruption;
mod queue;
mod scaled;
mod tasks;
mod timer;

pub use interruption::{Interruption, InterruptionWatch, SHORTEST_INTERRUPTION};
pub use queue::{Sleep, SleepClock, SleepQueue};
pub use scaled::ScaledClock;
pub use tasks::{Tasks, Turn};
pub use timer::{LONGEST_TIMER, timer_millis};

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::time::{Instant, UnixTime};

/// Tells the time and waits.
///
/// Dropping a sleep cancels it.
pub trait Clock {
    /// The monotonic time.
    fn now(&self) -> Instant;

    /// The wall-clock time, for HTTP dates and labels; never for waits.
    fn wall(&self) -> UnixTime;

    /// Completes when the clock reads `deadline` or later, never earlier.
    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()>;

    /// Completes `wait` from now.
    fn sleep(&self, wait: Duration) -> impl Future<Output = ()> {
        self.sleep_until(self.now() + wait)
    }
}

/// A clock that stands still until everything waits, then jumps to the next deadline.
///
/// Clones share the same time. Drive it with [`VirtualClock::run`].
#[derive(Debug, Clone, Default)]
pub struct VirtualClock {
    shared: Rc<Timers>,
    wall_origin: UnixTime,
}

#[derive(Debug, Default)]
struct Timers {
    now: Cell<Instant>,
    sleeps: SleepQueue,
}

impl VirtualClock {
    /// A clock at its origin, with `wall_origin` on the wall.
    pub fn starting_at(wall_origin: UnixTime) -> Self {
        Self { shared: Rc::default(), wall_origin }
    }

    /// Moves the time to `instant` by hand, waking what is due; going back is ignored.
    pub fn advance_to(&self, instant: Instant) {
        if instant > self.shared.now.get() {
            self.shared.now.set(instant);
        }
        self.shared.sleeps.wake_due(self.shared.now.get());
    }

    /// Moves the time to the next deadline and wakes the one who sleeps until then; false where nobody sleeps.
    fn wake_next(&self) -> bool {
        let Some((deadline, waker)) = self.shared.sleeps.take_first(|_| true) else { return false };
        self.shared.now.set(self.shared.now.get().max(deadline));
        waker.wake();
        true
    }

    /// Runs `future` to its end in virtual time.
    ///
    /// Returns `None` where it can never end: it is pending and no timer is left to wake it.
    pub fn run<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let woken = Arc::new(Flag::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        loop {
            woken.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            if woken.0.load(Ordering::Relaxed) {
                continue;
            }
            self.advance_to(self.shared.sleeps.first()?);
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.shared.now.get()
    }

    fn wall(&self) -> UnixTime {
        self.wall_origin + self.now().since_origin()
    }

    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> {
        Sleep::new(Rc::clone(&self.shared), deadline)
    }
}

impl SleepClock for Timers {
    fn now(&self) -> Instant {
        self.now.get()
    }

    fn sleeps(&self) -> &SleepQueue {
        &self.sleeps
    }

    fn has_new_sleep(&self) {}
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use futures_util::future::{join, select};

    #[test]
    fn an_hour_passes_at_once_and_in_order() {
        let clock = VirtualClock::default();
        let order = RefCell::new(Vec::new());
        let wait = |name, seconds| {
            let (clock, order) = (&clock, &order);
            async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                order.borrow_mut().push((name, clock.now().since_origin().as_secs()));
            }
        };
        clock.run(join(wait("late", 3600), wait("early", 60)));
        assert_eq!(*order.borrow(), [("early", 60), ("late", 3600)]);
    }

    #[test]
    fn a_dropped_sleep_does_not_hold_the_clock() {
        let clock = VirtualClock::default();
        let (short, long) = (clock.sleep(Duration::from_secs(1)), clock.sleep(Duration::from_secs(100)));
        clock.run(select(pin!(short), pin!(long)));
        assert_eq!(clock.now().since_origin(), Duration::from_secs(1));
        assert_eq!(clock.shared.sleeps.first(), None);
    }

    #[test]
    fn a_future_that_can_never_end_is_told() {
        assert_eq!(VirtualClock::default().run(std::future::pending::<()>()), None);
    }
}

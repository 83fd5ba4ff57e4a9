//! A clock that runs faster than another: simulated waits can be sped up while they last.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::select;

use super::Clock;
use crate::time::{Instant, UnixTime};

/// Runs at a multiple of `inner`'s speed, which may change at any time. It never goes back.
///
/// Clones share their time and their speed.
#[derive(Debug, Clone)]
pub struct ScaledClock<C> {
    inner: C,
    shared: Rc<Scale>,
}

#[derive(Debug)]
struct Scale {
    speed: Cell<f64>,
    // The moment of the last change of speed, on both clocks.
    base_inner: Cell<Instant>,
    base: Cell<Instant>,
    changes: Cell<u64>,
    next_ticket: Cell<u64>,
    waiting: RefCell<BTreeMap<u64, Waker>>,
}

impl<C: Clock> ScaledClock<C> {
    /// A clock that reads the same as `inner` and runs at its speed.
    pub fn new(inner: C) -> Self {
        let now = inner.now();
        let shared = Scale {
            speed: Cell::new(1.0),
            base_inner: Cell::new(now),
            base: Cell::new(now),
            changes: Cell::new(0),
            next_ticket: Cell::new(0),
            waiting: RefCell::default(),
        };
        Self { inner, shared: Rc::new(shared) }
    }

    /// How many times faster than the inner clock this one runs.
    pub fn speed(&self) -> f64 {
        self.shared.speed.get()
    }

    /// Changes the speed from now on, clamped to 1 to 1000 (NaN counts as 1), also for sleeps under way.
    pub fn set_speed(&self, factor: f64) {
        let now = self.now();
        self.shared.base_inner.set(self.inner.now());
        self.shared.base.set(now);
        self.shared.speed.set(if factor.is_nan() { 1.0 } else { factor.clamp(1.0, 1000.0) });
        self.shared.changes.set(self.shared.changes.get().wrapping_add(1));
        // Taken out first: waking may poll, which registers anew.
        let waiting = std::mem::take(&mut *self.shared.waiting.borrow_mut());
        waiting.into_values().for_each(Waker::wake);
    }

    /// The inner time by which this clock reads `deadline`, within rounding.
    fn inner_deadline(&self, deadline: Instant) -> Instant {
        let ahead = deadline.saturating_since(self.shared.base.get());
        let due = self.shared.base_inner.get() + divided(ahead, self.speed());
        // At least a step ahead: rounding must not make a sleep spin.
        due.max(self.inner.now() + Duration::from_nanos(1))
    }
}

impl<C: Clock> Clock for ScaledClock<C> {
    fn now(&self) -> Instant {
        let elapsed = self.inner.now().saturating_since(self.shared.base_inner.get());
        self.shared.base.get() + multiplied(elapsed, self.speed())
    }

    fn wall(&self) -> UnixTime {
        self.inner.wall() + self.now().saturating_since(self.inner.now())
    }

    async fn sleep_until(&self, deadline: Instant) {
        while self.now() < deadline {
            let changed = self.shared.changed();
            let due = self.inner.sleep_until(self.inner_deadline(deadline));
            select(pin!(due), pin!(changed)).await;
        }
    }
}

impl Scale {
    fn changed(&self) -> Changed<'_> {
        Changed { scale: self, seen: self.changes.get(), ticket: None }
    }
}

/// Completes when the speed changes.
struct Changed<'a> {
    scale: &'a Scale,
    seen: u64,
    ticket: Option<u64>,
}

impl Future for Changed<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let scale = self.scale;
        if scale.changes.get() != self.seen {
            return Poll::Ready(());
        }
        let ticket = *self.ticket.get_or_insert_with(|| scale.next_ticket.replace(scale.next_ticket.get() + 1));
        scale.waiting.borrow_mut().insert(ticket, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.scale.waiting.borrow_mut().remove(&ticket);
        }
    }
}

#[allow(clippy::float_cmp)] // speed 1 is set, not computed; it must be exact
fn multiplied(elapsed: Duration, speed: f64) -> Duration {
    if speed == 1.0 {
        return elapsed;
    }
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * speed).unwrap_or(Duration::MAX)
}

#[allow(clippy::float_cmp)]
fn divided(ahead: Duration, speed: f64) -> Duration {
    if speed == 1.0 {
        return ahead;
    }
    // A nanosecond more makes up for rounding down.
    let share = Duration::try_from_secs_f64(ahead.as_secs_f64() / speed).unwrap_or(Duration::MAX);
    share.saturating_add(Duration::from_nanos(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::VirtualClock;
    use futures_util::future::join;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn runs_with_the_inner_clock_until_told_otherwise() {
        let inner = VirtualClock::starting_at(UnixTime::from_secs(1_000));
        inner.advance_to(Instant::from_origin(seconds(5)));
        let clock = ScaledClock::new(inner.clone());
        inner.run(clock.sleep(Duration::from_nanos(1_500_000_001)));
        assert_eq!(clock.now(), inner.now());
        assert_eq!(clock.now().since_origin(), Duration::from_nanos(6_500_000_001));
        assert_eq!(clock.wall(), inner.wall());
    }

    #[test]
    fn sleeps_last_a_fraction_and_never_end_early() {
        for speed in [1.0, 1.5, 3.0, 7.3, 60.0, 1000.0] {
            let inner = VirtualClock::default();
            let clock = ScaledClock::new(inner.clone());
            clock.set_speed(speed);
            for wait in [1, 17, 999, 20_000, 86_400_000] {
                let (wait, begun, inner_begun) = (Duration::from_millis(wait), clock.now(), inner.now());
                let woke = inner.run(async {
                    clock.sleep_until(begun + wait).await;
                    clock.now()
                });
                assert!(woke.unwrap() >= begun + wait, "{speed} {wait:?}");
                let took = inner.now().saturating_since(inner_begun).as_secs_f64();
                assert!((took - wait.as_secs_f64() / speed).abs() < 1e-5, "{speed} {wait:?} {took}");
            }
        }
    }

    #[test]
    fn a_changed_speed_takes_effect_on_sleeps_under_way() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        let change = clock.clone();
        let speed_up = async {
            inner.sleep(seconds(10)).await;
            change.set_speed(10.0);
            inner.sleep(seconds(2)).await;
            change.set_speed(1.0);
        };
        // 10 s at 1, 2 s at 10, 30 s at 1.
        inner.run(join(clock.sleep(seconds(60)), speed_up));
        assert_eq!(inner.now().since_origin().as_millis(), 42_000);
        assert!(clock.now().since_origin() >= seconds(60));
        assert!(clock.shared.waiting.borrow().is_empty());
    }

    #[test]
    fn time_never_goes_back_whatever_the_speeds() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        let (mut last, mut last_wall) = (clock.now(), clock.wall());
        for step in 0..2_000u32 {
            inner.advance_to(inner.now() + Duration::from_nanos(u64::from(step % 7) * 333_333));
            clock.set_speed(f64::from(step % 13) * 77.7);
            assert!(clock.now() >= last && clock.wall() >= last_wall);
            (last, last_wall) = (clock.now(), clock.wall());
        }
    }

    #[test]
    fn speeds_are_clamped() {
        let clock = ScaledClock::new(VirtualClock::default());
        for (asked, given) in [(0.0, 1.0), (-5.0, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1000.0), (12.5, 12.5)] {
            clock.set_speed(asked);
            assert!((clock.speed() - given).abs() < f64::EPSILON, "{asked}");
        }
    }

    #[test]
    fn a_sleep_without_end_does_not_overflow() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        clock.set_speed(1.5);
        inner.run(clock.sleep_until(Instant::from_origin(Duration::MAX.saturating_sub(seconds(1)))));
        assert!(clock.now().since_origin() > seconds(u64::MAX / 2));
    }
}

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

/// How long the time stands still, on the inner clock, once a sleep has ended at a speed above 1: long enough for
/// whoever slept to act at the very moment it slept for.
const STANDSTILL: Duration = Duration::from_millis(2);

/// How many sleeps may end one after the other while it stands still, where the inner clock was late for all of them:
/// few enough that a browser draws in between, many enough that thousands of waits do not stand in line for seconds.
const MOST_IN_A_ROW: u32 = 8;

/// Runs at a multiple of `inner`'s speed, which may change at any time. It never goes back.
///
/// At speed 1 it reads the same as `inner`. Above, it never passes a moment that something sleeps for: sleeps end in
/// the order of their deadlines, each at its very deadline. Where timers or the executor are late, this clock makes up
/// for it sleep by sleep, or falls behind, instead of jumping, so what happens does not depend on the speed.
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
    // A moment on both clocks from which time is counted on; before `base_inner` it stands still at `base`.
    base_inner: Cell<Instant>,
    base: Cell<Instant>,
    // What had come beyond `base` when it stood still: it is made up for as soon as it runs again.
    owed: Cell<Duration>,
    in_a_row: Cell<u32>,
    next_ticket: Cell<u64>,
    // By deadline, then by the order of asking.
    sleepers: RefCell<BTreeMap<(Instant, u64), Sleeper>>,
}

#[derive(Debug, Default)]
struct Sleeper {
    waker: Option<Waker>,
    woken: bool,
}

impl<C: Clock> ScaledClock<C> {
    /// A clock that reads the same as `inner` and runs at its speed.
    pub fn new(inner: C) -> Self {
        let now = inner.now();
        let shared = Scale {
            speed: Cell::new(1.0),
            base_inner: Cell::new(now),
            base: Cell::new(now),
            owed: Cell::default(),
            in_a_row: Cell::default(),
            next_ticket: Cell::new(0),
            sleepers: RefCell::default(),
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
        self.shared.owed.set(Duration::ZERO);
        self.shared.speed.set(if factor.is_nan() { 1.0 } else { factor.clamp(1.0, 1000.0) });
        let sleepers: Vec<_> = self.shared.sleepers.borrow().keys().copied().collect();
        for place in sleepers {
            self.shared.wake(place);
        }
    }

    /// The time that has come by the inner clock, whether or not the sleeps that end by then have ended.
    fn target(&self) -> Instant {
        let elapsed = self.inner.now().saturating_since(self.shared.base_inner.get());
        self.shared.base.get() + self.shared.owed.get() + multiplied(elapsed, self.speed())
    }

    /// The inner time by which this clock reads `deadline`, within rounding.
    fn inner_deadline(&self, deadline: Instant) -> Instant {
        let ahead = deadline.saturating_since(self.shared.base.get() + self.shared.owed.get());
        let due = self.shared.base_inner.get() + divided(ahead, self.speed());
        // At least a step ahead: rounding must not make a sleep spin.
        due.max(self.inner.now() + Duration::from_nanos(1))
    }

    fn is_exact(&self) -> bool {
        self.speed() > 1.0
    }

    fn is_standing(&self) -> bool {
        self.inner.now() < self.shared.base_inner.get()
    }

    /// Stands still at the deadline that has just been slept for.
    fn stand_at(&self, deadline: Instant) {
        if self.is_exact() {
            let late = self.target().saturating_since(deadline);
            let in_a_row = if self.is_standing() { self.shared.in_a_row.get().saturating_add(1) } else { 0 };
            self.shared.in_a_row.set(in_a_row);
            self.shared.owed.set(if in_a_row < MOST_IN_A_ROW { late } else { Duration::ZERO });
            self.shared.base.set(deadline.max(self.shared.base.get()));
            self.shared.base_inner.set(self.inner.now() + STANDSTILL);
        }
    }
}

impl<C: Clock> Clock for ScaledClock<C> {
    fn now(&self) -> Instant {
        let target = self.target();
        match self.shared.first() {
            _ if self.is_exact() && self.is_standing() => self.shared.base.get(),
            Some((deadline, _)) if self.is_exact() => target.min(deadline).max(self.shared.base.get()),
            _ => target,
        }
    }

    fn wall(&self) -> UnixTime {
        // Relative to the inner clock, this one may be ahead (sped up) or behind (late timers).
        let (now, inner) = (self.now(), self.inner.now());
        let behind = inner.saturating_since(now);
        UnixTime::from_epoch(self.inner.wall().since_epoch().saturating_sub(behind)) + now.saturating_since(inner)
    }

    async fn sleep_until(&self, deadline: Instant) {
        if self.now() >= deadline {
            return;
        }
        let place = Place::take(&self.shared, deadline);
        loop {
            let due = self.target() >= deadline;
            if due && (!self.is_exact() || place.is_first()) {
                break;
            }
            let called = Called { place: &place };
            if due || (self.is_exact() && !place.is_first()) {
                // Others sleep for an earlier moment: the one before calls this one, so one timer is enough for all.
                called.await;
            } else {
                let timer = self.inner.sleep_until(self.inner_deadline(deadline));
                select(pin!(timer), pin!(called)).await;
            }
        }
        self.stand_at(deadline);
    }
}

impl Scale {
    fn first(&self) -> Option<(Instant, u64)> {
        self.sleepers.borrow().keys().next().copied()
    }

    fn wake(&self, place: (Instant, u64)) {
        // Taken out first: waking may poll, which registers anew.
        let waker = self.sleepers.borrow_mut().get_mut(&place).and_then(|sleeper| {
            sleeper.woken = true;
            sleeper.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A place in the order of sleeps; leaving it calls the next.
struct Place<'a> {
    scale: &'a Scale,
    key: (Instant, u64),
}

impl<'a> Place<'a> {
    fn take(scale: &'a Scale, deadline: Instant) -> Self {
        let ticket = scale.next_ticket.replace(scale.next_ticket.get().wrapping_add(1));
        let key = (deadline, ticket);
        scale.sleepers.borrow_mut().insert(key, Sleeper::default());
        Self { scale, key }
    }

    fn is_first(&self) -> bool {
        self.scale.first() == Some(self.key)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.scale.sleepers.borrow_mut().remove(&self.key);
        if let Some(next) = self.scale.first() {
            self.scale.wake(next);
        }
    }
}

/// Completes when the place is called: it has become the first, or the speed has changed.
struct Called<'a, 'b> {
    place: &'a Place<'b>,
}

impl Future for Called<'_, '_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut sleepers = self.place.scale.sleepers.borrow_mut();
        let Some(sleeper) = sleepers.get_mut(&self.place.key) else { return Poll::Ready(()) };
        if std::mem::take(&mut sleeper.woken) {
            return Poll::Ready(());
        }
        sleeper.waker = Some(context.waker().clone());
        Poll::Pending
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
                // The standstill after the sleep before comes on top.
                let longest = wait.as_secs_f64() / speed + STANDSTILL.as_secs_f64() + 1e-5;
                assert!(took > wait.as_secs_f64() / speed - 1e-5 && took < longest, "{speed} {wait:?} {took}");
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
        assert!(clock.shared.sleepers.borrow().is_empty());
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
    fn late_sleeps_end_in_order_each_at_its_deadline() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        clock.set_speed(60.0);
        let ended = RefCell::new(Vec::new());
        let sleep = |after: u64| {
            let (clock, ended) = (&clock, &ended);
            async move {
                clock.sleep_until(Instant::from_origin(seconds(after))).await;
                ended.borrow_mut().push((after, clock.now().since_origin()));
            }
        };
        let late = async {
            // Ten minutes of this clock pass before anything can run again.
            inner.sleep(Duration::from_millis(1)).await;
            inner.advance_to(Instant::from_origin(seconds(10)));
        };
        inner.run(join(join(sleep(30), sleep(20)), join(late, sleep(10))));
        assert_eq!(*ended.borrow(), [(10, seconds(10)), (20, seconds(20)), (30, seconds(30))]);
    }

    #[test]
    fn a_dropped_sleep_holds_nothing_up() {
        let inner = VirtualClock::default();
        let clock = ScaledClock::new(inner.clone());
        clock.set_speed(10.0);
        inner.run(async {
            {
                let first = pin!(clock.sleep(seconds(1)));
                let _ = select(first, pin!(std::future::ready(()))).await;
            }
            clock.sleep(seconds(2)).await;
        });
        assert!(clock.now().since_origin() >= seconds(2));
        assert!(clock.shared.sleepers.borrow().is_empty());
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

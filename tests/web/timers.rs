//! Sleeps: never early, never overflowing a timer, gone when dropped.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, join, select};
use sluice::clock::{Clock, ScaledClock, timer_millis};
use sluice::platform::BrowserClock;
use sluice::platform::timer::Timer;
use sluice::time::Instant;
use wasm_bindgen_test::wasm_bindgen_test;

const CLOCK: BrowserClock = BrowserClock::new();

/// Whether `sleep` is still pending after a short real while.
async fn outlasts(sleep: impl Future<Output = ()>, while_millis: u64) -> bool {
    let sleep = pin!(sleep);
    let short = pin!(CLOCK.sleep(Duration::from_millis(while_millis)));
    matches!(select(sleep, short).await, Either::Right(_))
}

#[wasm_bindgen_test]
async fn delays_beyond_a_timers_range_do_not_fire_at_once() {
    for bits in [31, 32, 40] {
        let wait = Duration::from_millis(1 << bits);
        assert!(timer_millis(wait) < 1 << 31);
        assert!(outlasts(CLOCK.sleep(wait), 60).await, "2^{bits} ms");
    }
    assert!(outlasts(CLOCK.sleep_until(Instant::from_origin(Duration::MAX)), 60).await);
}

#[wasm_bindgen_test]
async fn sleeps_never_end_early() {
    for micros in [1, 300, 999, 1_000, 1_001, 4_500, 20_100] {
        let deadline = CLOCK.now() + Duration::from_micros(micros);
        CLOCK.sleep_until(deadline).await;
        assert!(CLOCK.now() >= deadline, "{micros} µs");
    }
}

#[wasm_bindgen_test]
async fn a_deadline_that_has_passed_ends_at_once() {
    let begun = CLOCK.now();
    CLOCK.sleep_until(Instant::ORIGIN).await;
    assert!(CLOCK.now().saturating_since(begun) < Duration::from_millis(50));
}

#[wasm_bindgen_test]
fn the_clocks_are_plausible() {
    assert!(CLOCK.now() > Instant::ORIGIN);
    assert!(CLOCK.now().since_origin() < Duration::from_secs(3600));
    // 2026-01-01.
    assert!(CLOCK.wall().as_secs() > 1_767_225_600);
}

#[wasm_bindgen_test]
async fn a_scaled_sleep_can_be_sped_up_while_it_lasts() {
    let clock = ScaledClock::new(CLOCK);
    let begun = CLOCK.now();
    let speed_up = async {
        CLOCK.sleep(Duration::from_millis(30)).await;
        clock.set_speed(1000.0);
    };
    join(clock.sleep(Duration::from_secs(60)), speed_up).await;
    let took = CLOCK.now().saturating_since(begun);
    assert!(took >= Duration::from_millis(30) && took < Duration::from_secs(5), "{took:?}");
}

#[wasm_bindgen_test]
async fn a_timer_fires_once_and_not_when_dropped_nor_beyond_its_range_at_once() {
    let fired = Rc::new(RefCell::new(Vec::new()));
    let firing = |name| {
        let fired = Rc::clone(&fired);
        move || fired.borrow_mut().push(name)
    };
    let kept = Timer::after(Duration::from_millis(10), firing("kept"));
    drop(Timer::after(Duration::from_millis(10), firing("dropped")));
    let long = Timer::after(Duration::from_millis(1 << 40), firing("long"));
    CLOCK.sleep(Duration::from_millis(80)).await;
    assert_eq!(*fired.borrow(), ["kept"]);
    drop((kept, long));
}

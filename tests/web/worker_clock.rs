//! The clock whose timer a worker keeps: in time without the page's own timers, and with them where there is no worker.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, join, join_all, select};
use js_sys::{Array, Function, Object, Reflect};
use sluice::clock::{Clock, Interruption};
use sluice::platform::{BrowserClock, WorkerClock};
use sluice::time::Instant;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, Event, Url};

const CLOCK: BrowserClock = BrowserClock::new();

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A clock with the very worker that the build puts beside the page.
async fn with_worker() -> WorkerClock {
    let parts: JsValue = Array::of1(&include_str!("../../public/clock_worker.js").into()).into();
    let script = Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts).unwrap()).unwrap();
    let clock = WorkerClock::with_script(&script);
    while !clock.keeps_time_hidden() {
        CLOCK.sleep(millis(1)).await;
    }
    clock
}

/// The page is hidden, and its own timers do not run, until this is dropped.
struct TimersStopped {
    original: JsValue,
}

/// The document, which says that the page is hidden, or says it no longer.
fn hide(hides: bool) {
    let document = web_sys::window().unwrap().document().unwrap();
    if hides {
        let (property, descriptor) = (JsValue::from("hidden"), Object::new());
        Reflect::set(&descriptor, &"value".into(), &hides.into()).unwrap();
        Reflect::set(&descriptor, &"configurable".into(), &true.into()).unwrap();
        assert!(Reflect::define_property(&document, &property, &descriptor).unwrap());
    } else {
        Reflect::delete_property(&document, &"hidden".into()).unwrap();
    }
    document.dispatch_event(&Event::new("visibilitychange").unwrap()).unwrap();
}

impl TimersStopped {
    fn new() -> Self {
        let original = Reflect::get(&js_sys::global(), &"setTimeout".into()).unwrap();
        Reflect::set(&js_sys::global(), &"setTimeout".into(), &Function::new_no_args("return 0")).unwrap();
        hide(true);
        Self { original }
    }
}

impl Drop for TimersStopped {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &"setTimeout".into(), &self.original).unwrap();
        hide(false);
    }
}

#[wasm_bindgen_test]
async fn sleeps_end_in_order_and_in_time_while_the_pages_own_timers_stand_still() {
    let clock = with_worker().await;
    let stopped = TimersStopped::new();
    let ended = RefCell::new(Vec::new());
    let sleep = |wait| {
        let (clock, ended) = (&clock, &ended);
        async move {
            let deadline = clock.now() + millis(wait);
            clock.sleep_until(deadline).await;
            assert!(clock.now() >= deadline, "{wait} ms");
            ended.borrow_mut().push(wait);
        }
    };
    // Later ones first, so that the timer is set anew for earlier ones.
    join_all([60, 5, 30, 1, 90, 31].map(sleep)).await;
    drop(stopped);
    assert_eq!(*ended.borrow(), [1, 5, 30, 31, 60, 90]);
    // A chain of sleeps, each set when the one before ends.
    let stopped = TimersStopped::new();
    for _ in 0..20 {
        clock.sleep(millis(1)).await;
    }
    drop(stopped);
}

#[wasm_bindgen_test]
async fn without_a_worker_the_pages_timers_keep_the_time() {
    // No script at all, none at that address, and one that throws.
    let parts: JsValue = Array::of1(&"throw new Error('no')".into()).into();
    let broken = Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts).unwrap()).unwrap();
    for clock in [WorkerClock::start(), WorkerClock::with_script("./none.js"), WorkerClock::with_script(&broken)] {
        let deadline = clock.now() + millis(20);
        clock.sleep_until(deadline).await;
        assert!(clock.now() >= deadline);
        CLOCK.sleep(millis(50)).await;
        assert!(!clock.keeps_time_hidden());
        clock.sleep(millis(5)).await;
    }
}

#[wasm_bindgen_test]
async fn a_dropped_sleep_wakes_nobody_and_holds_nobody_up() {
    let clock = with_worker().await;
    let woken = Cell::new(false);
    let waits = async {
        clock.sleep(millis(10)).await;
        woken.set(true);
    };
    assert!(matches!(select(pin!(waits), pin!(CLOCK.sleep(millis(2)))).await, Either::Right(_)));
    clock.sleep(millis(40)).await;
    assert!(!woken.get());
    // And one beyond what timers hold does not end at once.
    let long = clock.sleep_until(Instant::from_origin(Duration::MAX));
    assert!(matches!(select(pin!(long), pin!(clock.sleep(millis(30)))).await, Either::Right(_)));
}

#[wasm_bindgen_test]
async fn a_clock_that_is_set_ends_no_sleep_early_and_is_told() {
    let clock = with_worker().await;
    let told = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&told);
    clock.on_interruption(move |interruption| seen.borrow_mut().push(interruption));
    clock.sleep(millis(1)).await;
    let date = Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
    let original = Reflect::get(&date, &"now".into()).unwrap();
    let shifted = |hours: i32| {
        let make = Function::new_with_args("now", &format!("return () => now() + {hours} * 3600000"));
        let shifted = make.call1(&JsValue::NULL, &original.clone()).unwrap();
        Reflect::set(&date, &"now".into(), &shifted).unwrap();
    };
    let deadline = clock.now() + millis(40);
    let set_ahead = async { shifted(1) };
    join(clock.sleep_until(deadline), set_ahead).await;
    assert!(clock.now() >= deadline);
    Reflect::set(&date, &"now".into(), &original).unwrap();
    clock.sleep(millis(1)).await;
    let told = told.borrow();
    let [Interruption::Ahead(ahead), Interruption::Back(back)] = told[..] else { panic!("{told:?}") };
    for hours in [ahead, back] {
        assert!(hours.abs_diff(Duration::from_secs(3_600)) < Duration::from_secs(5), "{told:?}");
    }
}

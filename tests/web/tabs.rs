//! What tabs of one site say to each other, and the network's coming and going. Two lock managers of one page are as two
//! tabs to the browser; frames of the same origin stand in for the other tab where that matters.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, join, select};
use js_sys::{Function, Object, Reflect};
use sluice::clock::Clock;
use sluice::platform::channel::Channel;
use sluice::platform::lock::{Lock, LockError, lock, try_lock};
use sluice::platform::{BrowserClock, online};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Event;

const CLOCK: BrowserClock = BrowserClock::new();

async fn a_while() {
    CLOCK.sleep(Duration::from_millis(30)).await;
}

/// Tries until the browser, which is told of a freed lock in its own time, has freed it.
async fn try_until_free(name: &str) -> Lock {
    loop {
        if let Some(lock) = try_lock(name).await.unwrap() {
            return lock;
        }
        CLOCK.sleep(Duration::from_millis(1)).await;
    }
}

#[wasm_bindgen_test]
async fn of_two_that_try_one_holds_and_the_other_hears_when_it_goes() {
    let held = try_lock("web-test-one").await.unwrap().unwrap();
    assert!(try_lock("web-test-one").await.unwrap().is_none());
    assert!(try_lock("web-test-other").await.unwrap().is_some());
    let waiting = lock("web-test-one");
    let freed = async {
        a_while().await;
        drop(held);
    };
    let (second, ()) = join(waiting, freed).await;
    assert!(try_lock("web-test-one").await.unwrap().is_none());
    drop(second.unwrap());
    drop(try_until_free("web-test-one").await);
}

#[wasm_bindgen_test]
async fn a_wait_that_is_dropped_leaves_the_queue() {
    let held = try_lock("web-test-queue").await.unwrap().unwrap();
    {
        let waiting = pin!(lock("web-test-queue"));
        assert!(matches!(select(waiting, pin!(a_while())).await, Either::Right(_)));
    }
    // One that is dropped before the browser has answered does not hold it either.
    assert!(try_lock("web-test-early").now_or_never().is_none());
    drop(try_until_free("web-test-early").await);
    drop(held);
    drop(try_until_free("web-test-queue").await);
}

#[wasm_bindgen_test]
async fn a_lock_is_free_when_its_tab_goes() {
    let document = web_sys::window().unwrap().document().unwrap();
    let frame = document.create_element("iframe").unwrap();
    document.body().unwrap().append_child(&frame).unwrap();
    let hold = Function::new_with_args(
        "frame",
        "return new Promise((done) => frame.contentWindow.navigator.locks.request('web-test-tab', () => { done(); return new Promise(() => {}) }))",
    );
    JsFuture::from(hold.call1(&JsValue::NULL, &frame).unwrap().unchecked_into::<js_sys::Promise>()).await.unwrap();
    assert!(try_lock("web-test-tab").await.unwrap().is_none());
    let closed = async {
        a_while().await;
        frame.remove();
    };
    drop(join(lock("web-test-tab"), closed).await.0.unwrap());
}

#[wasm_bindgen_test]
async fn a_browser_without_locks_or_that_refuses_says_so() {
    let navigator: Object = web_sys::window().unwrap().navigator().unchecked_into();
    let give = |body: &str| {
        let descriptor = Object::new();
        Reflect::set(&descriptor, &"configurable".into(), &true.into()).unwrap();
        Reflect::set(&descriptor, &"get".into(), &Function::new_no_args(body)).unwrap();
        assert!(Reflect::define_property(&navigator, &"locks".into(), &descriptor).unwrap());
    };
    give("return undefined");
    assert_eq!(try_lock("x").await.unwrap_err(), LockError::Unavailable);
    give("return { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) }");
    assert_eq!(try_lock("x").await.unwrap_err(), LockError::Refused("denied".to_owned()));
    assert_eq!(lock("x").await.unwrap_err(), LockError::Refused("denied".to_owned()));
    Reflect::delete_property(&navigator, &"locks".into()).unwrap();
}

#[wasm_bindgen_test]
async fn a_channel_tells_the_others_and_not_itself() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let join = |name: &'static str| {
        let heard = Rc::clone(&heard);
        Channel::open("web-test", move |text| heard.borrow_mut().push((name, text))).unwrap()
    };
    let (one, two) = (join("one"), join("two"));
    one.post("runs");
    a_while().await;
    drop(two);
    one.post("nobody hears it");
    a_while().await;
    assert_eq!(*heard.borrow(), [("two", "runs".to_owned())]);
}

#[wasm_bindgen_test]
async fn the_networks_coming_and_going_is_told() {
    let navigator: Object = web_sys::window().unwrap().navigator().unchecked_into();
    let set = |is_online: bool| {
        let descriptor = Object::new();
        Reflect::set(&descriptor, &"configurable".into(), &true.into()).unwrap();
        Reflect::set(&descriptor, &"value".into(), &is_online.into()).unwrap();
        assert!(Reflect::define_property(&navigator, &"onLine".into(), &descriptor).unwrap());
        let event = Event::new(if is_online { "online" } else { "offline" }).unwrap();
        web_sys::window().unwrap().dispatch_event(&event).unwrap();
    };
    let seen = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&seen);
    let listeners = online::on_change(move |is_online| told.borrow_mut().push(is_online));
    online::until_online().now_or_never().unwrap();
    let goes = async {
        a_while().await;
        set(false);
    };
    join(online::until_offline(), goes).await;
    online::until_offline().now_or_never().unwrap();
    let comes = async {
        a_while().await;
        // Some browsers tell of a network that is gone again.
        web_sys::window().unwrap().dispatch_event(&Event::new("online").unwrap()).unwrap();
        a_while().await;
        set(true);
    };
    join(online::until_online(), comes).await;
    assert!(online::is_online());
    assert_eq!(*seen.borrow(), [false, true, true]);
    drop(listeners);
    set(true);
    Reflect::delete_property(&navigator, &"onLine".into()).unwrap();
    assert_eq!(seen.borrow().len(), 3);
}

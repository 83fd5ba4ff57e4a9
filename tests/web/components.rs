//! Components come and go, with all that they started.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

use leptos::prelude::*;
use sluice::clock::Clock;
use sluice::platform::{BrowserClock, FrameLoop, location, visibility};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

const CLOCK: BrowserClock = BrowserClock::new();

/// Counts frames, and waits on a timer, for as long as it is there.
#[component]
fn Clockwork(frames: Arc<AtomicU32>, woken: Arc<AtomicBool>) -> impl IntoView {
    let shown = RwSignal::new(0u32);
    let frames = FrameLoop::start(move || {
        shown.set(frames.fetch_add(1, Relaxed) + 1);
    });
    let _kept = StoredValue::new_local(frames);
    let _listener = StoredValue::new_local(visibility::on_visibility_change(move |hidden| {
        shown.set(u32::from(hidden));
    }));
    leptos::task::spawn_local_scoped_with_cancellation(async move {
        CLOCK.sleep(Duration::from_millis(150)).await;
        woken.store(true, Relaxed);
        shown.set(0);
    });
    view! { <p id="clockwork">{shown}</p> }
}

fn place() -> web_sys::HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: web_sys::HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&place).unwrap();
    place
}

#[wasm_bindgen_test]
async fn components_mount_and_unmount_cleanly() {
    let place = place();
    let (frames, woken) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let (counting, waking) = (Arc::clone(&frames), Arc::clone(&woken));
    let there = ArcRwSignal::new(false);
    let when = there.clone();
    let mounted = mount_to(place.clone(), move || {
        view! {
            <Show when=move || when.get()>
                <Clockwork frames=Arc::clone(&counting) woken=Arc::clone(&waking) />
            </Show>
        }
    });
    for _ in 0..3 {
        let before = frames.load(Relaxed);
        there.set(true);
        CLOCK.sleep(Duration::from_millis(100)).await;
        assert!(frames.load(Relaxed) > before, "no frame came");
        let text = place.query_selector("#clockwork").unwrap().unwrap().text_content().unwrap();
        assert_ne!(text, "0");

        there.set(false);
        leptos::task::tick().await;
        assert!(place.query_selector("#clockwork").unwrap().is_none());
        let counted = frames.load(Relaxed);
        let event = web_sys::Event::new("visibilitychange").unwrap();
        web_sys::window().unwrap().document().unwrap().dispatch_event(&event).unwrap();
        CLOCK.sleep(Duration::from_millis(150)).await;
        assert_eq!(frames.load(Relaxed), counted, "frames went on after the component had gone");
        assert!(!woken.load(Relaxed), "a sleep outlived its component");
    }
    drop(mounted);
    assert_eq!(place.child_element_count(), 0);
    place.remove();
}

#[wasm_bindgen_test]
async fn a_frame_loop_can_be_dropped_in_its_own_callback() {
    let holder: Rc<RefCell<Option<FrameLoop>>> = Rc::default();
    let (holding, calls) = (Rc::clone(&holder), Rc::new(Cell::new(0)));
    let calling = Rc::clone(&calls);
    *holder.borrow_mut() = Some(FrameLoop::start(move || {
        calling.set(calling.get() + 1);
        drop(holding.borrow_mut().take());
    }));
    CLOCK.sleep(Duration::from_millis(120)).await;
    assert_eq!(calls.get(), 1);
    assert!(holder.borrow().is_none());
}

#[wasm_bindgen_test]
async fn the_page_mounts_shows_each_view_and_unmounts() {
    let frame = place();
    // As in index.html: the places that the program fills.
    let places = ["top-band", "navigation", "meter-band", "notices", "view"].map(|id| {
        let place = place();
        place.set_id(id);
        frame.append_child(&place).unwrap();
        place
    });
    let [.., view] = &places;
    let mounted = sluice::app::mount().await.unwrap();
    let mut seen = Vec::new();
    for address in ["#/request", "#/burst", "#/guide", "#/burst", "#work", "#/no-such-view"] {
        location::set_hash(address);
        CLOCK.sleep(Duration::from_millis(60)).await;
        seen.push(view.text_content().unwrap());
    }
    assert!(seen.iter().all(|text| !text.is_empty()));
    assert!(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2], "views look the same");
    assert_eq!(seen[3], seen[4], "the address of an element changed the view");
    assert_ne!(seen[4], seen[5], "an address of no view left the view as it was");
    assert_eq!(location::hash(), "#/guide");
    drop(mounted);
    for place in &places {
        assert_eq!(place.child_element_count(), 0, "{}", place.id());
    }
    // Whatever still runs finds its signals gone: that must not panic.
    CLOCK.sleep(Duration::from_millis(400)).await;
    location::replace_hash("");
    frame.remove();
}

//! A callback before each frame, and once a second while nobody looks; and one after a frame.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Interval;
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::Listener;
use super::timer::next_task;
use super::visibility::{is_hidden, on_visibility_change};

/// How often a hidden page is called, in milliseconds; browsers throttle this further.
const HIDDEN_MILLIS: u32 = 1_000;

/// Calls back before each frame while the page is visible, and every second while it is hidden.
///
/// Dropping it stops it, also from within the callback. In a component, keep it in a
/// `StoredValue::new_local`.
#[must_use = "a frame loop that is dropped has stopped"]
pub struct FrameLoop {
    state: Rc<State>,
    _visibility: Listener,
}

struct State {
    callback: RefCell<Box<dyn FnMut()>>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    frame: Cell<Option<i32>>,
    hidden_ticks: RefCell<Option<Interval>>,
    stopped: Cell<bool>,
}

impl FrameLoop {
    /// Starts calling `callback`.
    pub fn start(callback: impl FnMut() + 'static) -> Self {
        let state = Rc::new(State {
            callback: RefCell::new(Box::new(callback)),
            on_frame: RefCell::default(),
            frame: Cell::default(),
            hidden_ticks: RefCell::default(),
            stopped: Cell::new(false),
        });
        // Weak: the closures are part of the state that they work on.
        let weak = Rc::downgrade(&state);
        *state.on_frame.borrow_mut() = Some(Closure::new(move || on_frame(&weak)));
        let weak = Rc::downgrade(&state);
        let visibility = on_visibility_change(move |_| {
            if let Some(state) = weak.upgrade() {
                state.pause();
                state.resume();
            }
        });
        state.resume();
        Self { state, _visibility: visibility }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.state.stopped.set(true);
        self.state.pause();
    }
}

impl std::fmt::Debug for FrameLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameLoop").field("stopped", &self.state.stopped.get()).finish_non_exhaustive()
    }
}

/// Calls `callback` once the next frame has been drawn; in a hidden page, once it is seen again.
pub fn after_next_frame(callback: impl FnOnce() + 'static) {
    request_animation_frame(move || {
        wasm_bindgen_futures::spawn_local(async {
            next_task().await;
            callback();
        });
    });
}

fn on_frame(state: &Weak<State>) {
    if let Some(state) = state.upgrade() {
        state.frame.set(None);
        state.call();
        state.resume();
    }
}

impl State {
    fn call(&self) {
        if self.stopped.get() {
            return;
        }
        if let Ok(mut callback) = self.callback.try_borrow_mut() {
            callback();
        }
    }

    fn resume(self: &Rc<Self>) {
        if self.stopped.get() || self.frame.get().is_some() || self.hidden_ticks.borrow().is_some() {
            return;
        }
        if is_hidden() {
            let weak = Rc::downgrade(self);
            let ticks = Interval::new(HIDDEN_MILLIS, move || {
                if let Some(state) = weak.upgrade() {
                    state.call();
                }
            });
            *self.hidden_ticks.borrow_mut() = Some(ticks);
            return;
        }
        let on_frame = self.on_frame.borrow();
        if let (Some(window), Some(on_frame)) = (web_sys::window(), on_frame.as_ref()) {
            self.frame.set(window.request_animation_frame(on_frame.as_ref().unchecked_ref()).ok());
        }
    }

    fn pause(&self) {
        *self.hidden_ticks.borrow_mut() = None;
        if let (Some(frame), Some(window)) = (self.frame.take(), web_sys::window()) {
            let _ = window.cancel_animation_frame(frame);
        }
    }
}

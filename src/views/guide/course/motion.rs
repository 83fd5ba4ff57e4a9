//! What moves while there is something to see.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;

use crate::clock::Clock;
use crate::platform::{BrowserClock, FrameLoop};

/// A page that was hidden or busy does not jump further than this.
const LONGEST: Duration = Duration::from_secs(2);

/// While `moving`, calls `tick` with the time since the last call: before each frame, or once per `step`.
pub fn while_moving(moving: Memo<bool>, step: Duration, tick: Rc<dyn Fn(Duration)>) {
    let frames = StoredValue::new_local(None::<FrameLoop>);
    Effect::new(move || {
        let running = moving.get().then(|| {
            let (last, tick) = (Cell::new(BrowserClock.now()), Rc::clone(&tick));
            FrameLoop::start(move || {
                let now = BrowserClock.now();
                let elapsed = now.saturating_since(last.get());
                if elapsed >= step {
                    last.set(now);
                    tick(elapsed.min(LONGEST));
                }
            })
        });
        frames.set_value(running);
    });
    on_cleanup(move || {
        let _ = frames.try_update_value(Option::take);
    });
}

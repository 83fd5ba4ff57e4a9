//! The clock of what goes on while the page is hidden: the page's time, and timers that a worker keeps.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;

use wasm_bindgen::JsValue;
use web_sys::Worker;

use super::timer::Timer;
use super::{BrowserClock, Listener, visibility, worker_script};
use crate::clock::{Clock, Interruption, InterruptionWatch, Sleep, SleepClock, SleepQueue, timer_millis};
use crate::time::{Instant, UnixTime};

const PAGE: BrowserClock = BrowserClock::new();

/// The page's clock, with one timer for all sleeps, kept by a worker of its own while the page is hidden: hidden pages
/// have theirs slowed down to one tick a minute (Chromium), workers do not. Where there is no worker, and should it go, the page's own timers do.
///
/// Its times are those of [`BrowserClock`]. Clones share the worker, which ends with the last of them.
#[derive(Debug, Clone)]
pub struct WorkerClock {
    timers: Rc<Timers>,
}

type Told = Rc<dyn Fn(Interruption)>;

struct Timers {
    sleeps: SleepQueue,
    /// What the timers are set for.
    due: Cell<Option<Instant>>,
    /// The page's own timer, set along with the worker's: whichever fires first wakes the sleepers.
    page: RefCell<Option<Timer>>,
    worker: RefCell<Option<TimerWorker>>,
    ticks: Cell<u64>,
    watch: RefCell<InterruptionWatch>,
    told: RefCell<Option<Told>>,
    hidden: RefCell<Option<Listener>>,
    this: Weak<Self>,
}

#[derive(Debug)]
struct TimerWorker {
    worker: Worker,
    _listeners: [Listener; 2],
}

impl WorkerClock {
    /// A clock whose worker is started from the script that the build has put beside the page. Until it runs, and where
    /// it does not, the page's own timers keep the time.
    pub fn start() -> Self {
        let clock = Self::without_worker();
        let timers = Rc::downgrade(&clock.timers);
        wasm_bindgen_futures::spawn_local(async move {
            // The clock goes on without; `keeps_time_hidden` tells.
            let Ok(address) = worker_script::verified("clock-worker").await else { return };
            if let Some(timers) = timers.upgrade() {
                timers.start(&address);
            }
        });
        clock
    }

    /// A clock with the worker of the script at `address`.
    pub fn with_script(address: &str) -> Self {
        let clock = Self::without_worker();
        clock.timers.start(address);
        clock
    }

    fn without_worker() -> Self {
        let timers = Rc::new_cyclic(|this| Timers {
            sleeps: SleepQueue::default(),
            due: Cell::default(),
            page: RefCell::default(),
            worker: RefCell::default(),
            ticks: Cell::default(),
            watch: RefCell::default(),
            told: RefCell::default(),
            hidden: RefCell::default(),
            this: Weak::clone(this),
        });
        let hidden = Rc::downgrade(&timers);
        let set_anew = move |_| {
            if let Some(timers) = hidden.upgrade() {
                timers.due.set(None);
                timers.set();
            }
        };
        *timers.hidden.borrow_mut() = Some(visibility::on_visibility_change(set_anew));
        Self { timers }
    }

    /// Whether the worker runs, so that sleeps end in time while the page is hidden.
    pub fn keeps_time_hidden(&self) -> bool {
        self.timers.worker.borrow().is_some() && self.timers.ticks.get() > 0
    }

    /// Tells `callback`, in place of an earlier one, when time did not pass as it does while a page runs. It is noticed
    /// when the next sleep ends, before who slept goes on.
    pub fn on_interruption(&self, callback: impl Fn(Interruption) + 'static) {
        *self.timers.told.borrow_mut() = Some(Rc::new(callback));
    }
}

impl Clock for WorkerClock {
    fn now(&self) -> Instant {
        PAGE.now()
    }

    fn wall(&self) -> UnixTime {
        PAGE.wall()
    }

    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> {
        Sleep::new(Rc::clone(&self.timers), deadline)
    }
}

impl SleepClock for Timers {
    fn now(&self) -> Instant {
        PAGE.now()
    }

    fn sleeps(&self) -> &SleepQueue {
        &self.sleeps
    }

    fn has_new_sleep(&self) {
        self.set();
    }
}

impl Timers {
    fn start(&self, address: &str) {
        let Ok(worker) = Worker::new(address) else { return };
        let (ticked, failed) = (Weak::clone(&self.this), Weak::clone(&self.this));
        let listeners = [
            Listener::new(Some(worker.clone().into()), "message", move |_| {
                if let Some(timers) = ticked.upgrade() {
                    timers.ticks.set(timers.ticks.get().wrapping_add(1));
                    timers.fire();
                }
            }),
            Listener::new(Some(worker.clone().into()), "error", move |_| {
                // Taken out first: dropping it drops this callback's listener.
                let worker = failed.upgrade().and_then(|timers| timers.worker.borrow_mut().take());
                wasm_bindgen_futures::spawn_local(async move { drop(worker) });
            }),
        ];
        *self.worker.borrow_mut() = Some(TimerWorker { worker, _listeners: listeners });
        self.due.set(None);
        self.set();
    }

    /// Sets the timers for the earliest sleep, where they are not set for it or an earlier one.
    fn set(&self) {
        let Some(first) = self.sleeps.first() else { return };
        if self.due.get().is_some_and(|due| due <= first) {
            return;
        }
        self.due.set(Some(first));
        let wait = timer_millis(first.saturating_since(PAGE.now()));
        // The page's own timers are in time while it can be seen: a message to and fro at each is spared.
        if visibility::is_hidden()
            && let Some(TimerWorker { worker, .. }) = &*self.worker.borrow()
        {
            // It throws only for what cannot be copied.
            let _ = worker.post_message(&JsValue::from(wait));
        }
        let this = Weak::clone(&self.this);
        let timer = Timer::after(Duration::from_millis(wait.into()), move || {
            if let Some(timers) = this.upgrade() {
                timers.fire();
            }
        });
        // The timer that has just fired is dropped later: its callback is this one.
        let fired = self.page.borrow_mut().replace(timer);
        if let Some(fired) = fired {
            wasm_bindgen_futures::spawn_local(async move { drop(fired) });
        }
    }

    fn fire(&self) {
        // Of the two timers, the later one finds nothing due.
        let Some(due) = self.due.get() else { return };
        let now = PAGE.now();
        if now >= due {
            let interruption = self.watch.borrow_mut().observe(due, now, PAGE.wall());
            let told = self.told.borrow().clone();
            if let (Some(interruption), Some(told)) = (interruption, told) {
                told(interruption);
            }
            self.sleeps.wake_due(now);
        }
        self.due.set(None);
        self.set();
    }
}

impl Drop for TimerWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl std::fmt::Debug for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timers").field("due", &self.due.get()).field("ticks", &self.ticks.get()).finish_non_exhaustive()
    }
}

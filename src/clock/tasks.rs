//! Many futures side by side on a virtual clock, in slices: thousands of clients, and a page that stays responsive.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use super::VirtualClock;

/// How a slice of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// All futures have ended.
    Done,
    /// There is more to do.
    More,
    /// Nothing can go on: what is left waits for something that no timer brings.
    Stuck,
}

/// Futures that run on a [`VirtualClock`], which stands still until all of them wait.
///
/// Sleeps end one by one, in the order of their deadlines, and whoever one of them wakes runs before the next one ends.
pub struct Tasks<F> {
    clock: VirtualClock,
    // With the waker that calls it.
    spawned: Vec<(Option<Pin<Box<F>>>, Waker)>,
    ready: Arc<Ready>,
    left: usize,
}

impl<F: Future<Output = ()>> Tasks<F> {
    /// No futures yet.
    pub fn new(clock: VirtualClock) -> Self {
        Self { clock, spawned: Vec::new(), ready: Arc::default(), left: 0 }
    }

    /// Adds a future, which starts after those that are ready already.
    pub fn spawn(&mut self, future: F) {
        let index = self.spawned.len();
        let waker = Waker::from(Arc::new(Call { index, ready: Arc::clone(&self.ready) }));
        self.spawned.push((Some(Box::pin(future)), waker));
        self.ready.push(index);
        self.left += 1;
    }

    /// Goes on for at most `polls` steps.
    pub fn run_for(&mut self, polls: usize) -> Turn {
        for _ in 0..polls {
            if self.left == 0 {
                return Turn::Done;
            }
            let Some(index) = self.ready.pop() else {
                if self.clock.wake_next() {
                    continue;
                }
                return Turn::Stuck;
            };
            self.poll(index);
        }
        if self.left == 0 { Turn::Done } else { Turn::More }
    }

    fn poll(&mut self, index: usize) {
        let Some((task, waker)) = self.spawned.get_mut(index) else { return };
        let Some(future) = task else { return };
        if let Poll::Ready(()) = future.as_mut().poll(&mut Context::from_waker(waker)) {
            *task = None;
            self.left -= 1;
        }
    }
}

impl<F> fmt::Debug for Tasks<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Who can go on, in the order of being called. Shared between threads only in the eyes of the compiler: wakers must be
/// `Send`. Mostly one at a time can go on, and needs no lock.
#[derive(Debug)]
struct Ready {
    first: AtomicUsize,
    rest: Mutex<VecDeque<usize>>,
    rest_len: AtomicUsize,
}

const NOBODY: usize = usize::MAX;

impl Default for Ready {
    fn default() -> Self {
        Self { first: AtomicUsize::new(NOBODY), rest: Mutex::default(), rest_len: AtomicUsize::new(0) }
    }
}

impl Ready {
    fn push(&self, index: usize) {
        if self.rest_len.load(Ordering::Acquire) == 0
            && self.first.compare_exchange(NOBODY, index, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        {
            return;
        }
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.push_back(index);
        self.rest_len.store(rest.len(), Ordering::Release);
    }

    fn pop(&self) -> Option<usize> {
        let first = self.first.swap(NOBODY, Ordering::AcqRel);
        if first != NOBODY {
            return Some(first);
        }
        if self.rest_len.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let next = rest.pop_front();
        self.rest_len.store(rest.len(), Ordering::Release);
        next
    }
}

struct Call {
    index: usize,
    ready: Arc<Ready>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.ready.push(self.index);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ready.push(self.index);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn sleeps_end_in_order_and_work_can_be_sliced() {
        let run = |slice: usize| {
            let (clock, order) = (VirtualClock::default(), RefCell::new(Vec::new()));
            let mut tasks = Tasks::new(clock.clone());
            for (name, seconds) in [("c", 3), ("a", 1), ("b", 1)] {
                let (clock, order) = (&clock, &order);
                tasks.spawn(async move {
                    for round in 1..=2 {
                        clock.sleep(Duration::from_secs(seconds)).await;
                        order.borrow_mut().push((name, round, clock.now().since_origin().as_secs()));
                    }
                });
            }
            while tasks.run_for(slice) == Turn::More {}
            assert_eq!(tasks.run_for(1), Turn::Done);
            drop(tasks);
            order.into_inner()
        };
        let expected = [("a", 1, 1), ("b", 1, 1), ("a", 2, 2), ("b", 2, 2), ("c", 1, 3), ("c", 2, 6)];
        assert_eq!(run(usize::MAX), expected);
        assert_eq!(run(1), expected);
    }

    #[test]
    fn what_can_never_end_is_told() {
        let mut tasks = Tasks::new(VirtualClock::default());
        tasks.spawn(std::future::pending());
        assert_eq!(tasks.run_for(100), Turn::Stuck);
    }
}

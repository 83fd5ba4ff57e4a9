//! The page's time, whose sleeps a worker can take over for work that goes on while the page is hidden.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use super::BrowserClock;
use crate::clock::Clock;
use crate::time::{Instant, UnixTime};

const PAGE: BrowserClock = BrowserClock::new();

type Sleep = Pin<Box<dyn Future<Output = ()>>>;
type Sleeper = Rc<dyn Fn(Instant) -> Sleep>;

/// The times of [`BrowserClock`]. Its sleeps are the browser's, until another clock keeps them. Clones share that.
#[derive(Clone, Default)]
pub struct PageTime {
    sleeper: Rc<RefCell<Option<Sleeper>>>,
}

impl PageTime {
    /// Lets `clock`, whose times must be the page's, end all sleeps that begin from now on.
    pub fn keep_by(&self, clock: impl Clock + Clone + 'static) {
        let sleep = move |deadline| -> Sleep {
            let clock = clock.clone();
            Box::pin(async move { clock.sleep_until(deadline).await })
        };
        *self.sleeper.borrow_mut() = Some(Rc::new(sleep));
    }

    /// Whether another clock keeps its sleeps.
    pub fn is_kept(&self) -> bool {
        self.sleeper.borrow().is_some()
    }
}

impl Clock for PageTime {
    fn now(&self) -> Instant {
        PAGE.now()
    }

    fn wall(&self) -> UnixTime {
        PAGE.wall()
    }

    async fn sleep_until(&self, deadline: Instant) {
        let sleeper = self.sleeper.borrow().clone();
        match sleeper {
            Some(sleep) => sleep(deadline).await,
            None => PAGE.sleep_until(deadline).await,
        }
    }
}

impl fmt::Debug for PageTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageTime").field("is_kept", &self.is_kept()).finish()
    }
}

//! A clock whose timers are late, as a browser's are.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sluice::clock::{Clock, VirtualClock};
use sluice::random::{RandomSource, Rng};
use sluice::time::{Instant, UnixTime};

/// The virtual clock, with each sleep late by up to `most`.
#[derive(Clone)]
pub struct LateClock {
    pub clock: VirtualClock,
    pub most: Duration,
    pub random: Rc<RefCell<Rng>>,
}

impl Clock for LateClock {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn wall(&self) -> UnixTime {
        self.clock.wall()
    }

    async fn sleep_until(&self, deadline: Instant) {
        if deadline > self.now() {
            let late = self.most.mul_f64(self.random.borrow_mut().unit());
            self.clock.sleep_until(deadline + late).await;
        }
    }
}

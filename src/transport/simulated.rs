//! The simulator as a transport: door one, inside the page and the tests.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::{ApiRequest, Progress, Received, Receiver, Transport, TransportError};
use crate::clock::Clock;
use crate::reply::Reply;
use crate::simulator::Simulator;

/// A key that the simulator takes; it is sent nowhere.
pub const SIMULATED_KEY: &str = "sk-simulated";

/// The rest between two slices of an answer that takes long to make.
const BETWEEN_SLICES: Duration = Duration::from_millis(1);

const EVENT_STREAM: &str = "text/event-stream";

/// Sends requests to a simulator and waits for its answers on a clock.
///
/// A request arrives, is decided on and charged when `send` is first polled. Dropping the future aborts the wait
/// for the answer; the charge stays, as it would with a real server.
#[derive(Debug, Clone)]
pub struct SimulatedTransport<C> {
    simulator: Rc<RefCell<Simulator>>,
    clock: C,
    key: Option<String>,
}

impl<C: Clock> SimulatedTransport<C> {
    /// A transport to `simulator`, which others may share, with a key that it takes.
    pub fn new(simulator: Rc<RefCell<Simulator>>, clock: C) -> Self {
        Self { simulator, clock, key: Some(SIMULATED_KEY.to_owned()) }
    }

    /// The same with another key, or with none: that is a 401.
    #[must_use]
    pub fn with_key(self, key: Option<String>) -> Self {
        Self { key, ..self }
    }

    /// The simulator at the other end.
    pub fn simulator(&self) -> &Rc<RefCell<Simulator>> {
        &self.simulator
    }
}

impl<C: Clock> Transport for SimulatedTransport<C> {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let (arrival, wall) = (self.clock.now(), self.clock.wall());
        // A page draws between the slices.
        while !self.simulator.borrow_mut().prepare(request, (arrival, wall)) {
            self.clock.sleep(BETWEEN_SLICES).await;
        }
        let answer = self.simulator.borrow_mut().answer(request, self.key.as_deref(), arrival, wall);
        if answer.streams() {
            self.clock.sleep_until(arrival + answer.head_after()).await;
            observe(Progress::Head { at: self.clock.now(), status: answer.status });
            // Nothing to hide: no key was sent.
            let mut receiver = Receiver::new(None, Some(EVENT_STREAM), true, usize::MAX);
            for timed in answer.frames() {
                self.clock.sleep_until(arrival + timed.after).await;
                let chunk = timed.frame.to_string();
                if receiver.push(chunk.as_bytes(), self.clock.now(), observe) != Received::Some {
                    break;
                }
            }
        }
        self.clock.sleep_until(arrival + answer.latency.total).await;
        Ok(answer.into_reply())
    }
}

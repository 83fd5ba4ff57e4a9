//! One call against a server that always says the same: what a policy really does, told by the retry loop itself.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::client::{CallEnd, CallEvent, Client, execute};
use crate::clock::{Clock, VirtualClock};
use crate::random::Constant;
use crate::reply::TransportError;
use crate::retry::{Answer, Outcome, RetryPolicy, Wait};
use crate::time::{Instant, UnixTime};
use crate::transport::{Exchange, Progress};

/// So many attempts a probe watches.
pub const MOST_PROBED: u32 = 200;

/// An attempt of a probed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbedAttempt {
    /// When it was sent, from the first one on.
    pub sent: Duration,
    /// How long was waited after it; none after the last.
    pub wait: Option<Duration>,
    /// Which layer of the policy waited: 0 is the outermost.
    pub layer: Option<usize>,
}

/// What one call did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbedCall {
    /// Its attempts, in order.
    pub attempts: Vec<ProbedAttempt>,
    /// Whether it came to an end within [`MOST_PROBED`] attempts.
    pub has_ended: bool,
    /// Whether it ended by asking a person.
    pub asks: bool,
}

/// A server that always gives the same answer, after the same time.
struct Always {
    outcome: Outcome,
    latency: Duration,
    clock: VirtualClock,
    left: Cell<u32>,
}

struct Same(Outcome);

impl Answer for Same {
    fn outcome(&self, _: UnixTime) -> Outcome {
        self.0.clone()
    }
}

impl Exchange for Always {
    type Request = ();
    type Answer = Same;

    async fn exchange(&self, (): &(), _: &mut dyn FnMut(Progress<'_>)) -> Result<Same, TransportError> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(TransportError::NotSent("the probe has seen enough".to_owned()));
        };
        self.left.set(left);
        self.clock.sleep(self.latency).await;
        Ok(Same(self.outcome.clone()))
    }
}

/// Makes one call under `policy`; all attempts are answered with `outcome`, `latency` after they were sent, and jitter
/// draws `draw` each time.
pub fn probe(policy: &RetryPolicy, outcome: &Outcome, latency: Duration, draw: f64) -> ProbedCall {
    let clock = VirtualClock::default();
    let server = Always { outcome: outcome.clone(), latency, clock: clock.clone(), left: Cell::new(MOST_PROBED) };
    let random = RefCell::new(Constant(draw));
    let client = Client { transport: &server, clock: &clock, random: &random };
    let mut attempts: Vec<ProbedAttempt> = Vec::new();
    let observe = |event: CallEvent<'_, Same>| match event {
        CallEvent::AttemptStarted { at, .. } => {
            let sent = at.saturating_since(Instant::ORIGIN);
            attempts.push(ProbedAttempt { sent, wait: None, layer: None });
        }
        CallEvent::WaitStarted { wait: Wait { duration, layer, .. }, .. } => {
            if let Some(last) = attempts.last_mut() {
                (last.wait, last.layer) = (Some(duration), Some(layer));
            }
        }
        _ => {}
    };
    let result = clock.run(execute(&client, policy, &(), observe));
    let has_ended = result.as_ref().is_some_and(|result| !matches!(result.result, Err(TransportError::NotSent(_))));
    if !has_ended {
        // The last one was not answered any more.
        attempts.truncate(usize::try_from(MOST_PROBED).unwrap_or(usize::MAX));
    }
    let asks = result.is_some_and(|result| matches!(result.end, CallEnd::Ask(_)));
    ProbedCall { attempts, has_ended, asks }
}

//! The other end of an experiment: the simulator's decisions, with nothing written of its answers.

use std::borrow::Cow;
use std::cell::RefCell;

use super::server_log::ServerLog;
use crate::clock::{Clock, VirtualClock};
use crate::pacing::{RequestCost, Told};
use crate::rate_limit::{RateLimitHeaders, Visibility};
use crate::reply::TransportError;
use crate::retry::{Answer, Outcome};
use crate::simulator::{Decision, Demand, Readings, Scenario, Simulator, Verdict};
use crate::time::UnixTime;
use crate::transport::{Exchange, Progress};

/// The model whose limits an experiment draws on; which one does not matter, since limits are set by hand.
pub(super) const FAMILY: &str = "gpt-5-nano";

/// A request of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LabRequest {
    /// Its input tokens.
    pub input_tokens: u64,
    /// Its `max_output_tokens`.
    pub max_output_tokens: Option<u64>,
    /// The tokens that its answer would take.
    pub output_tokens: u64,
}

impl LabRequest {
    /// What a pacer knows of it beforehand.
    pub fn cost(&self) -> RequestCost {
        RequestCost { input_tokens: self.input_tokens, max_output_tokens: self.max_output_tokens }
    }

    pub(super) fn demand(&self) -> Demand<'static> {
        Demand {
            family: FAMILY,
            input_tokens: self.input_tokens,
            max_output_tokens: self.max_output_tokens,
            output_tokens: self.output_tokens,
        }
    }
}

/// An answer of an experiment.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    visibility: Visibility,
    input_tokens: u64,
    // Only where somebody reads them.
    readings: Option<Box<Readings>>,
}

impl Answer for Decided {
    fn outcome(&self, _: UnixTime) -> Outcome {
        self.decision.outcome(self.visibility)
    }
}

impl Told for Decided {
    fn limits(&self) -> Cow<'_, RateLimitHeaders> {
        Cow::Owned(self.readings.as_ref().map(|readings| readings.as_headers()).unwrap_or_default())
    }

    fn input_tokens(&self) -> Option<u64> {
        (self.decision.verdict == Verdict::Admitted).then_some(self.input_tokens)
    }
}

/// The simulator as a server of many clients.
#[derive(Debug)]
pub struct LimitedServer {
    pub(super) simulator: RefCell<Simulator>,
    pub(super) log: RefCell<ServerLog>,
    clock: VirtualClock,
    visibility: Visibility,
    tells_levels: bool,
}

impl LimitedServer {
    /// A server with `scenario`'s limits, whose headers a client sees as `visibility` says.
    ///
    /// Its answers carry the levels of the limits only where `tells_levels`: reading them takes time.
    pub fn new(
        (scenario, seed): (Scenario, u64),
        clock: VirtualClock,
        visibility: Visibility,
        tells_levels: bool,
        log: ServerLog,
    ) -> Self {
        let simulator = RefCell::new(Simulator::new(scenario, seed));
        Self { simulator, log: RefCell::new(log), clock, visibility, tells_levels }
    }
}

impl Exchange for LimitedServer {
    type Request = LabRequest;
    type Answer = Decided;

    async fn exchange(&self, request: &LabRequest, _: &mut dyn FnMut(Progress<'_>)) -> Result<Decided, TransportError> {
        let arrival = self.clock.now();
        let (decision, readings) = {
            let mut simulator = self.simulator.borrow_mut();
            let decision = simulator.decide(&request.demand(), arrival);
            let told = self.tells_levels && self.visibility == Visibility::Full;
            (decision, told.then(|| Box::new(simulator.readings(FAMILY, arrival))))
        };
        self.log.borrow_mut().record(&decision, request.input_tokens, arrival);
        self.clock.sleep_until(arrival + decision.latency).await;
        self.log.borrow_mut().answered(&decision, self.clock.now());
        Ok(Decided { decision, visibility: self.visibility, input_tokens: request.input_tokens, readings })
    }
}

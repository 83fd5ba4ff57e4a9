//! A policy of an experiment: how failures are retried, and what stands around the retries.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::experiment::{Clients, LimitSettings};
use super::server::{Decided, LabRequest};
use crate::admission::{Admission, PacedAdmission, PacedPermit, Permit, Place, Settlement, WaitsFor};
use crate::clock::VirtualClock;
use crate::pacing::{LimitHint, PacedLimit, PacingSettings};
use crate::reply::TransportError;
use crate::retry::{BudgetRule, Class, GuardRule, Outcome, Preset, RetryBudget, RetryPolicy};
use crate::time::Instant;

/// The longest that a paced request waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 86_400);

/// How clients deal with the limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabPolicy {
    /// The name people read.
    pub name: String,
    /// How failures are retried, layers over each other included.
    pub retry: RetryPolicy,
    /// The retries that all calls of a client may make together.
    pub budget: Option<BudgetRule>,
    /// When a client does not even send.
    pub guard: Option<GuardRule>,
    /// Whether each client paces its requests.
    pub pacing: Option<Pacing>,
}

/// What a client's pacer knows beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pacing {
    /// Nothing: it learns from answers.
    Learning,
    /// Its equal share of the limits.
    Told,
}

impl LabPolicy {
    /// A retry policy alone.
    pub fn new(name: impl Into<String>, retry: RetryPolicy) -> Self {
        Self { name: name.into(), retry, budget: None, guard: None, pacing: None }
    }

    /// Our pacer, which learns the limits.
    pub fn paced() -> Self {
        let retry = RetryPolicy::for_paced_work(LONGEST_WAIT);
        Self { pacing: Some(Pacing::Learning), ..Self::new("Sluice: paced", retry) }
    }

    /// All presets, and our pacer.
    pub fn presets() -> Vec<Self> {
        let mut all = vec![Self::paced()];
        all.extend(Preset::ALL.into_iter().map(Self::from));
        all
    }

    /// With a budget.
    #[must_use]
    pub fn with_budget(self, rule: BudgetRule) -> Self {
        Self { budget: Some(rule), ..self }
    }

    /// With a guard.
    #[must_use]
    pub fn with_guard(self, rule: GuardRule) -> Self {
        Self { guard: Some(rule), ..self }
    }
}

impl From<Preset> for LabPolicy {
    fn from(preset: Preset) -> Self {
        Self::new(preset.name(), preset.policy())
    }
}

/// The admission of one client's requests: its pacer, if it has one, and its budget of retries.
pub(super) struct LabAdmission {
    pacer: Option<PacedAdmission<VirtualClock, LabRequest>>,
    pub(super) budget: Option<Rc<RefCell<RetryBudget>>>,
}

impl LabAdmission {
    pub(super) fn new(policy: &LabPolicy, limits: &LimitSettings, clients: &Clients, clock: &VirtualClock) -> Self {
        let pacer = policy.pacing.map(|pacing| {
            let settings = settings(pacing, limits, clients);
            PacedAdmission::of_requests(settings, clock.clone(), LabRequest::cost)
        });
        Self { pacer, budget: policy.budget.map(|rule| Rc::new(RefCell::new(RetryBudget::new(rule)))) }
    }
}

fn settings(pacing: Pacing, limits: &LimitSettings, clients: &Clients) -> PacingSettings {
    let share = |limit: u64| (limit / u64::from(clients.count.max(1))).max(1);
    let hint = |limit, units: Option<u64>, burst: Option<u64>| {
        Some(LimitHint { limit, units: share(units?), burst: burst.map(share) })
    };
    let told = [
        hint(PacedLimit::RPM, limits.rpm, limits.burst_requests),
        hint(PacedLimit::TPM, limits.tpm, limits.burst_tokens),
        hint(PacedLimit::RPD, limits.rpd, None),
    ];
    PacingSettings {
        max_in_flight: usize::try_from(clients.concurrency).unwrap_or(usize::MAX),
        hints: if pacing == Pacing::Told { told.into_iter().flatten().collect() } else { Vec::new() },
        longest_wait: LONGEST_WAIT,
        ..PacingSettings::default()
    }
}

impl Admission<LabRequest, Decided> for LabAdmission {
    type Permit = LabPermit;

    async fn admit(&self, request: &LabRequest, place: Place, tell: &mut dyn FnMut(WaitsFor)) -> LabPermit {
        let paced = match &self.pacer {
            Some(pacer) => {
                let admitted: PacedPermit<_, _> =
                    <PacedAdmission<_, _> as Admission<LabRequest, Decided>>::admit(pacer, request, place, tell).await;
                Some(admitted)
            }
            None => None,
        };
        LabPermit { paced, budget: self.budget.clone() }
    }

    fn may_retry(&self, _: &Outcome, now: Instant) -> bool {
        self.budget.as_ref().is_none_or(|budget| budget.borrow_mut().spend(now))
    }
}

/// The permission to send one request of an experiment.
pub(super) struct LabPermit {
    paced: Option<PacedPermit<VirtualClock, LabRequest>>,
    budget: Option<Rc<RefCell<RetryBudget>>>,
}

impl Permit<Decided> for LabPermit {
    fn order(&self) -> Option<u64> {
        self.paced.as_ref().and_then(Permit::<Decided>::order)
    }

    fn settle(self, outcome: &Outcome, result: &Result<Decided, TransportError>) -> Settlement {
        if let Some(budget) = &self.budget
            && outcome.class != Class::NotSent
        {
            budget.borrow_mut().answered(outcome.class == Class::Success);
        }
        self.paced.map_or(Settlement::Counted, |paced| paced.settle(outcome, result))
    }
}

//! What the ledger holds of each call: as much as totals, tables and charts need, and no more.

use std::sync::Arc;

use super::money::{Cost, Money};
use super::prices::{Prices, Tier};
use super::record::{AnsweredBy, CallId, CallRecord, CountsAs, EndRecord, MadeIn};
use crate::responses::Usage;
use crate::retry::Class;
use crate::time::UnixTime;

/// A call in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Its name.
    pub id: CallId,
    /// The run it belongs to.
    pub run: Arc<str>,
    /// Its lane in the run, from 0.
    pub lane: u32,
    /// Where it was made.
    pub made_in: MadeIn,
    /// Which API answered.
    pub api: AnsweredBy,
    /// The base URL that was asked.
    pub server: Arc<str>,
    /// The name a person gave the key.
    pub key_alias: Option<Arc<str>>,
    /// The model asked for.
    pub model: Arc<str>,
    /// The model that answered, where it was told: its price comes first.
    pub answered_by: Option<Arc<str>>,
    /// What it is called on the page.
    pub label: Arc<str>,
    /// When it was queued, microseconds since 1970-01-01T00:00:00Z.
    pub queued_at_micros: u64,
    /// How long it took from then on, in microseconds; `None` while it is under way.
    pub duration_micros: Option<u64>,
    /// How much of it was waiting between attempts, in microseconds.
    pub waited_micros: u64,
    /// Its HTTP requests that went out.
    pub attempts: u32,
    /// Those the server failed or refused.
    pub failed_attempts: u32,
    /// Those whose outcome is unknown.
    pub unknown_outcomes: u32,
    /// What it was answered with.
    pub answer: RowAnswer,
    /// The tier that served it.
    pub tier: Tier,
    /// The last HTTP status.
    pub status: Option<u16>,
    /// What happened last.
    pub class: Option<Class>,
    /// Where it stands.
    pub stands: Stands,
    /// Where all of it is kept.
    pub place: Option<Place>,
}

/// Where a call is kept in whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The journal.
    pub journal: Arc<str>,
    /// The number of the record in it.
    pub record: u64,
    /// Its place in the record, from 0.
    pub at: u32,
}

/// What a call was answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowAnswer {
    /// No response, or none yet.
    #[default]
    None,
    /// A response with this usage.
    Usage(Usage),
    /// A response without one.
    NoUsage,
    /// A response whose usage cannot be.
    InvalidUsage,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stands {
    /// Under way.
    Running,
    /// It has its response.
    Succeeded,
    /// It has failed, or its attempts are used up.
    Stopped,
    /// It waits for a person's decision.
    Asked,
    /// Stopped by a person.
    Cancelled,
}

impl Stands {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Running, Self::Succeeded, Self::Stopped, Self::Asked, Self::Cancelled];

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "Under way",
            Self::Succeeded => "Succeeded",
            Self::Stopped => "Failed",
            Self::Asked => "Waits for you",
            Self::Cancelled => "Stopped",
        }
    }
}

impl LedgerRow {
    /// What the ledger holds of `call`. One without an end is under way.
    pub fn of(call: &CallRecord) -> Self {
        let mut row = Self {
            id: call.id,
            run: call.run.as_str().into(),
            lane: call.lane,
            made_in: call.made_in,
            api: call.api,
            server: call.server.as_str().into(),
            key_alias: call.key_alias.as_deref().map(Into::into),
            model: call.model.as_str().into(),
            answered_by: None,
            label: call.label.as_str().into(),
            queued_at_micros: call.queued_at_micros,
            duration_micros: call.ended_micros,
            waited_micros: 0,
            attempts: 0,
            failed_attempts: 0,
            unknown_outcomes: 0,
            answer: RowAnswer::None,
            tier: if call.made_in == MadeIn::BatchJob { Tier::Batch } else { Tier::Standard },
            status: None,
            class: None,
            stands: stands(call.end.as_ref()),
            place: None,
        };
        for attempt in &call.attempts {
            let is_held_back = attempt.outcome.as_ref().is_some_and(|outcome| outcome.class == Class::NotSent);
            row.attempts = row.attempts.saturating_add(u32::from(!is_held_back));
            match &attempt.counts_as {
                Some(CountsAs::Usage(usage)) => row.answer = RowAnswer::Usage(*usage),
                Some(CountsAs::NoUsage) => row.answer = RowAnswer::NoUsage,
                Some(CountsAs::InvalidUsage(_)) => row.answer = RowAnswer::InvalidUsage,
                Some(CountsAs::Failed) => row.failed_attempts = row.failed_attempts.saturating_add(1),
                Some(CountsAs::Unknown) => row.unknown_outcomes = row.unknown_outcomes.saturating_add(1),
                None => {}
            }
            if let Some(outcome) = &attempt.outcome {
                row.class = Some(outcome.class);
                if !is_held_back {
                    row.status = outcome.status;
                }
            }
            let answered_by = attempt.response.as_ref().and_then(|response| response.model.as_deref());
            if let Some(model) = answered_by.filter(|model| **model != *row.model) {
                row.answered_by = Some(model.into());
            }
            let tier = attempt.response.as_ref().and_then(|response| response.service_tier.as_deref());
            if let Some(tier) = tier.and_then(Tier::of_answer).filter(|_| row.tier != Tier::Batch) {
                row.tier = tier;
            }
            if let Some(wait) = &attempt.wait {
                let lasted = wait.ended_micros.map_or(0, |ended| ended.saturating_sub(wait.started_micros));
                row.waited_micros = row.waited_micros.saturating_add(lasted);
            }
        }
        row
    }

    /// When it was queued.
    pub fn queued_at(&self) -> UnixTime {
        UnixTime::from_epoch(std::time::Duration::from_micros(self.queued_at_micros))
    }

    /// The tokens of its response, where they are known.
    pub const fn usage(&self) -> Option<&Usage> {
        match &self.answer {
            RowAnswer::Usage(usage) => Some(usage),
            _ => None,
        }
    }

    /// What it cost by `prices`, as far as that is known. What was never answered costs nothing.
    pub fn cost(&self, prices: &Prices) -> Cost {
        let mut cost = Cost { known: Money::ZERO, unknown_calls: self.unknown_outcomes.into() };
        match &self.answer {
            RowAnswer::None => {}
            RowAnswer::Usage(usage) => match prices.cost_of(&self.model, self.answered_by.as_deref(), self.tier, usage)
            {
                Some(known) => cost.known = known,
                None => cost.unknown_calls += 1,
            },
            RowAnswer::NoUsage | RowAnswer::InvalidUsage => cost.unknown_calls += 1,
        }
        cost
    }
}

fn stands(end: Option<&EndRecord>) -> Stands {
    match end {
        None => Stands::Running,
        Some(EndRecord::Succeeded) => Stands::Succeeded,
        Some(EndRecord::Stopped(_)) => Stands::Stopped,
        Some(EndRecord::Asked(_)) => Stands::Asked,
        Some(EndRecord::Cancelled { .. }) => Stands::Cancelled,
    }
}

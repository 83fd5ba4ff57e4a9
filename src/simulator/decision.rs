//! What is decided on a request, without a word of its answer: for experiments with millions of requests.

use std::time::Duration;

use super::admission::{Readings, Rejection};
use super::answer::{ceil_ms, ceil_s, trio};
use super::refusals::whole_millis;
use super::{Draws, Simulator};
use crate::rate_limit::{Field, LimitReached, RateLimitHeaders, RetryAfter, Visibility};
use crate::retry::{Class, Outcome, ServerWait, WaitHeaders, WaitSource};
use crate::time::Instant;

/// A request in numbers: all that decides whether it is let in and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand<'a> {
    /// The family of models whose limits it draws on.
    pub family: &'a str,
    /// Its input tokens.
    pub input_tokens: u64,
    /// Its `max_output_tokens`.
    pub max_output_tokens: Option<u64>,
    /// The tokens that its answer takes unless `max_output_tokens` cuts it short.
    pub output_tokens: u64,
}

/// Whether a request is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Admitted,
    /// A limit stands in its way.
    Limited(Rejection),
    /// The account has no credit.
    QuotaExhausted,
    /// The server is overloaded.
    Overloaded {
        /// What it asks to wait.
        retry_after: Duration,
    },
}

/// What was decided on a request when it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it was let in.
    pub verdict: Verdict,
    /// How long its answer takes, from its arrival.
    pub latency: Duration,
    /// The tokens that it is charged, or would have been.
    pub charged: u64,
    /// The tokens that its answer takes; none where it was refused.
    pub output_tokens: u64,
}

impl Simulator {
    /// Decides on a request that arrives at `now` as [`Simulator::answer`] does, with no key asked for and no answer
    /// written.
    pub fn decide(&mut self, demand: &Demand<'_>, now: Instant) -> Decision {
        let mut draws = self.next_draws();
        let charged = self.scenario.charge.tokens(demand.input_tokens, demand.max_output_tokens);
        let verdict = self.let_in(demand.family, charged, now, &mut draws);
        let Draws { mut timing, .. } = draws;
        if verdict != Verdict::Admitted {
            let latency = self.scenario.latency.refusal(&mut timing).total;
            return Decision { verdict, latency, charged, output_tokens: 0 };
        }
        let output_tokens = demand.output_tokens.min(demand.max_output_tokens.unwrap_or(u64::MAX));
        let latency = self.scenario.latency.answer(output_tokens, 0, &mut timing).total;
        if self.scenario.settle {
            let used = demand.input_tokens.saturating_add(output_tokens);
            self.gate.correct_later(demand.family, (now + latency, self.answered), charged, used);
        }
        Decision { verdict, latency, charged, output_tokens }
    }
}

impl Simulator {
    /// Lets a request in if it fits, and draws nothing: for whoever looks for the earliest moment.
    ///
    /// # Errors
    /// Where a limit stands in its way.
    pub fn try_admit(&mut self, demand: &Demand<'_>, now: Instant) -> Result<(), Rejection> {
        let charged = self.scenario.charge.tokens(demand.input_tokens, demand.max_output_tokens);
        self.gate.admit(&self.scenario, demand.family, charged, now)
    }
}

impl Decision {
    /// What a client makes of the answer: what [`classify`](crate::retry::classify) makes of the rendered one, but
    /// for its words.
    pub fn outcome(&self, visibility: Visibility) -> Outcome {
        match self.verdict {
            Verdict::Admitted => Outcome { status: Some(200), ..Outcome::of(Class::Success) },
            Verdict::QuotaExhausted => Outcome { status: Some(429), ..Outcome::of(Class::Quota) },
            Verdict::Overloaded { retry_after } => Outcome {
                status: Some(503),
                wait: asked(retry_after, visibility),
                wait_headers: wait_headers(retry_after, visibility),
                ..Outcome::of(Class::Overload)
            },
            Verdict::Limited(rejection) => limited(&rejection, visibility),
        }
    }
}

impl Readings {
    /// The limits as the headers of an answer tell them.
    pub fn as_headers(&self) -> RateLimitHeaders {
        RateLimitHeaders { requests: trio(self.requests), tokens: trio(self.tokens), ..RateLimitHeaders::default() }
    }
}

fn limited(rejection: &Rejection, visibility: Visibility) -> Outcome {
    let refusal = rejection.refusal;
    let reached = LimitReached {
        scope: Some(rejection.scope),
        window: Some(refusal.window),
        limit: Some(refusal.limit),
        used: refusal.used,
        requested: Some(refusal.requested),
        try_again_in: refusal.wait.map(whole_millis),
        too_large: refusal.wait.is_none(),
        ..LimitReached::default()
    };
    let Some(exact) = refusal.wait else {
        return Outcome { status: Some(429), limit: Some(reached), ..Outcome::of(Class::RequestTooLarge) };
    };
    let in_text = || {
        let stated = whole_millis(exact);
        let said = ServerWait::For { wait: stated, source: WaitSource::Message };
        if stated.is_zero() {
            reached.earliest_fit().map(|wait| ServerWait::For { wait, source: WaitSource::EarliestFit }).or(Some(said))
        } else {
            Some(said)
        }
    };
    Outcome {
        status: Some(429),
        wait: asked(exact, visibility).or_else(in_text),
        wait_headers: wait_headers(exact, visibility),
        limit: Some(reached),
        ..Outcome::of(Class::RateLimit)
    }
}

/// What the headers ask to wait; `None` where they are hidden.
fn asked(exact: Duration, visibility: Visibility) -> Option<ServerWait> {
    let wait = Duration::from_millis(ceil_ms(exact));
    (visibility == Visibility::Full).then_some(ServerWait::For { wait, source: WaitSource::RetryAfterMs })
}

fn wait_headers(exact: Duration, visibility: Visibility) -> WaitHeaders {
    if visibility != Visibility::Full {
        return WaitHeaders::default();
    }
    let wait = |duration| Field::Exposed(RetryAfter::Wait(duration));
    WaitHeaders {
        retry_after_ms: wait(Duration::from_millis(ceil_ms(exact))),
        retry_after: wait(Duration::from_secs(ceil_s(exact))),
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;

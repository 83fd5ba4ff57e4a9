//! What an answer teaches the pacer.

use std::borrow::Cow;
use std::time::Duration;

use super::cost::{RequestCost, float};
use super::draws::Fate;
use super::limit_model::{Amount, LimitModel, ToldLevel};
use super::pacer::{Pacer, Settlement};
use super::queue::Ticket;
use super::settings::{DAY, MINUTE, PacedLimit};
use super::view::LimitKnowledge;
use crate::rate_limit::{LimitReached, LimitScope, RateLimitHeaders, TokenKind};
use crate::reply::Reply;
use crate::retry::{Class, Outcome, WaitSource};
use crate::simulator::ChargeRule;
use crate::time::Instant;

/// Servers cut the wait in a text down to whole milliseconds.
const CUT_OFF: Duration = Duration::from_millis(1);
/// Requests sent so shortly after one another may arrive in another order.
const CONCURRENT: Duration = Duration::from_millis(10);
/// The windows of limits whose headers do not say. Not a second: an empty bucket with a burst of one looks like it.
const WINDOWS: [Duration; 3] = [MINUTE, Duration::from_secs(3_600), DAY];

/// The draw an answer belongs to.
#[derive(Debug, Clone, Copy)]
struct Answered {
    number: u64,
    sent: Instant,
    cost: RequestCost,
}

/// What an answer tells the pacer, besides what happened.
pub trait Told {
    /// The limits that its headers tell.
    fn limits(&self) -> Cow<'_, RateLimitHeaders>;
    /// The input tokens that it reports.
    fn input_tokens(&self) -> Option<u64>;
}

impl Told for Reply {
    fn limits(&self) -> Cow<'_, RateLimitHeaders> {
        Cow::Borrowed(&self.headers.limits)
    }

    fn input_tokens(&self) -> Option<u64> {
        Some(self.usage().known()?.input_tokens)
    }
}

impl Pacer {
    /// Takes in the answer to an admitted request, or what came in its place.
    pub fn settle<A: Told>(
        &mut self,
        ticket: Ticket,
        outcome: &Outcome,
        answer: Option<&A>,
        now: Instant,
    ) -> Settlement {
        let in_flight = self.queue.in_flight;
        let Some((number, cost)) = self.take_out(ticket) else { return Settlement::Counted };
        if outcome.class != Class::NotSent {
            self.draws.has_gone(number);
        }
        let Some(sent) = self.draws.get(number).map(|draw| draw.at) else { return Settlement::Counted };
        let answered = Answered { number, sent, cost };
        if drew_nothing(outcome) {
            self.give_back(number, cost, now);
        } else if let Some(draw) = self.draws.get_mut(number) {
            draw.fate = Fate::Drawn;
        }
        if let Some(input_tokens) = answer.and_then(Told::input_tokens) {
            self.calibration.observe_usage(cost, input_tokens);
        }
        if let Some(answer) = answer {
            self.learn_from_headers(&answer.limits(), answered, now);
        }
        let settlement = self.learn_from_outcome(outcome, answered, in_flight, now);
        self.forget_draws();
        settlement
    }

    fn learn_from_outcome(
        &mut self,
        outcome: &Outcome,
        answered: Answered,
        in_flight: usize,
        now: Instant,
    ) -> Settlement {
        let last = self.draws.last();
        match outcome.class {
            Class::RateLimit => {
                self.refusals += 1;
                if outcome.status.is_some_and(|status| (200..300).contains(&status)) {
                    // It was let through, and failed in mid-stream: its text tells of another moment.
                    let wait = outcome.wait.map_or(Duration::ZERO, |wait| wait.sufficient());
                    return Settlement::Requeue { not_before: now + wait };
                }
                if let Some(not_before) = self.learn_from_refusal(outcome, answered, now) {
                    return Settlement::Requeue { not_before };
                }
                self.window.refused(answered.number, last, in_flight);
                if let Some(wait) = outcome.wait.filter(|wait| !wait.is_zero()) {
                    self.gate = self.gate.max(now + wait.sufficient());
                }
            }
            Class::Overload if outcome.status == Some(429) => {
                self.refusals += 1;
                self.window.refused(answered.number, last, in_flight);
            }
            Class::Overload | Class::Server | Class::Timeout => {
                self.window.overloaded(answered.number, last, in_flight);
            }
            Class::Success => self.window.succeeded(in_flight),
            Class::RequestTooLarge
            | Class::Quota
            | Class::Conflict
            | Class::Auth
            | Class::Forbidden
            | Class::NotFound
            | Class::BadRequest
            | Class::Unreadable
            | Class::Opaque
            | Class::Unknown
            | Class::NotSent => {}
        }
        Settlement::Counted
    }

    fn learn_from_headers(&mut self, limits: &RateLimitHeaders, answered: Answered, now: Instant) {
        let (tokens, kind) = limits.leading_tokens();
        let token_scope = match kind {
            TokenKind::All => Some(LimitScope::Tokens),
            TokenKind::Input => Some(LimitScope::InputTokens),
            TokenKind::Output => None,
        };
        for (scope, trio, named) in [
            (Some(LimitScope::Requests), &limits.requests, limits.requests_window),
            (token_scope, tokens, limits.tokens_window),
        ] {
            let (Some(scope), Some(units), Some(remaining)) = (scope, trio.limit.exposed(), trio.remaining.exposed())
            else {
                continue;
            };
            if *units == 0 {
                continue;
            }
            let remaining = float(*remaining) - float(trio.overdrawn);
            let told = (float(*units), remaining, trio.reset.exposed().copied());
            let window = limits.told_window(trio, named).unwrap_or_else(|| self.window_of(scope, told));
            self.learn_from_trio(PacedLimit { scope, window }, told, answered, now);
        }
    }

    fn learn_from_trio(
        &mut self,
        limit: PacedLimit,
        (units, remaining, reset): (f64, f64, Option<Duration>),
        answered: Answered,
        now: Instant,
    ) {
        let is_new = !self.models.iter().any(|model| model.limit == limit);
        let at = self.model_of(limit, units, LimitKnowledge::Shown, answered.sent);
        let Some(model) = self.models.get_mut(at) else { return };
        if answered.number < model.anchor {
            return;
        }
        let changed = model.resize(units, LimitKnowledge::Shown, now);
        let level = model.told_remaining(remaining, reset);
        if limit.scope == LimitScope::Tokens {
            self.calibration.tells_levels();
        }
        if is_new && self.draws.is_whole() {
            let all: Vec<Amount> = self.draws.after(0).map(|draw| self.amount_of(limit.scope, draw)).collect();
            if let Some(model) = self.models.get_mut(at) {
                model.start_full(&all, now);
            }
        }
        let since: Vec<Amount> =
            self.draws.after(answered.number).map(|draw| self.amount_of(limit.scope, draw)).collect();
        let level = if changed { Some(level) } else { self.compare_with_told(at, level, &since, answered, now) };
        if let (Some(model), Some(level)) = (self.models.get_mut(at), level) {
            let told = ToldLevel { number: answered.number, sent: answered.sent, level };
            model.anchor(told, &since, now);
        }
    }

    /// What left the limit between two told levels: our own draws teach the charge rule, the rest are others'. Gives the level
    /// to go on from, `None` where what is believed is as good as what is told.
    fn compare_with_told(
        &mut self,
        at: usize,
        told: f64,
        since: &[Amount],
        answered: Answered,
        now: Instant,
    ) -> Option<f64> {
        let model = self.models.get(at)?;
        let (scope, anchor, capacity) = (model.limit.scope, model.anchor, model.capacity);
        let after: f64 = since.iter().map(|draw| draw.units).sum();
        let own = self.draws.get(answered.number).filter(|draw| draw.counts());
        let own = own.map_or(0.0, |draw| self.units(scope, draw.cost));
        let believed = model.level_before(answered.sent, after + own, now) - own;
        // Requests sent at nearly the same time may have been decided on in another order: of those before it some may not
        // be counted in what is told, and of those after it some may.
        let (before, after) = self.draws.around(answered.number, CONCURRENT);
        let uncounted: f64 = before.map(|draw| self.units(scope, draw.cost)).sum();
        let counted: f64 = after.map(|draw| self.units(scope, draw.cost)).sum();
        let level = believed.max(told - uncounted).min(told + counted);
        if (believed - level).abs() <= f64::EPSILON {
            return None;
        }
        // A bucket that was full in between tells nothing of what was drawn.
        if level + own > 0.97 * capacity || believed + own > 0.97 * capacity {
            return Some(level);
        }
        let drawn_by = |rule: ChargeRule| -> Option<f64> {
            let draws = self.draws.between(anchor, answered.number)?;
            Some(draws.map(|draw| self.calibration.tokens_by(rule, draw.cost)).sum())
        };
        if scope == LimitScope::Tokens
            && let (Some(sum), Some(larger)) = (drawn_by(ChargeRule::Sum), drawn_by(ChargeRule::Larger))
        {
            let ours = if self.calibration.rule() == Some(ChargeRule::Larger) { larger } else { sum };
            self.calibration.observe_drawn(believed + ours - level, sum, larger);
            if self.calibration.rule().is_none() {
                return Some(level);
            }
        }
        if let Some(model) = self.models.get_mut(at) {
            model.note_others(believed - level, now);
        }
        Some(level)
    }

    /// Takes in a refusal's text. Gives the time from which the request may come again, where it is understood.
    fn learn_from_refusal(&mut self, outcome: &Outcome, answered: Answered, now: Instant) -> Option<Instant> {
        let reached = outcome.limit.as_ref()?;
        let scope = reached.scope.filter(|scope| *scope != LimitScope::Images)?;
        let units = float(reached.limit.filter(|units| *units > 0)?);
        if let (LimitScope::Tokens, Some(requested)) = (scope, reached.requested) {
            self.calibration.observe_requested(answered.cost, requested);
        }
        let window = reached.window.map_or(MINUTE, |window| window.length());
        let limit = PacedLimit { scope, window };
        let requested = match scope {
            LimitScope::Requests => 1.0,
            _ => reached.requested.map_or_else(|| self.units(scope, answered.cost), float),
        };
        let wait = finest_wait(outcome, reached);
        let not_before = wait.map_or(now, |wait| now + wait);
        let is_new = !self.models.iter().any(|model| model.limit == limit && model.knowledge != LimitKnowledge::Hinted);
        let at = self.model_of(limit, units, LimitKnowledge::Inferred, answered.sent);
        let model = self.models.get_mut(at)?;
        if answered.number < model.anchor {
            return wait.map(|_| not_before);
        }
        let shown = model.knowledge == LimitKnowledge::Shown;
        let changed = model.resize(units, if shown { LimitKnowledge::Shown } else { LimitKnowledge::Inferred }, now);
        let level = match (wait, reached.used) {
            (Some(wait), _) => requested - wait.as_secs_f64() * model.rate(),
            (None, Some(used)) => units - float(used) - 1.0,
            (None, None) => return None,
        };
        self.take_refusal(at, level, answered, is_new, changed, now);
        Some(not_before)
    }

    fn take_refusal(&mut self, at: usize, level: f64, answered: Answered, is_new: bool, changed: bool, now: Instant) {
        let Some(scope) = self.models.get(at).map(|model| model.limit.scope) else { return };
        let since: Vec<Amount> = self.draws.after(answered.number).map(|draw| self.amount_of(scope, draw)).collect();
        let is_measured = scope == LimitScope::Requests || self.calibration.rule().is_some();
        let wants_capacity = self.models.get(at).is_some_and(LimitModel::wants_capacity);
        let before: Option<Vec<Amount>> = if is_measured && wants_capacity && self.draws.is_whole() {
            let before = self.draws.between(0, answered.number.saturating_sub(1));
            before.map(|draws| draws.map(|draw| self.amount_of(scope, draw)).collect())
        } else {
            None
        };
        let is_fresh = answered.number > self.episode;
        self.episode = self.draws.last().max(self.episode);
        let Some(model) = self.models.get_mut(at) else { return };
        let is_inferred = before.is_some_and(|before| model.infer_capacity(&before, answered.sent, level));
        let told = ToldLevel { number: answered.number, sent: answered.sent, level };
        if is_new || changed || is_inferred {
            model.note_discovery(now);
        } else if is_fresh {
            let after = since.iter().map(|draw| draw.units).sum();
            model.note_surprise(model.level_before(answered.sent, after, now) - level, &told, now);
        }
        model.anchor(told, &since, now);
    }

    /// The window of a limit whose headers do not say. The more is used, the better the numbers tell.
    fn window_of(&mut self, scope: LimitScope, (units, remaining, reset): (f64, f64, Option<Duration>)) -> Duration {
        let used = units - remaining;
        let window = implied_window(units, used, reset);
        let is_free = !self.models.iter().any(|model| model.limit == PacedLimit { scope, window });
        let known = self.models.iter_mut().find(|model| {
            model.limit.scope == scope && model.knowledge == LimitKnowledge::Shown && (model.units - units).abs() < 0.5
        });
        let Some(model) = known else { return window };
        if used > model.window_told_by && (is_free || model.limit.window == window) {
            model.limit.window = window;
            model.window_told_by = used;
        }
        model.limit.window
    }

    /// The model of a limit, made where there is none.
    fn model_of(&mut self, limit: PacedLimit, units: f64, knowledge: LimitKnowledge, from: Instant) -> usize {
        self.models.iter().position(|model| model.limit == limit).unwrap_or_else(|| {
            self.models.push(LimitModel::new(limit, units, knowledge, from));
            self.models.len() - 1
        })
    }

    /// Forgets what no answer can tell of any more.
    fn forget_draws(&mut self) {
        let knows = |scope| self.models.iter().any(|model| model.limit.scope == scope && !model.wants_capacity());
        // A capacity is inferred from everything that went.
        if knows(LimitScope::Requests) && (knows(LimitScope::Tokens) || knows(LimitScope::InputTokens)) {
            let shown = self.models.iter().filter(|model| model.knowledge == LimitKnowledge::Shown);
            let oldest = shown.map(|model| model.anchor).min().unwrap_or(u64::MAX);
            self.draws.forget_to(oldest);
        }
    }
}

/// Whether the request took nothing from any limit.
fn drew_nothing(outcome: &Outcome) -> bool {
    if outcome.status.is_some_and(|status| (200..300).contains(&status)) {
        return false;
    }
    matches!(outcome.class, Class::RateLimit | Class::RequestTooLarge | Class::Quota | Class::NotSent)
        || matches!(outcome.status, Some(429 | 401 | 403 | 404))
}

/// The wait until the request fits, as finely as it is told: a text's milliseconds before a header's whole seconds.
fn finest_wait(outcome: &Outcome, reached: &LimitReached) -> Option<Duration> {
    let from_text = reached.try_again_in.map(|wait| wait.saturating_add(CUT_OFF));
    let told = outcome.wait.filter(|wait| !wait.is_zero());
    let in_milliseconds = told.filter(|wait| wait.source() == WaitSource::RetryAfterMs);
    in_milliseconds.map(|wait| wait.sufficient()).or(from_text).or_else(|| told.map(|wait| wait.sufficient()))
}

/// The window that a header's numbers tell, if it is that of a bucket: what its reset refills is what is used. Else the
/// shortest that holds the reset: a burst cap, or a window that starts again.
fn implied_window(units: f64, used: f64, reset: Option<Duration>) -> Duration {
    let Some(reset) = reset.filter(|_| used >= 1.0) else { return MINUTE };
    let is_refilled_by = |window: &Duration| {
        let refill = reset.as_secs_f64() * units / window.as_secs_f64();
        let rounding = 0.01 * used + 0.001 * units / window.as_secs_f64();
        refill > used - 1.0 - rounding && refill <= used + rounding && refill >= 1.0 - rounding
    };
    let holds = |window: &Duration| reset.as_secs_f64() <= 1.02 * window.as_secs_f64();
    let mut found = WINDOWS.into_iter().filter(is_refilled_by).chain(WINDOWS.into_iter().filter(holds));
    found.next().unwrap_or(DAY)
}

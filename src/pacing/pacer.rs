//! The pacer: which request goes now.

use std::time::Duration;

use super::calibration::Calibration;
use super::cost::{RequestCost, float};
use super::draws::{Draw, DrawLog, Fate};
use super::flight_window::FlightWindow;
use super::limit_model::{Amount, LimitModel};
use super::queue::{Queue, State, Ticket};
use super::rate_meter::RateMeter;
use super::settings::{PacedLimit, PacingSettings};
use super::view::{LimitKnowledge, WaitsFor};
use crate::rate_limit::LimitScope;
use crate::time::Instant;

/// What would be too early by less than a timer is late goes at once.
const WORTH_HOLDING: Duration = Duration::from_millis(4);
/// What was admitted is held back for no longer; it goes and is refused, and waits its time as all do.
const LONGEST_HOLD: Duration = Duration::from_secs(5);

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This request goes now. It counts as sent from here on; ask again for the next.
    Admit(Ticket),
    /// Nothing goes before that time; ask again then, or after an answer.
    WaitUntil(Instant, WaitsFor),
    /// Nothing goes before an answer comes, or a person does something.
    Wait(WaitsFor),
    /// Nothing waits.
    Idle,
}

/// What an answer means to the call it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It is counted; whether and when to retry is the policy's business.
    Counted,
    /// A refusal that is understood: queue the request again, from that time on. The limits will set the rest.
    Requeue {
        /// The server asked not to come again earlier.
        not_before: Instant,
    },
}

/// Admits requests as fast as limits allow that it learns on the way. See the [module](super).
#[derive(Debug, Clone)]
pub struct Pacer {
    pub(super) settings: PacingSettings,
    pub(super) queue: Queue,
    pub(super) draws: DrawLog,
    pub(super) models: Vec<LimitModel>,
    pub(super) calibration: Calibration,
    pub(super) window: FlightWindow,
    /// Nothing goes earlier: a server asked so without numbers.
    pub(super) gate: Instant,
    pub(super) refusals: u64,
    /// Refusals for requests up to this draw belong to one that is already known of.
    pub(super) episode: u64,
    pub(super) meter: RateMeter,
    is_paused: bool,
    /// Since when, and for when, a wait is held that is too long to pass without asking.
    pub(super) held: Option<(Instant, Instant)>,
    fronts: Vec<Ticket>,
}

impl Pacer {
    /// A pacer that knows no more than `settings` say.
    pub fn new(settings: PacingSettings, now: Instant) -> Self {
        let mut pacer = Self {
            window: FlightWindow::new(settings.initial_in_flight, settings.max_in_flight),
            settings: PacingSettings::default(),
            queue: Queue::new(),
            draws: DrawLog::default(),
            models: Vec::new(),
            calibration: Calibration::new(),
            gate: now,
            refusals: 0,
            episode: 0,
            meter: RateMeter::default(),
            is_paused: false,
            held: None,
            fronts: Vec::new(),
        };
        pacer.configure(settings, now);
        pacer
    }

    /// Takes other settings, while requests wait and are in flight.
    pub fn configure(&mut self, settings: PacingSettings, now: Instant) {
        self.window.set_most(settings.max_in_flight);
        for hint in settings.hints.iter().filter(|hint| hint.units > 0) {
            let units = float(hint.units);
            let known = self.models.iter().position(|model| model.limit == hint.limit);
            let at = known.unwrap_or_else(|| {
                self.models.push(LimitModel::new(hint.limit, units, LimitKnowledge::Hinted, now));
                self.models.len() - 1
            });
            if let Some(model) = self.models.get_mut(at).filter(|model| model.knowledge == LimitKnowledge::Hinted) {
                model.resize(units, LimitKnowledge::Hinted, now);
                if let Some(burst) = hint.burst {
                    model.cap(float(burst), now);
                }
            }
        }
        self.held = None;
        self.settings = settings;
    }

    /// The settings as they are.
    pub const fn settings(&self) -> &PacingSettings {
        &self.settings
    }

    /// Puts a request into the queue. One that comes back gives its old [`Ticket::order`], and goes before newer ones.
    pub fn enqueue(&mut self, cost: RequestCost, order: Option<u64>, not_before: Instant, now: Instant) -> Ticket {
        self.queue.add(cost, order, not_before, now)
    }

    /// Lets an admitted request go `now`, which may be some time after it was admitted, and out of turn. Where nobody says so,
    /// requests go as they are admitted.
    ///
    /// # Errors
    /// Where it would be refused by what was learned since it was admitted: when to ask again.
    pub fn depart(&mut self, ticket: Ticket, now: Instant) -> Result<(), Instant> {
        let Some(entry) = self.queue.get(ticket) else { return Ok(()) };
        let State::InFlight { number } = entry.state else { return Ok(()) };
        if let Some(until) = self.held_back_until(number, entry.cost, now) {
            return Err(until);
        }
        let Some((sent_as, displaced)) = self.draws.go_out(number, now) else { return Ok(()) };
        for (ticket, number) in [(displaced.ticket, number), (ticket, sent_as)] {
            if let Some(entry) = self.queue.get_mut(ticket).filter(|entry| entry.state != State::Waiting) {
                entry.state = State::InFlight { number };
            }
        }
        Ok(())
    }

    /// Until when what was admitted as draw `number` and has not gone would be refused, as far as is known.
    fn held_back_until(&self, number: u64, cost: RequestCost, now: Instant) -> Option<Instant> {
        let admitted = self.draws.get(number)?.at;
        if self.exceeds_a_limit(cost) {
            return None;
        }
        let waits = self.models.iter().filter(|model| model.level(now) < 0.0).map(|model| {
            // What was admitted after it goes after it.
            let later = self.draws.after(number).map(|draw| self.units(model.limit.scope, draw.cost)).sum();
            model.refilled_in(later, now)
        });
        let wait = waits.max().filter(|wait| *wait >= WORTH_HOLDING)?;
        Some(now + wait).filter(|until| *until <= admitted + LONGEST_HOLD)
    }

    /// Takes a request out that waits, or that was admitted and never sent: nothing was drawn.
    pub fn withdraw(&mut self, ticket: Ticket, now: Instant) {
        if let Some((number, cost)) = self.take_out(ticket) {
            self.give_back(number, cost, now);
        }
    }

    /// Takes a request out whose answer nobody waits for any more: what it drew stays drawn.
    pub fn abandon(&mut self, ticket: Ticket) {
        if let Some((number, _)) = self.take_out(ticket)
            && let Some(draw) = self.draws.get_mut(number)
        {
            draw.fate = Fate::Drawn;
        }
    }

    /// Admits nothing from now on; what is in flight is settled as ever.
    pub const fn pause(&mut self) {
        self.is_paused = true;
    }

    /// Goes on, after a pause or where a wait was too long to pass without asking.
    pub const fn resume(&mut self) {
        self.is_paused = false;
        if let Some((since, until)) = self.held.take() {
            // A person agreed to this wait, and to others as long: the next request under a day's limit has it too.
            let agreed = until.saturating_since(since).saturating_add(Duration::from_secs(60));
            self.settings.longest_wait = longer(self.settings.longest_wait, agreed);
        }
    }

    /// Whether a person paused it.
    pub const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// What to do now.
    pub fn next(&mut self, now: Instant) -> Step {
        self.queue.bring_forward(now);
        match self.decide(now) {
            Ok(ticket) => {
                self.admit(ticket, now);
                Step::Admit(ticket)
            }
            Err(None) => Step::Idle,
            Err(Some((why, None))) => Step::Wait(why),
            Err(Some((why, Some(at)))) => self.wait_until(at, why, now),
        }
    }

    /// One that waits: the first of those that [`Pacer::next`] looked at last, where there is one.
    pub fn first_waiting(&mut self) -> Option<Ticket> {
        let is_waiting = |ticket: &Ticket| self.queue.get(*ticket).is_some_and(|entry| entry.state == State::Waiting);
        let first = self.fronts.iter().copied().filter(is_waiting).min();
        first.or_else(|| self.queue.first_later())
    }

    /// The request that may go now, or why none may and until when; `None` where none waits.
    pub(super) fn decide(&mut self, now: Instant) -> Result<Ticket, Option<(WaitsFor, Option<Instant>)>> {
        if self.queue.waiting == 0 {
            return Err(None);
        }
        if self.is_paused {
            return Err(Some((WaitsFor::Pause, None)));
        }
        if self.queue.in_flight >= self.window.capacity(self.knows_a_limit()) {
            return Err(Some((WaitsFor::Concurrency, None)));
        }
        if self.gate > now {
            return Err(Some((WaitsFor::ServerWait, Some(self.gate))));
        }
        let mut fronts = std::mem::take(&mut self.fronts);
        self.queue.fronts(&mut fronts);
        let chosen = self.choose(&fronts, now);
        self.fronts = fronts;
        let due = self.queue.next_due();
        match (chosen, due) {
            (Ok(ticket), _) => Ok(ticket),
            (Err(Some((at, why))), due) if due.is_none_or(|due| at <= due) => Err(Some((why, Some(at)))),
            (Err(_), due) => Err(Some((WaitsFor::Retry, due))),
        }
    }

    /// Of the first of each size: the oldest where it fits, else the oldest that fits and may overtake it.
    fn choose(&self, fronts: &[Ticket], now: Instant) -> Result<Ticket, Option<(Instant, WaitsFor)>> {
        let head = fronts.iter().min().copied().ok_or(None)?;
        let Some(entry) = self.queue.get(head) else { return Err(None) };
        let (head_at, why) = self.fits_at(entry.cost, now);
        if head_at <= now {
            return Ok(head);
        }
        let head_tokens = self.calibration.tokens(entry.cost);
        let patience = head_tokens - entry.overtaken;
        let mut best: Option<Ticket> = None;
        let mut earliest = (head_at, why);
        for ticket in fronts.iter().filter(|ticket| **ticket != head) {
            let Some(entry) = self.queue.get(*ticket) else { continue };
            let tokens = self.calibration.tokens(entry.cost);
            if tokens >= head_tokens || tokens > patience {
                continue;
            }
            let fits = self.fits_at(entry.cost, now);
            if fits.0 <= now {
                best = Some(best.map_or(*ticket, |best| best.min(*ticket)));
            } else if fits.0 < earliest.0 {
                earliest = fits;
            }
        }
        best.ok_or(Some(earliest))
    }

    /// When every limit allows a request of that cost, and which allows it last.
    fn fits_at(&self, cost: RequestCost, now: Instant) -> (Instant, WaitsFor) {
        let mut latest = (now, WaitsFor::Turn);
        let too_large = self.exceeds_a_limit(cost);
        for model in &self.models {
            let scope = model.limit.scope;
            // What can never fit is not held back: the server's word on it comes at once, and it alone fails.
            if too_large && scope != LimitScope::Requests {
                continue;
            }
            let reserve = model.reserve(now, self.amount_waiting(scope, self.queue.waiting_cost));
            let at = model.fits_at(self.amount(scope, cost, now), reserve, now);
            if at > latest.0 {
                latest = (at, WaitsFor::Limit(model.limit));
            }
        }
        latest
    }

    fn exceeds_a_limit(&self, cost: RequestCost) -> bool {
        self.models
            .iter()
            .any(|model| model.knowledge != LimitKnowledge::Hinted && self.units(model.limit.scope, cost) > model.units)
    }

    fn admit(&mut self, ticket: Ticket, now: Instant) {
        let Some(cost) = self.queue.get(ticket).map(|entry| entry.cost) else { return };
        let head = self.fronts.iter().min().copied().filter(|head| *head != ticket);
        let tokens = self.calibration.tokens(cost);
        if let Some(entry) = head.and_then(|head| self.queue.get_mut(head)) {
            entry.overtaken += tokens;
        }
        let number = self.draws.push(ticket, now, cost);
        self.queue.depart(ticket, number);
        self.meter.count(now, tokens);
        for at in 0..self.models.len() {
            let amount = self.models.get(at).map(|model| self.amount(model.limit.scope, cost, now));
            if let (Some(model), Some(amount)) = (self.models.get_mut(at), amount) {
                model.draw(amount);
            }
        }
    }

    fn wait_until(&mut self, at: Instant, why: WaitsFor, now: Instant) -> Step {
        // Something new was learned: the wait is another than the one that is held.
        self.held = self.held.filter(|(_, until)| at + Duration::from_secs(1) >= *until);
        if self.held.is_none() && at.saturating_since(now) > self.settings.longest_wait {
            self.held = Some((now, at));
        }
        match self.held {
            Some((_, until)) => Step::Wait(WaitsFor::LongWait { until }),
            None => Step::WaitUntil(at, why),
        }
    }

    /// Removes a ticket; gives its draw, where it was admitted.
    pub(super) fn take_out(&mut self, ticket: Ticket) -> Option<(u64, RequestCost)> {
        let entry = self.queue.remove(ticket)?;
        match entry.state {
            State::InFlight { number } => Some((number, entry.cost)),
            State::Waiting => None,
        }
    }

    /// What drew nothing is given back to every limit.
    pub(super) fn give_back(&mut self, number: u64, cost: RequestCost, now: Instant) {
        if let Some(draw) = self.draws.get_mut(number) {
            draw.fate = Fate::Refused;
        }
        for at in 0..self.models.len() {
            let amount = self.models.get(at).map(|model| self.amount(model.limit.scope, cost, now));
            if let (Some(model), Some(amount)) = (self.models.get_mut(at), amount) {
                model.give_back(amount, number, now);
            }
        }
    }

    /// What a request of that cost draws from a limit of that scope, when it goes.
    pub(super) fn amount(&self, scope: LimitScope, cost: RequestCost, at: Instant) -> Amount {
        let variance = match scope {
            LimitScope::Requests | LimitScope::Images => 0.0,
            LimitScope::Tokens | LimitScope::InputTokens => self.calibration.input_variance(cost),
        };
        Amount { at, units: self.units(scope, cost), variance }
    }

    /// The same, as a number.
    pub(super) fn units(&self, scope: LimitScope, cost: RequestCost) -> f64 {
        match scope {
            LimitScope::Requests => 1.0,
            LimitScope::Tokens => self.calibration.tokens(cost),
            LimitScope::InputTokens => self.calibration.input_tokens(cost),
            LimitScope::Images => 0.0,
        }
    }

    pub(super) fn amount_of(&self, scope: LimitScope, draw: &Draw) -> Amount {
        self.amount(scope, draw.cost, draw.at)
    }

    pub(super) fn amount_waiting(&self, scope: LimitScope, cost: RequestCost) -> f64 {
        match scope {
            LimitScope::Requests => float(u64::try_from(self.queue.waiting).unwrap_or(u64::MAX)),
            _ => self.units(scope, cost),
        }
    }

    /// Whether a limit is known that is shorter than a day: one that sets the pace.
    pub(super) fn knows_a_limit(&self) -> bool {
        self.models.iter().any(|model| model.limit.window < PacedLimit::RPD.window)
    }
}

const fn longer(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() > b.as_nanos() { a } else { b }
}

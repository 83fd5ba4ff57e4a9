//! Who is let in: the limits of each model family, all of which a request must fit.

use std::collections::BTreeMap;
use std::time::Duration;

use super::scenario::{RequestsHeader, Scenario};
use crate::rate_limit::{LimitReading, LimitScope, LimitWindow, Limiter, Quota, Refusal};
use crate::time::Instant;

/// What the headers of one answer are written from: the limits at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readings {
    /// The request limit that headers tell.
    pub requests: Option<LimitReading>,
    /// The token limit that headers tell.
    pub tokens: Option<LimitReading>,
}

/// The limit that stands in a request's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejection {
    /// What it counts.
    pub scope: LimitScope,
    /// Its numbers.
    pub refusal: Refusal,
}

/// The limits of all model families.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    // A handful at most.
    families: Vec<FamilyLimits>,
    // Corrections that fall due when an answer is complete, by time and order of admission.
    corrections: BTreeMap<(Instant, u64), Correction>,
}

#[derive(Debug, Clone)]
struct Correction {
    family: String,
    charged: u64,
    really_used: u64,
}

#[derive(Debug, Clone)]
struct FamilyLimits {
    family: String,
    limits: Vec<(LimitScope, Limiter)>,
}

impl Gate {
    /// Lets a request of one request and `tokens` tokens in and charges it, or says which limit it must wait for.
    ///
    /// Where several refuse it, it is the one with the longest wait; one that it can never fit comes first.
    pub(super) fn admit(
        &mut self,
        scenario: &Scenario,
        family: &str,
        tokens: u64,
        now: Instant,
    ) -> Result<(), Rejection> {
        self.correct_until(now);
        let Some(limits) = self.family(scenario, family, now) else { return Ok(()) };
        let refused = limits.limits.iter().filter_map(|(scope, limiter)| {
            let refusal = limiter.check(now, amount(*scope, tokens)).err()?;
            Some(Rejection { scope: *scope, refusal })
        });
        // The first of equals: limits are kept in the order requests, tokens, per minute before per day.
        let worst = refused.reduce(|worst, next| if severity(&next) > severity(&worst) { next } else { worst });
        match worst {
            None => {
                for (scope, limiter) in &mut limits.limits {
                    limiter.drain(now, amount(*scope, tokens));
                }
                Ok(())
            }
            Some(rejection) if scenario.charge_rejected => Err(limits.charge_rejected(rejection, tokens, now)),
            Some(rejection) => Err(rejection),
        }
    }

    /// What headers tell of a family's limits at `now`.
    pub(super) fn readings(&mut self, scenario: &Scenario, family: &str, now: Instant) -> Readings {
        self.correct_until(now);
        let Some(limits) = self.family(scenario, family, now) else { return Readings::default() };
        let find = |scope, windows: [LimitWindow; 2]| {
            windows.into_iter().find_map(|window| {
                limits.limits.iter().find_map(|(of, limiter)| {
                    let reading = limiter.reading(now);
                    (*of == scope && reading.quota.window() == window).then_some(reading)
                })
            })
        };
        let requests = match scenario.requests_header {
            RequestsHeader::PerMinute => [LimitWindow::Minute, LimitWindow::Day],
            RequestsHeader::PerDay => [LimitWindow::Day, LimitWindow::Minute],
        };
        Readings {
            requests: find(LimitScope::Requests, requests),
            tokens: find(LimitScope::Tokens, [LimitWindow::Minute, LimitWindow::Day]),
        }
    }

    /// Notes that `charged` tokens are to be corrected to `really_used` at `due`.
    pub(super) fn correct_later(
        &mut self,
        family: &str,
        (due, number): (Instant, u64),
        charged: u64,
        really_used: u64,
    ) {
        self.corrections.insert((due, number), Correction { family: family.to_owned(), charged, really_used });
    }

    fn correct_until(&mut self, now: Instant) {
        while let Some(entry) = self.corrections.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((due, _), correction) = entry.remove_entry();
            let Some(limits) = self.families.iter_mut().find(|limits| limits.family == correction.family) else {
                continue;
            };
            for (_, limiter) in limits.limits.iter_mut().filter(|(scope, _)| *scope == LimitScope::Tokens) {
                if correction.really_used > correction.charged {
                    limiter.drain(due, correction.really_used - correction.charged);
                } else {
                    limiter.give_back(due, correction.charged - correction.really_used);
                }
            }
        }
    }

    /// A family's limits, from its first request on.
    fn family(&mut self, scenario: &Scenario, family: &str, now: Instant) -> Option<&mut FamilyLimits> {
        let known = self.families.iter().position(|limits| limits.family == family);
        let at = known.unwrap_or_else(|| {
            self.families.push(FamilyLimits::new(scenario, family, now));
            self.families.len() - 1
        });
        self.families.get_mut(at)
    }
}

impl FamilyLimits {
    fn new(scenario: &Scenario, family: &str, now: Instant) -> Self {
        let (limits, used) = (scenario.limits(family), scenario.used_at_start);
        let limiter = |scope, limit: Option<u64>, used: Option<u64>, window, burst: Option<u64>| {
            let quota = Quota::new(limit?, window);
            let quota = burst.map_or(quota, |burst| quota.with_burst(burst));
            Some((scope, Limiter::new(scenario.algorithm, quota, used.unwrap_or(0), now)))
        };
        let (requests, tokens) = (LimitScope::Requests, LimitScope::Tokens);
        let all = [
            limiter(requests, limits.rpm, used.rpm, LimitWindow::Minute, scenario.burst_requests),
            limiter(requests, limits.rpd, used.rpd, LimitWindow::Day, None),
            limiter(tokens, limits.tpm, used.tpm, LimitWindow::Minute, scenario.burst_tokens),
            limiter(tokens, limits.tpd, used.tpd, LimitWindow::Day, None),
        ];
        Self { family: family.to_owned(), limits: all.into_iter().flatten().collect() }
    }

    /// Charges the request that was rejected, and states the numbers as they are afterwards.
    fn charge_rejected(&mut self, rejection: Rejection, tokens: u64, now: Instant) -> Rejection {
        for (scope, limiter) in &mut self.limits {
            if *scope == LimitScope::Requests {
                limiter.drain(now, 1);
            }
        }
        let same = |limiter: &Limiter| limiter.reading(now).quota.window() == rejection.refusal.window;
        let after = self.limits.iter().find(|(scope, limiter)| *scope == rejection.scope && same(limiter));
        let refusal = after.and_then(|(scope, limiter)| limiter.check(now, amount(*scope, tokens)).err());
        Rejection { refusal: refusal.unwrap_or(rejection.refusal), ..rejection }
    }
}

const fn amount(scope: LimitScope, tokens: u64) -> u64 {
    match scope {
        LimitScope::Tokens | LimitScope::InputTokens => tokens,
        LimitScope::Requests | LimitScope::Images => 1,
    }
}

fn severity(rejection: &Rejection) -> Duration {
    rejection.refusal.wait.unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Instant = Instant::ORIGIN;
    const NANO: &str = "gpt-5-nano";

    fn remaining(gate: &mut Gate, scenario: &Scenario, now: Instant) -> (u64, u64) {
        let readings = gate.readings(scenario, NANO, now);
        (readings.requests.unwrap().remaining, readings.tokens.unwrap().remaining)
    }

    #[test]
    fn a_request_must_fit_all_limits_and_a_rejected_one_costs_nothing() {
        let (mut gate, scenario) = (Gate::default(), Scenario::default().rpm(3).tpm(1_000));
        assert!(gate.admit(&scenario, NANO, 900, T0).is_ok());
        let rejection = gate.admit(&scenario, NANO, 200, T0).unwrap_err();
        assert_eq!((rejection.scope, rejection.refusal.used), (LimitScope::Tokens, Some(900)));
        assert_eq!(remaining(&mut gate, &scenario, T0), (2, 100));
        assert!(gate.admit(&scenario, "gpt-4o", 900, T0).is_ok(), "each family has its own limits");
    }

    #[test]
    fn the_longest_wait_is_reported() {
        let (mut gate, scenario) = (Gate::default(), Scenario::default().rpm(1).tpm(1_000));
        assert!(gate.admit(&scenario, NANO, 1_000, T0).is_ok());
        assert_eq!(gate.admit(&scenario, NANO, 10, T0).unwrap_err().scope, LimitScope::Requests);
        assert_eq!(gate.admit(&scenario, NANO, 2_000, T0).unwrap_err().refusal.wait, None);
    }

    #[test]
    fn rejected_requests_can_be_made_to_cost() {
        let mut scenario = Scenario::default().rpm(3).tpm(100);
        scenario.charge_rejected = true;
        let mut gate = Gate::default();
        assert!(gate.admit(&scenario, NANO, 100, T0).is_ok());
        assert!(gate.admit(&scenario, NANO, 10, T0).is_err());
        assert_eq!(remaining(&mut gate, &scenario, T0), (1, 0));
        assert!(gate.admit(&scenario, NANO, 10, T0).is_err());
        assert!(gate.admit(&scenario, NANO, 10, T0).is_err());
        assert_eq!(remaining(&mut gate, &scenario, T0), (0, 0), "never below zero");
    }

    #[test]
    fn a_charge_is_corrected_when_the_answer_is_complete() {
        let (mut gate, scenario) = (Gate::default(), Scenario::default().tpm(60_000));
        assert!(gate.admit(&scenario, NANO, 50_000, T0).is_ok());
        gate.correct_later(NANO, (T0 + Duration::from_secs(2), 1), 50_000, 1_000);
        assert_eq!(remaining(&mut gate, &scenario, T0 + Duration::from_secs(1)).1, 11_000);
        assert_eq!(remaining(&mut gate, &scenario, T0 + Duration::from_secs(2)).1, 60_000);
    }

    #[test]
    fn a_daily_limit_can_be_nearly_used_up() {
        let scenario = Scenario::from(crate::simulator::ScenarioPreset::DailyLimit);
        let mut gate = Gate::default();
        assert!((0..2).all(|_| gate.admit(&scenario, NANO, 10, T0).is_ok()));
        let refusal = gate.admit(&scenario, NANO, 10, T0).unwrap_err().refusal;
        assert_eq!((refusal.limit, refusal.used, refusal.wait), (200, Some(200), Some(Duration::from_secs(432))));
        assert_eq!(gate.readings(&scenario, NANO, T0).requests.unwrap().quota.limit(), 200);
    }
}

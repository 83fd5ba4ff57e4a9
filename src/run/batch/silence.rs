//! Requests that bring no answer, one after the other: a network or a server that is gone without anybody saying so.
//!
//! Each of them is of unknown outcome, so a run that went on would make an unknown of every line. After two in a row one
//! request at a time goes, as a probe, at waits that double; then the run pauses.

use std::time::Duration;

use crate::time::Instant;

/// The wait before the first probe; each later one waits twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// In a row, these are taken for chance: a connection that was closed as a request went out.
const CHANCE: u32 = 1;
/// As many in a row end the run: the last probe comes after 31 seconds of silence.
const MOST: u32 = 7;

/// What is known of the silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Silence {
    row: u32,
    last: Option<Instant>,
    is_probing: bool,
}

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Now.
    Open,
    /// A probe may, from then on.
    From(Instant),
    /// Once the probe that is out has told.
    AfterProbe,
}

impl Silence {
    /// An answer came, whatever it says.
    pub const fn heard(&mut self) {
        *self = Self { row: 0, last: None, is_probing: false };
    }

    /// None came at `now`, to the request that went at `sent`. Those that were out together are one.
    pub fn unheard(&mut self, sent: Instant, now: Instant) {
        if self.last.is_none_or(|last| sent >= last) {
            self.row = self.row.saturating_add(1);
            self.last = Some(now);
            self.is_probing = false;
        }
    }

    /// The request did not go after all.
    pub const fn not_sent(&mut self) {
        self.is_probing = false;
    }

    /// Whether a request may go at `now`; if it is a probe, it is the one that is out.
    pub fn enter(&mut self, now: Instant) -> Gate {
        let Some(last) = self.last.filter(|_| self.row > CHANCE) else { return Gate::Open };
        let doublings = self.row.saturating_sub(CHANCE + 1).min(MOST);
        let from = last + FIRST_WAIT.saturating_mul(1 << doublings);
        match (self.is_probing, now >= from) {
            (true, _) => Gate::AfterProbe,
            (false, false) => Gate::From(from),
            (false, true) => {
                self.is_probing = true;
                Gate::Open
            }
        }
    }

    /// Whether there is no sense in going on.
    pub const fn is_final(&self) -> bool {
        self.row >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ORIGIN + Duration::from_secs(seconds)
    }

    #[test]
    fn one_that_is_lost_by_chance_holds_nothing_back() {
        let mut silence = Silence::default();
        silence.unheard(at(0), at(1));
        assert_eq!(silence.enter(at(1)), Gate::Open);
        silence.heard();
        assert_eq!(silence, Silence::default());
    }

    #[test]
    fn probes_go_one_at_a_time_at_waits_that_double() {
        let mut silence = Silence::default();
        // A hundred that were out when the network went are one.
        (0..100).for_each(|_| silence.unheard(at(0), at(10)));
        silence.unheard(at(10), at(10));
        let mut now = 10;
        for wait in [1, 2, 4, 8, 16] {
            assert!(!silence.is_final());
            assert_eq!(silence.enter(at(now)), Gate::From(at(now + wait)));
            now += wait;
            assert_eq!(silence.enter(at(now)), Gate::Open, "the probe");
            assert_eq!(silence.enter(at(now)), Gate::AfterProbe);
            silence.unheard(at(now), at(now));
        }
        assert!(silence.is_final());
    }

    #[test]
    fn a_probe_that_did_not_go_leaves_its_turn_to_another() {
        let mut silence = Silence::default();
        silence.unheard(at(0), at(1));
        silence.unheard(at(1), at(2));
        assert_eq!(silence.enter(at(3)), Gate::Open);
        silence.not_sent();
        assert_eq!(silence.enter(at(3)), Gate::Open);
        silence.heard();
        assert_eq!((silence.enter(at(3)), silence.enter(at(3))), (Gate::Open, Gate::Open));
    }
}

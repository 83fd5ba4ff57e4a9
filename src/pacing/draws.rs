//! The requests that were let out, as far back as an answer can still tell of.

use std::collections::VecDeque;
use std::time::Duration;

use super::cost::RequestCost;
use super::queue::Ticket;
use crate::time::Instant;

/// No answer looks further back.
const MOST_KEPT: usize = 4_096;

/// What became of a request that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its answer is still to come: it counts as drawn.
    InFlight,
    /// Let through.
    Drawn,
    /// Refused, or never sent: it drew nothing.
    Refused,
}

/// A request that was let out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    pub(super) ticket: Ticket,
    /// When it went out; before that, when it was let out.
    pub(super) at: Instant,
    pub(super) cost: RequestCost,
    pub(super) fate: Fate,
}

impl Draw {
    pub(super) fn counts(&self) -> bool {
        self.fate != Fate::Refused
    }
}

/// The draws in the order they went out, numbered from 1; those that have not gone out yet come after them, in the order
/// they were let out.
#[derive(Debug, Clone, Default)]
pub(super) struct DrawLog {
    // Number of the first that is kept, less one.
    dropped: u64,
    draws: VecDeque<Draw>,
    // Number of the last that is known to have gone out.
    gone: u64,
}

impl DrawLog {
    /// Notes a request that is let out at `at`; gives its number.
    pub(super) fn push(&mut self, ticket: Ticket, at: Instant, cost: RequestCost) -> u64 {
        if self.draws.len() >= MOST_KEPT {
            self.draws.pop_front();
            self.dropped += 1;
        }
        self.draws.push_back(Draw { ticket, at, cost, fate: Fate::InFlight });
        self.last()
    }

    /// Notes that draw `number` goes out at `at`, which may be some time after it was let out, and out of turn. Gives its
    /// number from here on, and the draw that has taken its old one; `None` where it is known to have gone.
    pub(super) fn go_out(&mut self, number: u64, at: Instant) -> Option<(u64, Draw)> {
        let next = self.gone.max(self.dropped) + 1;
        if number < next {
            return None;
        }
        let (from, to) = (self.index(number)?, self.index(next)?);
        self.draws.get_mut(from)?.at = at;
        self.draws.swap(from, to);
        self.gone = next;
        Some((next, *self.draws.get(from)?))
    }

    /// Notes that draw `number` has been answered: where nobody tells when requests go out, they do as they are let out.
    pub(super) const fn has_gone(&mut self, number: u64) {
        if self.gone < number {
            self.gone = number;
        }
    }

    /// The number of the last that was let out; 0 where none was.
    pub(super) fn last(&self) -> u64 {
        self.dropped + u64::try_from(self.draws.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Draw> {
        self.draws.get_mut(self.index(number)?)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Draw> {
        self.draws.get(self.index(number)?)
    }

    /// Those after `number` that count.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Draw> {
        let skip = usize::try_from(number.saturating_sub(self.dropped)).unwrap_or(usize::MAX).min(self.draws.len());
        self.draws.range(skip..).filter(|draw| draw.counts())
    }

    /// Those after `from` up to `to`, both numbers, that count; `None` where some of them are kept no more.
    pub(super) fn between(&self, from: u64, to: u64) -> Option<impl Iterator<Item = &Draw>> {
        let start = usize::try_from(from.checked_sub(self.dropped)?).ok()?.min(self.draws.len());
        let end = usize::try_from(to.saturating_sub(self.dropped)).ok()?.clamp(start, self.draws.len());
        Some(self.draws.range(start..end).filter(|draw| draw.counts()))
    }

    /// Those that count and went out at most `within` before draw `number`, and those that did at most `within` after it.
    pub(super) fn around(
        &self,
        number: u64,
        within: Duration,
    ) -> (impl Iterator<Item = &Draw>, impl Iterator<Item = &Draw>) {
        let at = self.get(number).map_or(Instant::ORIGIN, |draw| draw.at);
        let before = self.index(number).unwrap_or(0).min(self.draws.len());
        let after = (before + 1).min(self.draws.len());
        let before = self.draws.range(..before).rev().take_while(move |draw| draw.at >= at - within);
        let after = self.draws.range(after..).take_while(move |draw| draw.at <= at + within);
        // One that has not gone out yet may have been let out earlier.
        let after = after.filter(move |draw| draw.at >= at - within);
        (before.filter(|draw| draw.counts()), after.filter(|draw| draw.counts()))
    }

    /// Whether everything that ever went is still here.
    pub(super) const fn is_whole(&self) -> bool {
        self.dropped == 0
    }

    /// Forgets answered draws up to `number`, from the first on.
    pub(super) fn forget_to(&mut self, number: u64) {
        while self.dropped < number && self.draws.front().is_some_and(|draw| draw.fate != Fate::InFlight) {
            self.draws.pop_front();
            self.dropped += 1;
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.dropped)?.checked_sub(1)?).ok()
    }
}

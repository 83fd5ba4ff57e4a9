//! Series over time for charts: in bins that double in length whenever there would be too many.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::simulator::Readings;
use crate::time::Instant;
use crate::time::micros;

/// The most bins of a series.
const MOST_BINS: usize = 512;
/// How long bins are at first.
const FIRST_BIN: Duration = Duration::from_millis(100);

/// What happened in one bin of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bin {
    /// Calls that were let in.
    pub admitted: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Requests that were answered.
    pub completed: u64,
    /// Requests left in the bucket at the bin's end, where there is such a limit.
    pub requests_left: Option<u64>,
    /// Tokens left in the bucket at the bin's end, where there is such a limit.
    pub tokens_left: Option<u64>,
    /// Tokens that were charged for requests still in flight at the bin's end.
    pub tokens_reserved: u64,
}

/// A trial over time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Series {
    /// How long each bin is, in microseconds.
    pub bin_micros: u64,
    /// The bins from the start on.
    pub bins: Vec<Bin>,
}

/// A series being written.
#[derive(Debug, Clone)]
pub struct SeriesLog {
    length: Duration,
    bins: Vec<Bin>,
    reserved: u64,
}

impl Default for SeriesLog {
    fn default() -> Self {
        Self { length: FIRST_BIN, bins: Vec::new(), reserved: 0 }
    }
}

impl SeriesLog {
    pub(super) fn called(&mut self, now: Instant, admitted: bool, tokens: u64) {
        if admitted {
            self.reserved = self.reserved.saturating_add(tokens);
        }
        let reserved = self.reserved;
        if let Some(bin) = self.bin(now) {
            if admitted {
                bin.admitted += 1;
            } else {
                bin.refused += 1;
            }
            bin.tokens_reserved = reserved;
        }
    }

    pub(super) fn completed(&mut self, now: Instant, tokens: u64) {
        self.reserved = self.reserved.saturating_sub(tokens);
        let reserved = self.reserved;
        if let Some(bin) = self.bin(now) {
            bin.completed += 1;
            bin.tokens_reserved = reserved;
        }
    }

    /// Notes the levels at the end of a bin.
    pub(super) fn sampled(&mut self, now: Instant, readings: &Readings) {
        // A bin's end is the next one's beginning.
        let within = Instant::from_origin(now.since_origin().saturating_sub(Duration::from_nanos(1)));
        let reserved = self.reserved;
        if let Some(bin) = self.bin(within) {
            bin.requests_left = readings.requests.map(|reading| reading.remaining);
            bin.tokens_left = readings.tokens.map(|reading| reading.remaining);
            bin.tokens_reserved = reserved;
        }
    }

    /// When the bin that `now` is in ends.
    pub(super) fn next_sample(&self, now: Instant) -> Instant {
        let index = now.since_origin().as_nanos() / self.length.as_nanos().max(1);
        let nanos = (index + 1).saturating_mul(self.length.as_nanos());
        Instant::from_origin(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    pub(super) fn finish(self) -> Series {
        Series { bin_micros: micros(self.length), bins: self.bins }
    }

    fn bin(&mut self, now: Instant) -> Option<&mut Bin> {
        let mut index = self.index(now);
        while index >= MOST_BINS {
            self.double();
            index = self.index(now);
        }
        if index >= self.bins.len() {
            self.bins.resize(index + 1, Bin::default());
        }
        self.bins.get_mut(index)
    }

    fn index(&self, now: Instant) -> usize {
        usize::try_from(now.since_origin().as_nanos() / self.length.as_nanos().max(1)).unwrap_or(usize::MAX)
    }

    fn double(&mut self) {
        self.length = self.length.saturating_mul(2);
        let merged = self.bins.chunks(2).map(|pair| {
            let last = pair.last().copied().unwrap_or_default();
            let sum = |count: fn(&Bin) -> u64| pair.iter().map(count).sum();
            Bin {
                admitted: sum(|bin| bin.admitted),
                refused: sum(|bin| bin.refused),
                completed: sum(|bin| bin.completed),
                ..last
            }
        });
        self.bins = merged.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_double_and_lose_nothing() {
        let mut log = SeriesLog::default();
        for second in 0..1_000 {
            let now = Instant::ORIGIN + Duration::from_secs(second);
            log.called(now, second % 2 == 0, 10);
            if second % 2 == 0 {
                log.completed(now + Duration::from_millis(500), 10);
            }
        }
        let series = log.finish();
        // 999.5 s in at most 512 bins: 100 ms doubled five times.
        assert_eq!((series.bin_micros, series.bins.len()), (3_200_000, 313));
        let sum = |count: fn(&Bin) -> u64| series.bins.iter().map(count).sum::<u64>();
        assert_eq!((sum(|bin| bin.admitted), sum(|bin| bin.refused), sum(|bin| bin.completed)), (500, 500, 500));
        assert_eq!(series.bins.last().unwrap().tokens_reserved, 0);
    }
}

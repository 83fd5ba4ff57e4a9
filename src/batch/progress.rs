//! How fast a batch goes: what was sent, settled and refused in each second, and when it will be over at that rate.

use std::time::Duration;

use crate::time::Instant;

/// One second of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Second {
    /// HTTP requests that went out.
    pub sent: u32,
    /// Lines that got their response or failed for good.
    pub settled: u32,
    /// 429s.
    pub refused: u32,
}

/// Seconds that the rate is an average of.
const WINDOW: usize = 10;

/// Seconds that are kept: a week.
const MOST_SECONDS: usize = 604_800;

/// What happened in each second since a run began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throughput {
    began: Instant,
    seconds: Vec<Second>,
}

impl Throughput {
    /// Of a run that begins now.
    pub const fn new(now: Instant) -> Self {
        Self { began: now, seconds: Vec::new() }
    }

    /// A request goes out.
    pub fn sent(&mut self, now: Instant) {
        self.at(now, |second| second.sent += 1);
    }

    /// A line got its response or failed for good.
    pub fn settled(&mut self, now: Instant) {
        self.at(now, |second| second.settled += 1);
    }

    /// A 429 came.
    pub fn refused(&mut self, now: Instant) {
        self.at(now, |second| second.refused += 1);
    }

    /// Each second since the beginning, in order; the last is under way.
    pub fn seconds(&self) -> &[Second] {
        &self.seconds
    }

    /// Lines settled a second, over the last ten seconds at most; none before there is one.
    pub fn rate(&self, now: Instant) -> Option<f64> {
        let elapsed = now.saturating_since(self.began);
        let span = elapsed.as_secs_f64().min(Duration::from_secs(WINDOW as u64).as_secs_f64());
        let first = usize::try_from(elapsed.as_secs()).unwrap_or(usize::MAX).saturating_sub(WINDOW);
        let settled: u32 = self.seconds.iter().skip(first).map(|second| second.settled).sum();
        (settled > 0 && span > 0.0).then(|| f64::from(settled) / span)
    }

    /// How long `remaining` lines take at this rate.
    pub fn remaining(&self, remaining: u32, now: Instant) -> Option<Duration> {
        Duration::try_from_secs_f64(f64::from(remaining) / self.rate(now)?).ok()
    }

    fn at(&mut self, now: Instant, change: impl FnOnce(&mut Second)) {
        let Ok(place) = usize::try_from(now.saturating_since(self.began).as_secs()) else { return };
        // A machine that sleeps in mid-run must not fill its memory with empty seconds.
        if place >= MOST_SECONDS {
            return;
        }
        if place >= self.seconds.len() {
            self.seconds.resize(place.saturating_add(1), Second::default());
        }
        if let Some(second) = self.seconds.get_mut(place) {
            change(second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_the_last_ten_seconds() {
        let at = |millis| Instant::from_origin(Duration::from_millis(millis));
        let mut throughput = Throughput::new(at(1_000));
        assert_eq!(throughput.rate(at(1_000)), None);
        for millis in (0..20_000).step_by(100) {
            throughput.sent(at(1_000 + millis));
            if millis >= 10_000 {
                throughput.settled(at(1_000 + millis));
            }
        }
        assert_eq!(throughput.seconds()[3], Second { sent: 10, settled: 0, refused: 0 });
        assert_eq!(throughput.rate(at(21_000)), Some(10.0));
        assert_eq!(throughput.remaining(50, at(21_000)), Some(Duration::from_secs(5)));
    }
}

//! The surge after a refusal: how many requests come back at the same moment.

use std::time::Duration;

use crate::run::RunLog;
use crate::time::Instant;

/// The largest number of retries that came within one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surge {
    /// How many.
    pub requests: usize,
    /// When the window began, from the start of the run.
    pub at: Duration,
}

/// The largest surge of retries; the first attempts, which start together anyway, do not count.
pub fn surge(log: &RunLog, window: Duration) -> Surge {
    let mut starts: Vec<Instant> =
        log.calls.iter().flat_map(|call| call.attempts.iter().skip(1).map(|attempt| attempt.started)).collect();
    starts.sort_unstable();
    let origin = log.calls.iter().map(|call| call.queued_at).min().unwrap_or_default();
    let mut largest = Surge::default();
    for (index, first) in starts.iter().enumerate() {
        let requests = starts.iter().skip(index).take_while(|start| start.saturating_since(*first) < window).count();
        if requests > largest.requests {
            largest = Surge { requests, at: first.saturating_since(origin) };
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::CallEvent;

    fn log_of(starts_ms: &[&[u64]]) -> RunLog {
        let at = |ms| Instant::ORIGIN + Duration::from_millis(ms);
        let mut log = RunLog::default();
        for call in starts_ms {
            let index = log.queue(String::new(), Instant::ORIGIN);
            for (attempt, ms) in (1..).zip(*call) {
                log.record(index, &CallEvent::AttemptStarted { attempt, at: at(*ms) });
            }
        }
        log
    }

    #[test]
    fn counts_retries_in_one_window() {
        let window = Duration::from_millis(200);
        assert_eq!(surge(&RunLog::default(), window), Surge::default());
        assert_eq!(surge(&log_of(&[&[0], &[0], &[0]]), window).requests, 0);
        let together = log_of(&[&[0, 1000, 3000], &[0, 1010, 3010], &[0, 1199]]);
        assert_eq!(surge(&together, window), Surge { requests: 3, at: Duration::from_secs(1) });
        let apart = log_of(&[&[0, 600], &[0, 1000], &[0, 1400]]);
        assert_eq!(surge(&apart, window).requests, 1);
    }
}

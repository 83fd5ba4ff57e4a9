//! What the server of an experiment sees: calls, refusals, tokens, peaks.

use super::series::SeriesLog;
use crate::simulator::{Decision, Verdict};
use crate::time::{Instant, micros};

/// Counts what arrives, as it arrives.
#[derive(Debug, Clone, Default)]
pub struct ServerLog {
    /// Requests that came.
    pub calls: u64,
    /// Requests that were refused, for whatever reason.
    pub refused: u64,
    /// Tokens that were charged for requests let in.
    pub tokens_charged: u64,
    /// Tokens that the answers of requests let in really took, input included.
    pub tokens_used: u64,
    /// Tokens that refused requests asked for.
    pub tokens_refused: u64,
    /// Most calls in one second of the clock.
    pub peak_second: Peak,
    /// Most calls in one tenth of a second of the clock.
    pub peak_tenth: Peak,
    /// Whether calls were held back, since there were too many.
    pub cut_short: bool,
    /// For charts, where they are wanted.
    pub series: Option<Box<SeriesLog>>,
}

impl ServerLog {
    pub(super) fn record(&mut self, decision: &Decision, input_tokens: u64, now: Instant) {
        self.calls += 1;
        let millis = micros(now.since_origin()) / 1_000;
        self.peak_tenth.count(millis / 100);
        self.peak_second.count(millis / 1_000);
        let admitted = decision.verdict == Verdict::Admitted;
        if admitted {
            self.tokens_charged = self.tokens_charged.saturating_add(decision.charged);
            self.tokens_used = self.tokens_used.saturating_add(input_tokens.saturating_add(decision.output_tokens));
        } else {
            self.refused += 1;
            self.tokens_refused = self.tokens_refused.saturating_add(decision.charged);
        }
        if let Some(series) = &mut self.series {
            series.called(now, admitted, decision.charged);
        }
    }

    pub(super) fn answered(&mut self, decision: &Decision, now: Instant) {
        if let Some(series) = &mut self.series
            && decision.verdict == Verdict::Admitted
        {
            series.completed(now, decision.charged);
        }
    }
}

/// The most events in one interval of the clock; intervals come in order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peak {
    interval: u64,
    count: u64,
    /// The most so far.
    pub most: u64,
}

impl Peak {
    fn count(&mut self, interval: u64) {
        if interval != self.interval {
            self.interval = interval;
            self.count = 0;
        }
        self.count += 1;
        self.most = self.most.max(self.count);
    }
}

//! What a run has shown its reader: what the guide counts as seen.

use crate::client::CallEnd;
use crate::run::{CallLog, CallState, RunLog};

/// All of it has ended, and something was answered.
pub fn answered(log: &RunLog) -> bool {
    let succeeded = |call: &CallLog| call.state == CallState::Ended(CallEnd::Succeeded);
    !log.is_running() && log.calls.iter().any(succeeded)
}

/// A 429 came.
pub fn met_429(log: &RunLog) -> bool {
    let mut outcomes = log.calls.iter().flat_map(|call| &call.attempts).filter_map(|attempt| attempt.outcome.as_ref());
    outcomes.any(|outcome| outcome.status == Some(429))
}

/// An answer told its limits, where they can be read.
pub fn told_limits(log: &RunLog) -> bool {
    let mut results = log.calls.iter().flat_map(|call| &call.attempts).filter_map(|attempt| attempt.result.as_ref());
    results.any(|result| result.as_ref().is_ok_and(|reply| reply.headers.limits.any_exposed()))
}

/// A call was tried again after a wait.
pub fn tried_again(log: &RunLog) -> bool {
    log.calls.iter().any(|call| call.attempts.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::CallEvent;
    use crate::time::Instant;

    #[test]
    fn nothing_is_seen_before_it_has_happened() {
        let all: [fn(&RunLog) -> bool; 4] = [answered, met_429, told_limits, tried_again];
        let mut log = RunLog::default();
        assert!(all.iter().all(|seen| !seen(&log)), "nothing ran");
        let index = log.queue(String::new(), Instant::ORIGIN);
        log.record(index, &CallEvent::AttemptStarted { attempt: 1, at: Instant::ORIGIN });
        assert!(all.iter().all(|seen| !seen(&log)), "a request is out, and that is all");
        log.record(index, &CallEvent::AttemptStarted { attempt: 2, at: Instant::ORIGIN });
        assert!(tried_again(&log) && !answered(&log));
    }
}

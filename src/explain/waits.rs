//! How long to wait, from all that an answer says of it.

use std::time::Duration;

use super::bucket::Bucket;
use super::conflict;
use super::evidence::Evidence;
use super::words::whole_ms;
use crate::retry::{ServerWait, WaitSource};

/// The waits an answer names or implies, from its moment.
pub(super) struct Waits {
    /// The earliest moment that all of it agrees on.
    pub earliest: Option<Duration>,
    /// The least wait that is surely enough: what is cut off to a millisecond gets one more.
    pub safe: Option<Duration>,
}

impl Waits {
    /// Of an answer and the limit that refused it.
    pub fn of(evidence: &Evidence<'_>, bucket: Option<&Bucket>) -> Self {
        let outcome = evidence.outcome.as_ref();
        let hint = outcome.and_then(|outcome| outcome.wait).filter(|hint| !hint.is_zero());
        let stated = outcome.and_then(|outcome| outcome.limit.as_ref()?.try_again_in);
        let stated = stated.filter(|stated| !stated.is_zero());
        let computed = bucket.and_then(Bucket::earliest_fit).map(whole_ms).filter(|computed| !computed.is_zero());
        let header = hint.filter(|hint| hint.source() != WaitSource::Message);
        let of_header = |source| header.filter(|hint| hint.source() == source).map(|hint| hint.stated());
        let (millis, seconds) = (
            of_header(WaitSource::RetryAfterMs),
            of_header(WaitSource::RetryAfter).or_else(|| of_header(WaitSource::BodyRetryAfter)),
        );
        // Whole seconds are a finer wait rounded up: that one counts.
        let rounds = |seconds: Duration| {
            [stated, computed].into_iter().flatten().any(|finer| conflict::is_rounding(seconds, finer))
        };
        let asked = header.map(|hint| hint.stated()).filter(|asked| !(seconds == Some(*asked) && rounds(*asked)));
        // Rounded up from the same wait, retry-after-ms has the millisecond that the text lacks.
        let covered = |stated: Duration| {
            millis.is_some_and(|millis| millis >= stated && millis.abs_diff(stated) <= Duration::from_millis(1))
        };
        let sufficient = stated
            .filter(|stated| !covered(*stated))
            .map(|wait| ServerWait::For { wait, source: WaitSource::Message }.sufficient());
        // A text's wait is the computed one cut off: where both are known, the computed one is finer.
        let near =
            |stated: &Duration| computed.is_some_and(|computed| stated.abs_diff(computed) <= Duration::from_millis(1));
        let earliest_stated = stated.filter(|stated| !near(stated));
        Self {
            earliest: [earliest_stated, asked, computed].into_iter().flatten().max(),
            safe: [sufficient, asked, computed].into_iter().flatten().max(),
        }
    }
}

//! How long to wait, from all that an answer says of it.

use std::time::Duration;

use super::bucket::{Bucket, Source};
use super::conflict;
use super::evidence::Evidence;
use super::words::whole_ms;
use crate::retry::{ServerWait, WaitSource};

/// The least wait after an answer that is surely enough, by all that it names or implies: what is cut off to a
/// millisecond gets one more, unless the numbers tell it whole.
pub(super) fn due(evidence: &Evidence<'_>, bucket: Option<&Bucket>) -> Option<Duration> {
    let outcome = evidence.outcome.as_ref();
    let hint = outcome.and_then(|outcome| outcome.wait).filter(|hint| !hint.is_zero());
    let stated = outcome.and_then(|outcome| outcome.limit.as_ref()?.try_again_in);
    let stated = stated.filter(|stated| !stated.is_zero());
    let computed = bucket.and_then(Bucket::earliest_fit).map(whole_ms).filter(|computed| !computed.is_zero());
    let header = hint.filter(|hint| hint.source() != WaitSource::Message);
    let of_header = |source| header.filter(|hint| hint.source() == source).map(|hint| hint.stated());
    let millis = of_header(WaitSource::RetryAfterMs);
    let seconds = of_header(WaitSource::RetryAfter).or_else(|| of_header(WaitSource::BodyRetryAfter));
    // Whole seconds are a finer wait rounded up: that one counts.
    let rounds =
        |seconds: Duration| [stated, computed].into_iter().flatten().any(|finer| conflict::is_rounding(seconds, finer));
    let asked = header.map(|hint| hint.stated()).filter(|asked| !(seconds == Some(*asked) && rounds(*asked)));
    let stated = stated.filter(|stated| {
        let rounds_finer = |finer: Duration| finer < *stated && conflict::is_rounding(*stated, finer);
        !millis.or(computed).is_some_and(rounds_finer)
    });
    let near = |finer: Duration, stated: Duration| finer.abs_diff(stated) <= Duration::from_millis(1);
    // A text's wait is cut off to a millisecond; numbers of the answer's own, and headers, which are rounded up, are
    // not: the millisecond is added where neither tells the same wait.
    let is_own = bucket.and_then(|bucket| bucket.used).is_some_and(|used| used.source != Source::Computed);
    let by_numbers = |stated: Duration| is_own && computed.is_some_and(|computed| near(computed, stated));
    let by_header =
        |stated: Duration| [millis, seconds].into_iter().flatten().any(|asked| asked >= stated && near(asked, stated));
    let sufficient = stated.map(|wait| {
        let is_exact = by_numbers(wait) || by_header(wait);
        if is_exact { wait } else { ServerWait::For { wait, source: WaitSource::Message }.sufficient() }
    });
    [sufficient, asked, computed].into_iter().flatten().max()
}

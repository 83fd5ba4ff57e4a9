//! The limits that headers tell.

use std::time::Duration;

use super::bucket::{Bucket, Holder};
use super::conflict::{self, Conflict};
use super::words::units;
use crate::rate_limit::{LimitReached, LimitScope, LimitTrio, RateLimitHeaders};

/// A trio's name, its numbers, what it counts, whose it is, and the window its names tell.
type Trio<'a> = (&'a str, &'a LimitTrio, Option<LimitScope>, Holder, Option<Duration>);

/// The limits that headers tell, and what in them contradicts itself.
pub(super) fn told_by_headers(limits: &RateLimitHeaders) -> (Vec<Bucket>, Vec<Conflict>) {
    use LimitScope::{Requests, Tokens};
    let requests_window = limits.requests_window.or(limits.policy_window);
    let mut trios: Vec<Trio<'_>> = vec![
        ("requests", &limits.requests, Some(Requests), Holder::Unsaid, requests_window),
        ("tokens", &limits.tokens, Some(Tokens), Holder::Unsaid, limits.tokens_window),
        ("project-tokens", &limits.project_tokens, Some(Tokens), Holder::Project, None),
        ("requests", &limits.upstream_requests, Some(Requests), Holder::Upstream, None),
        ("tokens", &limits.upstream_tokens, Some(Tokens), Holder::Upstream, None),
    ];
    for (name, trio) in &limits.others {
        let has = |word: &str| name.contains(word);
        let scope = match () {
            () if has("input-token") => Some(LimitScope::InputTokens),
            () if has("token") => Some(Tokens),
            () if has("request") || has("req-") => Some(Requests),
            () => None,
        };
        trios.push((name, trio, scope, Holder::Unsaid, None));
    }
    let (mut told, mut conflicts) = (Vec::new(), Vec::new());
    for (name, trio, scope, holder, window) in trios {
        let bucket = Bucket::of_trio(trio, scope, holder, window);
        conflicts.extend(conflict::of_trio(name, trio, bucket.as_ref()));
        told.extend(bucket);
    }
    (told, conflicts)
}

/// The limit with the least share left, one of the scope that a text names first.
pub(super) fn tightest<'a>(told: &'a [Bucket], text: Option<&LimitReached>) -> Option<&'a Bucket> {
    let named = text.and_then(|text| text.scope);
    let share = |bucket: &&Bucket| {
        let left = bucket.left().unwrap_or(bucket.limit.value);
        let other_scope = named.is_some() && bucket.scope != named;
        (other_scope, u128::from(left) * 1_000_000 / u128::from(bucket.limit.value.max(1)))
    };
    told.iter().min_by_key(share)
}

/// Where the headers tell of a limit of the text's kind and window, and it is another one, or in another state.
pub(super) fn other_limit(text: &Bucket, told: &[Bucket]) -> Option<Conflict> {
    let window = text.window?.value;
    let same: Vec<&Bucket> = told
        .iter()
        .filter(|bucket| bucket.scope == text.scope && bucket.window.is_some_and(|known| known.value == window))
        .collect();
    let (units, limit) = (units(text.scope), text.limit.value);
    let Some(twin) = same.iter().find(|bucket| bucket.limit.value == limit) else {
        return same.first().map(|other| Conflict::Limits { units, text: limit, headers: other.limit.value });
    };
    let (used, headers) = (text.used?.value, twin.used?.value);
    // Counts are rounded, and taken at moments that may lie a little apart.
    let differs = used.abs_diff(headers) > limit / 100 + 1 && used <= limit;
    differs.then_some(Conflict::Used { units, text: used, headers })
}

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

/// A limit of the same kind and window in the headers that is another one than the text's.
pub(super) fn other_limit(text: &Bucket, told: &[Bucket]) -> Option<Conflict> {
    let window = text.window?.value;
    let same: Vec<&Bucket> = told
        .iter()
        .filter(|bucket| bucket.scope == text.scope && bucket.window.is_some_and(|known| known.value == window))
        .collect();
    let first = same.first()?;
    let agrees = same.iter().any(|bucket| bucket.limit.value == text.limit.value);
    (!agrees).then(|| Conflict::Limits { units: units(text.scope), text: text.limit.value, headers: first.limit.value })
}

//! The HTTP status of an error whose status was not pasted.

use crate::rate_limit::{LimitReached, ReplyHeaders};
use crate::responses::ApiError;
use crate::retry::{Class, classify_error};
use crate::time::UnixTime;

/// Sentences that tell a status by themselves (OpenAI, error-codes guide; Cloudflare; Envoy).
const BY_WORDS: [(&str, u16); 16] = [
    ("incorrect api key", 401),
    ("missing bearer", 401),
    ("didn't provide an api key", 401),
    ("country, region, or territory not supported", 403),
    ("does not exist or you do not have access", 404),
    ("too many requests", 429),
    ("rate limit", 429),
    ("exceeded your current quota", 429),
    ("insufficient_quota", 429),
    ("billing hard limit", 400),
    ("context length", 400),
    ("is not supported with", 400),
    ("bad gateway", 502),
    ("overloaded", 503),
    ("upstream connect error", 503),
    ("the server had an error", 500),
];

/// The status that the words of an error tell.
pub(super) fn status_by_words(text: &str) -> Option<u16> {
    let lower = text.to_ascii_lowercase();
    BY_WORDS.into_iter().find_map(|(words, status)| lower.contains(words).then_some(status))
}

/// The status that an answer without one must have had; `None` where nothing in it failed.
pub(super) fn status_of(headers: &[(String, String)], body: &str) -> Option<u16> {
    if body.trim().is_empty() {
        let asks_to_wait = |(name, _): &(String, String)| name.to_ascii_lowercase().starts_with("retry-after");
        return headers.iter().any(asks_to_wait).then_some(429);
    }
    let error = ApiError::from_body(body);
    let named = error.code.as_deref().and_then(|code| code.parse().ok());
    if let Some(status) = named.filter(|status| (400..600).contains(status)) {
        return Some(status);
    }
    let names_limit = LimitReached::parse(&error.message)
        .is_some_and(|reached| reached.limit.is_some() || reached.try_again_in.is_some() || reached.too_large);
    let by_words = || status_by_words(&error.message);
    let outcome = classify_error(None, &error, &ReplyHeaders::default(), UnixTime::default());
    Some(match outcome.class {
        Class::Quota if error.code.as_deref() == Some("billing_hard_limit_reached") => 400,
        Class::RateLimit | Class::RequestTooLarge | Class::Quota => 429,
        Class::Overload if error.code.as_deref() == Some("slow_down") => 429,
        Class::Overload => 503,
        Class::Timeout => 408,
        Class::Conflict => 409,
        Class::Auth => 401,
        Class::Forbidden => 403,
        Class::NotFound => 404,
        Class::Server | Class::BadRequest if names_limit => 429,
        Class::BadRequest => by_words().unwrap_or(400),
        _ => by_words().unwrap_or(500),
    })
}

//! Cross-origin answers, as api.openai.com gives them (measured in Chrome, 2026-08-24) or with everything readable.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::options::ExposeHeaders;

const METHODS: HeaderValue = HeaderValue::from_static("DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT");
const READABLE: HeaderValue = HeaderValue::from_static(
    "x-request-id, openai-processing-ms, openai-version, openai-organization, \
     x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, \
     x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, retry-after, retry-after-ms",
);
const REQUEST_ID_ONLY: HeaderValue = HeaderValue::from_static("X-Request-ID");
const ASKS_PRIVATE: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOWS_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The answer to a preflight: any origin, and whatever headers it asks for.
pub fn preflight(asked: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    // Chromium asks before a public page may reach loopback.
    if asked.contains_key(ASKS_PRIVATE) {
        headers.insert(ALLOWS_PRIVATE, HeaderValue::from_static("true"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    (StatusCode::OK, headers).into_response()
}

/// Marks an answer as readable from other origins.
pub fn expose(headers: &mut HeaderMap, status: StatusCode, which: ExposeHeaders) {
    // The real API leaves a wrong key's 401 without CORS headers: a page sees nothing but "Failed to fetch".
    if which == ExposeHeaders::None && status == StatusCode::UNAUTHORIZED {
        return;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let readable = match which {
        ExposeHeaders::None => REQUEST_ID_ONLY,
        ExposeHeaders::All => READABLE,
    };
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
}

//! What happened, named once and in one place. What to do about it is the policy's business.

use crate::rate_limit::LimitReached;
use crate::reply::{Reply, TransportError};
use crate::retry::hint::ServerWait;
use crate::time::UnixTime;

/// What kind of outcome an attempt had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A response, completed or incomplete.
    Success,
    /// A rate limit that waiting cures.
    RateLimit,
    /// Requested more than the limit holds: it can never succeed unchanged.
    RequestTooLarge,
    /// Billing: no waiting cures it.
    Quota,
    /// The server is overloaded, or asks to slow down.
    Overload,
    /// The server failed.
    Server,
    /// The server gave up waiting (408).
    Timeout,
    /// A lock was held (409).
    Conflict,
    /// The key was refused or is missing.
    Auth,
    /// Not allowed.
    Forbidden,
    /// No such model or path.
    NotFound,
    /// The request is wrong.
    BadRequest,
    /// A success that could not be read.
    Unreadable,
    /// The browser hides what happened: wrong key, CORS, offline, blocked or wrong address.
    Opaque,
    /// No answer in time, or one that broke off: the request may have been processed.
    Unknown,
    /// It was never sent.
    NotSent,
}

/// What happened to an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The kind.
    pub class: Class,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `error.code`, or the failed response's.
    pub code: Option<String>,
    /// A sentence for people, redacted and short: never markup, never a key.
    pub message: String,
    /// The wait the server asks for.
    pub wait: Option<ServerWait>,
    /// `x-should-retry`: the server's own verdict, which outranks the class.
    pub should_retry: Option<bool>,
    /// What a rate-limit text says of the limit.
    pub limit: Option<LimitReached>,
}

/// Names what happened. `wall` is the time of arrival, against which dates are read.
pub fn classify(result: &Result<Reply, TransportError>, wall: UnixTime) -> Outcome {
    let _ = (result, wall);
    Outcome {
        class: Class::Success,
        status: None,
        code: None,
        message: String::new(),
        wait: None,
        should_retry: None,
        limit: None,
    }
}

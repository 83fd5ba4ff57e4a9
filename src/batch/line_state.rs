//! Where a line can stand, and how many do.

use serde::{Deserialize, Serialize};

use crate::retry::Class;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    /// Not sent yet, or refused and waiting for its next attempt.
    Waiting,
    /// In flight.
    Sending {
        /// The attempt, from 1.
        attempt: u32,
    },
    /// It has its response.
    Done,
    /// It has failed for good.
    Failed(FailureKind),
    /// It may have been processed; it is not sent again unless a person says so.
    Unknown,
    /// It was never sent, and never will be.
    Cancelled,
}

/// How a line failed. Its names stand in journals on disks, so it is not [`Class`] itself, which may be named anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Refused by a rate limit, each time.
    RateLimit,
    /// Larger than the limit: it can never succeed unchanged.
    RequestTooLarge,
    /// Billing.
    Quota,
    /// The server was overloaded.
    Overload,
    /// The server failed.
    Server,
    /// The server gave up waiting.
    Timeout,
    /// A lock was held.
    Conflict,
    /// The key was refused.
    Auth,
    /// Not allowed.
    Forbidden,
    /// No such model or path.
    NotFound,
    /// The request is wrong.
    BadRequest,
    /// A success that could not be read; its text is kept.
    Unreadable,
    /// It could not be sent as it stands, or its text could not be read again.
    NotSent,
}

impl FailureKind {
    /// The failure of an attempt's class; `None` where it is no failure, or where nobody knows.
    pub const fn of(class: Class) -> Option<Self> {
        Some(match class {
            Class::Success | Class::Opaque | Class::Unknown => return None,
            Class::RateLimit => Self::RateLimit,
            Class::RequestTooLarge => Self::RequestTooLarge,
            Class::Quota => Self::Quota,
            Class::Overload => Self::Overload,
            Class::Server => Self::Server,
            Class::Timeout => Self::Timeout,
            Class::Conflict => Self::Conflict,
            Class::Auth => Self::Auth,
            Class::Forbidden => Self::Forbidden,
            Class::NotFound => Self::NotFound,
            Class::BadRequest => Self::BadRequest,
            Class::Unreadable => Self::Unreadable,
            Class::NotSent => Self::NotSent,
        })
    }

    /// Its name, as `error.code` in the errors file where the server gave none.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RateLimit => "rate_limit_exceeded",
            Self::RequestTooLarge => "request_too_large",
            Self::Quota => "insufficient_quota",
            Self::Overload => "server_overloaded",
            Self::Server => "server_error",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::Auth => "invalid_api_key",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::BadRequest => "invalid_request",
            Self::Unreadable => "unreadable_answer",
            Self::NotSent => "not_sent",
        }
    }
}

/// How many lines stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not sent yet, or to be sent again.
    pub waiting: u32,
    /// In flight.
    pub sending: u32,
    /// With a response.
    pub done: u32,
    /// Failed for good.
    pub failed: u32,
    /// Perhaps processed.
    pub unknown: u32,
    /// Left out, since they hold no request.
    pub skipped: u32,
    /// Never to be sent.
    pub cancelled: u32,
}

impl Counts {
    /// All lines.
    pub const fn total(&self) -> u32 {
        self.settled() + self.waiting + self.sending
    }

    /// Lines of which nothing more will come by itself.
    pub const fn settled(&self) -> u32 {
        self.done + self.failed + self.unknown + self.skipped + self.cancelled
    }
}

/// Why a line may not be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// The batch is paused.
    #[error("The batch is paused.")]
    Paused,
    /// It goes out with a job.
    #[error("What waits goes out as an OpenAI Batch job. Cancel the job to send it from here.")]
    InJob,
    /// The line does not wait.
    #[error("The line does not wait to be sent.")]
    NotWaiting,
    /// It could exceed the spend cap, and may be sent once what is in flight has cost less than it could.
    #[error("The spend cap may be reached by what is in flight.")]
    CapMayBeReached,
    /// It could exceed the spend cap, and nothing is in flight.
    #[error("The spend cap is reached. Raise it to go on.")]
    CapReached,
    /// There is a cap, and nobody can say what the line may cost.
    #[error(
        "The most this line can cost is not known, so the spend cap cannot be kept. Give it a model with a price and \
         max_output_tokens, or take the cap away."
    )]
    CostUnknown,
}

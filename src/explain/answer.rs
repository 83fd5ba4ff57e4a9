//! What to do about an answer, in short.

use std::time::Duration;

use super::bucket::Bucket;
use super::evidence::Evidence;
use super::words::{amount, exact, units};
use crate::format::format_count;
use crate::retry::Class;

/// What to do about it, in short.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Waiting helps.
    Wait {
        /// How long, from the answer's moment.
        wait: Duration,
        /// Whether numbers say that the request fits then; else the server only asks for it.
        by_numbers: bool,
    },
    /// Waiting helps; how long is not said.
    WaitUnsaid,
    /// The server's own trouble: it may pass.
    TryAgain(Class),
    /// No waiting helps, for this reason.
    Never(Class),
    /// Waiting might help, but the server says not to try again.
    Vetoed,
    /// Nothing was refused: what the headers tell of the tightest limit.
    Standing(Option<Bucket>),
    /// It worked.
    Worked,
    /// What was pasted is an answer of which no sense can be made.
    Unclear,
}

pub(super) fn answer(evidence: &Evidence<'_>, bucket: Option<&Bucket>, due: Option<Duration>) -> Answer {
    let Some(outcome) = &evidence.outcome else { return Answer::Standing(bucket.cloned()) };
    let wait = |by_numbers| due.map(|wait| Answer::Wait { wait, by_numbers });
    match outcome.class {
        Class::Success => Answer::Worked,
        Class::RateLimit if bucket.is_some_and(Bucket::never_fits) => Answer::Never(Class::RequestTooLarge),
        Class::RateLimit | Class::Overload | Class::Server | Class::Timeout | Class::Conflict
            if outcome.should_retry == Some(false) =>
        {
            Answer::Vetoed
        }
        Class::RateLimit => {
            let by_numbers = bucket.is_some_and(|bucket| bucket.earliest_fit().is_some());
            wait(by_numbers).unwrap_or(Answer::WaitUnsaid)
        }
        class @ (Class::Overload | Class::Server | Class::Timeout | Class::Conflict) => {
            wait(false).unwrap_or(Answer::TryAgain(class))
        }
        class @ (Class::RequestTooLarge
        | Class::Quota
        | Class::Auth
        | Class::Forbidden
        | Class::NotFound
        | Class::BadRequest) => Answer::Never(class),
        Class::Unreadable | Class::Opaque | Class::Unknown | Class::NotSent => Answer::Unclear,
    }
}

impl Answer {
    /// The answer in a line.
    pub fn headline(&self) -> String {
        match self {
            Self::Wait { wait, by_numbers: true } => format!("Wait {}, then it fits", exact(*wait)),
            Self::Wait { wait, by_numbers: false } => format!("Wait {}, as the server asks", exact(*wait)),
            Self::WaitUnsaid => "Wait and back off: it does not say how long".to_owned(),
            Self::TryAgain(Class::Overload) => "Back off, then try again: the server is overloaded".to_owned(),
            Self::TryAgain(Class::Server) => "Try again in a few seconds: the server failed".to_owned(),
            Self::TryAgain(_) => "Try again: it may well work the next time".to_owned(),
            Self::Never(Class::RequestTooLarge) => "Never: larger than the limit".to_owned(),
            Self::Never(Class::Quota) => "Not by waiting: no credit or budget is left".to_owned(),
            Self::Never(Class::Auth) => "Never with this key: it was refused, or is missing".to_owned(),
            Self::Never(Class::Forbidden) => "Never like this: it is not allowed".to_owned(),
            Self::Never(Class::NotFound) => "Never like this: no such model or address".to_owned(),
            Self::Never(_) => "Never unchanged: the request is wrong".to_owned(),
            Self::Vetoed => "Not again: the server says not to retry".to_owned(),
            Self::Standing(bucket) => standing(bucket.as_ref()),
            Self::Worked => "It worked: there is nothing to wait for".to_owned(),
            Self::Unclear => "An answer of which no sense can be made".to_owned(),
        }
    }
}

fn standing(bucket: Option<&Bucket>) -> String {
    let Some(bucket) = bucket else { return "Nothing was refused, and no limit is told".to_owned() };
    match (bucket.left(), bucket.earliest_fit()) {
        (Some(0), Some(wait)) => format!("Nothing is left: the next one fits in {}", exact(wait)),
        (Some(0), None) => format!("No {} are left", units(bucket.scope)),
        (Some(left), _) => {
            format!("Nothing was refused: {} of {} left", format_count(left), amount(bucket.limit.value, bucket.scope))
        }
        (None, _) => format!("A limit of {}; what is left is not told", amount(bucket.limit.value, bucket.scope)),
    }
}

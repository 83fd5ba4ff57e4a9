//! What the page takes in of each attempt, whichever view made it: the ledger's entry, and what it tells of the limits.

use super::accounts::Accounts;
use super::api::Api;
use super::limits::Limits;
use crate::clock::Clock;
use crate::reply::{Reply, TransportError};
use crate::responses::ReportedUsage;
use crate::retry::{Class, Outcome};
use crate::time::Instant;
use crate::usage::{Entry, EntryKind};

/// Takes in an attempt that `model` was asked in; it went out and was answered at the times `(sent, at)` of the API's clock.
pub fn take_in(
    (accounts, limits): (Accounts, Limits),
    api: &Api,
    model: &str,
    (sent, at): (Instant, Instant),
    (outcome, result): (&Outcome, &Result<Reply, TransportError>),
) {
    let kind = match (outcome.class, result) {
        (Class::NotSent, _) => return,
        // Answers of other endpoints cost nothing and are no calls of a model.
        (Class::Success, Ok(reply)) if reply.response().is_none() => return,
        (Class::Success | Class::Unreadable, result) => {
            EntryKind::Call(result.as_ref().map_or(ReportedUsage::Missing, |reply| reply.usage()))
        }
        (Class::Opaque | Class::Unknown, _) => EntryKind::UnknownOutcome,
        _ => EntryKind::FailedAttempt,
    };
    accounts.record(api.source, Entry { at: api.clock.wall(), model: model.to_owned(), kind });
    if let Ok(reply) = result {
        if let Some(server) = &api.server {
            server.has_answered();
        }
        limits.observe(api, model, reply, outcome, (sent, at));
    }
}

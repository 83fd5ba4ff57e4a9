//! A burst: several calls of one prompt, some of them at the same time.

use std::cell::RefCell;

use futures_util::StreamExt;
use futures_util::stream;

use super::log::RunLog;
use crate::client::{CallEvent, Client, execute};
use crate::clock::Clock;
use crate::random::RandomSource;
use crate::retry::RetryPolicy;
use crate::transport::{ApiRequest, Transport};

/// What a burst sends.
#[derive(Debug, Clone)]
pub struct BurstPlan {
    /// The requests, in order, each with a label for people.
    pub requests: Vec<(String, ApiRequest)>,
    /// How many calls run at the same time, their waits included; at least 1.
    pub concurrency: usize,
    /// What to do about failures.
    pub policy: RetryPolicy,
}

/// Runs a burst to its end, logging into `log` and telling `observe` of every event after it is logged.
///
/// All calls are queued at once; dropping the future stops them all at once.
pub async fn run_burst<T: Transport, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    plan: &BurstPlan,
    log: &RefCell<RunLog>,
    observe: &dyn Fn(usize, &CallEvent<'_>),
) {
    let queued_at = client.clock.now();
    let calls: Vec<(usize, &ApiRequest)> = plan
        .requests
        .iter()
        .map(|(label, request)| (log.borrow_mut().queue(label.clone(), queued_at), request))
        .collect();
    stream::iter(calls)
        .map(|(index, request)| {
            execute(client, &plan.policy, request, move |event| {
                log.borrow_mut().record(index, &event);
                observe(index, &event);
            })
        })
        .buffer_unordered(plan.concurrency.max(1))
        .for_each(|_| std::future::ready(()))
        .await;
}

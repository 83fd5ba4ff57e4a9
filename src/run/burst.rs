//! A burst: several calls of one prompt, some of them at the same time.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;

use super::key_gate::KeyGate;
use super::log::{CallLog, RunLog};
use crate::client::{CallEvent, Client, execute};
use crate::clock::Clock;
use crate::random::RandomSource;
use crate::retry::{HintRule, RetryPolicy, Wait, WaitSource};
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

/// How many calls begin at the same moment. Of more at once so many begin each millisecond, so that a browser can draw
/// meanwhile.
const AT_A_TIME: usize = 50;

/// Runs a burst to its end, logging into `log` and telling `observe` of every event after it is logged.
///
/// All calls are queued at once; dropping the future stops them all at once. Once an answer has refused the key, nothing
/// more is sent.
pub async fn run_burst<T: Transport, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    plan: &BurstPlan,
    log: &RefCell<RunLog>,
    observe: &dyn Fn(usize, &CallEvent<'_>),
) {
    let queued_at = client.clock.now();
    let calls: Vec<usize> =
        plan.requests.iter().map(|(label, _)| log.borrow_mut().queue(label.clone(), queued_at)).collect();
    run_calls(client, plan, &calls, log, observe).await;
}

/// Goes on with the calls `which` of a run that has ended, each in its own lane, under the policy of `plan`.
///
/// What the server last asked a call to wait is waited first, unless the policy ignores it.
pub async fn resume_burst<T: Transport, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    plan: &BurstPlan,
    which: &[usize],
    log: &RefCell<RunLog>,
    observe: &dyn Fn(usize, &CallEvent<'_>),
) {
    log.borrow_mut().resume(which, client.clock.now());
    run_calls(client, plan, which, log, observe).await;
}

async fn run_calls<T: Transport, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    plan: &BurstPlan,
    which: &[usize],
    log: &RefCell<RunLog>,
    observe: &dyn Fn(usize, &CallEvent<'_>),
) {
    let gate = &KeyGate::new(client.transport);
    let client = &Client { transport: gate, clock: client.clock, random: client.random };
    let calls = which.iter().filter_map(|index| Some((*index, &plan.requests.get(*index)?.1)));
    let began = client.clock.now();
    stream::iter(calls.enumerate())
        .map(|(order, (index, request))| async move {
            if let Some(turn) = turn(order, plan.concurrency) {
                client.clock.sleep_until(began + turn).await;
            }
            let tell = move |event: CallEvent<'_>| {
                gate.observe(&event);
                log.borrow_mut().record(index, &event);
                observe(index, &event);
            };
            let owed = log.borrow().calls.get(index).and_then(|call| owed_wait(call, &plan.policy, client));
            if let Some(wait) = owed {
                let at = client.clock.now();
                tell(CallEvent::WaitStarted { attempt: 1, at, wait, outer_attempt: 1 });
                client.clock.sleep_until(at + wait.duration).await;
                tell(CallEvent::WaitEnded { at: client.clock.now() });
            }
            execute(client, &plan.policy, request, tell).await
        })
        .buffer_unordered(plan.concurrency.max(1))
        .for_each(|_| std::future::ready(()))
        .await;
}

/// When the call that is the `order`th begins, where very many begin at once.
fn turn(order: usize, at_once: usize) -> Option<Duration> {
    let millis = u64::try_from(1 + order / AT_A_TIME).ok()?;
    (at_once > AT_A_TIME && order < at_once).then(|| Duration::from_millis(millis))
}

/// What is left of the wait that the server asked of a call taken up again, and jitter on top of it.
fn owed_wait<T, C: Clock, R: RandomSource>(
    call: &CallLog,
    policy: &RetryPolicy,
    client: &Client<'_, T, C, R>,
) -> Option<Wait> {
    if policy.hint == HintRule::Ignore {
        return None;
    }
    let due = call.allowed_from()?;
    let left = due.saturating_since(client.clock.now());
    if left.is_zero() {
        return None;
    }
    let jitter = policy.backoff.delay(1, None, &mut *client.random.borrow_mut()).min(policy.max_delay);
    let source = call.last_hint().map_or(WaitSource::Backoff, |(_, source)| source);
    Some(Wait { duration: left.saturating_add(jitter), source, hint: Some(left), layer: 0 })
}

//! What happened and what a person should do, in sentences.

use super::answer::Answer;
use super::bucket::Bucket;
use super::evidence::Evidence;
use super::words::{amount, exact};
use crate::rate_limit::LimitScope;
use crate::retry::{Class, Path, advise};

/// What happened, and what to do, in the order to try it.
pub(super) fn advice(evidence: &Evidence<'_>, answer: &Answer, bucket: Option<&Bucket>) -> (String, Vec<String>) {
    let Some(outcome) = &evidence.outcome else {
        return ("These headers tell how the limits stood at the moment of an answer.".to_owned(), Vec::new());
    };
    let Some(general) = advise(outcome, Path::Relay) else {
        return ("The answer is a response.".to_owned(), Vec::new());
    };
    let mut steps = Vec::new();
    if let Answer::Wait { wait, .. } = answer {
        steps.push(format!(
            "Send it again {} after the answer came, plus a little jitter: others may wait too.",
            exact(*wait)
        ));
    }
    if *answer == Answer::WaitUnsaid {
        steps.push(
            "Back off: wait a second or two, then twice as long after each refusal, with random jitter, and stop after a few."
                .to_owned(),
        );
    }
    let by_amount = matches!(bucket, Some(Bucket { scope: Some(LimitScope::Tokens | LimitScope::InputTokens), .. }));
    match (answer, bucket.filter(|_| by_amount)) {
        (Answer::Never(Class::RequestTooLarge), Some(bucket)) => {
            let over = bucket.requested.map_or(0, |asked| asked.value.saturating_sub(bucket.limit.value));
            steps.push(format!(
                "Ask for at least {} less: shorten the prompt, or lower max_output_tokens.",
                amount(over, bucket.scope)
            ));
            steps.push(
                "Or split the request, choose a model with a larger limit, or have this limit raised.".to_owned(),
            );
        }
        (Answer::Never(Class::RequestTooLarge), None) => {
            steps.push("Make the request smaller, or have the limit raised: no wait makes it fit.".to_owned());
        }
        (Answer::Wait { .. } | Answer::WaitUnsaid, Some(bucket)) => {
            if let Some(left) = bucket.left().filter(|left| *left > 0) {
                steps.push(format!("Or send up to {} at once: so much was left.", amount(left, bucket.scope)));
            }
            steps.push("A smaller max_output_tokens asks for less of a token limit, and fits sooner.".to_owned());
        }
        (Answer::Wait { .. } | Answer::WaitUnsaid, None) => {}
        _ => steps.extend(general.steps.into_iter().map(str::to_owned)),
    }
    let in_stream = evidence.status.is_some_and(|status| status < 300) && outcome.class != Class::Unknown;
    if in_stream {
        steps.push(
            "It came inside an answer with HTTP 200, after the point where the SDKs retry: retry it yourself."
                .to_owned(),
        );
    }
    (general.happened.to_owned(), steps)
}

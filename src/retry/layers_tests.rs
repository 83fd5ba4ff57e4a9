use super::*;
use crate::random::Constant;
use crate::rate_limit::{Field, RetryAfter, Visibility};
use crate::reply::{Endpoint, Reply};
use crate::retry::{Class, Preset, WaitHeaders, classify};
use crate::time::UnixTime;

fn limited(wait: Option<(u64, WaitSource)>) -> Outcome {
    let in_header = match wait {
        Some((0, WaitSource::RetryAfter)) => Field::Exposed(RetryAfter::Zero),
        Some((seconds, WaitSource::RetryAfter)) => Field::Exposed(RetryAfter::Wait(Duration::from_secs(seconds))),
        _ => Field::Absent,
    };
    Outcome {
        status: Some(429),
        code: Some("rate_limit_exceeded".into()),
        wait: wait.map(|(seconds, source)| ServerWait::For { wait: Duration::from_secs(seconds), source }),
        wait_headers: WaitHeaders { retry_after: in_header, ..WaitHeaders::default() },
        ..Outcome::of(Class::RateLimit)
    }
}

/// The waits in seconds until the policy stops, and why it stops.
fn run(preset: Preset, outcome: &Outcome, draw: f64) -> (Vec<f64>, Decision) {
    let mut now = Instant::ORIGIN;
    let policy = preset.policy();
    let mut state = RetryState::new(&policy, now);
    let mut waits = Vec::new();
    loop {
        match state.after(outcome, now, &mut Constant(draw)) {
            Decision::Retry(wait) => {
                waits.push(wait.duration.as_secs_f64());
                now = now + wait.duration;
            }
            end => return (waits, end),
        }
    }
}

#[test]
fn the_notebook_gives_up_after_five_attempts() {
    // random.random() = 0.5 gives a factor of exactly 1.
    let (waits, end) = run(Preset::Notebook, &limited(Some((20, WaitSource::RetryAfter))), 0.5);
    assert_eq!(waits, [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(end, Decision::Stop(StopReason::AttemptsUsed { max_attempts: 5 }));
}

#[test]
fn the_notebook_over_the_sdk_makes_fifteen_requests() {
    let (waits, end) = run(Preset::NotebookAsWritten, &limited(None), 0.5);
    // Each of the 5 rounds: 2 SDK retries of 0.4375 s and 0.875 s, then the loop's own wait.
    assert_eq!(waits.len() + 1, 15);
    assert_eq!(waits[..6], [0.4375, 0.875, 1.0, 0.4375, 0.875, 2.0]);
    assert_eq!(end, Decision::Stop(StopReason::AttemptsUsed { max_attempts: 5 }));
    assert_eq!(Preset::NotebookAsWritten.policy().max_requests(), 15);
}

#[test]
fn the_sdks_fork_on_long_hints() {
    // FIELD notes, "SDK personalities": 90 s: python waits 90, node retries early; 150 s: python stops.
    let hint = |seconds| limited(Some((seconds, WaitSource::RetryAfter)));
    assert_eq!(run(Preset::OpenAiPython, &hint(90), 0.0).0, [90.0, 90.0]);
    assert_eq!(run(Preset::OpenAiNode, &hint(90), 0.0).0, [0.5, 1.0]);
    assert_eq!(run(Preset::OpenAiPython, &hint(150), 0.0), (vec![], Decision::Stop(StopReason::HintTooLong)));
    assert_eq!(run(Preset::OpenAiNode, &hint(150), 0.0).0, [0.5, 1.0]);
    assert_eq!(run(Preset::OpenAiNode, &hint(0), 0.0).0, [0.0, 0.0]);
    assert_eq!(run(Preset::OpenAiPython, &hint(0), 0.0).0, [0.5, 1.0]);
    // Neither reads the error's text, nor what a gateway has renamed.
    for unread in [WaitSource::Message, WaitSource::UpstreamRetryAfter] {
        assert_eq!(run(Preset::OpenAiPython, &limited(Some((20, unread))), 0.0).0, [0.5, 1.0]);
    }
}

fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let wall = UnixTime::from_secs(1_696_004_797);
    let reply = Reply::from_http(status, headers, body.to_owned(), Visibility::Full, wall, Endpoint::Responses);
    classify(&Ok(reply), wall)
}

#[test]
fn the_sdks_read_headers_alone_and_ours_the_body_too() {
    // openai-python 3.57.0, openai-node 7.57.0: no header is 0.5 s and 1 s of backoff; node honours zero.
    let text = r#"{"error":{"message":"Rate limit reached. Please try again in 20s.","code":"rate_limit_exceeded"}}"#;
    let openrouter = r#"{"error":{"message":"m","code":429,"metadata":{"headers":{"Retry-After":"20"}}}}"#;
    let backoff = [0.5, 1.0];
    for (headers, body, python, node, ours) in [
        (&[][..], openrouter, backoff, backoff, 20.5),
        (&[("retry-after-ms", "0"), ("retry-after", "20")][..], "", backoff, [0.0, 0.0], 20.5),
        (&[("retry-after", "0")][..], text, backoff, [0.0, 0.0], 20.501),
        (&[("retry-after", "20s")][..], "", backoff, [20.0, 20.0], 20.5),
    ] {
        let refused = answered(429, headers, body);
        assert_eq!(run(Preset::OpenAiPython, &refused, 0.0).0, python, "{headers:?}");
        assert_eq!(run(Preset::OpenAiNode, &refused, 0.0).0, node, "{headers:?}");
        assert_eq!(run(Preset::Sluice, &refused, 0.5).0[0], ours, "{headers:?}");
    }
}

#[test]
fn the_sdks_do_not_retry_what_fails_inside_a_stream() {
    // openai-python#2699: their retry point is past; only 4xx and 5xx come to it, x-should-retry or not.
    let event =
        "data: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"Please try again in 1s.\"}\n\n";
    for verdict in ["true", "false"] {
        let headers = [("content-type", "text/event-stream"), ("x-should-retry", verdict)];
        let failed = answered(200, &headers, event);
        assert_eq!((failed.class, failed.status), (Class::RateLimit, Some(200)));
        for preset in [Preset::OpenAiPython, Preset::OpenAiNode, Preset::VercelAiSdk] {
            assert_eq!(run(preset, &failed, 0.0), (vec![], Decision::Stop(StopReason::NotRetried)), "{preset:?}");
        }
        assert_eq!(run(Preset::Sluice, &failed, 0.0).0.is_empty(), verdict == "false");
    }
}

#[test]
fn the_vercel_ai_sdk_follows_a_hint_below_a_minute_and_nothing_else() {
    // retry-with-exponential-backoff.ts: 2 s, 4 s; a hint counts where 0 ≤ hint < 60 s.
    let hint = |seconds| limited(Some((seconds, WaitSource::RetryAfter)));
    assert_eq!(run(Preset::VercelAiSdk, &limited(None), 0.5).0, [2.0, 4.0]);
    assert_eq!(run(Preset::VercelAiSdk, &hint(59), 0.5).0, [59.0, 59.0]);
    assert_eq!(run(Preset::VercelAiSdk, &hint(60), 0.5).0, [2.0, 4.0]);
    assert_eq!(run(Preset::VercelAiSdk, &hint(0), 0.5).0, [0.0, 0.0]);
    // It does not know x-should-retry, and retries a bill.
    let vetoed = Outcome { should_retry: Some(false), class: Class::Quota, ..hint(1) };
    assert_eq!(run(Preset::VercelAiSdk, &vetoed, 0.5).0, [1.0, 1.0]);
}

#[test]
fn ours_never_goes_early_and_asks_beyond_two_minutes() {
    let (waits, _) = run(Preset::Sluice, &limited(Some((20, WaitSource::Message))), 0.5);
    assert!(waits.iter().all(|wait| *wait >= 20.0), "{waits:?}");
    // A text's wait is cut off to milliseconds: one more is waited for.
    assert_eq!(waits[..3], [20.501, 21.001, 22.001]);
    let stated = limited(Some((120, WaitSource::Message)));
    assert_eq!(run(Preset::Sluice, &stated, 0.5).0[0], 120.501, "the ceiling is held against what was stated");
    let long = limited(Some((121, WaitSource::RetryAfter)));
    assert!(matches!(run(Preset::Sluice, &long, 0.5), (waits, Decision::Ask(_)) if waits.is_empty()));
    let exactly = limited(Some((120, WaitSource::RetryAfter)));
    assert_eq!(run(Preset::Sluice, &exactly, 0.5).0[0], 120.5);
}

#[test]
fn ours_keeps_its_deadline_and_never_retries_a_bill() {
    let (waits, end) = run(Preset::Sluice, &limited(Some((100, WaitSource::RetryAfter))), 0.0);
    assert_eq!(waits.iter().sum::<f64>(), 600.0);
    assert!(matches!(end, Decision::Stop(StopReason::DeadlineWouldPass { .. })));
    let quota = Outcome { class: Class::Quota, ..limited(None) };
    assert_eq!(run(Preset::Sluice, &quota, 0.0), (vec![], Decision::Stop(StopReason::NotRetried)));
    assert_eq!(run(Preset::Notebook, &quota, 0.0).0.len(), 4, "the notebook does retry it");
}

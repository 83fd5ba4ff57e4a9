// Sluice: Retry-After floor + full jitter
// 10 attempts; retried: rate limits and server trouble, never billing, nor what can never
//   fit.
// Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1).
// Where the server asks for a wait, it comes on top, up to 120 s; a longer one is for a
//   person to decide: it gives up.
// No attempt later than 600 s after the first.
// Source: OpenAI's rate-limit guide, 2026: Retry-After is a minimum, add jitter, cap
//   attempts and elapsed time, never retry billing errors.
// cargo add ureq serde_json backon fastrand httpdate

use std::env;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use backon::BlockingRetryable;
use serde_json::Value;
use ureq::http::HeaderMap;

const MAX_ATTEMPTS: i32 = 10; // the first included
const BASE_DELAY: f64 = 1.0; // seconds
const MAX_BACKOFF: f64 = 60.0; // seconds, before jitter
const LONGEST_WAIT: f64 = 120.0; // seconds that a server may ask for
const DEADLINE: f64 = 600.0; // seconds from the first attempt to the last
const REQUEST: &str = r#"{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}"#;

/// What came instead of a response; a status of 0 where nothing came.
struct Failure {
    status: u16,
    headers: Box<HeaderMap>,
    text: String,
}

/// One request.
fn send() -> Result<String, Failure> {
    let base = env::var("OPENAI_BASE_URL").unwrap_or("https://api.openai.com/v1".to_owned());
    let key = env::var("OPENAI_API_KEY").expect("OPENAI_API_KEY is not set");
    let unanswered = |error: ureq::Error| Failure { status: 0, headers: Box::default(), text: error.to_string() };
    let mut answer = ureq::post(format!("{base}/responses"))
        .config()
        .http_status_as_error(false)
        .build()
        .header("Authorization", format!("Bearer {key}"))
        .header("Content-Type", "application/json")
        .send(REQUEST)
        .map_err(unanswered)?;
    let text = answer.body_mut().read_to_string().map_err(unanswered)?;
    if answer.status().is_success() {
        return Ok(text);
    }
    Err(Failure { status: answer.status().as_u16(), headers: Box::new(answer.headers().clone()), text })
}

/// Neither paid nor made to fit by waiting.
const HOPELESS: [&str; 16] = [
    "insufficient_quota",
    "insufficient_credits",
    "insufficient_balance",
    "quota_exceeded",
    "exceeded your current quota",
    "plan and billing",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing hard limit",
    "credit_balance_exhausted",
    "credit balance is too low",
    "usage_limit_reached",
    "_spend_limit_exceeded",
    "_usage_limit_exceeded",
    "request too large",
    "request_too_large",
];

/// Rate limits and server trouble; x-should-retry decides first, but pays no bill.
fn is_curable(failure: &Failure) -> bool {
    let text = failure.text.to_lowercase();
    if HOPELESS.iter().any(|words| text.contains(words)) {
        return false;
    }
    match failure.headers.get("x-should-retry").map(|verdict| verdict.as_bytes()) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => matches!(failure.status, 408 | 409 | 429 | 500..),
    }
}

/// Seconds that the server asks for, in its headers or its text.
fn least_wait(failure: &Failure) -> Option<f64> {
    let header = |name: &str| failure.headers.get(name)?.to_str().ok();
    let number = |name: &str| header(name)?.trim().parse::<f64>().ok();
    let (millis, seconds) = (number("retry-after-ms").map(|millis| millis / 1000.0), number("retry-after"));
    let date = || {
        let at = httpdate::parse_http_date(header("retry-after")?).ok()?;
        Some(at.duration_since(SystemTime::now()).ok()?.as_secs_f64())
    };
    let waits = [millis, seconds, date()];
    waits.into_iter().flatten().find(|wait| *wait > 0.0).or_else(|| stated_wait(&failure.text))
}

/// "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
fn stated_wait(text: &str) -> Option<f64> {
    let (_, mut rest) = text.split_once("try again in ")?;
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];
    let mut seconds = None;
    while rest.starts_with(|letter: char| letter.is_ascii_digit()) {
        let (number, after) = rest.split_at(rest.find(|letter: char| letter != '.' && !letter.is_ascii_digit())?);
        let (unit, scale) = units.into_iter().find(|(unit, _)| after.starts_with(unit))?;
        seconds = Some(seconds.unwrap_or(0.001) + number.parse::<f64>().ok()? * scale);
        rest = &after[unit.len()..];
    }
    seconds
}

/// Sends until there is a response, or no further attempt is worth it.
fn ask() -> Result<String, Failure> {
    let started = Instant::now();
    // What the server asked for last: the delays do not see the failure.
    let last_asked = Mutex::new(None);
    let delays = (1..MAX_ATTEMPTS).map_while(|attempt| {
        let grown = MAX_BACKOFF.min(BASE_DELAY * 2.0_f64.powi(attempt - 1));
        let asked: Option<f64> = *last_asked.lock().unwrap();
        let delay = asked.unwrap_or(0.0) + grown * fastrand::f64();
        let is_in_time = started.elapsed().as_secs_f64() + delay <= DEADLINE;
        is_in_time.then(|| Duration::from_secs_f64(delay))
    });
    send.retry(delays)
        .when(|failure| {
            let asked = least_wait(failure);
            *last_asked.lock().unwrap() = asked;
            is_curable(failure) && asked.is_none_or(|asked| asked <= LONGEST_WAIT)
        })
        .notify(|failure, delay| eprintln!("Failed ({}); next in {:.2} s.", failure.status, delay.as_secs_f64()))
        .call()
}

fn main() -> ExitCode {
    let response = match ask() {
        Ok(response) => response,
        Err(failure) => {
            eprintln!("Failed: {} {}", failure.status, failure.text);
            return ExitCode::FAILURE;
        }
    };
    let response: Value = serde_json::from_str(&response).unwrap_or_default();
    if let Some(message) = response["error"]["message"].as_str() {
        eprintln!("The response failed: {message}");
        return ExitCode::FAILURE;
    }
    let items = response["output"].as_array().into_iter().flatten();
    let parts = items.filter_map(|item| item["content"].as_array()).flatten();
    println!("{}", parts.filter_map(|part| part["text"].as_str()).collect::<String>());
    ExitCode::SUCCESS
}

// Decorrelated jitter, edited
// 7 attempts; retried: rate limits, server trouble and no answer, never billing, nor what
//   can never fit.
// Waits U(0.5 s, 3 × the wait before), at most 20 s, never more than 2.5 s.
// Where the server asks for a wait, it comes on top, up to 30 s; a longer one is ignored.
// No attempt later than 75 s after the first.
// cargo add ureq serde_json fastrand httpdate

use std::env;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;

const MAX_ATTEMPTS: i32 = 7; // the first included
const BASE_DELAY: f64 = 0.5; // seconds, the least delay
const MAX_BACKOFF: f64 = 20.0; // seconds
const MAX_DELAY: f64 = 2.5; // seconds, after jitter
const LONGEST_WAIT: f64 = 30.0; // seconds that a server may ask for
const DEADLINE: f64 = 75.0; // seconds from the first attempt to the last
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

/// Rate limits, server trouble, and no answer, after which a request may run twice.
fn is_curable_or_unknown(failure: &Failure) -> bool {
    let text = failure.text.to_lowercase();
    if HOPELESS.iter().any(|words| text.contains(words)) {
        return false;
    }
    match failure.headers.get("x-should-retry").map(|verdict| verdict.as_bytes()) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => matches!(failure.status, 0 | 408 | 409 | 429 | 500..),
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
    let mut previous = BASE_DELAY;
    let mut attempt = 1;
    loop {
        let failure = match send() {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        if !is_curable_or_unknown(&failure) {
            return Err(failure);
        }
        if attempt == MAX_ATTEMPTS {
            eprintln!("Gave up after {attempt} attempts.");
            return Err(failure);
        }
        previous = MAX_DELAY.min(MAX_BACKOFF.min(BASE_DELAY + (3.0 * previous - BASE_DELAY) * fastrand::f64()));
        let asked = least_wait(&failure);
        let delay = asked.filter(|asked| *asked <= LONGEST_WAIT).unwrap_or(0.0) + previous;
        if started.elapsed().as_secs_f64() + delay > DEADLINE {
            eprintln!("Gave up: the next attempt would come after 75 s.");
            return Err(failure);
        }
        eprintln!("Attempt {attempt} failed ({}); next in {delay:.2} s.", failure.status);
        thread::sleep(Duration::from_secs_f64(delay));
        attempt += 1;
    }
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

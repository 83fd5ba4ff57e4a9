// Vercel AI SDK
// 3 attempts; retried: 408, 409, 429, 5xx and no answer.
// Waits 2 s × 2^(n−1).
// Where the server asks for a wait, that is the wait, up to 60 s; a longer one is
//   ignored.
// Source: Vercel AI SDK, ai 6.0.326, retry-with-exponential-backoff.ts: 2 retries, 2 s ×
//   2^n without jitter; Retry-After below 60 s, a longer one is ignored.
// cargo add ureq serde_json httpdate

use std::env;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;

const MAX_ATTEMPTS: i32 = 3; // the first included
const BASE_DELAY: f64 = 2.0; // seconds
const LONGEST_WAIT: f64 = 59.999999999; // seconds that a server may ask for
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

/// No answer, or a status that may be better next time, billing errors included.
fn has_retried_status(failure: &Failure) -> bool {
    matches!(failure.status, 0 | 408 | 409 | 429 | 500..)
}

/// Seconds that the server asks for in its headers, 0 for "at once".
fn asked_wait_or_zero(failure: &Failure) -> Option<f64> {
    let header = |name: &str| failure.headers.get(name)?.to_str().ok();
    let number = |name: &str| header(name)?.trim().parse::<f64>().ok();
    let (millis, seconds) = (number("retry-after-ms").map(|millis| millis / 1000.0), number("retry-after"));
    let date = || {
        let at = httpdate::parse_http_date(header("retry-after")?).ok()?;
        Some(at.duration_since(SystemTime::now()).ok()?.as_secs_f64())
    };
    millis.or(seconds).or_else(date).filter(|wait| *wait >= 0.0)
}

/// Sends until there is a response, or no further attempt is worth it.
fn ask() -> Result<String, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match send() {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        if !has_retried_status(&failure) {
            return Err(failure);
        }
        if attempt == MAX_ATTEMPTS {
            eprintln!("Gave up after {attempt} attempts.");
            return Err(failure);
        }
        let grown = BASE_DELAY * 2.0_f64.powi(attempt - 1);
        let asked = asked_wait_or_zero(&failure);
        let delay = asked.filter(|asked| *asked <= LONGEST_WAIT).unwrap_or(grown);
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

// OpenAI cookbook (tenacity)
// 6 attempts; retried: every failure.
// Waits min(60 s, 1 s × 2^(n−1)) × U(0, 1), at least 1 s.
// What the server asks for is not heeded.
// Source: OpenAI cookbook, How_to_handle_rate_limits: tenacity
//   wait_random_exponential(min=1, max=60), stop_after_attempt(6).
// cargo add ureq serde_json fastrand

use std::env;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use serde_json::Value;

const MAX_ATTEMPTS: i32 = 6; // the first included
const BASE_DELAY: f64 = 1.0; // seconds
const MAX_BACKOFF: f64 = 60.0; // seconds, before jitter
const MIN_DELAY: f64 = 1.0; // seconds, after jitter
const REQUEST: &str = r#"{
  "model": "gpt-5-nano",
  "input": "Give me a funny fact about turtles.",
  "max_output_tokens": 64
}"#;

/// What came instead of a response; a status of 0 where nothing came.
struct Failure {
    status: u16,
    text: String,
}

/// One request.
fn send() -> Result<String, Failure> {
    let base = env::var("OPENAI_BASE_URL").unwrap_or("https://api.openai.com/v1".to_owned());
    let key = env::var("OPENAI_API_KEY").expect("OPENAI_API_KEY is not set");
    let unanswered = |error: ureq::Error| Failure { status: 0, text: error.to_string() };
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
    Err(Failure { status: answer.status().as_u16(), text })
}

/// Sends until there is a response, or no further attempt is worth it.
fn ask() -> Result<String, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match send() {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        if attempt == MAX_ATTEMPTS {
            eprintln!("Gave up after {attempt} attempts.");
            return Err(failure);
        }
        let grown = MAX_BACKOFF.min(BASE_DELAY * 2.0_f64.powi(attempt - 1));
        let delay = MIN_DELAY + (MIN_DELAY.max(grown) - MIN_DELAY) * fastrand::f64();
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

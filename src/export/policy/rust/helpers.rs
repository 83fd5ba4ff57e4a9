//! What tells which failures are tried again, and what a server asks for.

use std::fmt::Write as _;

use super::super::plan::{Plan, Reading};
use super::super::rules::Rule;

/// The functions that the loops of `plan` call.
pub fn helpers(plan: &Plan) -> String {
    let mut code = String::new();
    if plan.tells_hopeless() {
        code.push_str(HOPELESS);
    }
    for rule in plan.functions() {
        code.push_str(&rule_function(rule));
    }
    for (reading, _) in plan.readings() {
        code.push_str(&wait_function(reading));
    }
    if plan.reads_text() {
        code.push_str(STATED);
    }
    code
}

fn rule_function(rule: Rule) -> String {
    let mut code = format!("\n/// {}\nfn {}(failure: &Failure) -> bool {{\n", rule.words, rule.name);
    if rule.tells_hopeless {
        code.push_str(IS_HOPELESS);
    }
    let unanswered = if rule.unanswered { "0 | " } else { "" };
    let by_status = format!("matches!(failure.status, {unanswered}408 | 409 | 429 | 500..)");
    if rule.verdict {
        code.push_str(&VERDICT.replace("{by_status}", &by_status));
    } else {
        let _ = writeln!(code, "    {by_status}");
    }
    code + "}\n"
}

fn wait_function(reading: Reading) -> String {
    let counts = reading.counts_from();
    let chosen = match reading {
        Reading::Least => LEAST.to_owned(),
        Reading::Exact | Reading::ExactOrZero => {
            format!("    millis.or(seconds).or_else(date).filter(|wait| *wait {counts}.0)\n")
        }
    };
    format!(
        "\n/// {}\nfn {}(failure: &Failure) -> Option<f64> {{\n{WAITS}{chosen}}}\n",
        reading.words(),
        reading.name()
    )
}

const HOPELESS: &str = r#"
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
"#;

const IS_HOPELESS: &str = r"    let text = failure.text.to_lowercase();
    if HOPELESS.iter().any(|words| text.contains(words)) {
        return false;
    }
";

const VERDICT: &str = r#"    match failure.headers.get("x-should-retry").map(|verdict| verdict.as_bytes()) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => {by_status},
    }
"#;

const WAITS: &str = r#"    let header = |name: &str| failure.headers.get(name)?.to_str().ok();
    let number = |name: &str| header(name)?.trim().parse::<f64>().ok();
    let (millis, seconds) = (number("retry-after-ms").map(|millis| millis / 1000.0), number("retry-after"));
    let date = || {
        let at = httpdate::parse_http_date(header("retry-after")?).ok()?;
        Some(at.duration_since(SystemTime::now()).ok()?.as_secs_f64())
    };
"#;

const LEAST: &str = r"    let waits = [millis, seconds, date()];
    waits.into_iter().flatten().find(|wait| *wait > 0.0).or_else(|| stated_wait(&failure.text))
";

const STATED: &str = r#"
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
"#;

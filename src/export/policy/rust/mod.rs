//! Programs in Rust with ureq: plain, and with backon.

mod backon;
mod helpers;

use std::fmt::Write as _;

use super::formula::{Syntax, float, short};
use super::plan::{Hint, Layer, Plan, Reading};
use super::rules::Rule;
use super::{ASKS, Program, comment, constants};
use crate::export::code::{OPENAI, json_literal, ordered};
use crate::retry::RetryOn;
use backon::retried;
use helpers::helpers;

/// What the program is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// A loop of one's own.
    Plain,
    /// backon's.
    Backon,
}

const SYNTAX: Syntax = Syntax {
    name: str::to_owned,
    number: float,
    min: |a, b| format!("{a}.min({b})"),
    max: |a, b| format!("{a}.max({b})"),
    power: |factor| format!("{}_f64.powi(attempt - 1)", float(factor)),
    random: "fastrand::f64()",
    uniform: None,
};

/// The program.
pub fn program(program: &Program<'_>, plan: &Plan, flavour: Flavour) -> String {
    let is_backon = flavour == Flavour::Backon && !plan.layers.is_empty();
    let random = plan.any(|layer| SYNTAX.delay(layer).contains("fastrand"));
    let mut code = comment("//", &program.words(None));
    code.push_str("// cargo add ureq serde_json");
    for (name, _) in
        [("backon", is_backon), ("fastrand", random), ("httpdate", plan.heeds())].iter().filter(|(_, used)| *used)
    {
        let _ = write!(code, " {name}");
    }
    code.push_str("\n\n");
    code.push_str(&imports(plan, is_backon));
    let written = constants(&plan.layers, |constant, name| {
        let (kind, value) =
            if constant.is_count { ("i32", short(constant.value)) } else { ("f64", float(constant.value)) };
        format!("const {name}: {kind} = {value}; // {}\n", constant.comment)
    });
    code.push_str(&written);
    code.push_str(&request(program));
    code.push_str(if needs_headers(plan) { FAILURE_WITH_HEADERS } else { FAILURE });
    code.push_str(&send(program, plan));
    code.push_str(&helpers(plan));
    for layer in plan.layers.iter().rev() {
        let is_innermost = layer.depth + 1 == plan.layers.len();
        let inner = if is_innermost { "send".to_owned() } else { ask_name(layer.depth + 1) };
        code.push_str(&if is_backon { retried(layer, &inner) } else { layer_loop(layer, &inner) });
    }
    code + &FOOT.replace("{ask}", if plan.layers.is_empty() { "send" } else { "ask" })
}

fn ask_name(depth: usize) -> String {
    format!("ask{}", "_inner".repeat(depth))
}

/// Whether anything is read from an answer's headers.
fn needs_headers(plan: &Plan) -> bool {
    plan.heeds() || plan.functions().iter().any(|rule| rule.verdict)
}

fn imports(plan: &Plan, is_backon: bool) -> String {
    let loops = !plan.layers.is_empty();
    let time =
        [("Duration", loops), ("Instant", plan.any(|layer| layer.deadline().is_some())), ("SystemTime", plan.heeds())];
    let time: Vec<&str> = time.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect();
    let mut code = "use std::env;\nuse std::process::ExitCode;\n".to_owned();
    if is_backon && plan.heeds() {
        code.push_str("use std::sync::Mutex;\n");
    }
    if loops && !is_backon {
        code.push_str("use std::thread;\n");
    }
    match time.as_slice() {
        [] => {}
        [one] => {
            let _ = writeln!(code, "use std::time::{one};");
        }
        several => {
            let _ = writeln!(code, "use std::time::{{{}}};", several.join(", "));
        }
    }
    code.push('\n');
    if is_backon {
        code.push_str("use backon::BlockingRetryable;\n");
    }
    code.push_str("use serde_json::Value;\n");
    if needs_headers(plan) {
        code.push_str("use ureq::http::HeaderMap;\n");
    }
    code + "\n"
}

/// The request's JSON in a raw string that nothing in it ends.
fn request(program: &Program<'_>) -> String {
    let members: Vec<String> = ordered(&program.request())
        .map(|(name, value)| format!("  {}: {}", json_literal(&name.as_str().into()), json_literal(value)))
        .collect();
    let json = format!("{{\n{}\n}}", members.join(",\n"));
    let mut fence = "#".to_owned();
    while json.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("const REQUEST: &str = r{fence}\"{json}\"{fence};\n")
}

fn send(program: &Program<'_>, plan: &Plan) -> String {
    let headers = needs_headers(plan);
    let (url, base) = match program.base_url {
        None => (
            "format!(\"{base}/responses\")".to_owned(),
            format!("    let base = env::var(\"OPENAI_BASE_URL\").unwrap_or(\"{OPENAI}\".to_owned());\n"),
        ),
        Some(base) => (json_literal(&format!("{}/responses", base.trim_end_matches('/')).into()), String::new()),
    };
    SEND.replace("{base}", &base)
        .replace("{url}", &url)
        .replace("{none}", if headers { "headers: Box::default(), " } else { "" })
        .replace("{some}", if headers { "headers: Box::new(answer.headers().clone()), " } else { "" })
}

/// What a loop checks of a failure, but for its number.
fn is_retried(layer: &Layer, failure: &str) -> Option<String> {
    match (Rule::of(layer.policy.retry_on), layer.policy.retry_on) {
        (Some(rule), _) => Some(format!("{}({failure})", rule.name)),
        (None, RetryOn::RateLimitError) => Some("failure.status == 429".to_owned()),
        (None, _) => None,
    }
}

fn layer_loop(layer: &Layer, inner: &str) -> String {
    let prefix = layer.prefix();
    let mut code = format!("\n/// {ASKS}\nfn {}() -> Result<String, Failure> {{\n", ask_name(layer.depth));
    if layer.deadline().is_some() {
        code.push_str("    let started = Instant::now();\n");
    }
    if layer.is_decorrelated() {
        let _ = writeln!(code, "    let mut previous = {prefix}BASE_DELAY;");
    }
    let _ = write!(
        code,
        "    let mut attempt = 1;\n    loop {{\n        let failure = match {inner}() {{\n            \
         Ok(response) => return Ok(response),\n            Err(failure) => failure,\n        }};\n"
    );
    let mut line = |text: &str| {
        let _ = writeln!(code, "        {text}");
    };
    if let Some(check) = is_retried(layer, "&failure") {
        let check = if check.contains("==") { check.replace("==", "!=") } else { format!("!{check}") };
        line(&format!("if {check} {{"));
        line("    return Err(failure);");
        line("}");
    }
    line(&format!("if attempt == {prefix}MAX_ATTEMPTS {{"));
    line("    eprintln!(\"Gave up after {attempt} attempts.\");");
    line("    return Err(failure);");
    line("}");
    let mut own = SYNTAX.delay_of(layer, "grown");
    if let Some(grown) = SYNTAX.grown(layer) {
        line(&format!("let grown = {grown};"));
    }
    if layer.is_decorrelated() {
        line(&format!("previous = {own};"));
        "previous".clone_into(&mut own);
    }
    match layer.hint() {
        None => line(&format!("let delay = {own};")),
        Some(hint) => {
            line(&format!("let asked = {}(&failure);", hint.reading.name()));
            if let Some(limit) = hint.ceiling.filter(|_| hint.stops) {
                let limit = short(limit);
                line(&format!("if asked.is_some_and(|asked| asked > {prefix}LONGEST_WAIT) {{"));
                line(&format!("    eprintln!(\"Gave up: the server asks for more than {limit} s.\");"));
                line("    return Err(failure);");
                line("}");
            }
            line(&format!("let delay = {};", with_hint(hint, &own, &prefix)));
        }
    }
    if let Some(deadline) = layer.deadline() {
        line(&format!("if started.elapsed().as_secs_f64() + delay > {prefix}DEADLINE {{"));
        line(&format!("    eprintln!(\"Gave up: the next attempt would come after {} s.\");", short(deadline)));
        line("    return Err(failure);");
        line("}");
    }
    line("eprintln!(\"Attempt {attempt} failed ({}); next in {delay:.2} s.\", failure.status);");
    line("thread::sleep(Duration::from_secs_f64(delay));");
    line("attempt += 1;");
    code + "    }\n}\n"
}

/// The delay, from `asked` and the backoff's `own`.
fn with_hint(hint: Hint, own: &str, prefix: &str) -> String {
    let asked = if hint.ceiling.is_some() && !hint.stops {
        format!("asked.filter(|asked| *asked <= {prefix}LONGEST_WAIT)")
    } else {
        "asked".to_owned()
    };
    match hint.reading {
        Reading::Least => format!("{asked}.unwrap_or(0.0) + {own}"),
        Reading::Exact | Reading::ExactOrZero if own.contains(['(', '*']) => {
            format!("{asked}.unwrap_or_else(|| {own})")
        }
        Reading::Exact | Reading::ExactOrZero => format!("{asked}.unwrap_or({own})"),
    }
}

const FAILURE: &str = "
/// What came instead of a response; a status of 0 where nothing came.
struct Failure {
    status: u16,
    text: String,
}
";

const FAILURE_WITH_HEADERS: &str = "
/// What came instead of a response; a status of 0 where nothing came.
struct Failure {
    status: u16,
    headers: Box<HeaderMap>,
    text: String,
}
";

const SEND: &str = r#"
/// One request.
fn send() -> Result<String, Failure> {
{base}    let key = env::var("OPENAI_API_KEY").expect("OPENAI_API_KEY is not set");
    let unanswered = |error: ureq::Error| Failure { status: 0, {none}text: error.to_string() };
    let mut answer = ureq::post({url})
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
    Err(Failure { status: answer.status().as_u16(), {some}text })
}
"#;

const FOOT: &str = r#"
fn main() -> ExitCode {
    let response = match {ask}() {
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
"#;

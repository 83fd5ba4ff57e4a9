//! A layer as backon does it.

use std::fmt::Write as _;

use super::super::ASKS;
use super::super::plan::Layer;
use super::{SYNTAX, ask_name, is_retried, with_hint};

/// A layer by backon: its delays are an iterator, which does not see what failed.
pub fn retried(layer: &Layer, inner: &str) -> String {
    let prefix = layer.prefix();
    let mut code = format!("\n/// {ASKS}\nfn {}() -> Result<String, Failure> {{\n", ask_name(layer.depth));
    if layer.deadline().is_some() {
        code.push_str("    let started = Instant::now();\n");
    }
    if layer.hint().is_some() {
        code.push_str("    // What the server asked for last: the delays do not see the failure.\n    let last_asked = Mutex::new(None);\n");
    }
    if layer.is_decorrelated() {
        let _ = writeln!(code, "    let mut previous = {prefix}BASE_DELAY;");
    }
    let statements = statements(layer, &prefix);
    let attempt = if statements.iter().any(|line| line.contains("attempt - 1")) { "attempt" } else { "_" };
    let map = if layer.deadline().is_some() { "map_while" } else { "map" };
    let _ = write!(code, "    let delays = (1..{prefix}MAX_ATTEMPTS).{map}(|{attempt}| ");
    if let [one] = statements.as_slice() {
        let _ = writeln!(code, "{one});");
    } else {
        let _ = write!(code, "{{\n        {}\n    }});\n", statements.join("\n        "));
    }
    // As rustfmt would have it.
    let retry = if inner.len() <= 4 { ".retry(delays)" } else { "\n        .retry(delays)" };
    let _ = writeln!(code, "    {inner}{retry}");
    code.push_str(&when(layer, &prefix));
    code + "        .notify(|failure, delay| eprintln!(\"Failed ({}); next in {:.2} s.\", failure.status, delay.as_secs_f64()))\n        .call()\n}\n"
}

/// What makes the next delay; the last one is its value.
fn statements(layer: &Layer, prefix: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut own = SYNTAX.delay_of(layer, "grown");
    statements.extend(SYNTAX.grown(layer).map(|grown| format!("let grown = {grown};")));
    if layer.is_decorrelated() {
        statements.push(format!("previous = {own};"));
        "previous".clone_into(&mut own);
    }
    if let Some(hint) = layer.hint() {
        statements.push("let asked: Option<f64> = *last_asked.lock().unwrap();".to_owned());
        own = with_hint(hint, &own, prefix);
    }
    if layer.deadline().is_some() {
        statements.push(format!("let delay = {own};"));
        statements.push(format!("let is_in_time = started.elapsed().as_secs_f64() + delay <= {prefix}DEADLINE;"));
        statements.push("is_in_time.then(|| Duration::from_secs_f64(delay))".to_owned());
    } else {
        statements.push(format!("Duration::from_secs_f64({own})"));
    }
    statements
}

fn when(layer: &Layer, prefix: &str) -> String {
    let check = is_retried(layer, "failure");
    match (layer.hint(), check) {
        (None, None) => String::new(),
        (None, Some(check)) => format!("        .when(|failure| {check})\n"),
        (Some(hint), check) => {
            let reader = hint.reading.name();
            let mut all: Vec<String> = check.into_iter().collect();
            if hint.stops && hint.ceiling.is_some() {
                all.push(format!("asked.is_none_or(|asked| asked <= {prefix}LONGEST_WAIT)"));
            }
            let all = if all.is_empty() { "true".to_owned() } else { all.join(" && ") };
            format!(
                "        .when(|failure| {{\n            let asked = {reader}(failure);\n            \
                 *last_asked.lock().unwrap() = asked;\n            {all}\n        }})\n"
            )
        }
    }
}

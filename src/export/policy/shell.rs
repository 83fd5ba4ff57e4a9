//! Programs for Bash, with curl and awk.

use std::fmt::Write as _;

use super::formula::{Syntax, short};
use super::plan::{Layer, Plan, Reading};
use super::rules::Rule;
use super::{ASKS, Program, comment, constants};
use crate::export::code::{OPENAI, json_literal, ordered, shell_quote};
use crate::retry::RetryOn;

const SYNTAX: Syntax = Syntax {
    name: |name| format!("${name}"),
    number: short,
    min: |a, b| format!("min({a}, {b})"),
    max: |a, b| format!("max({a}, {b})"),
    power: |factor| format!("{} ^ ($attempt - 1)", short(factor)),
    random: "$RANDOM / 32768",
    uniform: None,
};

/// The program.
pub fn program(program: &Program<'_>, plan: &Plan) -> String {
    let loops = !plan.layers.is_empty();
    let mut code = "#!/usr/bin/env bash\n".to_owned() + &comment("#", &program.words(None));
    let verdict = plan.functions().iter().any(|rule| rule.verdict);
    let asks_headers = plan.heeds() || verdict;
    code.push_str(if asks_headers { "# curl 7.84 or newer\n" } else { "" });
    code.push_str("set -euo pipefail\n\n");
    let written =
        constants(&plan.layers, |constant, name| format!("{name}={} # {}\n", short(constant.value), constant.comment));
    code.push_str(&written);
    code.push_str(&request(program));
    code.push_str("body=$(mktemp)\ntrap 'rm -f \"$body\"' EXIT\n");
    if plan.any(|layer| layer.deadline().is_some()) {
        code.push_str("SECONDS=0\n");
    }
    if loops {
        code.push_str("\nsay() { echo \"$*\" >&2; }\n");
        code.push_str(&calculator(plan));
    }
    code.push_str(&send(program, plan.heeds(), verdict));
    for rule in plan.functions() {
        code.push_str(&rule_function(rule));
    }
    for (reading, _) in plan.readings() {
        code.push_str(&wait_function(reading));
    }
    for layer in plan.layers.iter().rev() {
        let is_innermost = layer.depth + 1 == plan.layers.len();
        let inner = if is_innermost { "send".to_owned() } else { ask_name(layer.depth + 1) };
        code.push_str(&layer_loop(layer, &inner));
    }
    code + &FOOT.replace("{ask}", if loops { "ask" } else { "send" })
}

fn ask_name(depth: usize) -> String {
    format!("ask{}", "_inner".repeat(depth))
}

fn request(program: &Program<'_>) -> String {
    let members: Vec<String> = ordered(&program.request())
        .map(|(name, value)| format!("  {}: {}", json_literal(&name.as_str().into()), json_literal(value)))
        .collect();
    format!("REQUEST={}\n", shell_quote(&format!("{{\n{}\n}}", members.join(",\n"))))
}

/// Bash calculates with whole numbers only.
fn calculator(plan: &Plan) -> String {
    let delays: String = plan.layers.iter().map(|layer| SYNTAX.delay(layer)).collect();
    let mut functions = String::new();
    for (name, sign) in [("min", '<'), ("max", '>')] {
        if delays.contains(&format!("{name}(")) {
            let _ = write!(functions, "function {name}(a, b) {{ return a {sign} b ? a : b }} ");
        }
    }
    let compares = plan.heeds() || plan.any(|layer| layer.deadline().is_some());
    let mut code = format!("calculate() {{ awk \"{functions}BEGIN {{ print ($1) }}\"; }}\n");
    if compares {
        code.push_str("is() { [ \"$(calculate \"$1\")\" = 1 ]; }\n");
    }
    code
}

fn send(program: &Program<'_>, heeds: bool, verdict: bool) -> String {
    let url = match program.base_url {
        None => format!("\"${{OPENAI_BASE_URL:-{OPENAI}}}/responses\""),
        Some(base) => shell_quote(&format!("{}/responses", base.trim_end_matches('/'))),
    };
    // The status comes last: it is never empty, and what is empty at the end is lost.
    let told = [("after_ms", "%header{retry-after-ms}", heeds), ("after", "%header{retry-after}", heeds)];
    let told =
        told.into_iter().chain([("verdict", "%header{x-should-retry}", verdict), ("status", "%{http_code}", true)]);
    let told: Vec<(&str, &str)> = told.filter(|(.., used)| *used).map(|(name, format, _)| (name, format)).collect();
    let formats: Vec<&str> = told.iter().map(|(_, format)| *format).collect();
    let names: Vec<String> = told.iter().map(|(name, _)| format!("read -r {name}")).collect();
    SEND.replace("{url}", &url).replace("{formats}", &formats.join("\\n")).replace("{reads}", &names.join(" && "))
}

fn rule_function(rule: Rule) -> String {
    let mut code = format!("\n# {}\n{}() {{\n", rule.words, rule.name);
    if rule.tells_hopeless {
        code.push_str(HOPELESS);
    }
    if rule.verdict {
        code.push_str("  case $verdict in true) return 0 ;; false) return 1 ;; esac\n");
    }
    let unanswered = if rule.unanswered { "000|" } else { "" };
    let _ = write!(code, "  [[ $status =~ ^({unanswered}408|409|429|5..)$ ]]\n}}\n");
    code
}

fn wait_function(reading: Reading) -> String {
    let name = reading.name();
    let body = match reading {
        Reading::Least => LEAST,
        Reading::Exact | Reading::ExactOrZero => EXACT,
    };
    format!("\n# {} Nothing where it does not say.\n{name}() {{\n", reading.words())
        + &body.replace("{counts}", reading.counts_from())
        + "}\n"
}

fn layer_loop(layer: &Layer, inner: &str) -> String {
    let prefix = layer.prefix();
    let mut locals = vec!["attempt=1", "delay"];
    if layer.hint().is_some() {
        locals.push("asked");
    }
    let previous = format!("previous=${prefix}BASE_DELAY");
    if layer.is_decorrelated() {
        locals.push(&previous);
    }
    let mut code =
        format!("\n# {ASKS}\n{}() {{\n  local {}\n  until {inner}; do\n", ask_name(layer.depth), locals.join(" "));
    let mut line = |text: &str| {
        let _ = writeln!(code, "    {text}");
    };
    match (Rule::of(layer.policy.retry_on), layer.policy.retry_on) {
        (Some(rule), _) => line(&format!("{} || return 1", rule.name)),
        (None, RetryOn::RateLimitError) => line("[ \"$status\" = 429 ] || return 1"),
        (None, _) => {}
    }
    line(&format!("if [ \"$attempt\" -eq \"${prefix}MAX_ATTEMPTS\" ]; then"));
    line("  say \"Gave up after $attempt attempts.\"");
    line("  return 1");
    line("fi");
    let own = SYNTAX.delay(layer);
    let mut own = if own.contains([' ', '(']) { format!("$(calculate \"{own}\")") } else { own };
    if layer.is_decorrelated() {
        line(&format!("previous={own}"));
        "$previous".clone_into(&mut own);
    }
    line(&format!("delay={own}"));
    if let Some(hint) = layer.hint() {
        line(&format!("asked=$({})", hint.reading.name()));
        let above = hint.ceiling.map(|_| format!("is \"$asked > ${prefix}LONGEST_WAIT\""));
        let followed = match hint.reading {
            Reading::Least => "delay=$(calculate \"$asked + $delay\")",
            Reading::Exact | Reading::ExactOrZero => "delay=$asked",
        };
        line("if [ -n \"$asked\" ]; then");
        match above.filter(|_| hint.stops) {
            Some(above) => {
                line(&format!("  if {above}; then"));
                line(&format!("    say \"Gave up: the server asks for $asked s, more than ${prefix}LONGEST_WAIT s.\""));
                line("    return 1");
                line("  fi");
                line(&format!("  {followed}"));
            }
            None if hint.ceiling.is_some() => {
                line(&format!("  if is \"$asked <= ${prefix}LONGEST_WAIT\"; then {followed}; fi"));
            }
            None => line(&format!("  {followed}")),
        }
        line("fi");
    }
    if layer.deadline().is_some() {
        line(&format!("if is \"$SECONDS + $delay > ${prefix}DEADLINE\"; then"));
        line(&format!("  say \"Gave up: the next attempt would come after ${prefix}DEADLINE s.\""));
        line("  return 1");
        line("fi");
    }
    line("say \"Attempt $attempt failed ($status); next in $delay s.\"");
    line("sleep \"$delay\"");
    line("attempt=$((attempt + 1))");
    code + "  done\n}\n"
}

const SEND: &str = r#"
# One request. A status of 000 is no answer.
send() {
  local told
  : >"$body"
  told=$(curl -sS {url} \
    -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H "Content-Type: application/json" \
    -d "$REQUEST" -o "$body" -w '{formats}\n') || true
  { {reads}; } <<<"$told"
  [[ $status == 2?? ]]
}
"#;

const HOPELESS: &str = r#"  # Neither paid nor made to fit by waiting.
  if grep -qiE "insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing" "$body" ||
    grep -qiE "billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted" "$body" ||
    grep -qiE "credit balance is too low|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large" "$body"; then
    return 1
  fi
"#;

// What a server sends is calculated with only where it is nothing but a number: awk would run the rest.
const EXACT: &str = r#"  local at
  if [[ $after_ms =~ ^-?[0-9.]+$ ]]; then
    if is "$after_ms {counts}"; then calculate "$after_ms / 1000"; fi
  elif [[ $after =~ ^-?[0-9.]+$ ]]; then
    if is "$after {counts}"; then echo "$after"; fi
  elif [[ $after == [A-Z]* ]] && at=$(date -d "$after" +%s) && is "$at - $(date +%s) {counts}"; then
    calculate "$at - $(date +%s)"
  fi
"#;

const LEAST: &str = r#"  local at stated
  if [[ $after_ms =~ ^[0-9.]+$ ]] && is "$after_ms {counts}"; then
    calculate "$after_ms / 1000"
    return
  fi
  if [[ $after =~ ^[0-9.]+$ ]] && is "$after {counts}"; then
    echo "$after"
    return
  fi
  if [[ $after == [A-Z]* ]] && at=$(date -d "$after" +%s) && is "$at - $(date +%s) {counts}"; then
    calculate "$at - $(date +%s)"
    return
  fi
  # "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
  stated=$(sed -nE 's/.*try again in (([0-9]+(\.[0-9]+)?(ms|[smhd]))+).*/\1/p' "$body" | head -n 1)
  if [ -n "$stated" ]; then
    calculate "$(sed 's/ms/*0.001+/g; s/s/+/g; s/m/*60+/g; s/h/*3600+/g; s/d/*86400+/g' <<<"$stated")0.001"
  fi
"#;

const FOOT: &str = r#"
if {ask}; then
  cat "$body"
else
  echo "Failed: $status $(cat "$body")" >&2
  exit 1
fi
"#;

//! A loop of one's own over the package.

use std::fmt::Write as _;

use super::super::formula::short;
use super::super::plan::{Layer, Plan};
use super::super::rules::Rule;
use super::super::{ASKS, Program};
use super::helpers::helpers;
use super::{Head, SYNTAX, ask_name, caught, foot, head, send, with_hint};

/// The program.
pub fn plain(program: &Program<'_>, plan: &Plan) -> String {
    let loops = !plan.layers.is_empty();
    let parts = Head {
        packages: "openai",
        random: plan.any(|layer| SYNTAX.delay(layer).contains("random.")),
        time: loops,
        standard: if loops { "from itertools import count\n" } else { "" },
        third: "",
    };
    let mut code = head(program, plan, &parts);
    if loops {
        code.push_str("def say(text: str) -> None:\n    print(text, file=sys.stderr)\n\n\n");
    }
    code.push_str(&helpers(plan, false));
    code.push_str(&send(program, plan, "send"));
    for layer in plan.layers.iter().rev() {
        let is_innermost = layer.depth + 1 == plan.layers.len();
        let inner = if is_innermost { "send".to_owned() } else { ask_name(layer.depth + 1) };
        let _ = write!(code, "\n\n{}", layer_loop(layer, &inner));
    }
    code + &foot(if loops { "ask" } else { "send" }, "Failed")
}

fn layer_loop(layer: &Layer, inner: &str) -> String {
    let prefix = layer.prefix();
    let mut code = format!("def {}() -> Response:\n    \"\"\"{ASKS}\"\"\"\n", ask_name(layer.depth));
    if layer.deadline().is_some() {
        code.push_str("    started = time.monotonic()\n");
    }
    if layer.is_decorrelated() {
        let _ = writeln!(code, "    previous = {prefix}BASE_DELAY");
    }
    let caught = caught(layer.policy.retry_on);
    let _ = write!(
        code,
        "    for attempt in count(1):\n        try:\n            return {inner}()\n        except {caught} as error:\n"
    );
    let mut line = |text: &str| {
        let _ = writeln!(code, "            {text}");
    };
    if let Some(rule) = Rule::of(layer.policy.retry_on) {
        line(&format!("if not {}(error):", rule.name));
        line("    raise");
    }
    line(&format!("if attempt == {prefix}MAX_ATTEMPTS:"));
    line("    say(f\"Gave up after {attempt} attempts.\")");
    line("    raise");
    let mut own = SYNTAX.delay(layer);
    if layer.is_decorrelated() {
        line(&format!("previous = {own}"));
        "previous".clone_into(&mut own);
    }
    match layer.hint() {
        None => line(&format!("delay = {own}")),
        Some(hint) => {
            line(&format!("asked = {}(error)", hint.reading.name()));
            if let Some(limit) = hint.ceiling.filter(|_| hint.stops) {
                let limit = short(limit);
                line(&format!("if asked is not None and asked > {prefix}LONGEST_WAIT:"));
                line(&format!("    say(f\"Gave up: the server asks for {{asked:.1f}} s, more than {limit} s.\")"));
                line("    raise");
            }
            line(&format!("delay = {}", with_hint(hint, &own, &prefix)));
        }
    }
    if let Some(deadline) = layer.deadline() {
        line(&format!("if time.monotonic() - started + delay > {prefix}DEADLINE:"));
        line(&format!("    say(\"Gave up: the next attempt would come after {} s.\")", short(deadline)));
        line("    raise");
    }
    line("say(f\"Attempt {attempt} failed ({type(error).__name__}); next in {delay:.2f} s.\")");
    line("time.sleep(delay)");
    code
}

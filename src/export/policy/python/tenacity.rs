//! The loops as decorators of tenacity, with functions of one's own where it has none of the kind.

use std::fmt::Write as _;

use super::super::Program;
use super::super::formula::short;
use super::super::plan::{Hint, Layer, Plan, Reading};
use super::super::rules::Rule;
use super::helpers::helpers;
use super::{Head, SYNTAX, ask_name, caught, foot, head, plain, send, with_hint};
use crate::retry::{Backoff, Jitter, RetryOn};

/// What the program may take from tenacity, in the order in which it is imported.
const NAMES: [&str; 7] = [
    "retry_if_exception",
    "retry_if_exception_type",
    "stop_after_attempt",
    "stop_before_delay",
    "wait_exponential",
    "wait_fixed",
    "wait_random_exponential",
];

/// The program; without a loop there is nothing for tenacity to do.
pub fn tenacity(program: &Program<'_>, plan: &Plan) -> String {
    if plan.layers.is_empty() {
        return plain(program, plan);
    }
    let decorators: Vec<Decorator> = plan.layers.iter().map(Decorator::of).collect();
    let all: String = decorators.iter().flat_map(|decorator| [&*decorator.functions, &*decorator.arguments]).collect();
    let names = NAMES.into_iter().filter(|name| all.contains(&format!("{name}(")));
    let names: Vec<&str> = ["RetryCallState", "retry"].into_iter().chain(names).collect();
    let parts = Head {
        packages: "openai tenacity",
        random: all.contains("random.uniform(") || all.contains("random.random("),
        time: plan.heeds(),
        standard: "",
        third: &format!("from tenacity import (\n    {},\n)\n", names.join(",\n    ")),
    };
    let mut code = head(program, plan, &parts);
    code.push_str(SAY);
    code.push_str(&helpers(plan, true));
    for decorator in &decorators {
        code.push_str(&decorator.functions);
    }
    for (depth, decorator) in decorators.iter().enumerate().rev() {
        let name = ask_name(depth);
        let _ = write!(code, "@retry(\n{}    before_sleep=say,\n    reraise=True,\n)\n", decorator.arguments);
        if depth + 1 == decorators.len() {
            code.push_str(&send(program, plan, &name));
        } else {
            let _ = write!(code, "def {name}() -> Response:\n    return {}()\n", ask_name(depth + 1));
        }
        code.push_str(if depth == 0 { "" } else { "\n\n" });
    }
    code + &foot("ask", "Failed after {ask.statistics['attempt_number']} attempts")
}

const SAY: &str = r#"def say(state: RetryCallState) -> None:
    error = type(state.outcome.exception()).__name__
    print(f"Attempt {state.attempt_number} failed ({error}); next in {state.upcoming_sleep:.2f} s.", file=sys.stderr)


"#;

/// What one layer is: functions, and the arguments of its decorator.
struct Decorator {
    functions: String,
    arguments: String,
}

impl Decorator {
    fn of(layer: &Layer) -> Self {
        let prefix = layer.prefix();
        let suffix = "_inner".repeat(layer.depth);
        let retried = match Rule::of(layer.policy.retry_on) {
            Some(rule) => format!("    retry=retry_if_exception({}),\n", rule.name),
            // Without an argument every exception is retried.
            None if layer.policy.retry_on == RetryOn::AnyFailure => String::new(),
            None => format!("    retry=retry_if_exception_type({}),\n", caught(layer.policy.retry_on)),
        };
        let mut functions = String::new();
        let wait = match (layer.hint(), built_in_wait(layer, &prefix)) {
            (None, Some(built_in)) => built_in,
            (Some(hint), Some(built_in))
                if hint.reading == Reading::Least && (hint.stops || hint.ceiling.is_none()) =>
            {
                let _ = write!(
                    functions,
                    "def server_wait{suffix}(state: RetryCallState) -> float:\n    \
                         return {}(state.outcome.exception()) or 0\n\n\n",
                    hint.reading.name()
                );
                format!("server_wait{suffix} + {built_in}")
            }
            (hint, _) => {
                functions.push_str(&wait_function(layer, hint, &prefix, &suffix));
                format!("wait{suffix}")
            }
        };
        let mut stop = format!("stop_after_attempt({prefix}MAX_ATTEMPTS)");
        if let Some(hint) = layer.hint().filter(|hint| hint.stops && hint.ceiling.is_some()) {
            let _ = write!(
                functions,
                "def asks_too_much{suffix}(state: RetryCallState) -> bool:\n    \
                     return ({}(state.outcome.exception()) or 0) > {prefix}LONGEST_WAIT\n\n\n",
                hint.reading.name()
            );
            let _ = write!(stop, " | asks_too_much{suffix}");
        }
        if layer.deadline().is_some() {
            let _ = write!(stop, " | stop_before_delay({prefix}DEADLINE)");
        }
        Self { functions, arguments: format!("{retried}    stop={stop},\n    wait={wait},\n") }
    }
}

/// What tenacity has for the backoff; `None` where it has nothing of the kind.
fn built_in_wait(layer: &Layer, prefix: &str) -> Option<String> {
    if layer.longest_delay().is_some() {
        return None;
    }
    match &layer.policy.backoff {
        Backoff::Fixed(_) => Some(format!("wait_fixed({prefix}DELAY)")),
        Backoff::Exponential { factor, jitter, floor, .. } if [Jitter::FULL, Jitter::NONE].contains(jitter) => {
            let kind = if *jitter == Jitter::FULL { "wait_random_exponential" } else { "wait_exponential" };
            let mut arguments = format!("multiplier={prefix}BASE_DELAY");
            #[allow(clippy::float_cmp)] // the factor is written down, not computed
            if *factor != 2.0 {
                let _ = write!(arguments, ", exp_base={}", short(*factor));
            }
            if layer.constants().iter().any(|constant| constant.name == "MAX_BACKOFF") {
                let _ = write!(arguments, ", max={prefix}MAX_BACKOFF");
            }
            if !floor.is_zero() {
                let _ = write!(arguments, ", min={prefix}MIN_DELAY");
            }
            Some(format!("{kind}({arguments})"))
        }
        Backoff::Exponential { .. } | Backoff::Decorrelated { .. } => None,
    }
}

fn wait_function(layer: &Layer, hint: Option<Hint>, prefix: &str, suffix: &str) -> String {
    let mut code = format!("def wait{suffix}(state: RetryCallState) -> float:\n");
    let mut own = SYNTAX.delay(layer);
    if layer.is_decorrelated() {
        let _ =
            write!(code, "    previous = getattr(state, \"backoff\", {prefix}BASE_DELAY)\n    state.backoff = {own}\n");
        "state.backoff".clone_into(&mut own);
    } else if own.contains("attempt") {
        code.push_str("    attempt = state.attempt_number\n");
    }
    let delay = match hint {
        None => own,
        Some(hint) => {
            let _ = writeln!(code, "    asked = {}(state.outcome.exception())", hint.reading.name());
            with_hint(hint, &own, prefix)
        }
    };
    let _ = write!(code, "    return {delay}\n\n\n");
    code
}

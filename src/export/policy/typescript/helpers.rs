//! What tells which failures are tried again, and what a server asks for.

use std::fmt::Write as _;

use super::super::plan::{Plan, Reading};
use super::super::rules::{Rule, camel};
use super::Flavour;

/// The functions that the loops of `plan` call.
pub fn helpers(plan: &Plan, flavour: Flavour) -> String {
    let mut code = String::new();
    if plan.tells_hopeless() {
        code.push_str(HOPELESS);
    }
    for rule in plan.functions() {
        code.push_str(&rule_function(rule, flavour));
    }
    for (reading, _) in plan.readings() {
        code.push_str(&wait_function(reading));
    }
    code
}

fn rule_function(rule: Rule, flavour: Flavour) -> String {
    let mut code = format!(
        "\n/** {} */\nfunction {}(error: APIError): boolean {{\n  if (error.status === undefined) return {};\n",
        rule.words,
        camel(rule.name),
        rule.unanswered
    );
    if rule.tells_hopeless {
        // The package takes code and type out of the text.
        let text = match flavour {
            Flavour::Package => "`${error.code} ${error.type} ${error.message}`",
            Flavour::Fetch => "error.message",
        };
        let _ = writeln!(code, "  if (HOPELESS.test({text})) return false;");
    }
    if rule.verdict {
        code.push_str(VERDICT);
    }
    code + "  return [408, 409, 429].includes(error.status) || error.status >= 500;\n}\n"
}

fn wait_function(reading: Reading) -> String {
    let body = match reading {
        Reading::Least => LEAST,
        Reading::Exact | Reading::ExactOrZero => EXACT,
    };
    let (words, name) = (reading.words(), camel(reading.name()));
    let head = format!("\n/** {words} */\nfunction {name}(error: APIError): number | undefined {{\n{WAITS}");
    let seconds = "\nconst SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };\n";
    let before = if reading == Reading::Least { seconds } else { "" };
    before.to_owned() + &head + &body.replace("{counts}", reading.counts_from())
}

const HOPELESS: &str = r#"
// Neither paid nor made to fit by waiting.
const HOPELESS = new RegExp(
  "insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing" +
    "|billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted|credit balance is too low" +
    "|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large",
  "i",
);
"#;

const VERDICT: &str = r#"  const verdict = error.headers?.get("x-should-retry");
  if (verdict === "true" || verdict === "false") return verdict === "true";
"#;

const WAITS: &str = r#"  const millis = error.headers?.get("retry-after-ms") ?? "";
  const after = error.headers?.get("retry-after") ?? "";
  const waits = [parseFloat(millis) / 1000, parseFloat(after), (Date.parse(after) - Date.now()) / 1000];
"#;

const EXACT: &str = r"  const wait = waits.find((wait) => !Number.isNaN(wait));
  return wait !== undefined && wait {counts} ? wait : undefined;
}
";

const LEAST: &str = r#"  const wait = waits.find((wait) => wait {counts});
  if (wait !== undefined) return wait;
  // "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
  const stated = /try again in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)/i.exec(error.message);
  if (!stated) return undefined;
  const parts = stated[1].matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * SECONDS[unit], 0.001);
}
"#;

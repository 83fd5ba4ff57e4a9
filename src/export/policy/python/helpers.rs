//! What tells which failures are tried again, and what a server asks for.

use super::super::plan::{Plan, Reading};
use super::super::rules::Rule;

/// The functions that the loops of `plan` call. With `sees_all` they are given every exception, not only what a
/// loop catches.
pub fn helpers(plan: &Plan, sees_all: bool) -> String {
    let mut code = String::new();
    if plan.tells_hopeless() {
        code.push_str(HOPELESS);
    }
    for rule in plan.functions() {
        code.push_str(&rule_function(rule, sees_all));
    }
    for (reading, unanswered) in plan.readings() {
        if reading == Reading::Least {
            code.push_str("SECONDS = {\"ms\": 0.001, \"s\": 1, \"m\": 60, \"h\": 3600, \"d\": 86400}\n\n\n");
        }
        code.push_str(&wait_function(reading, unanswered));
    }
    code
}

fn rule_function(rule: Rule, sees_all: bool) -> String {
    let class = if sees_all {
        "Exception"
    } else if rule.unanswered {
        "openai.APIError"
    } else {
        "openai.APIStatusError"
    };
    let mut code = format!("def {}(error: {class}) -> bool:\n    \"\"\"{}\"\"\"\n", rule.name, rule.words);
    if sees_all {
        let retried = if rule.unanswered { "isinstance(error, openai.APIConnectionError)" } else { "False" };
        code.push_str("    if not isinstance(error, openai.APIStatusError):\n        return ");
        code.push_str(retried);
        code.push('\n');
    } else if rule.unanswered {
        code.push_str("    if isinstance(error, openai.APIConnectionError):\n        return True\n");
    }
    if rule.tells_hopeless {
        code.push_str("    if HOPELESS.search(str(error)):\n        return False\n");
    }
    if rule.verdict {
        code.push_str(VERDICT);
    }
    code + "    return error.status_code in (408, 409, 429) or error.status_code >= 500\n\n\n"
}

fn wait_function(reading: Reading, unanswered: bool) -> String {
    let mut code = format!(
        "def {}(error: Exception) -> float | None:\n    \"\"\"{}\"\"\"\n",
        reading.name(),
        reading.words().replace('"', "'")
    );
    if unanswered {
        code.push_str("    if not isinstance(error, openai.APIStatusError):\n        return None\n");
    }
    let counts = reading.counts_from();
    let (number, date) = match reading {
        Reading::Least => (NUMBER_LEAST, DATE_LEAST),
        Reading::Exact | Reading::ExactOrZero => (NUMBER_EXACT, DATE_EXACT),
    };
    code + &HEADERS.replace("{number}", number).replace("{date}", date).replace("{counts}", counts) + "\n\n"
}

const HOPELESS: &str = r#"# Neither paid nor made to fit by waiting.
HOPELESS = re.compile(
    r"insufficient_(quota|credits|balance)|quota_exceeded|exceeded your current quota|plan and billing"
    r"|billing_(hard_limit_reached|not_active)|billing hard limit|credit_balance_exhausted|credit balance is too low"
    r"|usage_limit_reached|_(spend|usage)_limit_exceeded|request.too.large",
    re.IGNORECASE,
)


"#;

const VERDICT: &str = r#"    verdict = error.response.headers.get("x-should-retry")
    if verdict in ("true", "false"):
        return verdict == "true"
"#;

const HEADERS: &str = r#"    headers = error.response.headers
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            wait = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
{number}    try:
        wait = parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time()
    except ValueError:
{date}"#;

const NUMBER_EXACT: &str = "        return wait if wait {counts} else None\n";
const DATE_EXACT: &str = "        return None\n    return wait if wait {counts} else None\n";
const NUMBER_LEAST: &str = "        if wait {counts}:\n            return wait\n";
const DATE_LEAST: &str = r#"        wait = 0
    if wait {counts}:
        return wait
    # "Please try again in 1m26.4s" is cut off to whole milliseconds: one more is enough.
    stated = re.search(r"try again in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)", str(error), re.IGNORECASE)
    if not stated:
        return None
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", stated[1])
    return sum(float(number) * SECONDS[unit] for number, unit in parts) + 0.001
"#;

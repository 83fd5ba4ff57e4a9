//! Programs in Python with the official package: plain, and with tenacity.

mod helpers;
mod plain;
mod tenacity;

use std::fmt::Write as _;

use super::formula::{Syntax, float, short};
use super::plan::{Hint, Plan, Reading, Sdk};
use super::{Program, comment, constants};
use crate::export::code::{python_arguments, python_string};
use crate::retry::RetryOn;

pub use plain::plain;
pub use tenacity::tenacity;

const SYNTAX: Syntax = Syntax {
    name: str::to_owned,
    number: short,
    min: |a, b| format!("min({a}, {b})"),
    max: |a, b| format!("max({a}, {b})"),
    power: |factor| format!("{} ** (attempt - 1)", short(factor)),
    random: "random.random()",
    uniform: Some(|low, high| format!("random.uniform({low}, {high})")),
};

/// What a program begins with, apart from what follows from its plan.
struct Head<'a> {
    /// What to install.
    packages: &'a str,
    /// Whether the module is used.
    random: bool,
    /// Whether the module is used.
    time: bool,
    /// A line of the standard library's, after its modules.
    standard: &'a str,
    /// A line of what is installed.
    third: &'a str,
}

/// Comment, imports, constants, client.
fn head(program: &Program<'_>, plan: &Plan, head: &Head<'_>) -> String {
    let mut code = comment("#", &program.words(Some(Sdk::Python)));
    let _ = writeln!(code, "# Python 3.10 or newer: pip install {}", head.packages);
    let modules = [
        ("random", head.random),
        ("re", plan.reads_text() || plan.tells_hopeless()),
        ("sys", true),
        ("time", head.time),
    ];
    for (module, _) in modules.into_iter().filter(|(_, is_used)| *is_used) {
        let _ = writeln!(code, "import {module}");
    }
    if plan.heeds() {
        code.push_str("from email.utils import parsedate_to_datetime\n");
    }
    code.push_str(head.standard);
    let _ = write!(code, "\nimport openai\nfrom openai.types.responses import Response\n{}\n", head.third);
    let written = constants(&plan.layers, |constant, name| {
        let value = if constant.is_count { short(constant.value) } else { float(constant.value) };
        format!("{name} = {value}  # {}\n", constant.comment)
    });
    code.push_str(&written);
    if !written.is_empty() {
        code.push('\n');
    }
    let address = program.base_url.map_or_else(String::new, |url| format!("base_url={}, ", python_string(url)));
    let reads =
        if program.base_url.is_some() { "OPENAI_API_KEY" } else { "OPENAI_API_KEY and, where set, OPENAI_BASE_URL" };
    let _ = writeln!(code, "client = openai.OpenAI({address}max_retries={})  # reads {reads}\n\n", plan.sdk_retries);
    code
}

/// The function that sends the request once.
fn send(program: &Program<'_>, plan: &Plan, name: &str) -> String {
    let words = if plan.sdk_retries > 0 { "One request, with the SDK's own retries." } else { "One request." };
    let arguments = python_arguments(&program.request(), "        ");
    format!(
        "def {name}() -> Response:\n    \"\"\"{words}\"\"\"\n    return client.responses.create(\n{arguments}    )\n"
    )
}

/// What runs it all; `failed` is what is said before the error.
fn foot(ask: &str, failed: &str) -> String {
    format!(
        r#"

if __name__ == "__main__":
    try:
        response = {ask}()
    except openai.OpenAIError as error:
        sys.exit(f"{failed}: {{error}}")
    if response.error:
        sys.exit(f"The response failed: {{response.error.message}}")
    print(response.output_text)
"#
    )
}

/// The function of a layer.
fn ask_name(depth: usize) -> String {
    format!("ask{}", "_inner".repeat(depth))
}

/// What is caught.
const fn caught(rule: RetryOn) -> &'static str {
    match rule {
        RetryOn::Nothing | RetryOn::RateLimitError => "openai.RateLimitError",
        RetryOn::Curable => "openai.APIStatusError",
        RetryOn::Sdk | RetryOn::Status | RetryOn::CurableAndUnknown => "openai.APIError",
        RetryOn::AnyFailure => "openai.OpenAIError",
    }
}

/// The delay, from `asked` and the backoff's `own`.
fn with_hint(hint: Hint, own: &str, prefix: &str) -> String {
    let is_ignored_above = hint.ceiling.is_some() && !hint.stops;
    let follows = if is_ignored_above {
        format!("asked is not None and asked <= {prefix}LONGEST_WAIT")
    } else {
        "asked is not None".to_owned()
    };
    match hint.reading {
        Reading::Least if is_ignored_above => format!("(asked if {follows} else 0) + {own}"),
        Reading::Least => format!("(asked or 0) + {own}"),
        Reading::Exact | Reading::ExactOrZero => format!("asked if {follows} else {own}"),
    }
}

//! Programs in TypeScript: with the official package, and with `fetch` alone.

mod helpers;

use std::fmt::Write as _;

use super::formula::{Syntax, short};
use super::plan::{Hint, Layer, Plan, Reading, Sdk};
use super::rules::{Rule, camel};
use super::{ASKS, Program, comment, constants};
use crate::export::code::{OPENAI, json_literal, ordered};
use crate::retry::RetryOn;
use helpers::helpers;

/// What the program is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// The official package.
    Package,
    /// `fetch` alone.
    Fetch,
}

const SYNTAX: Syntax = Syntax {
    name: str::to_owned,
    number: short,
    min: |a, b| format!("Math.min({a}, {b})"),
    max: |a, b| format!("Math.max({a}, {b})"),
    power: |factor| format!("{} ** (attempt - 1)", short(factor)),
    random: "Math.random()",
    uniform: None,
};

/// The program.
pub fn program(program: &Program<'_>, plan: &Plan, flavour: Flavour) -> String {
    let loops = !plan.layers.is_empty();
    let mut code = comment("//", &program.words((flavour == Flavour::Package).then_some(Sdk::Node)));
    code.push_str(match (flavour, loops) {
        (Flavour::Package, true) => "// npm install openai\nimport OpenAI, { APIError } from \"openai\";\n\n",
        (Flavour::Package, false) => "// npm install openai\nimport OpenAI from \"openai\";\n\n",
        (Flavour::Fetch, _) => "// Node.js, Deno or Bun: there is nothing to install.\n\n",
    });
    let written = constants(&plan.layers, |constant, name| {
        format!("const {name} = {}; // {}\n", short(constant.value), constant.comment)
    });
    code.push_str(&written);
    if !written.is_empty() && flavour == Flavour::Package {
        code.push('\n');
    }
    code.push_str(&match flavour {
        Flavour::Package => package_client(program, plan),
        Flavour::Fetch => fetch_client(program),
    });
    if loops {
        code.push_str(
            "\nconst sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));\n",
        );
    }
    code.push_str(&helpers(plan, flavour));
    code.push_str(&match flavour {
        Flavour::Package => package_send(program, plan),
        Flavour::Fetch => fetch_send(program),
    });
    let answer = match flavour {
        Flavour::Package => "OpenAI.Responses.Response",
        Flavour::Fetch => "Answer",
    };
    for layer in plan.layers.iter().rev() {
        let is_innermost = layer.depth + 1 == plan.layers.len();
        let inner = if is_innermost { "send".to_owned() } else { ask_name(layer.depth + 1) };
        code.push_str(&layer_loop(layer, &inner, answer));
    }
    let text = match flavour {
        Flavour::Package => "response.output_text",
        Flavour::Fetch => {
            "response.output.flatMap((item) => item.content ?? []).map((part) => part.text ?? \"\").join(\"\")"
        }
    };
    let ask = if loops { "ask" } else { "send" };
    code + &FOOT.replace("{ask}", ask).replace("{text}", text)
        + if flavour == Flavour::Fetch { "\nexport {}; // a module may await at its top level\n" } else { "" }
}

fn ask_name(depth: usize) -> String {
    format!("ask{}", "Inner".repeat(depth))
}

fn reads(program: &Program<'_>) -> &'static str {
    if program.base_url.is_some() { "OPENAI_API_KEY" } else { "OPENAI_API_KEY and, where set, OPENAI_BASE_URL" }
}

fn package_client(program: &Program<'_>, plan: &Plan) -> String {
    let address = program.base_url.map_or_else(String::new, |url| format!("baseURL: {}, ", json_literal(&url.into())));
    format!("const client = new OpenAI({{ {address}maxRetries: {} }}); // reads {}\n", plan.sdk_retries, reads(program))
}

fn package_send(program: &Program<'_>, plan: &Plan) -> String {
    let words = if plan.sdk_retries > 0 { "One request, with the SDK's own retries." } else { "One request." };
    format!(
        "\n/** {words} */\nfunction send() {{\n  return client.responses.create({});\n}}\n",
        object(program, "    ", "  ")
    )
}

fn fetch_client(program: &Program<'_>) -> String {
    let url = program.base_url.map_or_else(
        || format!("process.env.OPENAI_BASE_URL ?? \"{OPENAI}\""),
        |url| json_literal(&url.trim_end_matches('/').into()),
    );
    format!("const BASE_URL = {url};\n{FAILURE}")
}

fn fetch_send(program: &Program<'_>) -> String {
    SEND.replace("{request}", &object(program, "      ", "    "))
}

/// The request as an object literal.
fn object(program: &Program<'_>, indent: &str, end: &str) -> String {
    let mut literal = "{\n".to_owned();
    for (name, value) in ordered(&program.request()) {
        let is_name = name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_');
        let key = if is_name { name.clone() } else { json_literal(&name.as_str().into()) };
        let _ = writeln!(literal, "{indent}{key}: {},", json_literal(value));
    }
    literal + end + "}"
}

fn layer_loop(layer: &Layer, inner: &str, answer: &str) -> String {
    let prefix = layer.prefix();
    let mut code = format!("\n/** {ASKS} */\nasync function {}(): Promise<{answer}> {{\n", ask_name(layer.depth));
    if layer.deadline().is_some() {
        code.push_str("  const started = performance.now();\n");
    }
    if layer.is_decorrelated() {
        let _ = writeln!(code, "  let previous = {prefix}BASE_DELAY;");
    }
    let _ = write!(
        code,
        "  for (let attempt = 1; ; attempt++) {{\n    try {{\n      return await {inner}();\n    }} catch (error) {{\n"
    );
    let mut line = |text: &str| {
        let _ = writeln!(code, "      {text}");
    };
    let retried = match (Rule::of(layer.policy.retry_on), layer.policy.retry_on) {
        (Some(rule), _) => format!(" || !{}(error)", camel(rule.name)),
        (None, RetryOn::RateLimitError) => " || error.status !== 429".to_owned(),
        (None, _) => String::new(),
    };
    line(&format!("if (!(error instanceof APIError){retried}) throw error;"));
    line(&format!("if (attempt === {prefix}MAX_ATTEMPTS) {{"));
    line("  console.error(`Gave up after ${attempt} attempts.`);");
    line("  throw error;");
    line("}");
    let mut own = SYNTAX.delay(layer);
    if layer.is_decorrelated() {
        line(&format!("previous = {own};"));
        "previous".clone_into(&mut own);
    }
    match layer.hint() {
        None => line(&format!("const delay = {own};")),
        Some(hint) => {
            line(&format!("const asked = {}(error);", camel(hint.reading.name())));
            if let Some(limit) = hint.ceiling.filter(|_| hint.stops) {
                let limit = short(limit);
                line(&format!("if (asked !== undefined && asked > {prefix}LONGEST_WAIT) {{"));
                line(&format!(
                    "  console.error(`Gave up: the server asks for ${{asked.toFixed(1)}} s, more than {limit} s.`);"
                ));
                line("  throw error;");
                line("}");
            }
            line(&format!("const delay = {};", with_hint(hint, &own, &prefix)));
        }
    }
    if let Some(deadline) = layer.deadline() {
        line(&format!("if ((performance.now() - started) / 1000 + delay > {prefix}DEADLINE) {{"));
        line(&format!("  console.error(\"Gave up: the next attempt would come after {} s.\");", short(deadline)));
        line("  throw error;");
        line("}");
    }
    line(
        "console.error(`Attempt ${attempt} failed (${error.status ?? \"no answer\"}); next in ${delay.toFixed(2)} s.`);",
    );
    line("await sleep(delay);");
    code + "    }\n  }\n}\n"
}

/// The delay, from `asked` and the backoff's `own`.
fn with_hint(hint: Hint, own: &str, prefix: &str) -> String {
    let is_ignored_above = hint.ceiling.is_some() && !hint.stops;
    let follows = format!("asked !== undefined && asked <= {prefix}LONGEST_WAIT");
    match hint.reading {
        Reading::Least if is_ignored_above => format!("({follows} ? asked : 0) + {own}"),
        Reading::Least => format!("(asked ?? 0) + {own}"),
        Reading::Exact | Reading::ExactOrZero if is_ignored_above => format!("{follows} ? asked : {own}"),
        Reading::Exact | Reading::ExactOrZero => format!("asked ?? {own}"),
    }
}

const FAILURE: &str = r"
/** What came instead of a response; without a status where nothing came. */
class APIError extends Error {
  readonly status?: number;
  readonly headers?: Headers;

  constructor(message: string, answer?: Response) {
    super(message);
    this.status = answer?.status;
    this.headers = answer?.headers;
  }
}

type Answer = { error: { message: string } | null; output: { content?: { text?: string }[] }[] };
";

const SEND: &str = r#"
/** One request. */
async function send(): Promise<Answer> {
  const answer = await fetch(`${BASE_URL}/responses`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({request}),
  }).catch((error) => {
    throw new APIError(`No answer: ${error.cause ?? error}`);
  });
  const text = await answer.text();
  if (!answer.ok) throw new APIError(`${answer.status} ${text}`, answer);
  return JSON.parse(text);
}
"#;

const FOOT: &str = r"
try {
  const response = await {ask}();
  if (response.error) throw new Error(response.error.message);
  console.log({text});
} catch (error) {
  console.error(`Failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
";

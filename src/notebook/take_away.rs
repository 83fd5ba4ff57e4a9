//! The chosen loop as a whole program, to take away.

use super::code::{BackoffCode, LoopStyle, backoff, fill};
use super::print::python_string;
use super::prompts;
use crate::highlight::Language;

const BACKOFF: &str = include_str!("typescript/backoff.ts");
const SLUICE: &str = include_str!("typescript/sluice.ts");

/// What the notebook's set-up gives its later cells.
const PYTHON_HEAD: &str = "# pip install openai\nfrom openai import AsyncOpenAI\n\nasync_client = AsyncOpenAI()  # reads OPENAI_API_KEY\nDEFAULT_MODEL = \"gpt-5-nano\"\n\n";

/// The loop of `code` with `model`, as a program in Python or in TypeScript; empty in any other language.
pub fn take_away(language: Language, model: &str, code: &BackoffCode) -> String {
    let model = ("\"gpt-5-nano\"", python_string(model));
    match language {
        Language::Python => {
            let body = backoff(code);
            // A notebook awaits by itself, a script does not.
            let body = body.strip_suffix("await demo()\n").unwrap_or(&body);
            format!("{}{body}asyncio.run(demo())\n", fill(PYTHON_HEAD, &[model]))
        }
        Language::TypeScript => {
            let (template, attempts) = match code.style {
                LoopStyle::Notebook | LoopStyle::AsWritten => (BACKOFF, "maxAttempts = 5"),
                LoopStyle::Sluice => (SLUICE, "maxAttempts = 10"),
            };
            let client = "new OpenAI({ maxRetries: 0 })";
            fill(
                template,
                &[
                    ("NUM_REQUESTS = 10", format!("NUM_REQUESTS = {}", code.num_requests)),
                    (attempts, format!("maxAttempts = {}", code.max_attempts)),
                    ("baseDelay = 1.0", format!("baseDelay = {:?}", code.base_delay)),
                    (client, if code.style == LoopStyle::AsWritten { "new OpenAI()" } else { client }.to_owned()),
                    // A JSON string is one of TypeScript's too.
                    (&python_string(prompts::TURTLES), python_string(&code.prompt)),
                    model,
                ],
            )
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(style: LoopStyle) -> BackoffCode {
        BackoffCode { style, num_requests: 7, max_attempts: 4, base_delay: 2.0, prompt: "Say \"hi\"".into() }
    }

    #[test]
    fn every_parameter_reaches_both_programs() {
        for style in [LoopStyle::Notebook, LoopStyle::AsWritten, LoopStyle::Sluice] {
            let python = take_away(Language::Python, "gpt-4o", &code(style));
            for part in
                ["DEFAULT_MODEL = \"gpt-4o\"", "NUM_REQUESTS = 7\n", "max_attempts: int = 4", "asyncio.run(demo())"]
            {
                assert!(python.contains(part), "{style:?}: {part}\n{python}");
            }
            assert!(!python.contains("\nawait demo()"));
            let typescript = take_away(Language::TypeScript, "gpt-4o", &code(style));
            for part in [
                "model: \"gpt-4o\"",
                "NUM_REQUESTS = 7;",
                "maxAttempts = 4,",
                "baseDelay = 2.0",
                "prompt = \"Say \\\"hi\\\"\"",
            ] {
                assert!(typescript.contains(part), "{style:?}: {part}\n{typescript}");
            }
            let own_retries_are_off = typescript.contains("maxRetries: 0");
            assert_eq!(own_retries_are_off, style != LoopStyle::AsWritten);
        }
        assert_eq!(take_away(Language::Rust, "gpt-4o", &code(LoopStyle::Sluice)), "");
    }

    #[test]
    fn the_defaults_of_the_templates_are_there_to_be_replaced() {
        let default = BackoffCode {
            style: LoopStyle::Notebook,
            num_requests: 10,
            max_attempts: 5,
            base_delay: 1.0,
            prompt: prompts::TURTLES.into(),
        };
        assert_eq!(take_away(Language::TypeScript, "gpt-5-nano", &default), BACKOFF);
        // Both programs tell how many were answered.
        let ours_in_python =
            take_away(Language::Python, "gpt-5-nano", &BackoffCode { style: LoopStyle::Sluice, ..default.clone() });
        assert!(ours_in_python.contains("\"of\", NUM_REQUESTS, \"answered\")"));
        let ours = BackoffCode { style: LoopStyle::Sluice, max_attempts: 10, ..default };
        assert_eq!(take_away(Language::TypeScript, "gpt-5-nano", &ours), SLUICE);
    }
}

//! The notebook's cells as Python, with a reader's parameters in them.
//!
//! The templates under `python/` are whole cells that run as they stand; a parameter replaces its default there.

use super::print::python_string;
use super::prompts;

const SETUP: &str = include_str!("python/setup.py");
const BASIC: &str = include_str!("python/basic.py");
const TRACKING: &str = include_str!("python/tracking.py");
const HEADERS: &str = include_str!("python/headers.py");
const PROVOKE: &str = include_str!("python/provoke.py");
const BACKOFF: &str = include_str!("python/backoff.py");
const SLUICE: &str = include_str!("python/sluice.py");
const HERD: &str = include_str!("python/herd.py");

/// Replaces defaults in a template, each wherever it stands, what was put in before left alone.
pub(super) fn fill(template: &str, parameters: &[(&str, String)]) -> String {
    let mut code = String::new();
    let mut rest = template;
    // The earliest default in what is left, again and again: a value never gets searched.
    while let Some((at, default, value)) = parameters
        .iter()
        .filter_map(|(default, value)| rest.find(default).map(|at| (at, *default, value)))
        .min_by_key(|(at, ..)| *at)
    {
        let (before, after) = rest.split_at(at);
        code.push_str(before);
        code.push_str(value);
        rest = after.strip_prefix(default).unwrap_or_default();
    }
    code + rest
}

/// What the set-up cell depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setup {
    /// The model.
    pub model: String,
    /// A base URL other than OpenAI's.
    pub base_url: Option<String>,
}

/// Section 2.
pub fn setup(setup: &Setup) -> String {
    let arguments = setup
        .base_url
        .as_ref()
        .map_or("api_key=api_key".to_owned(), |url| format!("api_key=api_key, base_url={}", python_string(url)));
    fill(SETUP, &[("\"gpt-5-nano\"", python_string(&setup.model)), ("api_key=api_key", arguments)])
}

/// Section 3.
pub fn basic(prompt: &str) -> String {
    fill(BASIC, &[(&python_string(prompts::BASIC), python_string(prompt))])
}

/// Section 4: the helper and its calls.
pub fn tracking() -> String {
    TRACKING.to_owned()
}

/// Section 4: headers.
pub fn headers(prompt: &str) -> String {
    fill(HEADERS, &[(&python_string(prompts::HEADERS), python_string(prompt))])
}

/// Section 5: parallel requests, no retries.
pub fn provoke(num_requests: u32, prompt: &str) -> String {
    fill(
        PROVOKE,
        &[
            ("NUM_REQUESTS = 10", format!("NUM_REQUESTS = {num_requests}")),
            (&python_string(prompts::TURTLES), python_string(prompt)),
        ],
    )
}

/// Whose retry loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopStyle {
    /// The notebook's, the SDK's own retries off.
    Notebook,
    /// The notebook's, over the SDK's own retries.
    AsWritten,
    /// Ours.
    Sluice,
}

/// What the backoff cell depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct BackoffCode {
    /// Whose loop.
    pub style: LoopStyle,
    /// How many calls at once.
    pub num_requests: u32,
    /// Attempts in all.
    pub max_attempts: u32,
    /// The first delay, in seconds.
    pub base_delay: f64,
    /// The prompt of every call.
    pub prompt: String,
}

/// Section 5: backoff.
pub fn backoff(code: &BackoffCode) -> String {
    let (template, attempts) = match code.style {
        LoopStyle::Notebook | LoopStyle::AsWritten => (BACKOFF, "max_attempts: int = 5"),
        LoopStyle::Sluice => (SLUICE, "max_attempts: int = 10"),
    };
    let client = "await async_client.responses";
    let alone = "await async_client.with_options(max_retries=0).responses";
    fill(
        template,
        &[
            ("NUM_REQUESTS = 10", format!("NUM_REQUESTS = {}", code.num_requests)),
            (attempts, format!("max_attempts: int = {}", code.max_attempts)),
            // {:?} keeps the point, so that Python reads a float.
            ("base_delay: float = 1.0", format!("base_delay: float = {:?}", code.base_delay)),
            (client, if code.style == LoopStyle::Notebook { alone } else { client }.to_owned()),
            (&python_string(prompts::TURTLES), python_string(&code.prompt)),
        ],
    )
}

/// Section 5: why jitter.
pub fn herd(num_requests: u32) -> String {
    fill(HERD, &[("range(10)", format!("range({num_requests})")), ("Ten clients", format!("{num_requests} clients"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_reaches_the_code() {
        let code = setup(&Setup { model: "gpt-6-luna".into(), base_url: Some("http://127.0.0.1:4010/v1".into()) });
        assert!(code.contains("DEFAULT_MODEL = \"gpt-6-luna\""));
        assert_eq!(code.matches("api_key=api_key, base_url=\"http://127.0.0.1:4010/v1\")").count(), 2);
        assert!(basic("Why?").contains("input=\"Why?\""));
        assert!(headers("Hi \"you\"").contains(r#"input="Hi \"you\"""#));
        let code = provoke(25, "NUM_REQUESTS = 10");
        assert!(code.contains("NUM_REQUESTS = 25\n") && code.contains("input=\"NUM_REQUESTS = 10\""));
        assert!(herd(30).contains("for _ in range(30)"));
    }

    #[test]
    fn backoff_has_the_loop_that_runs() {
        let parameters =
            |style| BackoffCode { style, num_requests: 7, max_attempts: 4, base_delay: 2.0, prompt: "P".into() };
        for style in [LoopStyle::Notebook, LoopStyle::AsWritten, LoopStyle::Sluice] {
            let code = backoff(&parameters(style));
            for part in ["NUM_REQUESTS = 7\n", "max_attempts: int = 4,", "base_delay: float = 2.0,", "prompt = \"P\""] {
                assert!(code.contains(part), "{style:?}: {part}\n{code}");
            }
        }
        assert!(backoff(&parameters(LoopStyle::Notebook)).contains("max_retries=0"));
        assert!(!backoff(&parameters(LoopStyle::AsWritten)).contains("max_retries=0"));
    }

    #[test]
    fn defaults_give_the_templates_back() {
        assert_eq!(setup(&Setup { model: "gpt-5-nano".into(), base_url: None }), SETUP);
        assert_eq!(basic(prompts::BASIC), BASIC);
        assert_eq!(headers(prompts::HEADERS), HEADERS);
        assert_eq!(provoke(10, prompts::TURTLES), PROVOKE);
        for prompt in prompts::TRACKING {
            assert!(TRACKING.contains(&format!("ask_with_tracking({})", python_string(prompt))));
        }
    }
}

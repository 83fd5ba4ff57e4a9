//! A retry policy as a program to take away: it runs as it is, with `$OPENAI_API_KEY`.
//!
//! What a program does is held against the retry loop (`tests/exported`): the same answers and the same draws give the
//! same waits. Of headers it reads `retry-after-ms`, `retry-after` and `x-should-retry`, of texts OpenAI's "try again
//! in"; what gateways send in their place is left to Explain. A response that fails inside a 200 is told, not retried.

mod formula;
mod plan;
mod python;
mod rules;
mod rust;
mod shell;
mod typescript;
mod words;

use serde_json::{Map, Value};

use crate::highlight::Language;
use crate::retry::{Preset, RetryPolicy};
use plan::{Constant, Layer, Plan, Sdk};

/// What a program is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// Python with the official package.
    Python,
    /// Python with the official package and tenacity.
    Tenacity,
    /// TypeScript with the official package.
    TypeScript,
    /// TypeScript with `fetch` alone.
    Fetch,
    /// Rust with ureq.
    Rust,
    /// Rust with ureq and backon.
    Backon,
    /// Bash with curl.
    Shell,
}

impl Target {
    /// All targets, in the order they are offered.
    pub const ALL: [Self; 7] =
        [Self::Python, Self::Tenacity, Self::TypeScript, Self::Fetch, Self::Rust, Self::Backon, Self::Shell];

    /// A short stable name, for tabs and files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Tenacity => "tenacity",
            Self::TypeScript => "typescript",
            Self::Fetch => "fetch",
            Self::Rust => "rust",
            Self::Backon => "backon",
            Self::Shell => "curl",
        }
    }

    /// The target of that [`Target::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.id() == id)
    }

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Tenacity => "Python, tenacity",
            Self::TypeScript => "TypeScript",
            Self::Fetch => "TypeScript, fetch",
            Self::Rust => "Rust",
            Self::Backon => "Rust, backon",
            Self::Shell => "curl",
        }
    }

    /// The language of its programs.
    pub const fn language(self) -> Language {
        match self {
            Self::Python | Self::Tenacity => Language::Python,
            Self::TypeScript | Self::Fetch => Language::TypeScript,
            Self::Rust | Self::Backon => Language::Rust,
            Self::Shell => Language::Shell,
        }
    }

    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Python | Self::Tenacity => "py",
            Self::TypeScript | Self::Fetch => "ts",
            Self::Rust | Self::Backon => "rs",
            Self::Shell => "sh",
        }
    }

    /// The SDK underneath.
    const fn sdk(self) -> Option<Sdk> {
        match self {
            Self::Python | Self::Tenacity => Some(Sdk::Python),
            Self::TypeScript => Some(Sdk::Node),
            Self::Fetch | Self::Rust | Self::Backon | Self::Shell => None,
        }
    }

    /// The policy that a program for it follows: the retries of an official SDK underneath are those of the SDK that
    /// the program is written with.
    pub fn policy(self, policy: &RetryPolicy) -> RetryPolicy {
        plan::over(policy, self.sdk())
    }
}

/// The name and the source of a policy that was made from `preset`.
pub fn origin(preset: Preset, policy: &RetryPolicy) -> (String, String) {
    if preset.policy() == *policy {
        return (preset.name().to_owned(), preset.source().to_owned());
    }
    (format!("{}, edited", preset.name()), format!("edited here, from {}", preset.source()))
}

/// A policy and a request, to be written as a program.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// The policy's name.
    pub name: &'a str,
    /// Where its numbers come from; empty where that is not known.
    pub source: &'a str,
    /// The policy.
    pub policy: &'a RetryPolicy,
    /// The body of the request. It is never sent as a stream, whatever it says.
    pub body: &'a Map<String, Value>,
    /// The API; `None` for OpenAI's, or for whatever `$OPENAI_BASE_URL` names.
    pub base_url: Option<&'a str>,
}

impl Program<'_> {
    /// The program.
    pub fn write(&self, target: Target) -> String {
        let policy = target.policy(self.policy);
        let program = Program { policy: &policy, ..*self };
        // What tenacity is asked for is written with it, even where the SDK does the same by itself.
        let plan = Plan::of(&policy, target.sdk(), target == Target::Tenacity);
        match target {
            Target::Python => python::plain(&program, &plan),
            Target::Tenacity => python::tenacity(&program, &plan),
            Target::TypeScript => typescript::program(&program, &plan, typescript::Flavour::Package),
            Target::Fetch => typescript::program(&program, &plan, typescript::Flavour::Fetch),
            Target::Rust => rust::program(&program, &plan, rust::Flavour::Plain),
            Target::Backon => rust::program(&program, &plan, rust::Flavour::Backon),
            Target::Shell => shell::program(&program, &plan),
        }
    }

    /// What the comment at its head says.
    fn words(&self, sdk: Option<Sdk>) -> Vec<String> {
        let mut lines = vec![self.name.to_owned()];
        lines.extend(words::sentences(self.policy, sdk));
        if !self.source.is_empty() {
            lines.push(format!("Source: {}.", self.source.trim_end_matches('.')));
        }
        lines
    }

    /// The body that is sent.
    fn request(&self) -> Map<String, Value> {
        let mut body = self.body.clone();
        body.remove("stream");
        body.remove("stream_options");
        body
    }
}

/// What the function of a loop says of itself.
const ASKS: &str = "Sends until there is a response, or no further attempt is worth it.";

/// Where lines of a comment are broken, in characters.
const COMMENT_WIDTH: usize = 90;

/// Lines as a comment, each broken where it is too long.
fn comment(sign: &str, lines: &[String]) -> String {
    let mut written = String::new();
    for line in lines {
        let mut row = sign.to_owned();
        for word in line.split_whitespace() {
            if row.chars().count() + word.chars().count() + 1 > COMMENT_WIDTH {
                written.push_str(&row);
                written.push('\n');
                row = format!("{sign}  ");
            }
            row.push(' ');
            row.push_str(word);
        }
        written.push_str(&row);
        written.push('\n');
    }
    written
}

/// The constants of all loops, outermost first, each as `write` puts it.
fn constants(layers: &[Layer], write: impl Fn(&Constant, &str) -> String) -> String {
    layers
        .iter()
        .flat_map(|layer| {
            let prefix = layer.prefix();
            layer.constants().into_iter().map(move |constant| (format!("{prefix}{}", constant.name), constant))
        })
        .map(|(name, constant)| write(&constant, &name))
        .collect()
}

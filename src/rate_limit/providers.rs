//! Whose names an answer's limits have, and which headers that provider documents.

use super::headers::{Dialect, RateLimitHeaders};

/// A provider, as far as its rate-limit headers go.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// Whose names they are: "Mistral's names".
    pub whose: &'static str,
    /// Its hosts, or the ends of them.
    hosts: &'static [&'static str],
    /// Its headers, in the order they are shown; empty where only what is there is worth a row.
    pub names: &'static [&'static str],
    /// What to know of them; empty where the names say all.
    pub note: &'static str,
    /// Whether its answers were recorded to carry these headers and to expose none of them to pages.
    pub is_known_to_hide: bool,
}

const OPENAI_NAMES: &[&str] = &[
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-limit-project-tokens",
    "x-ratelimit-remaining-project-tokens",
    "x-ratelimit-reset-project-tokens",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "x-request-id",
    "openai-processing-ms",
];
/// OpenAI's names as others use them: without the project's limit, and without what is OpenAI's own.
const SHARED_NAMES: &[&str] = &[
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "retry-after",
];

/// Sources: OpenAI's rate-limit guide (2026) and CORS measured in Chrome on 2026-08-24; openai-python#937 (Azure);
/// the documentation of Groq, Together, Anthropic and xAI; client-ts#169 (Mistral); openclaude#936 (OpenRouter).
static OPENAI: Provider = Provider {
    whose: "OpenAI's names",
    hosts: &["api.openai.com"],
    names: OPENAI_NAMES,
    note: "",
    is_known_to_hide: true,
};
static IETF: Provider = Provider {
    whose: "The IETF draft's names",
    hosts: &[],
    names: &[],
    note: "draft-ietf-httpapi-ratelimit-headers; up to draft 06 in three headers, since then in two.",
    is_known_to_hide: false,
};
static LITELLM: Provider = Provider {
    whose: "LiteLLM's names",
    hosts: &[],
    names: SHARED_NAMES,
    note: "The gateway's own limits; those that begin with llm_provider- are of the provider behind it, and stay apart.",
    is_known_to_hide: false,
};
static AZURE: Provider = Provider {
    whose: "Azure's names",
    hosts: &[".azure.com", ".azure-api.net"],
    names: &[
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-rate-limit-reset-tokens",
        "retry-after",
        "retry-after-ms",
    ],
    note: "OpenAI's names, one of them spelt its own way; −1 stands for no value.",
    is_known_to_hide: false,
};
static OTHERS: [Provider; 7] = [
    Provider {
        whose: "Groq's names",
        hosts: &["api.groq.com"],
        names: SHARED_NAMES,
        note: "OpenAI's names with another meaning: requests are per day, tokens per minute.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "Mistral's names",
        hosts: &["api.mistral.ai"],
        names: &[
            "x-ratelimit-limit-req-minute",
            "x-ratelimit-remaining-req-minute",
            "x-ratelimit-limit-tokens-minute",
            "x-ratelimit-remaining-tokens-minute",
            "x-ratelimit-tokens-query-cost",
        ],
        note: "The window is part of the name; no reset is told.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "Together's names",
        hosts: &["api.together.xyz", "api.together.ai"],
        names: &[
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-tokenlimit-limit",
            "x-tokenlimit-remaining",
        ],
        note: "Together documents both limits as per second.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "OpenRouter's names",
        hosts: &["openrouter.ai"],
        names: &["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
        note: "On a refusal they stand in the body, in error.metadata.headers: no CORS rule hides them.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "Anthropic's names",
        hosts: &["api.anthropic.com"],
        names: &[
            "anthropic-ratelimit-requests-limit",
            "anthropic-ratelimit-requests-remaining",
            "anthropic-ratelimit-requests-reset",
            "anthropic-ratelimit-tokens-limit",
            "anthropic-ratelimit-tokens-remaining",
            "anthropic-ratelimit-tokens-reset",
            "anthropic-ratelimit-input-tokens-limit",
            "anthropic-ratelimit-input-tokens-remaining",
            "anthropic-ratelimit-input-tokens-reset",
            "anthropic-ratelimit-output-tokens-limit",
            "anthropic-ratelimit-output-tokens-remaining",
            "anthropic-ratelimit-output-tokens-reset",
            "retry-after",
        ],
        note: "Limits are per minute, as Anthropic documents them; resets are dates.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "Cerebras's names",
        hosts: &["api.cerebras.ai"],
        names: &[
            "x-ratelimit-limit-requests-day",
            "x-ratelimit-remaining-requests-day",
            "x-ratelimit-reset-requests-day",
            "x-ratelimit-limit-tokens-minute",
            "x-ratelimit-remaining-tokens-minute",
            "x-ratelimit-reset-tokens-minute",
        ],
        note: "The window is part of the name; resets are seconds.",
        is_known_to_hide: false,
    },
    Provider {
        whose: "xAI's names",
        hosts: &["api.x.ai"],
        names: SHARED_NAMES,
        note: "OpenAI's names; the request limit also holds per second, as a sixtieth of it.",
        is_known_to_hide: false,
    },
];

impl Provider {
    /// Whose names the limits of an answer have: told by the headers that can be read, else by the host that was asked
    /// (with its port, if it has one), else OpenAI's.
    pub fn of(host: Option<&str>, limits: &RateLimitHeaders, sent: &[(String, String)]) -> &'static Self {
        let by_name = |whose: &str| OTHERS.iter().find(|provider| provider.whose == whose);
        let by_dialect = match limits.dialect {
            Dialect::Ietf => Some(&IETF),
            Dialect::Mistral => by_name("Mistral's names"),
            Dialect::Together => by_name("Together's names"),
            Dialect::Anthropic => by_name("Anthropic's names"),
            Dialect::Cerebras => by_name("Cerebras's names"),
            Dialect::OpenRouter => by_name("OpenRouter's names"),
            Dialect::OpenAi => None,
        };
        let has = |mark: &str| sent.iter().any(|(name, _)| name.starts_with(mark));
        by_dialect
            .or_else(|| (has("llm_provider-") || has("x-litellm-")).then_some(&LITELLM))
            .or_else(|| (has("apim-request-id") || has("x-ms-region") || has("x-rate-limit-")).then_some(&AZURE))
            .unwrap_or_else(|| Self::of_host(host.unwrap_or_default()))
    }

    /// The provider at a host; OpenAI's names, which most compatible servers use, where it is not known.
    fn of_host(host: &str) -> &'static Self {
        let name = host.split(':').next().unwrap_or_default();
        let is_at = |provider: &&Self| provider.hosts.iter().any(|known| name == *known || ends_with(name, known));
        [&OPENAI, &AZURE].into_iter().chain(&OTHERS).find(is_at).unwrap_or(&COMPATIBLE)
    }
}

/// A server that its host does not tell: nothing is known of what it sends.
static COMPATIBLE: Provider =
    Provider { whose: "OpenAI's names", hosts: &[], names: OPENAI_NAMES, note: "", is_known_to_hide: false };

fn ends_with(name: &str, known: &str) -> bool {
    known.starts_with('.') && name.ends_with(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::{ReplyHeaders, Visibility, meaning};
    use crate::time::UnixTime;

    fn whose(host: Option<&str>, names: &[&str]) -> &'static str {
        let sent: Vec<_> = names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect();
        let limits = ReplyHeaders::parse(&sent, Visibility::CorsFiltered, UnixTime::default()).limits;
        Provider::of(host, &limits, &sent).whose
    }

    #[test]
    fn the_names_tell_whose_they_are_and_else_the_host() {
        for (host, names, expected) in [
            (None, &["x-ratelimit-limit-requests"][..], "OpenAI's names"),
            (Some("127.0.0.1:8000"), &["x-ratelimit-limit-req-minute"], "Mistral's names"),
            (Some("127.0.0.1:8000"), &["x-tokenlimit-limit"], "Together's names"),
            (Some("127.0.0.1:8000"), &["anthropic-ratelimit-requests-limit"], "Anthropic's names"),
            (Some("127.0.0.1:8000"), &["x-ratelimit-limit-tokens-minute"], "Cerebras's names"),
            (Some("127.0.0.1:8000"), &["ratelimit-policy", "ratelimit"], "The IETF draft's names"),
            (Some("127.0.0.1:8000"), &["x-litellm-call-id"], "LiteLLM's names"),
            (Some("127.0.0.1:8000"), &["x-rate-limit-reset-tokens"], "Azure's names"),
            (Some("mine.openai.azure.com"), &[], "Azure's names"),
            (Some("api.groq.com"), &["x-ratelimit-limit-requests"], "Groq's names"),
            (Some("api.x.ai"), &["x-ratelimit-limit-requests"], "xAI's names"),
            (Some("api.mistral.ai"), &[], "Mistral's names"),
            (Some("openrouter.ai"), &[], "OpenRouter's names"),
            (Some("not-api.groq.com.example"), &[], "OpenAI's names"),
        ] {
            assert_eq!(whose(host, names), expected, "{host:?} {names:?}");
        }
    }

    #[test]
    fn only_openai_is_known_to_hide_its_limits() {
        let none = RateLimitHeaders::default();
        assert!(Provider::of(Some("api.openai.com"), &none, &[]).is_known_to_hide);
        assert!(!Provider::of(Some("127.0.0.1:11434"), &none, &[]).is_known_to_hide);
    }

    #[test]
    fn every_name_listed_has_its_meaning() {
        for provider in [&OPENAI, &LITELLM, &AZURE, &COMPATIBLE].into_iter().chain(&OTHERS) {
            for name in provider.names {
                assert!(meaning(name).is_some(), "{} has no meaning of {name}", provider.whose);
            }
        }
    }
}

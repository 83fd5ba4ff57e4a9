//! Servers that people run or rent, and what makes each answer pages.

use super::Situation;

/// What is known of whether a server answers pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// How likely it is that it does not, unless set up to.
    pub refusal: Refusal,
    /// What to do so that it does; its marks are those of [`Situation::fill`].
    pub fix: &'static str,
}

/// How likely a server is to refuse pages of another origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    /// It answers all pages unless told otherwise.
    Unlikely,
    /// Nothing is known.
    Possible,
    /// It does unless it is set up.
    Likely,
    /// It never answers pages.
    Certain,
}

/// What is known of the server of `situation`. Sources: Ollama 0.40.5 and its issues #4388, #6910; vLLM's `cli_args.py`;
/// LiteLLM 1.110.2 `proxy_server.py`; ThunderAI#569 (LM Studio); azure-rest-api-specs#24904; page-assist#511
/// (Anthropic); obsidian-llm-wiki#17 (NVIDIA).
pub(super) fn access(situation: &Situation) -> Access {
    let host = situation.base_url.host_for_display();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let (refusal, fix) = match (situation.base_url.is_loopback(), port) {
        (true, "11434") => (
            // Its default covers pages of this machine.
            if situation.is_page_on_this_machine() { Refusal::Unlikely } else { Refusal::Likely },
            "Port 11434 is Ollama's: start it with OLLAMA_ORIGINS={page} ollama serve.",
        ),
        (true, "1234") => (
            Refusal::Likely,
            "Port 1234 is LM Studio's: switch on CORS in its server settings, and restart the server.",
        ),
        (true, "8000") => (
            Refusal::Possible,
            "Port 8000 is vLLM's: it answers all pages unless started with --allowed-origins; name this one: --allowed-origins '[\"{page}\"]'.",
        ),
        (true, "4000") => (
            Refusal::Possible,
            "Port 4000 is LiteLLM's: it answers all pages unless LITELLM_CORS_ORIGINS names others; set LITELLM_CORS_ORIGINS={page}.",
        ),
        (true, "4010") => (Refusal::Unlikely, "simulated_api answers all pages: check that it is what runs there."),
        (true, _) => (
            Refusal::Likely,
            "Allow this page's origin on the server: OLLAMA_ORIGINS={page} (Ollama), --allowed-origins '[\"{page}\"]' (vLLM), LITELLM_CORS_ORIGINS={page} (LiteLLM), the CORS switch in the server's settings (LM Studio).",
        ),
        (false, _) if name.ends_with(".azure.com") || name.ends_with(".azure-api.net") => {
            (Refusal::Certain, "Azure OpenAI does not answer pages. Use a relay on this page's own origin.")
        }
        (false, _) if name == "api.anthropic.com" => (
            Refusal::Certain,
            "Anthropic answers pages only with a header of its own, which Sluice does not send. Use a relay on this page's own origin.",
        ),
        (false, _) if name == "integrate.api.nvidia.com" => {
            (Refusal::Certain, "NVIDIA's API does not answer pages. Use a relay on this page's own origin.")
        }
        (false, _) => (
            Refusal::Possible,
            "The server must answer with Access-Control-Allow-Origin: {page} (or *), and OPTIONS requests also with Access-Control-Allow-Headers: authorization, content-type. Where that is not yours to change: Use a relay on this page's own origin.",
        ),
    };
    Access { refusal, fix }
}

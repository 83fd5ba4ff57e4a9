//! "Failed to fetch": what can be behind it, and how to find out.
//!
//! A browser gives a page one and the same error for a wrong key whose refusal carries no CORS header, a server that
//! does not answer pages, a refused preflight, a wrong address and a cut cable. What is known beside that ranks them;
//! none of it is ever certain, and nothing here says so.

mod candidates;
mod probe;
mod servers;

use std::time::Duration;

pub use candidates::{Candidate, Cause, candidates};
pub use probe::{Answer, HeadersRead, Probe, ProbeLog, Verdict, VerdictKind};

use crate::base_url::{BaseUrl, UrlNote};
use crate::export::code::shell_quote;

/// A live server as a page asks it, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// Where requests go.
    pub base_url: BaseUrl,
    /// The page's origin, `null` where it has none.
    pub page_origin: String,
    /// Whether a key is sent.
    pub has_key: bool,
    /// Whether `openai-organization` is sent.
    pub has_organization: bool,
    /// Whether `openai-project` is sent.
    pub has_project: bool,
}

/// What is known of a request that got no readable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failure {
    /// The browser said that it was offline.
    pub is_offline: bool,
    /// This server has answered this page before, in this session.
    pub answered_before: bool,
    /// From sending to failing, if known.
    pub took: Option<Duration>,
}

impl Situation {
    /// OpenAI's own API, asked directly.
    pub fn is_openai(&self) -> bool {
        self.base_url.origin() == "https://api.openai.com"
    }

    /// The header names that a request to it carries beyond what needs no leave: what a preflight asks for.
    pub fn asked_headers(&self, is_post: bool) -> Vec<&'static str> {
        [
            (self.has_key, "authorization"),
            (is_post, "content-type"),
            (self.has_organization, "openai-organization"),
            (self.has_project, "openai-project"),
        ]
        .into_iter()
        .filter_map(|(is_sent, name)| is_sent.then_some(name))
        .collect()
    }

    /// The request for the models as a shell command, with `$OPENAI_API_KEY` where the key goes.
    pub fn curl_models(&self) -> String {
        let mut command = format!("curl -i {}", shell_quote(&self.base_url.endpoint("/models")));
        if self.has_key {
            command.push_str(" \\\n  -H \"Authorization: Bearer $OPENAI_API_KEY\"");
        }
        command.push('\n');
        command
    }

    /// The preflight that the browser sends before a request of this page, as a shell command.
    pub fn curl_preflight(&self, is_post: bool) -> String {
        let (path, method) = if is_post { ("/responses", "POST") } else { ("/models", "GET") };
        format!(
            "curl -i -X OPTIONS {} \\\n  -H {} \\\n  -H \"Access-Control-Request-Method: {method}\" \\\n  -H \"Access-Control-Request-Headers: {}\"\n",
            shell_quote(&self.base_url.endpoint(path)),
            shell_quote(&format!("Origin: {}", self.page_origin)),
            self.asked_headers(is_post).join(",")
        )
    }

    /// `text` with its marks filled in: `{host}`, `{page}` (the page's origin), `{url}` (the base URL), `{asked}` (the
    /// headers that a preflight asks for) and `{meant}` (see [`Situation::meant_url`]).
    fn fill(&self, text: &str, is_post: bool) -> String {
        let asked = self.asked_headers(is_post).join(", ");
        let meant = self.meant_url().unwrap_or_default();
        [
            ("{host}", self.base_url.host_for_display()),
            ("{page}", &self.page_origin),
            ("{url}", self.base_url.as_str()),
            ("{asked}", &asked),
            ("{meant}", &meant),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (mark, value)| if text.contains(mark) { text.replace(mark, value) } else { text })
    }

    /// The address that was meant, where the one given lacks its version.
    fn meant_url(&self) -> Option<String> {
        let with_version = self.base_url.notes().iter().find_map(|note| match note {
            UrlNote::VersionMissing(url) => Some(url.clone()),
            _ => None,
        });
        if self.is_openai() { Some("https://api.openai.com/v1".to_owned()) } else { with_version }
    }

    fn is_page_on_this_machine(&self) -> bool {
        let host = self.page_origin.split_once("://").map_or("", |(_, host)| host);
        ["localhost", "127.0.0.1", "[::1]"]
            .into_iter()
            .any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn situation(base_url: &str, page_origin: &str) -> Situation {
        Situation {
            base_url: BaseUrl::parse(base_url, page_origin).unwrap(),
            page_origin: page_origin.to_owned(),
            has_key: true,
            has_organization: false,
            has_project: false,
        }
    }

    #[test]
    fn commands_show_no_key_and_ask_what_the_browser_asks() {
        let mut openai = situation("https://api.openai.com/v1", "https://sluice.example");
        assert_eq!(
            openai.curl_models(),
            "curl -i https://api.openai.com/v1/models \\\n  -H \"Authorization: Bearer $OPENAI_API_KEY\"\n"
        );
        openai.has_project = true;
        assert_eq!(
            openai.curl_preflight(true),
            "curl -i -X OPTIONS https://api.openai.com/v1/responses \\\n  -H 'Origin: https://sluice.example' \\\n  \
             -H \"Access-Control-Request-Method: POST\" \\\n  \
             -H \"Access-Control-Request-Headers: authorization,content-type,openai-project\"\n"
        );
    }

    #[test]
    fn a_page_on_this_machine_is_known_as_one() {
        for (origin, expected) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8080", true),
            ("https://localhost.example", false),
            ("https://sluice.example", false),
            ("null", false),
        ] {
            let mut page = situation("https://api.openai.com/v1", "https://sluice.example");
            origin.clone_into(&mut page.page_origin);
            assert_eq!(page.is_page_on_this_machine(), expected, "{origin}");
        }
    }
}

//! Where live requests go: the base URL that the user gives, checked before any key is sent there.
//!
//! The rules are narrower than the URL standard's, so that no browser can read an accepted address
//! differently than it was shown.

use std::fmt;

use crate::key::looks_like_key;

/// What the last part of a path may be and is taken off: people paste whole endpoints.
const ENDPOINTS: &[&str] = &["/responses/input_tokens", "/responses", "/chat/completions", "/models"];

/// A checked base URL: `https` anywhere, `http` on this machine only.
///
/// ```
/// use sluice::base_url::BaseUrl;
/// let url = BaseUrl::parse("https://api.openai.com/v1/", "https://sluice.example")?;
/// assert_eq!(url.as_str(), "https://api.openai.com/v1");
/// assert_eq!(url.endpoint("/models"), "https://api.openai.com/v1/models");
/// # Ok::<(), sluice::base_url::BaseUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    url: String,
    origin: String,
    same_origin: bool,
    notes: Vec<UrlNote>,
}

/// What was changed in a base URL, or what to look at in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UrlNote {
    /// Slashes were removed: trailing or doubled ones.
    SlashesRemoved,
    /// An endpoint's own path was removed, such as `/responses`.
    EndpointRemoved(&'static str),
    /// `[::1]` became `localhost`: a page's security policy cannot name the former.
    LoopbackRenamed,
    /// No part of the path is a version; the URL that has one.
    VersionMissing(String),
    /// The host is written in punycode: letters that look alike can hide behind it.
    Punycode,
}

impl fmt::Display for UrlNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlashesRemoved => f.write_str("Superfluous slashes were removed."),
            Self::EndpointRemoved(path) => write!(f, "{path} was removed: the base URL ends before it."),
            Self::LoopbackRenamed => f.write_str("[::1] was replaced by localhost, which browsers can allow."),
            Self::VersionMissing(suggested) => write!(f, "Most servers need a version: did you mean {suggested}?"),
            Self::Punycode => {
                f.write_str("This host has letters from other alphabets (xn--…): make sure it is the one you mean.")
            }
        }
    }
}

/// Why a base URL was refused, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Nothing was given.
    #[error("Enter a base URL, such as https://api.openai.com/v1.")]
    Empty,
    /// An API key, or a text with one in it. The text is not repeated: it would stand on the page.
    #[error(
        "This looks like an API key. Take it out of here and enter it under \"API key\": an address is shown, and kept. \
         Nothing was sent or kept."
    )]
    Key,
    /// The scheme is missing; the URL that has one.
    #[error("The base URL needs a scheme: did you mean {0}?")]
    SchemeMissing(String),
    /// A scheme that is not http or https.
    #[error("The scheme {0}: is not allowed. Use https://, or http:// for a server on this machine.")]
    SchemeNotAllowed(String),
    /// `http` to another machine.
    #[error(
        "By http:// your key would go to {host} readable by anyone on the way. \
         Use https://{host}, or http://localhost for a server on this machine."
    )]
    NotEncrypted {
        /// The host, with its port.
        host: String,
    },
    /// A path alone, on a page that cannot relay.
    #[error(
        "A path such as {0} means this page's own server, which this page does not have or was not \
         loaded from over https. Enter a whole URL, such as https://api.openai.com/v1."
    )]
    NoSafeOrigin(String),
    /// A user name or password.
    #[error("Leave out the user name and password before @: the key has a field of its own.")]
    UserInfo,
    /// A query or a fragment.
    #[error("Leave out everything from {0} on: a base URL has no query and no fragment.")]
    QueryOrFragment(char),
    /// A host with letters beyond ASCII.
    #[error(
        "The host {0} has letters beyond a–z, which can pass for others. If you are sure of it, \
         enter its punycode form (xn--…)."
    )]
    ForeignHost(String),
    /// A host that is none.
    #[error("{0:?} is not a host name. Enter one such as api.openai.com, with a port if needed.")]
    BadHost(String),
    /// A port that is none.
    #[error("{0:?} is not a port: ports are numbers from 1 to 65535. Leave it out for the usual one.")]
    BadPort(String),
    /// A character that has no place in the path.
    #[error("Character {position} of the base URL, {character:?}, has no place there: remove it.")]
    BadCharacter {
        /// The character.
        character: char,
        /// Its position, counted from 1.
        position: usize,
    },
    /// `.` or `..` as a part of the path.
    #[error("Write the path without . and .. in it.")]
    DotSegment,
}

impl BaseUrl {
    /// Reads a base URL, or a path on the page's own origin such as `/openai/v1`.
    ///
    /// `page_origin` is the page's origin, `null` where it has none.
    ///
    /// # Errors
    /// See [`BaseUrlError`]: what is wrong, and what to do.
    pub fn parse(text: &str, page_origin: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        refuse_key(text)?;
        refuse_odd_characters(text)?;
        let mut notes = Vec::new();
        let (origin, path) = if text.starts_with('/') && !text.starts_with("//") {
            refuse_extras(text)?;
            let origin = safe_origin(page_origin).ok_or_else(|| BaseUrlError::NoSafeOrigin(text.to_owned()))?;
            (origin, text)
        } else {
            let (scheme, rest) = split_scheme(text)?;
            // Before the host is split off: a host may hide behind an @ or a #.
            refuse_extras(rest)?;
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (origin(scheme, authority, page_origin, &mut notes)?, path)
        };
        let path = tidy_path(path, text, &mut notes)?;
        if !path.split('/').any(is_version) {
            notes.push(UrlNote::VersionMissing(format!("{origin}{path}/v1")));
        }
        let same_origin = origin == page_origin;
        Ok(Self { url: format!("{origin}{path}"), origin, same_origin, notes })
    }

    /// The whole URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The one origin that requests, and the key, go to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The URL of an endpoint below it; `path` begins with a slash.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The host, and its port where that is not the usual one, as people should check it.
    pub fn host_for_display(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// Whether the page itself comes from there, so that all headers can be read.
    pub const fn is_same_origin(&self) -> bool {
        self.same_origin
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host_for_display().split(':').next().unwrap_or_default())
    }

    /// What was changed, and what to look at.
    pub fn notes(&self) -> &[UrlNote] {
        &self.notes
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn refuse_key(text: &str) -> Result<(), BaseUrlError> {
    let is_alone = text.starts_with("sk-") && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    // A label of a host such as sk-gateway-2.example is followed by a dot; nothing in a key is.
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    let is_key = is_alone || words.any(|word| !word.contains('.') && looks_like_key(word));
    if is_key { Err(BaseUrlError::Key) } else { Ok(()) }
}

fn refuse_odd_characters(text: &str) -> Result<(), BaseUrlError> {
    // A backslash counts as a slash in browsers, and tabs and line ends vanish there.
    let odd = |c: char| c.is_control() || c.is_whitespace() || "\\\"<>^`{|}".contains(c);
    match text.chars().enumerate().find(|(_, c)| odd(*c)) {
        Some((before, character)) => Err(BaseUrlError::BadCharacter { character, position: before + 1 }),
        None => Ok(()),
    }
}

fn refuse_extras(rest: &str) -> Result<(), BaseUrlError> {
    if let Some(mark) = rest.chars().find(|c| matches!(c, '?' | '#')) {
        return Err(BaseUrlError::QueryOrFragment(mark));
    }
    if rest.split('/').next().is_some_and(|authority| authority.contains('@')) {
        return Err(BaseUrlError::UserInfo);
    }
    Ok(())
}

fn split_scheme(text: &str) -> Result<(&'static str, &str), BaseUrlError> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return match scheme.to_ascii_lowercase().as_str() {
            "https" => Ok(("https", rest)),
            "http" => Ok(("http", rest)),
            other => Err(BaseUrlError::SchemeNotAllowed(other.to_owned())),
        };
    }
    let bare = text.trim_start_matches('/');
    let host = bare.split('/').next().unwrap_or_default();
    if let Some((before, after)) = host.split_once(':')
        && !host.starts_with('[')
        && !after.starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(BaseUrlError::SchemeNotAllowed(before.to_owned()));
    }
    let name = if host.starts_with('[') { "[::1]" } else { host.split(':').next().unwrap_or_default() };
    let scheme = if is_loopback(name) { "http" } else { "https" };
    Err(BaseUrlError::SchemeMissing(format!("{scheme}://{bare}")))
}

fn origin(scheme: &str, authority: &str, page_origin: &str, notes: &mut Vec<UrlNote>) -> Result<String, BaseUrlError> {
    let (host, port) = match authority.strip_prefix("[::1]") {
        Some(port) => ("[::1]", port),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    if !host.is_ascii() {
        return Err(BaseUrlError::ForeignHost(host.to_owned()));
    }
    let mut host = host.to_ascii_lowercase();
    if host == "[::1]" {
        notes.push(UrlNote::LoopbackRenamed);
        "localhost".clone_into(&mut host);
    }
    if !is_host(&host) {
        return Err(BaseUrlError::BadHost(authority.to_owned()));
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        notes.push(UrlNote::Punycode);
    }
    let usual = if scheme == "https" { 443 } else { 80 };
    let authority = match port.strip_prefix(':') {
        None if port.is_empty() => host.clone(),
        None => return Err(BaseUrlError::BadHost(authority.to_owned())),
        Some(digits) => match parse_port(digits) {
            None => return Err(BaseUrlError::BadPort(digits.to_owned())),
            Some(port) if port == usual => host.clone(),
            Some(port) => format!("{host}:{port}"),
        },
    };
    if scheme == "http" && !is_loopback(&host) {
        return Err(BaseUrlError::NotEncrypted { host: authority });
    }
    let origin = format!("{scheme}://{authority}");
    // The page itself may be open as [::1]; then its own origin must not be renamed away.
    let renamed = origin.replacen("localhost", "[::1]", 1);
    if notes.contains(&UrlNote::LoopbackRenamed) && renamed == page_origin {
        notes.clear();
        return Ok(renamed);
    }
    Ok(origin)
}

fn parse_port(digits: &str) -> Option<u16> {
    let digits = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|port| *port != 0)
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    // Browsers read a host that ends in a number as an IPv4 address, in more notations than people do.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    host.len() <= 253 && host.split('.').all(label) && (!numeric || is_ipv4(host))
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// The page's origin, if a key may be sent there.
fn safe_origin(page_origin: &str) -> Option<String> {
    let (scheme, host) = page_origin.split_once("://")?;
    let name = if host.starts_with("[::1]") { "[::1]" } else { host.split(':').next()? };
    let safe = scheme == "https" || (scheme == "http" && is_loopback(name));
    safe.then(|| page_origin.to_owned())
}

fn tidy_path(path: &str, whole: &str, notes: &mut Vec<UrlNote>) -> Result<String, BaseUrlError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(c);
    if let Some((at, character)) = path.char_indices().find(|(_, c)| !allowed(*c)) {
        // The path is the end of the whole.
        let before = whole.chars().count() - path.chars().count() + path.split_at(at).0.chars().count();
        return Err(BaseUrlError::BadCharacter { character, position: before + 1 });
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let dots = |part: &&str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if parts.iter().any(dots) {
        return Err(BaseUrlError::DotSegment);
    }
    let mut tidy: String = parts.iter().flat_map(|part| ["/", part]).collect();
    // A single slash after the host is how browsers write it: no news.
    if tidy != path && path != "/" {
        notes.push(UrlNote::SlashesRemoved);
    }
    while let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| tidy.ends_with(**endpoint)) {
        notes.push(UrlNote::EndpointRemoved(endpoint));
        tidy.truncate(tidy.len() - endpoint.len());
    }
    Ok(tidy)
}

/// `v1`, `v1beta`, `v2`, …
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
#[path = "base_url_tests.rs"]
mod tests;

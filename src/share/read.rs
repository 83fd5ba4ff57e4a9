//! Reading a link, which anyone may have written.

use std::fmt;

use super::percent::decode;
use super::{Field, LONGEST, SharedSettings, VERSION};
use crate::redact::Redactor;

/// What is wrong with a link, or was left out of it. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A key, or what looks like one, stood in the address.
    Key,
    /// It is longer than any link of ours.
    TooLong {
        /// How long, in bytes.
        length: usize,
    },
    /// It says no version.
    NoVersion,
    /// It is of a version that this page does not know.
    OtherVersion,
    /// A field's value is not one that the field allows.
    BadValue(Field),
    /// A field is there twice; the first counts.
    Repeated(Field),
    /// Fields that links to this view do not have: what can be shown of their names.
    Unknown(Vec<String>),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str(
                "An API key, or something like one, stood in this address. It was not used, and was taken out of the address \
                 bar; it may still be in the history, and where the link came from. If it is yours, revoke it.",
            ),
            Self::TooLong { length } => {
                write!(f, "The link has {length} bytes, and at most {LONGEST} are read. Nothing of it was used.")
            }
            Self::NoVersion => f.write_str("The link does not say its version. Nothing of it was used."),
            Self::OtherVersion => f.write_str(
                "The link is of a version that this page does not know: reload for a newer page. Nothing of it was used.",
            ),
            Self::BadValue(field) => write!(f, "{}: the link's value cannot be used, and yours was kept.", field.label()),
            Self::Repeated(field) => write!(f, "{}: the link says it twice; the first was used.", field.label()),
            Self::Unknown(names) => write!(f, "Left out, since links to this view have no such settings: {}.", names.join(", ")),
        }
    }
}

/// A link that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// The fragment without settings, to stand in the address bar from now on.
    pub address: String,
    /// The settings that can be used.
    pub settings: SharedSettings,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Names under which people and other programs put keys into addresses; in lower case, without signs.
const KEY_NAMES: [&str; 10] =
    ["key", "apikey", "openaiapikey", "token", "accesstoken", "authorization", "auth", "bearer", "secret", "password"];

/// How many unknown fields are named, and how much of each name.
const NAMED: usize = 5;
const NAME_LENGTH: usize = 24;

/// Whether the fragment of an address, from `#` on, is more than a plain place in the page: a link, or one with a key.
pub fn is_link(fragment: &str) -> bool {
    let (_, query) = halves(fragment);
    !(query.is_empty() || is_place(query)) || holds_key(searched(body(fragment)))
}

/// The fragment without settings, to stand in the address bar from now on.
pub fn place_of(fragment: &str) -> String {
    let (path, _) = halves(fragment);
    let is_plain = path.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'/' | b'-'));
    if is_plain && path.starts_with('/') { format!("#{path}") } else { "#/guide".to_owned() }
}

fn body(fragment: &str) -> &str {
    fragment.strip_prefix('#').unwrap_or(fragment)
}

/// The path, and what follows its question mark.
fn halves(fragment: &str) -> (&str, &str) {
    let body = body(fragment);
    body.split_once('?').unwrap_or((body, ""))
}

/// Reads the fragment of an address, from `#` on; `None` where it is a plain place in the page.
pub fn read(fragment: &str) -> Option<Opened> {
    if !is_link(fragment) {
        return None;
    }
    let body = body(fragment);
    let (path, query) = halves(fragment);
    let mut opened = Opened { address: place_of(fragment), ..Opened::default() };
    if holds_key(searched(body)) {
        opened.problems.push(Problem::Key);
    }
    if body.len() > LONGEST {
        opened.problems.push(Problem::TooLong { length: body.len() });
    } else if !query.is_empty() {
        read_fields(path.trim_matches('/'), query, &mut opened);
    }
    Some(opened)
}

/// The address's query, from `?` on, which is none of this page's: whether a key stands in it.
pub fn query_holds_key(query: &str) -> bool {
    holds_key(searched(query.strip_prefix('?').unwrap_or(query)))
}

/// What is searched for a key: of what is longer than any link of ours, the beginning.
fn searched(text: &str) -> &str {
    let ends = (0..=LONGEST.min(text.len())).rev();
    ends.into_iter().find_map(|end| text.get(..end)).unwrap_or_default()
}

/// `section=backoff`: where to in a view, which changes nothing.
fn is_place(query: &str) -> bool {
    query.strip_prefix("section=").is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
}

fn read_fields(view: &str, query: &str, opened: &mut Opened) {
    let pairs =
        || query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    match pairs().find(|(name, _)| *name == "v") {
        Some((_, VERSION)) => {}
        // An address that only lost its key needs no second complaint.
        None if !opened.problems.is_empty() => return,
        None => return opened.problems.push(Problem::NoVersion),
        Some(_) => return opened.problems.push(Problem::OtherVersion),
    }
    let mut unknown = Vec::new();
    for (name, value) in pairs().filter(|(name, _)| *name != "v") {
        let Some(field) = Field::from_name(name).filter(|field| field.is_of(view)) else {
            if !is_key_name(name) {
                unknown.push(shown(name));
            }
            continue;
        };
        let value = decode(value).filter(|value| field.allows(value));
        match value {
            _ if opened.settings.get(field).is_some() => opened.problems.push(Problem::Repeated(field)),
            // A key in a field was told already; the field stays as it is.
            Some(value) if Redactor::default().finds_key(&value) => {}
            Some(value) => opened.settings.set(field, value),
            None => opened.problems.push(Problem::BadValue(field)),
        }
    }
    if !unknown.is_empty() {
        let others = unknown.len().saturating_sub(NAMED);
        unknown.truncate(NAMED);
        if others > 0 {
            unknown.push(format!("and {others} more"));
        }
        opened.problems.push(Problem::Unknown(unknown));
    }
}

/// Whether a key stands in the fragment: under a key's name, or by its looks, encoded or within JSON.
fn holds_key(body: &str) -> bool {
    let decoded = decode(body).unwrap_or_default();
    let named = |text: &str| {
        let pairs = text.split(['?', '&', '#', '/', ';', ',', '{']).filter_map(|pair| pair.split_once(['=', ':']));
        pairs.into_iter().any(|(name, value)| is_key_name(name) && !value.trim_matches(['"', ' ', '}']).is_empty())
    };
    // Links of other programs hold their settings as JSON; in ours that is a prompt, which may speak of keys.
    let is_ours = body.contains("?v=");
    let in_json = || decoded.find("{\"").and_then(|at| decoded.get(at..)).filter(|_| !is_ours);
    let redactor = Redactor::default();
    named(body) || [body, &decoded].into_iter().any(|text| redactor.finds_key(text)) || in_json().is_some_and(named)
}

fn is_key_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    KEY_NAMES.contains(&plain.to_ascii_lowercase().as_str())
}

/// What can be shown of a name that a stranger chose.
fn shown(name: &str) -> String {
    let plain = name.chars().filter(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
    let short: String = plain.take(NAME_LENGTH).collect();
    if short.is_empty() { "a field without a name".to_owned() } else { short }
}

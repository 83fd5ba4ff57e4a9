//! The API key: a guest. It is never printed, and leaves this type for one header alone, and for this tab's session
//! storage where a person asks for that.

use std::collections::BTreeMap;
use std::fmt;

/// An API key. Neither `Debug` nor `Display` show it; its memory is overwritten when it is dropped, best effort.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// Something to tell the user about a key that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyNote {
    /// Blanks or quotes around it were cut off.
    Trimmed,
    /// Characters nobody can see were taken out.
    InvisibleRemoved {
        /// How many.
        count: usize,
    },
    /// It was found inside a longer text, the rest of which was thrown away.
    Extracted {
        /// What the text was: "a .env file", "a curl command".
        from: &'static str,
    },
    /// An admin key can change the organization: more than calls need.
    AdminKey,
    /// It looks like the key of another vendor.
    OtherVendor(&'static str),
    /// It looks like a session token (JWT), not like an API key.
    SessionToken,
}

impl KeyNote {
    /// True where the user should confirm before the key is sent anywhere.
    pub const fn needs_confirmation(&self) -> bool {
        matches!(self, Self::AdminKey | Self::OtherVendor(_) | Self::SessionToken)
    }
}

impl fmt::Display for KeyNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trimmed => f.write_str("Blanks or quotes around the key were removed."),
            Self::InvisibleRemoved { count: 1 } => f.write_str("An invisible character was removed from the key."),
            Self::InvisibleRemoved { count } => write!(f, "{count} invisible characters were removed from the key."),
            Self::Extracted { from } => write!(f, "The key was taken out of {from}; the rest was thrown away."),
            Self::AdminKey => {
                f.write_str("This is an admin key: it can change the organization. Use a project key instead.")
            }
            Self::OtherVendor(vendor) => {
                write!(f, "This looks like a key of {vendor}. Check the base URL before it is sent.")
            }
            Self::SessionToken => f.write_str("This looks like a session token (JWT), not like an API key."),
        }
    }
}

/// Why a text is no key. It never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing there.
    #[error("There is no key. Paste one, or choose Simulated, which needs none.")]
    Empty,
    /// A character no HTTP header can carry.
    #[error("The key cannot be right: character {position} is {what}. Copy the key again, from where it was made.")]
    BadCharacter {
        /// Where, from 1, invisible characters not counted.
        position: usize,
        /// What it is, with its article.
        what: &'static str,
    },
    /// A text that should hold a key holds none.
    #[error("No key was found in {text}. Paste the key alone.")]
    NotFound {
        /// What the text was.
        text: &'static str,
    },
    /// A variable's name stands where its value is due.
    #[error("That is the name of a variable, not its value. Paste what stands behind it.")]
    OnlyAName,
    /// Longer than any key.
    #[error("That is too long for a key: {length} characters. Paste the key alone.")]
    TooLong {
        /// How long.
        length: usize,
    },
}

const LONGEST_KEY: usize = 4_096;

impl ApiKey {
    /// Reads what a user pasted: the key alone, a `NAME=key` line, a whole `.env` file or a `curl` command.
    ///
    /// # Errors
    /// [`KeyError`], which says what to mend and never repeats the text.
    pub fn parse(pasted: &str) -> Result<(Self, Vec<KeyNote>), KeyError> {
        let mut notes = Vec::new();
        let (visible, removed) = without_invisible(pasted);
        let candidate = match extract(&visible)? {
            Some((found, from)) => {
                notes.push(KeyNote::Extracted { from });
                found
            }
            None => visible,
        };
        let key = unquoted(candidate.trim());
        // Invisible characters at the very ends are blanks like others.
        if removed > 0 {
            notes.push(KeyNote::InvisibleRemoved { count: removed });
        }
        if key.len() < candidate.len() && !notes.iter().any(|note| matches!(note, KeyNote::Extracted { .. })) {
            notes.push(KeyNote::Trimmed);
        }
        if key.is_empty() {
            return Err(KeyError::Empty);
        }
        if key.starts_with('$') || key.starts_with("%OPENAI") || key == "OPENAI_API_KEY" {
            return Err(KeyError::OnlyAName);
        }
        if let Some((index, character)) = key.chars().enumerate().find(|(_, character)| !character.is_ascii_graphic()) {
            return Err(KeyError::BadCharacter { position: index + 1, what: name_of(character) });
        }
        if key.len() > LONGEST_KEY {
            return Err(KeyError::TooLong { length: key.len() });
        }
        notes.extend(warning(key));
        Ok((Self(key.to_owned()), notes))
    }

    /// The key itself, for the `Authorization` header and for nothing else.
    pub fn expose_for_header(&self) -> &str {
        &self.0
    }

    /// The key itself, to look for it in what comes back.
    pub(crate) fn expose_for_redaction(&self) -> &str {
        &self.0
    }

    /// The key itself, for this tab's session storage, which a person has to ask for.
    pub(crate) fn expose_for_session_storage(&self) -> &str {
        &self.0
    }

    /// What may be shown of it: `sk-…wxyz`; of a short one nothing but dots.
    pub fn label(&self) -> String {
        let prefix = if self.0.starts_with("sk-") { "sk-" } else { "" };
        let last = if self.0.len() >= 12 { self.0.get(self.0.len() - 4..).unwrap_or("") } else { "" };
        format!("{prefix}…{last}")
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([hidden])")
    }
}

impl Drop for ApiKey {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites a string's memory, as far as safe code can.
pub(crate) fn wipe(text: &mut String) {
    let mut bytes = std::mem::take(text).into_bytes();
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

/// The headers of a request: only what is needed, since compatible servers refuse preflights that name others.
///
/// `OpenAI-Organization` and `OpenAI-Project` are sent only where they are filled in.
pub fn request_headers(key: Option<&ApiKey>, organization: &str, project: &str) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if let Some(key) = key {
        headers.push(("authorization", format!("Bearer {}", key.expose_for_header())));
    }
    headers.push(("content-type", "application/json".to_owned()));
    for (name, value) in [("openai-organization", organization.trim()), ("openai-project", project.trim())] {
        if !value.is_empty() {
            headers.push((name, value.to_owned()));
        }
    }
    headers
}

/// Reads a `.env` text: `NAME=value` lines, with `export`, quotes and comments. Lines of other kinds are passed over.
pub fn parse_dotenv(text: &str) -> BTreeMap<String, String> {
    text.trim_start_matches('\u{feff}').lines().filter_map(assignment).collect()
}

fn assignment(line: &str) -> Option<(String, String)> {
    let mut line = line.trim();
    for lead in ["export ", "set ", "setx ", "$env:"] {
        line = line.strip_prefix(lead).unwrap_or(line).trim_start();
    }
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    Some((name.to_owned(), dotenv_value(value.trim())))
}

fn dotenv_value(value: &str) -> String {
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.split('\'').next().unwrap_or("").to_owned();
    }
    let Some(rest) = value.strip_prefix('"') else {
        // A comment needs a blank before it: "a#b" is a value.
        let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
        return if value.starts_with('#') {
            String::new()
        } else {
            value.get(..end).unwrap_or("").trim_end().to_owned()
        };
    };
    let mut unescaped = String::new();
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => match characters.next() {
                Some('n') => unescaped.push('\n'),
                Some('r') => unescaped.push('\r'),
                Some('t') => unescaped.push('\t'),
                Some(other) => unescaped.push(other),
                None => {}
            },
            other => unescaped.push(other),
        }
    }
    unescaped
}

/// The key within a longer text, and what the text is.
fn extract(text: &str) -> Result<Option<(String, &'static str)>, KeyError> {
    let lower = text.to_ascii_lowercase();
    for (lead, from) in [("bearer ", "a command or header"), ("api-key: ", "a command or header")] {
        if let Some(rest) = lower.find(lead).and_then(|at| text.get(at + lead.len()..)) {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).unwrap_or(rest.len());
            return Ok(Some((rest.get(..end).unwrap_or("").to_owned(), from)));
        }
    }
    if lower.trim_start().starts_with("curl ") {
        return Err(KeyError::NotFound { text: "the curl command" });
    }
    let mut values = parse_dotenv(text);
    values.retain(|name, value| is_key_line(name, value));
    let found = values
        .remove("OPENAI_API_KEY")
        .or_else(|| values.iter().find(|(name, _)| name.ends_with("API_KEY")).map(|(_, value)| value.clone()))
        .or_else(|| values.into_values().next());
    match found {
        Some(value) => Ok(Some((value, "a .env text"))),
        None if text.trim().lines().count() > 1 => Err(KeyError::NotFound { text: "this text of several lines" }),
        None => Ok(None),
    }
}

/// Keys may themselves hold "=": a line counts only where its name or value says that it is one.
fn is_key_line(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let telling = ["KEY", "TOKEN", "SECRET"].iter().any(|word| upper.contains(word));
    (telling && !value.trim_matches('=').is_empty()) || value.starts_with("sk-")
}

fn unquoted(text: &str) -> &str {
    let text = text.trim_end_matches([',', ';']);
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.trim();
        }
    }
    text
}

/// The text without the characters nobody sees. Blanks stay, no-break ones included where they stand between words.
fn without_invisible(text: &str) -> (String, usize) {
    let visible: String = text.trim().chars().filter(|character| !is_invisible(*character)).collect();
    let removed = text.trim().chars().count() - visible.chars().count();
    (visible, removed)
}

const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{a0}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

fn name_of(character: char) -> &'static str {
    match character {
        ' ' => "a blank",
        '\t' => "a tab",
        '\n' | '\r' => "a line break",
        '\u{2018}'..='\u{201f}' | '«' | '»' => "a smart quote",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a typographic dash",
        '…' | '•' | '●' => "a placeholder for what is hidden: copy the whole key",
        '\u{400}'..='\u{52f}' => "a Cyrillic letter that looks like a Latin one",
        '\u{370}'..='\u{3ff}' => "a Greek letter that looks like a Latin one",
        '\u{ff01}'..='\u{ff5e}' => "a full-width character",
        character if character.is_control() => "a control character",
        character if character.is_whitespace() => "a blank of an unusual kind",
        character if character.is_alphabetic() => "a letter outside plain ASCII",
        _ => "a character outside plain ASCII",
    }
}

/// Prefixes of keys, and whose they are; the longer prefix comes first.
const VENDORS: [(&str, &str); 13] = [
    ("sk-ant-", "Anthropic"),
    ("sk-or-", "OpenRouter"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("AIza", "Google"),
    ("csk-", "Cerebras"),
    ("pplx-", "Perplexity"),
    ("hf_", "Hugging Face"),
    ("ghp_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("nvapi-", "NVIDIA"),
    ("r8_", "Replicate"),
    ("AKIA", "AWS"),
];

/// Whether a word looks like the key of OpenAI or of another vendor, so that a field for something else can refuse it.
pub fn looks_like_key(word: &str) -> bool {
    let has_prefix = word.starts_with("sk-") || VENDORS.iter().any(|(prefix, _)| word.starts_with(prefix));
    // Hosts and paths may begin like one; keys are long, and random.
    has_prefix && word.len() >= 16 && word.bytes().any(|byte| byte.is_ascii_digit())
}

fn warning(key: &str) -> Option<KeyNote> {
    if key.starts_with("sk-admin") {
        return Some(KeyNote::AdminKey);
    }
    if key.starts_with("eyJ") && key.matches('.').count() == 2 {
        return Some(KeyNote::SessionToken);
    }
    VENDORS.into_iter().find_map(|(prefix, vendor)| key.starts_with(prefix).then_some(KeyNote::OtherVendor(vendor)))
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;

//! The one place through which text passes before it is shown, logged, copied or exported.
//!
//! It takes out the current key in the forms a server may echo it, whatever looks like a key, and the ids of
//! organizations and projects.

use std::fmt;
use std::fmt::Write as _;

use crate::key::{ApiKey, wipe};

/// What stands in place of a key.
pub const KEY_MARK: &str = "[key]";

/// Takes secrets out of texts.
pub struct Redactor {
    // The key's forms in lower case: searched for without regard to case, the longest first.
    forms: Vec<String>,
}

impl Redactor {
    /// A redactor that knows the current key, if there is one.
    pub fn new(key: Option<&ApiKey>) -> Self {
        let mut forms = key.map(|key| forms_of(key.expose_for_header())).unwrap_or_default();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self { forms }
    }

    /// The text without secrets. Texts that hold none come back unchanged.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for form in &self.forms {
            text = without(&text, form);
        }
        without_patterns(&text)
    }

    /// A header's value without secrets; of headers that hold nothing else, no value at all.
    pub fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" | "api-key" | "x-api-key" | "x-goog-api-key" => KEY_MARK.to_owned(),
            "cookie" | "set-cookie" => "[cookie]".to_owned(),
            "openai-organization" => "[organization]".to_owned(),
            "openai-project" => "[project]".to_owned(),
            _ => self.text(value),
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor([hidden])")
    }
}

impl Drop for Redactor {
    fn drop(&mut self) {
        self.forms.iter_mut().for_each(wipe);
    }
}

/// The key as it is, and as JSON, URLs and base64 write it.
fn forms_of(key: &str) -> Vec<String> {
    let per_byte = |write: &dyn Fn(&mut String, u8)| {
        let mut out = String::new();
        key.bytes().for_each(|byte| write(&mut out, byte));
        out
    };
    let percent_all = per_byte(&|out, byte| {
        let _ = write!(out, "%{byte:02x}");
    });
    let percent_some = per_byte(&|out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02x}");
        }
    });
    let unicode_escapes = per_byte(&|out, byte| {
        let _ = write!(out, "\\u{byte:04x}");
    });
    let hex = per_byte(&|out, byte| {
        let _ = write!(out, "{byte:02x}");
    });
    let json = key.replace('\\', "\\\\").replace('"', "\\\"");
    let json_slash = json.replace('/', "\\/");
    let mut forms = vec![key.to_owned(), percent_all, percent_some, unicode_escapes, hex, json, json_slash];
    forms.extend((0..3).flat_map(|shift| {
        let standard = base64_core(key.as_bytes(), shift);
        let url_safe = standard.replace('+', "-").replace('/', "_");
        [standard, url_safe]
    }));
    // A very short key's base64 core could be any two letters.
    forms.retain(|form| form.len() >= 4 || form == key);
    forms.iter().map(|form| form.to_ascii_lowercase()).collect()
}

/// The part of a base64 text that the key alone decides, where `shift` bytes (mod 3) stand before it.
fn base64_core(key: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |index: usize| key.get(index).copied().unwrap_or(0);
    // Sextets lie at multiples of 6 bits from the start of the whole text.
    let first_sextet = (shift * 8).div_ceil(6);
    let end_sextet = (shift + key.len()) * 8 / 6;
    (first_sextet..end_sextet)
        .filter_map(|sextet| {
            let bit = sextet * 6 - shift * 8;
            let pair = u16::from(bits(bit / 8)) << 8 | u16::from(bits(bit / 8 + 1));
            let value = pair >> (10 - bit % 8) & 0x3f;
            ALPHABET.get(usize::from(value)).map(|byte| char::from(*byte))
        })
        .collect()
}

/// The text without any occurrence of `form` (lower case), whatever its case in the text.
fn without(text: &str, form: &str) -> String {
    if form.is_empty() {
        return text.to_owned();
    }
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find(form)) {
        out.push_str(text.get(from..from + at).unwrap_or(""));
        out.push_str(KEY_MARK);
        from += at + form.len();
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}

/// Beginnings of keys, and how many characters must follow for it to be one.
const KEY_PREFIXES: [(&str, usize); 8] =
    [("sk-", 16), ("sess-", 16), ("gsk_", 16), ("xai-", 16), ("csk-", 16), ("pplx-", 16), ("hf_", 16), ("AIza", 16)];

/// Words after which a secret stands, up to the next blank or quote, and the same in lower case.
const LEADS: [(&str, &str); 5] = [
    ("Bearer ", "bearer "),
    ("Basic ", "basic "),
    ("api-key: ", "api-key: "),
    ("api_key=", "api_key="),
    ("api-key=", "api-key="),
];

/// What the API writes before it echoes a wrong key, masked or (if short or odd) whole.
const ECHO: &str = "api key provided: ";

fn without_patterns(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut after_word = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let lower_rest = lower.get(at..).unwrap_or("");
        if let Some((kept, mark, taken)) = secret_at(rest, lower_rest, after_word) {
            out.push_str(rest.get(..kept).unwrap_or(""));
            out.push_str(mark);
            at += taken;
            after_word = true;
            continue;
        }
        let Some(character) = rest.chars().next() else { break };
        out.push(character);
        at += character.len_utf8();
        after_word = character.is_alphanumeric();
    }
    out
}

/// A secret at the start of `rest`: how much to keep before it, what to put for it, how far it goes.
fn secret_at(rest: &str, lower: &str, after_word: bool) -> Option<(usize, &'static str, usize)> {
    if after_word {
        return None;
    }
    if lower.starts_with(ECHO) {
        let echoed = rest.get(ECHO.len()..)?;
        let end = [". ", "\"", "\n", "\\"].iter().filter_map(|mark| echoed.find(mark)).min().unwrap_or(echoed.len());
        let end = echoed.get(..end)?.trim_end_matches('.').len();
        return (end > 0).then_some((ECHO.len(), KEY_MARK, ECHO.len() + end));
    }
    for (lead, in_lower_case) in LEADS {
        if lower.starts_with(in_lower_case) {
            let token = token_length(rest.get(lead.len()..)?);
            let looks_secret = rest.get(lead.len()..lead.len() + token).is_some_and(looks_random);
            // "Bearer" with its capital is a header's; "missing bearer or basic" is a sentence.
            if token > 0
                && ((rest.starts_with(lead) && lead != "Basic ") || looks_secret)
                && !is_variable(rest, lead.len())
            {
                return Some((lead.len(), KEY_MARK, lead.len() + token));
            }
        }
    }
    let word = word_length(rest, is_key_character);
    if word == 0 {
        return bare_mask_length(rest).map(|length| (0, KEY_MARK, length));
    }
    let head = rest.get(..word)?;
    for (prefix, least) in KEY_PREFIXES {
        if head.strip_prefix(prefix).is_some_and(|tail| tail.len() >= least) {
            return Some((0, KEY_MARK, masked_length(rest).unwrap_or(word)));
        }
    }
    if let Some(masked) = masked_length(rest) {
        return Some((0, KEY_MARK, masked));
    }
    id_at(head)
}

/// `org-…` and `proj_…`: ids have capitals or digits, words such as "org-wide" do not.
fn id_at(word: &str) -> Option<(usize, &'static str, usize)> {
    [("org-", "[organization]"), ("proj_", "[project]")].into_iter().find_map(|(prefix, mark)| {
        let id = word.strip_prefix(prefix)?;
        let is_id = id.len() >= 4 && id.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        is_id.then_some((0, mark, word.len()))
    })
}

/// A masked key's length: `sk-EXAMP****wxyz`, `sk-…wxyz`, `abc***xyz`.
fn masked_length(rest: &str) -> Option<usize> {
    let head = word_length(rest, is_key_character);
    let after_head = rest.get(head..)?;
    let stars = word_length(after_head, |character| character == '*');
    let dots = word_length(after_head, |character| matches!(character, '.' | '…' | '•' | '●'));
    let is_key = rest.starts_with("sk-");
    let mask = match (stars, is_key) {
        (3.., _) | (1.., true) => stars,
        _ if is_key && (dots >= 3 || after_head.starts_with(['…', '•', '●'])) => dots,
        _ => return None,
    };
    let tail_text = rest.get(head + mask..)?;
    let tail = word_length(tail_text, |character| is_key_character(character) || character == '*');
    // Bold text in Markdown ends in stars: without a tail nothing of a key is shown.
    (is_key || (tail > 0 && head > 0)).then_some(head + mask + tail)
}

/// The length of `****wxyz`: a mask with nothing before it. Markdown closes its stars, a mask does not.
fn bare_mask_length(rest: &str) -> Option<usize> {
    let stars = word_length(rest, |character| character == '*');
    let tail_text = rest.get(stars..)?;
    let tail = word_length(tail_text, is_key_character);
    let is_closed = tail_text.get(tail..).is_some_and(|after| after.starts_with('*'));
    (stars >= 4 && tail >= 2 && !is_closed).then_some(stars + tail)
}

fn token_length(text: &str) -> usize {
    word_length(text, |character| !character.is_whitespace() && !matches!(character, '"' | '\'' | '`' | '\\' | '<'))
}

fn word_length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

const fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn looks_random(token: &str) -> bool {
    token.len() >= 8 && token.bytes().any(|byte| !byte.is_ascii_lowercase())
}

fn is_variable(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|token| token.starts_with('$') || token.starts_with(KEY_MARK))
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;

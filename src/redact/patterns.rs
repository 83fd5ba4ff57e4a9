//! What looks like a secret, whoever's it is: keys by their beginnings, what follows `Bearer`, masked keys, ids.

use super::KEY_MARK;

/// Beginnings of keys, and how many characters must follow for it to be one.
const KEY_PREFIXES: [(&str, usize); 8] =
    [("sk-", 16), ("sess-", 16), ("gsk_", 16), ("xai-", 16), ("csk-", 16), ("pplx-", 16), ("hf_", 16), ("AIza", 16)];

/// Words after which a secret stands, up to the next blank or quote; in lower case.
const LEADS: [&str; 5] = ["bearer ", "basic ", "api-key: ", "api_key=", "api-key="];

/// What the API writes before it echoes a wrong key, masked or (if short or odd) whole.
const ECHO: &str = "api key provided: ";

pub(super) fn without_patterns(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut after_word = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let lower_rest = lower.get(at..).unwrap_or("");
        let is_header = || lower.get(..at).is_some_and(ends_in_authorization);
        if !after_word && let Some((kept, mark, taken)) = secret_at(rest, lower_rest, is_header) {
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
fn secret_at(rest: &str, lower: &str, is_header: impl Fn() -> bool) -> Option<(usize, &'static str, usize)> {
    if lower.starts_with(ECHO) {
        let echoed = rest.get(ECHO.len()..)?;
        let end = [". ", "\"", "\n", "\\"].iter().filter_map(|mark| echoed.find(mark)).min().unwrap_or(echoed.len());
        let end = echoed.get(..end)?.trim_end_matches('.').len();
        return (end > 0).then_some((ECHO.len(), KEY_MARK, ECHO.len() + end));
    }
    for lead in LEADS {
        if !lower.starts_with(lead) {
            continue;
        }
        let token = token_length(rest.get(lead.len()..)?);
        // "Authorization: Bearer x" is a header; "a bearer token" is a sentence.
        let is_named = lead.starts_with("api") || is_header();
        let looks_secret = rest.get(lead.len()..lead.len() + token).is_some_and(looks_random);
        if token > 0 && (is_named || looks_secret) && !is_variable(rest, lead.len()) {
            return Some((lead.len(), KEY_MARK, lead.len() + token));
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
    // Bold text in Markdown ends in stars, and "sk-…" is a placeholder: without a tail nothing of a key is shown.
    let is_placeholder = tail == 0 && head == "sk-".len();
    ((is_key && !is_placeholder) || (tail > 0 && head > 0)).then_some(head + mask + tail)
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

/// Not a word of prose: it has a digit, a sign, or a capital within.
fn looks_random(token: &str) -> bool {
    let token = token.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
    token.len() >= 6 && token.chars().skip(1).any(|character| !character.is_lowercase())
}

/// Whether a header's value is due: `"authorization": "`, `Authorization: `.
fn ends_in_authorization(lower: &str) -> bool {
    lower.trim_end_matches([' ', '"', '\'', '\\', ':', '=']).ends_with("authorization")
}

fn is_variable(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|token| token.starts_with('$') || token.starts_with(KEY_MARK))
}

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
    let mut word = Word::default();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if !after_word {
            // What begins later in the same word ends where it does: nothing is measured twice.
            if at >= word.end {
                word = Word::at(text, at);
            }
            if let Some((kept, mark, taken)) = secret_at(text, &lower, at, word) {
                out.push_str(rest.get(..kept).unwrap_or(""));
                out.push_str(mark);
                at += taken;
                after_word = true;
                continue;
            }
            // Fewer stars of the same run are no mask either.
            let stars = word_length(rest, |character| character == '*');
            if stars > 0 {
                out.push_str(rest.get(..stars).unwrap_or(""));
                at += stars;
                continue;
            }
        }
        let Some(character) = rest.chars().next() else { break };
        out.push(character);
        at += character.len_utf8();
        after_word = character.is_alphanumeric();
    }
    out
}

/// A run of a key's characters in a text, and the stars or dots after it; places and lengths in bytes.
#[derive(Clone, Copy, Default)]
struct Word {
    end: usize,
    // Behind the last of its digits and capitals.
    id_end: usize,
    stars: usize,
    dots: usize,
}

impl Word {
    /// The word that begins at `start`, or an empty one.
    fn at(text: &str, start: usize) -> Self {
        let rest = text.get(start..).unwrap_or("");
        let length = word_length(rest, is_key_character);
        let (own, after) = rest.split_at_checked(length).unwrap_or_default();
        if own.is_empty() {
            return Self { end: start, ..Self::default() };
        }
        let is_of_id = |character: char| character.is_ascii_digit() || character.is_ascii_uppercase();
        Self {
            end: start + length,
            id_end: own.rfind(is_of_id).map_or(0, |last| start + last + 1),
            stars: word_length(after, |character| character == '*'),
            dots: word_length(after, |character| matches!(character, '.' | '…' | '•' | '●')),
        }
    }
}

/// A secret at `at`, within `word`: how much to keep before it, what to put for it, how far it goes.
fn secret_at(text: &str, lower: &str, at: usize, word: Word) -> Option<(usize, &'static str, usize)> {
    let (rest, lower_rest) = (text.get(at..)?, lower.get(at..)?);
    if lower_rest.starts_with(ECHO) {
        let end = echo_length(rest.get(ECHO.len()..)?);
        return (end > 0).then_some((ECHO.len(), KEY_MARK, ECHO.len() + end));
    }
    for lead in LEADS {
        if !lower_rest.starts_with(lead) || is_variable(rest, lead.len()) {
            continue;
        }
        let token = token_length(rest.get(lead.len()..)?);
        // "Authorization: Bearer x" is a header; "a bearer token" is a sentence.
        let is_named = lead.starts_with("api") || lower.get(..at).is_some_and(ends_in_authorization);
        let looks_secret = rest.get(lead.len()..lead.len() + token).is_some_and(looks_random);
        if token > 0 && (is_named || looks_secret) {
            return Some((lead.len(), KEY_MARK, lead.len() + token));
        }
    }
    if word.end <= at {
        return bare_mask_length(rest).map(|length| (0, KEY_MARK, length));
    }
    let head = rest.get(..word.end - at)?;
    let masked = masked_length(rest, head.len(), word);
    let is_key =
        KEY_PREFIXES.iter().any(|(prefix, least)| head.strip_prefix(prefix).is_some_and(|tail| tail.len() >= *least));
    match masked.or_else(|| is_key.then_some(head.len())) {
        Some(length) => Some((0, KEY_MARK, length)),
        None => id_at(head, word.id_end.saturating_sub(at)),
    }
}

/// How far an echoed key goes: to the end of its sentence, string or line.
fn echo_length(echoed: &str) -> usize {
    let bytes = echoed.as_bytes();
    let ends = |(at, byte): (usize, &u8)| match byte {
        b'"' | b'\n' | b'\\' => true,
        b'.' => bytes.get(at + 1) == Some(&b' '),
        _ => false,
    };
    let end = bytes.iter().enumerate().position(ends).unwrap_or(bytes.len());
    echoed.get(..end).unwrap_or("").trim_end_matches('.').len()
}

/// `org-…` and `proj_…`: ids have capitals or digits, the last of them before `id_end`; words such as "org-wide" do not.
fn id_at(word: &str, id_end: usize) -> Option<(usize, &'static str, usize)> {
    [("org-", "[organization]"), ("proj_", "[project]")].into_iter().find_map(|(prefix, mark)| {
        let id = word.strip_prefix(prefix)?;
        (id.len() >= 4 && id_end > prefix.len()).then_some((0, mark, word.len()))
    })
}

/// A masked key's length: `sk-EXAMP****wxyz`, `sk-…wxyz`, `abc***xyz`; its first `head` bytes are of `word`.
fn masked_length(rest: &str, head: usize, word: Word) -> Option<usize> {
    let Word { stars, dots, .. } = word;
    let after_head = rest.get(head..)?;
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

/// What stands in code for a key, which is in nobody's hands thereby.
const KEY_NAMES: [&str; 5] = ["api_key", "apiKey", "key", "API_KEY", "OPENAI_API_KEY"];

fn is_variable(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|token| {
        let name = token.split(|c: char| !is_key_character(c)).next().unwrap_or("");
        token.starts_with('$')
            || token.starts_with(KEY_MARK)
            || token.starts_with("os.environ[")
            || token.starts_with("os.environ.get(")
            || token.starts_with("process.env.")
            || KEY_NAMES.contains(&name)
    })
}

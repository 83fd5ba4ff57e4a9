//! The current key in a text, however a server wrote it: as it is, escaped for JSON, URLs or HTML, in hex, in base64.

use std::fmt::Write as _;
use std::ops::Range;

use super::KEY_MARK;
use crate::key::wipe;

/// Shorter keys are names that people give to servers that want none ("ollama"): found only as words of their own.
const SHORTEST_SECRET: usize = 8;

/// The key's forms.
#[derive(Default)]
pub(super) struct KeyForms {
    forms: Vec<String>,
    is_short: bool,
    /// Bit `byte % 64` of element `byte / 64`: whether an echo can begin with that byte. Most bytes of a text cannot.
    firsts: [u64; 4],
}

impl KeyForms {
    pub(super) fn of(key: &str) -> Self {
        let is_short = key.len() < SHORTEST_SECRET;
        let mut forms = vec![key.to_owned()];
        if !is_short {
            forms.push(key.bytes().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            }));
            for shift in 0..3 {
                let standard = base64_core(key.as_bytes(), shift);
                let url_safe = standard.replace('+', "-").replace('/', "_");
                if url_safe != standard {
                    forms.push(url_safe);
                }
                forms.push(standard);
            }
        }
        forms.retain(|form| !form.is_empty());
        let mut all = Self { forms, is_short, firsts: [0; 4] };
        for at in 0..all.forms.len() {
            let first = all.forms.get(at).and_then(|form| form.as_bytes().first()).copied().unwrap_or_default();
            // In either case, or as the beginning of an escape.
            for byte in [first.to_ascii_lowercase(), first.to_ascii_uppercase(), b'\\', b'%', b'&'] {
                let (word, bit) = place(byte);
                if let Some(bits) = all.firsts.get_mut(word) {
                    *bits |= bit;
                }
            }
        }
        all
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Where echoes stand, in order.
    pub(super) fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let mut at = 0;
        let bytes = text.as_bytes();
        while let Some(next) = self.next_first(bytes, at) {
            at = next;
            let length = self.length_at(bytes, at);
            spans.extend(length.map(|length| at..at + length));
            at += length.unwrap_or(1);
        }
        spans
    }

    /// The next byte, from `at` on, that an echo can begin with.
    fn next_first(&self, text: &[u8], at: usize) -> Option<usize> {
        let may_begin = |byte: &u8| {
            let (word, bit) = place(*byte);
            self.firsts.get(word).is_some_and(|bits| bits & bit != 0)
        };
        text.get(at..)?.iter().position(may_begin).map(|ahead| at + ahead)
    }

    /// The text with each echo marked.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut kept = 0;
        for span in self.spans(text) {
            out.push_str(text.get(kept..span.start).unwrap_or_default());
            out.push_str(KEY_MARK);
            kept = span.end;
        }
        out.push_str(text.get(kept..).unwrap_or_default());
        out
    }

    /// The length of an echo that begins at `at`.
    fn length_at(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let first = rest.first()?;
        let may_begin = |form: &[u8]| {
            matches!(first, b'\\' | b'%' | b'&') || form.first().is_some_and(|own| self.same(*own, *first))
        };
        let mut forms = self.forms.iter().map(String::as_bytes).filter(|form| may_begin(form));
        forms
            .find_map(|form| self.compare(rest, form).filter(|length| !self.is_short || is_word(text, at..at + length)))
    }

    /// The length of `form` at the start of `text`, if it is there.
    fn compare(&self, text: &[u8], form: &[u8]) -> Option<usize> {
        // As it is first: a key may itself hold what reads as an escape.
        if text.len() >= form.len() && text.iter().zip(form).all(|(one, other)| self.same(*one, *other)) {
            return Some(form.len());
        }
        form.iter().try_fold(0, |mut at, wanted| {
            loop {
                let rest = text.get(at..)?;
                match escape(rest).and_then(|(code, length)| Some((u8::try_from(code).ok()?, length))) {
                    Some((byte, length)) if self.same(byte, *wanted) => return Some(at + length),
                    _ if rest.first().is_some_and(|byte| self.same(*byte, *wanted)) => return Some(at + 1),
                    // What nobody sees does not make another text of it.
                    _ if at > 0 => at += invisible_length(rest)?,
                    _ => return None,
                }
            }
        })
    }

    const fn same(&self, one: u8, other: u8) -> bool {
        if self.is_short { one == other } else { one.eq_ignore_ascii_case(&other) }
    }
}

/// Which element of [`KeyForms::firsts`], and which bit of it, is a byte's.
const fn place(byte: u8) -> (usize, u64) {
    ((byte >> 6) as usize, 1 << (byte & 63))
}

impl Drop for KeyForms {
    fn drop(&mut self) {
        self.forms.iter_mut().for_each(wipe);
    }
}

/// The most digits of an HTML escape, its `x` included.
const MOST_DIGITS: usize = 6;

/// The character (its number) that an escape at the start of `text` stands for, and the escape's length.
fn escape(text: &[u8]) -> Option<(u32, usize)> {
    let hex = |digits: &[u8]| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    match text {
        [b'\\', b'u', digits @ ..] => hex(digits.get(..4)?).map(|code| (code, 6)),
        [b'\\', b'x', high, low, ..] => hex(&[*high, *low]).map(|code| (code, 4)),
        [b'\\', byte @ (b'"' | b'\'' | b'\\' | b'/'), ..] => Some((u32::from(*byte), 2)),
        [b'%', high, low, ..] => hex(&[*high, *low]).map(|code| (code, 3)),
        [b'&', b'#', rest @ ..] => {
            let digits = rest.get(..rest.iter().take(MOST_DIGITS).position(|byte| *byte == b';')?)?;
            let code = match digits {
                [b'x' | b'X', digits @ ..] => hex(digits)?,
                _ => std::str::from_utf8(digits).ok()?.parse().ok()?,
            };
            Some((code, digits.len() + 3))
        }
        _ => None,
    }
}

/// Characters that take no room on a screen: NUL, soft hyphen, zero-width space and joiners, word joiner, BOM.
const INVISIBLE: [char; 7] = ['\0', '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// The length of an invisible character at the start of `text`: as it is, percent-encoded, or escaped.
fn invisible_length(text: &[u8]) -> Option<usize> {
    let escaped = escape(text).filter(|(code, _)| INVISIBLE.iter().any(|one| u32::from(*one) == *code));
    escaped.map(|(_, length)| length).or_else(|| {
        INVISIBLE.iter().find_map(|one| {
            one.encode_utf8(&mut [0; 4]).bytes().try_fold(0, |at, wanted| match text.get(at..)? {
                [byte, ..] if *byte == wanted => Some(at + 1),
                rest @ [b'%', ..] => escape(rest).filter(|(code, _)| *code == u32::from(wanted)).map(|_| at + 3),
                _ => None,
            })
        })
    })
}

fn is_word(text: &[u8], span: Range<usize>) -> bool {
    let continues =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let before = span.start.checked_sub(1).and_then(|at| text.get(at));
    !continues(before) && !continues(text.get(span.end))
}

/// The part of a base64 text that the key alone decides, where `shift` bytes (mod 3) stand before it.
pub(super) fn base64_core(key: &[u8], shift: usize) -> String {
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

//! How much of a long text its field shows.

use crate::format::format_bytes;

/// A field of a megabyte without line breaks stops the page for seconds at each key: no more than this is put in one.
const MOST_SHOWN_BYTES: usize = 64_000;

/// Whether a text is too long for its field, which then shows its beginning and cannot be edited.
pub const fn is_long(text: &str) -> bool {
    text.len() > MOST_SHOWN_BYTES
}

/// What its field shows of a text: all, or the beginning of a long one.
pub fn shown(text: &str) -> &str {
    let end = (0..=MOST_SHOWN_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// What the field says of a long text; `None` of one shown whole.
pub fn shown_words(text: &str) -> Option<String> {
    let bytes = |bytes: usize| format_bytes(u64::try_from(bytes).unwrap_or(u64::MAX));
    is_long(text).then(|| {
        let (whole, beginning) = (bytes(text.len()), bytes(MOST_SHOWN_BYTES));
        format!(
            "{whole} pasted, read whole; the first {beginning} are shown. To change it, paste another text here, or clear it."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_shows_its_beginning() {
        let short = "é".repeat(32_000);
        assert_eq!((shown(&short), is_long(&short), shown_words(&short)), (short.as_str(), false, None));
        let long = format!("x{}", "é".repeat(500_000));
        // 64,000 bytes end within a letter.
        assert_eq!((shown(&long).len(), is_long(&long)), (63_999, true));
        assert!(shown_words(&long).unwrap().starts_with("1.0 MB pasted, read whole; the first 64.0 kB are shown."));
        assert_eq!(shown(""), "");
    }
}

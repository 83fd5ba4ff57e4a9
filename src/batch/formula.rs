//! Texts that a spreadsheet would run as a formula, in cells of CSV.

/// Signs that a formula begins with, their full-width forms included (OWASP, CSV injection).
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The text as a cell shows it and runs nothing: with a `'` before it where that is needed.
pub(super) fn guarded(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`guarded`] was given.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(cell)
}

fn needs_guard(text: &str) -> bool {
    let rest = text.trim_start();
    let lead = text.get(..text.len() - rest.len()).unwrap_or_default();
    rest.starts_with(SIGNS)
        || lead.contains(['\t', '\r', '\n'])
        // So that what is guarded already comes back as it was.
        || text.strip_prefix('\'').is_some_and(needs_guard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_get_a_quote_and_texts_do_not() {
        for text in ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r\nx", " =1", "\u{a0}=1", "＝1", "'=1", "''-"] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "a=1", "'tis", "1-2", " x"] {
            assert_eq!(guarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_guard_comes_off_again(text in "['=+\t a＝-]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text);
        }
    }
}

//! Cells of CSV: quoted by RFC 4180, and guarded where a spreadsheet would run a text as a formula.

/// Signs that a formula begins with, their full-width forms included (OWASP, CSV injection).
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The text as a cell shows it and runs nothing: with a `'` before it where that is needed.
pub(crate) fn guarded(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`guarded`] was given.
pub(crate) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(cell)
}

/// Adds a row of cells that are guarded where they are texts.
pub(crate) fn push_row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
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

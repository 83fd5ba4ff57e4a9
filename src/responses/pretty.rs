//! JSON laid out for reading, every token exactly as it was sent: no number is rounded, no name reordered.

/// Lays out `text`, up to about `cap` bytes; says whether something was left out.
///
/// What is not JSON (a web page, a sentence) comes back as it is.
pub fn pretty_json(text: &str, cap: usize) -> (String, bool) {
    let trimmed = text.trim();
    if !trimmed.starts_with(['{', '[']) {
        return cut(text, cap);
    }
    let mut out = String::with_capacity(trimmed.len().min(cap) + 64);
    let mut depth = 0usize;
    let mut characters = trimmed.chars().peekable();
    let (mut in_string, mut escaped) = (false, false);
    while let Some(character) = characters.next() {
        if out.len() >= cap {
            return (out, true);
        }
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                in_string = true;
                out.push('"');
            }
            '{' | '[' => {
                out.push(character);
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            space if space.is_whitespace() => {}
            plain => out.push(plain),
        }
    }
    (out, false)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deeper than this nobody reads by its indentation.
    for _ in 0..depth.min(40) {
        out.push_str("  ");
    }
}

fn cut(text: &str, cap: usize) -> (String, bool) {
    if text.len() <= cap {
        return (text.to_owned(), false);
    }
    let end = (0..=cap).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    (text.get(..end).unwrap_or_default().to_owned(), true)
}

#[cfg(test)]
mod tests {
    use super::pretty_json;
    use proptest::prelude::*;

    #[test]
    fn tokens_stay_as_they_were_sent() {
        let (text, cut) = pretty_json(r#"{"b":1e400,"a":[],"c":{"x":"a, \"{b}\" \\","y":[1,2.50]},"d":{ }}"#, 10_000);
        assert!(!cut);
        assert_eq!(
            text,
            "{\n  \"b\": 1e400,\n  \"a\": [],\n  \"c\": {\n    \"x\": \"a, \\\"{b}\\\" \\\\\",\n    \"y\": [\n      1,\n      2.50\n    ]\n  },\n  \"d\": {}\n}"
        );
    }

    #[test]
    fn what_is_not_json_stays_as_it_is_and_all_is_capped() {
        assert_eq!(pretty_json("upstream: connect, error", 100), ("upstream: connect, error".to_owned(), false));
        assert_eq!(pretty_json("ééé", 3), ("é".to_owned(), true));
        let (text, cut) = pretty_json(&"[".repeat(100_000), 1_000);
        assert!(cut && text.len() < 1_200);
    }

    proptest! {
        #[test]
        fn only_white_space_is_added(text in "[ \\n{}\\[\\],:\"\\\\a1é]{0,60}") {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&pretty_json(&text, usize::MAX / 2).0), bare(&text));
        }
    }
}

//! Objects and lists inside a text: JSON, or the same as Python or Node prints it.

use std::fmt::Write as _;
use std::ops::Range;

use serde_json::Value;

use crate::responses::json;

/// How often the length of a text is read in all: logs hold brackets that begin nothing.
const MOST_READINGS: usize = 12;

/// The objects and non-empty lists in `text` that can be read, each with its place; never one inside another.
pub(super) fn values(text: &str) -> Vec<(Range<usize>, Value)> {
    let mut found = Vec::new();
    let (mut from, mut bytes_read) = (0, 0);
    while bytes_read < MOST_READINGS * text.len() {
        let Some(at) = text.get(from..).and_then(|rest| rest.find(['{', '['])).map(|at| from + at) else { break };
        from = at + 1;
        let Some((length, as_json)) = text.get(at..).and_then(balanced) else {
            bytes_read += text.len() - at;
            continue;
        };
        bytes_read += length;
        let whole = text.get(at..at + length).unwrap_or_default();
        if let Ok(value) = json::parse(whole).or_else(|_| json::parse(&as_json)) {
            from = at + length;
            if value != Value::Array(Vec::new()) {
                found.push((at..from, value));
            }
        }
    }
    found
}

/// The length of the value that `text` begins with, and the value with Python's and Node's spelling turned into JSON's.
fn balanced(text: &str) -> Option<(usize, String)> {
    let mut out = String::with_capacity(text.len().min(4_096));
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let taken = match character {
            '"' | '\'' => string(rest, character, &mut out)?,
            '{' | '[' | '(' => {
                depth += 1;
                out.push(if character == '{' { '{' } else { '[' });
                1
            }
            '}' | ']' | ')' => {
                depth = depth.checked_sub(1)?;
                // Python allows a comma before the end.
                out.truncate(out.trim_end().trim_end_matches(',').len());
                out.push(if character == '}' { '}' } else { ']' });
                1
            }
            _ if character.is_alphabetic() => word(rest, &mut out),
            _ => {
                out.push(character);
                character.len_utf8()
            }
        };
        rest = rest.get(taken..)?;
        if depth == 0 {
            return Some((text.len() - rest.len(), out));
        }
    }
    None
}

fn word(text: &str, out: &mut String) -> usize {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let next = rest.trim_start();
    match word {
        // Node leaves names of members bare.
        _ if next.starts_with(':') => {
            let _ = write!(out, "\"{word}\"");
        }
        "True" => out.push_str("true"),
        "False" => out.push_str("false"),
        "None" | "undefined" => out.push_str("null"),
        // Bytes and raw strings.
        "b" | "r" | "u" if rest.starts_with(['"', '\'']) => {}
        // Node names the class of an object before it: "Headers { … }".
        _ if next.starts_with('{') => {}
        _ => out.push_str(word),
    }
    end
}

/// Copies the string that `text` begins with as a JSON string; gives its length, `None` where it does not end.
fn string(text: &str, quote: char, out: &mut String) -> Option<usize> {
    out.push('"');
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => {
                out.push('"');
                return Some(at + 1);
            }
            '\\' => match characters.next()?.1 {
                'x' => out.push_str("\\u00"),
                '\'' => out.push('\''),
                escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') => {
                    out.push('\\');
                    out.push(escaped);
                }
                other => {
                    out.push_str("\\\\");
                    out.push(other);
                }
            },
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn value(text: &str) -> Option<Value> {
        values(text).into_iter().next().map(|(_, value)| value)
    }

    #[test]
    fn what_python_prints_is_read() {
        let text = r#"openai.RateLimitError: Error code: 429 - {'error': {'message': "It's {full}", 'code': None, 'n': [1, (2, 3)], 'ok': True,}}"#;
        let expected = json!({"error": {"message": "It's {full}", "code": null, "n": [1, [2, 3]], "ok": true}});
        assert_eq!(values(text), [("openai.RateLimitError: Error code: 429 - ".len()..text.len(), expected)]);
        assert_eq!(value(r"b {'a': b'\x41\'\n'}"), Some(json!({"a": "A'\n"})));
    }

    #[test]
    fn what_node_prints_is_read() {
        let text = "{\n  status: 429,\n  headers: Headers { 'retry-after': '1', date: undefined },\n  error: { code: 'x', param: null }\n}";
        let expected = json!({"status": 429, "headers": {"retry-after": "1", "date": null}, "error": {"code": "x", "param": null}});
        assert_eq!(value(text), Some(expected));
    }

    #[test]
    fn what_begins_nothing_is_passed_over() {
        let found = values("[worker 3] [] {oops} {\"a\": [1]} [2] {\"b\"");
        assert_eq!(found.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), [json!({"a": [1]}), json!([2])]);
        assert_eq!(value("no value, {'a': 1"), None);
        assert_eq!(value("}{"), None);
    }

    proptest! {
        #[test]
        fn json_is_left_as_it_is(text in "\\PC{0,40}", number in any::<i32>()) {
            let whole = json!({"text": text, "list": [number, null, {"a": true}]});
            prop_assert_eq!(value(&format!("log: {whole} end")), Some(whole));
        }

        #[test]
        fn nothing_panics(text in r#"([{}\[\]()'"\\,:xub0-9]|True|None|é|👍|\x00){0,60}"#) {
            let _ = values(&text);
        }
    }
}

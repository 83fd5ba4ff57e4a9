//! JSON from strangers: with limits, and with repairs for what servers are known to get wrong.

use serde_json::Value;

use super::Unreadable;

/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Reads a body as JSON. Depth is limited to 128, as `serde_json` does.
///
/// Lone surrogate escapes become U+FFFD; numbers no `f64` holds, `NaN` and infinities become strings, so that the
/// member that holds one is found invalid and not the whole body.
///
/// # Errors
/// [`Unreadable`], never [`Unreadable::OtherShape`].
pub fn parse(body: &str) -> Result<Value, Unreadable> {
    let text = body.strip_prefix('\u{feff}').unwrap_or(body);
    if text.len() > MAX_BODY_BYTES {
        return Err(Unreadable::TooLarge { limit_bytes: MAX_BODY_BYTES });
    }
    if text.trim().is_empty() {
        return Err(Unreadable::EmptyBody);
    }
    if text.trim_start().starts_with('<') {
        return Err(Unreadable::Html);
    }
    serde_json::from_str(text).or_else(|error| match repaired(text) {
        Some(repaired) => serde_json::from_str(&repaired).map_err(|_| unreadable(&error)),
        None => Err(unreadable(&error)),
    })
}

fn unreadable(error: &serde_json::Error) -> Unreadable {
    if error.to_string().starts_with("recursion limit") {
        return Unreadable::TooDeep;
    }
    Unreadable::NotJson { line: error.line(), column: error.column() }
}

/// The text with its known faults mended, or `None` where it has none of them.
fn repaired(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    let mut changed = false;
    while let Some(character) = rest.chars().next() {
        let taken = match character {
            '"' => {
                in_string = !in_string;
                1
            }
            '\\' if in_string => escape_length(rest).map_or_else(
                || rest.chars().take(2).map(char::len_utf8).sum(),
                |(length, lone)| {
                    if lone {
                        changed = true;
                        out.push_str("\\ufffd");
                    } else {
                        out.push_str(rest.get(..length).unwrap_or(""));
                    }
                    rest = rest.get(length..).unwrap_or("");
                    0
                },
            ),
            '-' | '0'..='9' | 'N' | 'I' if !in_string => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
                let literal = rest.get(..end).unwrap_or("");
                if literal.parse::<f64>().is_ok_and(|number| !number.is_finite()) {
                    changed = true;
                    out.push('"');
                    out.push_str(literal);
                    out.push('"');
                    rest = rest.get(end..).unwrap_or("");
                    0
                } else {
                    end.max(1)
                }
            }
            _ => character.len_utf8(),
        };
        let (head, tail) = rest.split_at_checked(taken)?;
        out.push_str(head);
        rest = tail;
    }
    changed.then_some(out)
}

/// The length of a `\u` escape or surrogate pair, and whether it is half a pair; `None` for other escapes.
fn escape_length(text: &str) -> Option<(usize, bool)> {
    let unit = code_unit(text)?;
    let next = text.get(6..).and_then(code_unit);
    Some(match (unit, next) {
        (0xd800..=0xdbff, Some(0xdc00..=0xdfff)) => (12, false),
        (0xd800..=0xdfff, _) => (6, true),
        _ => (6, false),
    })
}

fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// A string member that says something: `null`, `""` and the gateways' `"None"` do not. Numbers are turned to text.
pub(super) fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => {
            (!matches!(text.as_str(), "" | "None" | "none" | "null" | "undefined")).then(|| text.clone())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What a value is, in a few words.
pub(crate) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(members) => match members.get("object").and_then(Value::as_str) {
            Some(kind) => format!("an object of kind {}", kind.chars().take(40).collect::<String>()),
            None => "an object without the members due".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn half_a_surrogate_pair_does_not_cost_the_body() {
        assert_eq!(parse(r#"{"text":"a\ud83d b"}"#).unwrap(), json!({"text": "a\u{fffd} b"}));
        assert_eq!(
            parse(r#"{"text":"\udc4d\ud83d\ud83d\udc4d\ud83d"}"#).unwrap()["text"],
            "\u{fffd}\u{fffd}👍\u{fffd}"
        );
        assert_eq!(parse(r#"["\\ud83d \"\ud83d"]"#).unwrap(), json!(["\\ud83d \"\u{fffd}"]));
    }

    #[test]
    fn numbers_beyond_all_bounds_spoil_only_their_member() {
        let value = parse(r#"{"a":1e400,"b":[NaN,-Infinity,Infinity],"c":"1e400 NaN","d":-1.5e3}"#).unwrap();
        assert_eq!(value, json!({"a": "1e400", "b": ["NaN", "-Infinity", "Infinity"], "c": "1e400 NaN", "d": -1500.0}));
    }

    #[test]
    fn what_is_not_json_is_named() {
        assert_eq!(parse(" \n"), Err(Unreadable::EmptyBody));
        assert_eq!(parse(" <!doctype html>"), Err(Unreadable::Html));
        assert_eq!(parse("{\"a\":\n 1,"), Err(Unreadable::NotJson { line: 2, column: 3 }));
        assert_eq!(parse(&"[".repeat(10_000)), Err(Unreadable::TooDeep));
        assert_eq!(parse(&" ".repeat(MAX_BODY_BYTES + 1)), Err(Unreadable::TooLarge { limit_bytes: MAX_BODY_BYTES }));
        assert_eq!(parse("\u{feff}{}").unwrap(), json!({}));
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in r#"([{}\[\],:"\\]|\\u[0-9a-f]{0,4}|ud83d|1e999|-|NaN|é|👍)*"#) {
            let _ = parse(&text);
        }

        #[test]
        fn sound_json_is_left_alone(text in "\\PC{0,60}", number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let value = json!({"text": text, "number": number});
            prop_assert_eq!(repaired(&value.to_string()), None);
        }
    }
}

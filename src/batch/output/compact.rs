//! JSON on one line, nothing but blanks taken out.

use serde_json::Value;
use serde_json::value::RawValue;

/// A body as JSON on one line: as it came but for blanks between tokens; what is no JSON as a text.
pub(super) fn as_json(body: &str) -> Box<RawValue> {
    let compact = serde_json::from_str::<&RawValue>(body).ok().map(|raw| compact(raw.get()));
    let text = compact.unwrap_or_else(|| Value::from(body).to_string());
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// JSON without the blanks between its tokens.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut rest, mut in_string) = (json, false);
    while !rest.is_empty() {
        if in_string {
            let end = rest.find(['"', '\\']).unwrap_or(rest.len());
            // An escaped sign is taken with its backslash.
            let taken = if rest.get(end..).is_some_and(|tail| tail.starts_with('\\')) { end + 2 } else { end + 1 };
            in_string = taken == end + 2;
            let (piece, tail) = rest.split_at_checked(taken).unwrap_or((rest, ""));
            out.push_str(piece);
            rest = tail;
        } else {
            let end = rest.find(['"', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
            let (piece, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            out.push_str(piece);
            in_string = tail.starts_with('"');
            if in_string {
                out.push('"');
            }
            rest = tail.get(1..).unwrap_or("");
        }
    }
    out
}

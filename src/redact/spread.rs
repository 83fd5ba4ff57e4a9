//! A key that is spelled out in pieces, none of which holds it whole: over an event stream's deltas, or a response's texts.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::KEY_MARK;
use super::echo::KeyForms;

/// A delta: which line it stands in, and which part of its text's whole it is.
struct Piece {
    line: usize,
    part: Range<usize>,
}

/// The text that deltas make up together, such as one output item's.
#[derive(Default)]
struct Joined {
    text: String,
    pieces: Vec<Piece>,
}

/// The event stream `text` with such echoes taken out of each delta; `None` where there is none.
pub(super) fn without_spread_echoes(forms: &KeyForms, text: &str) -> Option<String> {
    if forms.is_empty() || !text.contains("\"delta\"") {
        return None;
    }
    let lines: Vec<&str> = text.split_inclusive(['\n', '\r']).collect();
    let mut changed = vec![None; lines.len()];
    for joined in joined_deltas(&lines).into_values() {
        let spans = forms.spans(&joined.text);
        for piece in joined.pieces.iter().filter(|piece| spans.iter().any(|span| overlap(span, &piece.part))) {
            let line = lines.get(piece.line)?;
            *changed.get_mut(piece.line)? = with_delta(line, cleaned(&joined.text, &piece.part, &spans));
        }
    }
    let is_changed = changed.iter().any(Option::is_some);
    let line = |(changed, line): (Option<String>, &&str)| changed.unwrap_or_else(|| (*line).to_owned());
    is_changed.then(|| changed.into_iter().zip(&lines).map(line).collect())
}

/// Takes echoes out of texts that are read one after the other, and so may spell out the key together; says whether
/// there was one.
pub(super) fn clean_together(forms: &KeyForms, texts: Vec<&mut String>) -> bool {
    let joined: String = texts.iter().map(|text| text.as_str()).collect();
    let spans = forms.spans(&joined);
    let mut start = 0;
    for text in texts {
        let part = start..start + text.len();
        start = part.end;
        if spans.iter().any(|span| overlap(span, &part)) {
            *text = cleaned(&joined, &part, &spans);
        }
    }
    !spans.is_empty()
}

fn joined_deltas(lines: &[&str]) -> BTreeMap<String, Joined> {
    let mut texts = BTreeMap::<String, Joined>::new();
    for (line, text) in lines.iter().enumerate().filter(|(_, text)| text.contains("\"delta\"")) {
        let Some(event) = payload(text) else { continue };
        let Some(delta) = event.get("delta").and_then(Value::as_str) else { continue };
        let whose: String = ["type", "item_id", "output_index", "content_index"]
            .iter()
            .filter_map(|name| Some(event.get(*name)?.to_string() + ","))
            .collect();
        let joined = texts.entry(whose).or_default();
        let start = joined.text.len();
        joined.text.push_str(delta);
        joined.pieces.push(Piece { line, part: start..joined.text.len() });
    }
    texts
}

fn payload(line: &str) -> Option<Value> {
    serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()
}

fn with_delta(line: &str, delta: String) -> Option<String> {
    let mut event = payload(line)?;
    *event.get_mut("delta")? = Value::String(delta);
    let end = line.get(line.trim_end_matches(['\n', '\r']).len()..).unwrap_or_default();
    Some(format!("data: {event}{end}"))
}

/// `part` of `text` without what of `spans` lies in it; the mark stands where a span begins.
fn cleaned(text: &str, part: &Range<usize>, spans: &[Range<usize>]) -> String {
    let mut out = String::new();
    let mut kept = part.start;
    for span in spans.iter().filter(|span| overlap(span, part)) {
        out.push_str(text.get(kept..span.start.max(kept)).unwrap_or_default());
        if span.start >= part.start {
            out.push_str(KEY_MARK);
        }
        kept = span.end.min(part.end);
    }
    out.push_str(text.get(kept..part.end).unwrap_or_default());
    out
}

const fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

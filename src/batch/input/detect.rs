//! Which of the formats a file is in, by its name and its first lines.

use super::csv::fields;

/// How many bytes are looked at, at most.
pub(super) const HEAD_BYTES: usize = 65_536;

/// A format of a file of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// OpenAI's Batch lines: `{"custom_id", "method", "url", "body"}`.
    Batch,
    /// The cookbook processor's lines: a bare body each, with `metadata` of one's own.
    Cookbook,
    /// A prompt a line.
    Text,
    /// CSV with a header, and a prompt template.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Batch, Self::Cookbook, Self::Text, Self::Csv];

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Batch => "OpenAI Batch lines",
            Self::Cookbook => "Request bodies (cookbook)",
            Self::Text => "Text, one prompt a line",
            Self::Csv => "CSV with a prompt template",
        }
    }

    /// The format of a file that begins with `head`. A pasted text has no name.
    pub(super) fn detect(head: &str, name: &str) -> Self {
        let ends_in = |endings: &[&str]| endings.iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
        if ends_in(&[".csv", ".tsv"]) {
            return Self::Csv;
        }
        let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        let is_json = first.starts_with('{')
            || first == "["
            || first.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '"', '[']));
        if is_json || ends_in(&[".jsonl", ".ndjson", ".json"]) {
            return if is_bare_body(first) { Self::Cookbook } else { Self::Batch };
        }
        let second = lines.next().unwrap_or_default();
        if !ends_in(&[".txt", ".md"]) && is_header(first, second) { Self::Csv } else { Self::Text }
    }
}

/// The separator that the header is cut into most fields by: `,`, `;` or a tab.
pub(super) fn delimiter(header: &str) -> u8 {
    // Of equals the last is taken, so the likeliest stands there.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| fields(header, *delimiter).len()).unwrap_or(b',')
}

/// Whether a line is a body without an envelope. One that is cut off or wrong counts by what shows of it.
fn is_bare_body(line: &str) -> bool {
    let envelope = ["\"custom_id\"", "\"body\"", "\"method\"", "\"url\""];
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) {
        Ok(members) => !members.is_empty() && !envelope.iter().any(|name| members.contains_key(name.trim_matches('"'))),
        Err(_) => line.contains("\"input\"") && !envelope.iter().any(|name| line.contains(name)),
    }
}

/// Whether two lines look like a CSV header and a record of as many fields: names are short and no sentences.
fn is_header(first: &str, second: &str) -> bool {
    let delimiter = delimiter(first);
    let names = fields(first, delimiter);
    let is_name = |name: &String| {
        // In prose a blank follows each comma.
        let name = name.trim_end();
        !name.starts_with(' ')
            && (1..=40).contains(&name.chars().count())
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '/'))
            && name.split_whitespace().count() <= 3
    };
    // A quote may run on over the next line.
    let fits = second.contains('"') || fields(second, delimiter).len() == names.len();
    names.len() > 1 && names.iter().all(is_name) && fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_lines() {
        for (head, name, format) in [
            (r#"{"custom_id":"a","method":"POST","url":"/v1/responses","body":{}}"#, "", Format::Batch),
            (r#"{"model":"gpt-5-nano","input":"hi","metadata":{"row":1}}"#, "", Format::Cookbook),
            (r#"{"model":"gpt-5-nano","input":"cut o"#, "", Format::Cookbook),
            ("[\n  {\"custom_id\": 1}", "", Format::Batch),
            ("Explain what rate limits are.\nAnd tokens?", "", Format::Text),
            ("Hello, world, and all\nYes, indeed, so\n", "", Format::Text),
            ("Dear reader, this is a long sentence\nand so, on", "", Format::Text),
            ("id,prompt\n1,What is this?", "", Format::Csv),
            ("id;prompt\n1;\"What, is\nthis?\"", "", Format::Csv),
            ("prompt\nWhat is this?", "Prompts.CSV", Format::Csv),
            ("a,b\n1,2", "notes.txt", Format::Text),
            ("", "x.jsonl", Format::Batch),
            ("[1] is a footnote", "", Format::Text),
        ] {
            assert_eq!(Format::detect(head, name), format, "{head}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_cuts() {
        assert_eq!(delimiter("a,b;c,d"), b',');
        assert_eq!(delimiter("a;b;c,d"), b';');
        assert_eq!(delimiter("a\tb"), b'\t');
        assert_eq!(delimiter("prompt"), b',');
    }
}

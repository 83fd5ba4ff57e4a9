//! Code cut into coloured pieces: just enough of each language for the snippets that the page shows.

/// The languages of the snippets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// No colouring.
    #[default]
    Plain,
    /// JSON.
    Json,
    /// Python.
    Python,
    /// TypeScript and JavaScript.
    TypeScript,
    /// Rust.
    Rust,
    /// A POSIX shell, for `curl`.
    Shell,
}

impl Language {
    /// The language's name on the page, empty for plain text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Json => "JSON",
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
            Self::Rust => "Rust",
            Self::Shell => "Shell",
        }
    }

    fn comment(self) -> Option<&'static str> {
        match self {
            Self::Plain | Self::Json => None,
            Self::Python | Self::Shell => Some("#"),
            Self::TypeScript | Self::Rust => Some("//"),
        }
    }

    fn quotes(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Json | Self::Rust => &["\""],
            Self::Python => &["\"\"\"", "'''", "\"", "'"],
            Self::TypeScript => &["`", "\"", "'"],
            Self::Shell => &["\"", "'"],
        }
    }

    fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Json => &["true", "false", "null"],
            Self::Python => &[
                "and", "as", "async", "await", "break", "class", "continue", "def", "elif", "else", "except", "False",
                "finally", "for", "from", "if", "import", "in", "is", "lambda", "None", "not", "or", "pass", "raise",
                "return", "True", "try", "while", "with", "yield",
            ],
            Self::TypeScript => &[
                "async",
                "await",
                "break",
                "case",
                "catch",
                "class",
                "const",
                "continue",
                "else",
                "export",
                "false",
                "for",
                "from",
                "function",
                "if",
                "import",
                "instanceof",
                "let",
                "new",
                "null",
                "of",
                "return",
                "throw",
                "true",
                "try",
                "undefined",
                "while",
            ],
            Self::Rust => &[
                "as", "async", "await", "break", "const", "continue", "else", "enum", "false", "fn", "for", "if",
                "impl", "in", "let", "loop", "match", "mod", "mut", "pub", "return", "self", "struct", "true", "use",
                "where", "while",
            ],
            Self::Shell => &["curl", "do", "done", "else", "export", "fi", "for", "if", "in", "then", "while"],
        }
    }
}

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Anything without a colour of its own.
    Plain,
    /// A comment.
    Comment,
    /// A string.
    Text,
    /// A number.
    Number,
    /// A word of the language.
    Keyword,
    /// The name of a JSON member.
    Name,
}

/// Cuts `code` into pieces that, joined, are `code` again.
pub fn pieces(code: &str, language: Language) -> Vec<(Token, &str)> {
    let mut pieces: Vec<(Token, &str)> = Vec::new();
    let mut plain_start = 0;
    let mut at = 0;
    while let Some(first) = code.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = code.get(at..).unwrap_or_default();
        let (token, length) = match piece(rest, first, language) {
            // A word swallows what follows it, lest `x1` end in a number.
            Some((Token::Plain, length)) => {
                at += length;
                continue;
            }
            Some(found) => found,
            None => {
                at += first.len_utf8();
                continue;
            }
        };
        pieces.extend(code.get(plain_start..at).filter(|plain| !plain.is_empty()).map(|plain| (Token::Plain, plain)));
        pieces.extend(code.get(at..at + length).map(|text| (token, text)));
        at += length;
        plain_start = at;
    }
    pieces.extend(code.get(plain_start..).filter(|plain| !plain.is_empty()).map(|plain| (Token::Plain, plain)));
    pieces
}

fn piece(rest: &str, first: char, language: Language) -> Option<(Token, usize)> {
    if language.comment().is_some_and(|mark| rest.starts_with(mark)) {
        return Some((Token::Comment, rest.find('\n').unwrap_or(rest.len())));
    }
    if let Some(quote) = language.quotes().iter().find(|quote| rest.starts_with(**quote)) {
        let length = string_length(rest, quote);
        let is_name =
            language == Language::Json && rest.get(length..).is_some_and(|after| after.trim_start().starts_with(':'));
        return Some((if is_name { Token::Name } else { Token::Text }, length));
    }
    if first.is_ascii_digit() && language != Language::Plain {
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))).unwrap_or(rest.len());
        return Some((Token::Number, length));
    }
    if first.is_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let is_keyword = rest.get(..length).is_some_and(|word| language.keywords().contains(&word));
        return Some((if is_keyword { Token::Keyword } else { Token::Plain }, length));
    }
    None
}

/// The length of the string that opens `rest`, up to its closing quote, or all of `rest` where it is never closed.
fn string_length(rest: &str, quote: &str) -> usize {
    let mut at = quote.len();
    while let Some(tail) = rest.get(at..) {
        if tail.starts_with(quote) {
            return at + quote.len();
        }
        let mut chars = tail.chars();
        match chars.next() {
            Some('\\') => at += 1 + chars.next().map_or(0, char::len_utf8),
            Some(other) => at += other.len_utf8(),
            None => break,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 6] =
        [Language::Plain, Language::Json, Language::Python, Language::TypeScript, Language::Rust, Language::Shell];

    #[test]
    fn json_members_and_values_are_told_apart() {
        let found = pieces(r#"{"a": "b", "n": -1.5e3, "t": true}"#, Language::Json);
        let coloured: Vec<_> = found.into_iter().filter(|(token, _)| *token != Token::Plain).collect();
        assert_eq!(
            coloured,
            [
                (Token::Name, "\"a\""),
                (Token::Text, "\"b\""),
                (Token::Name, "\"n\""),
                (Token::Number, "1.5e3"),
                (Token::Name, "\"t\""),
                (Token::Keyword, "true"),
            ]
        );
    }

    #[test]
    fn python_comments_strings_and_words() {
        let found = pieces("for x1 in y:  # it's\n    p('a\\'b', \"\"\"c\"d\"\"\")", Language::Python);
        let coloured: Vec<_> = found.into_iter().filter(|(token, _)| *token != Token::Plain).collect();
        assert_eq!(
            coloured,
            [
                (Token::Keyword, "for"),
                (Token::Keyword, "in"),
                (Token::Comment, "# it's"),
                (Token::Text, "'a\\'b'"),
                (Token::Text, "\"\"\"c\"d\"\"\""),
            ]
        );
    }

    #[test]
    fn nothing_is_lost() {
        let codes = ["", "\"", "'\\", "# é\n\"日本\\", "a'b`c\"d//e\n#f 12x", "\\\"\"\"'''", "🦀1🦀 let x"];
        for language in LANGUAGES {
            for code in codes {
                let joined: String = pieces(code, language).into_iter().map(|(_, text)| text).collect();
                assert_eq!(joined, code);
            }
        }
    }
}

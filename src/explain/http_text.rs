//! HTTP as text: `curl -i`, `curl -v`, the browser's developer tools, and plain lists of headers.

/// An answer as read from a text. What a text does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct HttpText {
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The statuses of answers before it: `100`, a redirect, a proxy's `200`.
    pub earlier: Vec<u16>,
}

/// The last answer of a dump that has a status line; `None` where the text has none.
pub(super) fn dump(text: &str) -> Option<HttpText> {
    let is_verbose = text.lines().any(|line| line.trim_start().starts_with("< HTTP/"));
    let lines: Vec<&str> = text.lines().filter_map(|line| received(line, is_verbose)).collect();
    let mut statuses = lines.iter().enumerate().filter_map(|(at, line)| status_line(line).map(|code| (at, code)));
    let mut last = statuses.next()?;
    let mut earlier = Vec::new();
    for (at, code) in statuses {
        // A body may quote a status line; an answer's is followed by a header or by nothing.
        let next = lines.get(at + 1).map(|line| line.trim());
        if next.is_none_or(|next| next.is_empty() || header(next).is_some()) {
            earlier.push(last.1);
            last = (at, code);
        }
    }
    let (headers, body) = head_and_body(lines.get(last.0 + 1..).unwrap_or_default());
    let is_chunked = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().contains("chunked")
    });
    let body = if is_chunked { without_chunk_sizes(&body) } else { body };
    Some(HttpText { status: Some(last.1), headers, body, earlier })
}

/// A list of headers, `name: value` or name and value on lines of their own, and what follows a blank line as the
/// body. `None` where no header is one we know.
pub(super) fn headers(text: &str) -> Option<HttpText> {
    let lines: Vec<&str> = text.lines().map(str::trim).skip_while(|line| line.is_empty()).collect();
    let (mut headers, body) = head_and_body(&lines);
    let mut status = None;
    headers.retain(|(name, value)| {
        let is_status = matches!(name.to_ascii_lowercase().as_str(), ":status" | "status code" | "status");
        if is_status {
            status = status.or_else(|| leading_status(value));
        }
        !is_status
    });
    let is_known = headers.iter().any(|(name, _)| is_known_header(name));
    is_known.then_some(HttpText { status, headers, body, earlier: Vec::new() })
}

/// The line without a tool's mark before it; `None` for what the tool says itself.
fn received(line: &str, is_verbose: bool) -> Option<&str> {
    if !is_verbose {
        return Some(line);
    }
    if let Some(rest) = line.strip_prefix("< ") {
        return Some(rest);
    }
    match line.trim_end() {
        "<" => Some(""),
        own if own.starts_with("* ") || own.starts_with("> ") || matches!(own, ">" | "*") => None,
        // "{ [240 bytes data]" and the progress meter.
        own if own.starts_with("{ [") || own.starts_with("} [") || own.starts_with("  % Total") => None,
        own if own.contains("--:--:--") || own.contains("Dload") => None,
        _ => Some(line),
    }
}

fn status_line(line: &str) -> Option<u16> {
    let line = line.trim_start();
    let rest = line.get(..5).filter(|start| start.eq_ignore_ascii_case("http/")).and_then(|_| line.get(5..))?;
    leading_status(rest.split_once(' ')?.1)
}

/// The three-digit status that a text begins with.
pub(super) fn leading_status(text: &str) -> Option<u16> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let status: u16 = text.get(..end).filter(|digits| digits.len() == 3)?.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}

fn head_and_body(lines: &[&str]) -> (Vec<(String, String)>, String) {
    let mut headers = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at).map(|line| line.trim()) {
        if line.is_empty() {
            at += 1;
            // Developer tools separate the general part from the headers by a blank line.
            if lines.get(at).is_some_and(|next| header(next).is_some_and(|(name, _)| is_known_header(name))) {
                continue;
            }
            break;
        }
        // An object that is printed over several lines, as Node does: it is read as one.
        if line.ends_with(['{', '[']) {
            break;
        }
        // Developer tools copy name and value as two lines.
        let bare = line.trim_end_matches(':');
        if is_known_header(bare) {
            if let Some(value) = lines.get(at + 1).map(|line| line.trim()).filter(|value| !value.is_empty()) {
                headers.push((bare.to_owned(), value.to_owned()));
                at += 1;
            }
        } else if let Some((name, value)) = header(line) {
            headers.push((name.to_owned(), value.to_owned()));
        } else if line.starts_with(['{', '[', '<']) {
            break;
        }
        at += 1;
    }
    (headers, lines.get(at..).unwrap_or_default().join("\n").trim().to_owned())
}

/// `name: value`, also quoted and with a comma as in code.
fn header(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_end_matches(',');
    let line = line.strip_prefix("< ").unwrap_or(line);
    let (name, value) = match line.strip_prefix(':') {
        // HTTP/2's own: ":status: 429".
        Some(rest) => (line.get(..rest.find(':')? + 1)?, rest.get(rest.find(':')? + 1..)?),
        None => line.split_once(':')?,
    };
    let name = name.trim().trim_matches(['"', '\'', '`']);
    let is_name = !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    let is_status = name.eq_ignore_ascii_case("status code");
    (is_name || is_status).then(|| (name, value.trim().trim_matches(['"', '\'', '`'])))
}

/// Headers that answers of APIs carry: enough to tell a list of headers from other text with colons.
pub(super) fn is_known_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let beginnings = [
        "x-ratelimit-",
        "x-rate-limit-",
        "anthropic-ratelimit-",
        "llm_provider-",
        "x-tokenlimit-",
        "openai-",
        "ratelimit-",
    ];
    let is_one_word = !name.contains(|c: char| c == ':' || c.is_whitespace());
    (is_one_word && beginnings.iter().any(|start| name.starts_with(start)))
        || matches!(
            name.as_str(),
            "ratelimit"
                | "retry-after"
                | "retry-after-ms"
                | "x-should-retry"
                | "x-request-id"
                | "request-id"
                | "apim-request-id"
                | "content-type"
                | "cf-ray"
                | "content-length"
                | "access-control-expose-headers"
        )
}

/// The body of a raw dump without the lines that give each chunk's length.
fn without_chunk_sizes(body: &str) -> String {
    let first = body.lines().next().unwrap_or_default();
    if !is_chunk_size(first) {
        return body.to_owned();
    }
    body.lines().filter(|line| !is_chunk_size(line)).collect::<Vec<_>>().join("\n")
}

fn is_chunk_size(line: &str) -> bool {
    let size = line.trim().split(';').next().unwrap_or_default();
    (1..=8).contains(&size.len()) && size.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_last_answer_of_a_dump_counts() {
        let text = "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/2 429 \r\nretry-after: 20\r\nX-Request-Id: req_1\r\n\r\n{\"error\":{\"message\":\"HTTP/1.1 500 inside\"}}\r\n";
        let answer = dump(text).unwrap();
        assert_eq!((answer.status, answer.earlier), (Some(429), vec![200, 100]));
        assert_eq!(answer.headers, pairs(&[("retry-after", "20"), ("X-Request-Id", "req_1")]));
        assert_eq!(answer.body, "{\"error\":{\"message\":\"HTTP/1.1 500 inside\"}}");
    }

    #[test]
    fn curls_own_lines_are_left_out() {
        let text = "* Connected to api.openai.com\n> POST /v1/responses HTTP/2\n> authorization: Bearer x\n>\n{ [5 bytes data]\n< HTTP/2 429\n< retry-after-ms: 644\n<\n{\"error\":null}\n* Connection #0 left intact";
        let answer = dump(text).unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (Some(429), "{\"error\":null}"));
        assert_eq!(answer.headers, pairs(&[("retry-after-ms", "644")]));
    }

    #[test]
    fn chunk_lengths_are_no_part_of_the_body() {
        let text = "HTTP/1.1 429 Too Many Requests\nTransfer-Encoding: chunked\n\n1a\n{\"error\":{\"message\":\n6;x=y\n\"no\"}}\n0\n";
        assert_eq!(dump(text).unwrap().body, "{\"error\":{\"message\":\n\"no\"}}");
    }

    #[test]
    fn headers_alone_in_every_spelling() {
        let expected = pairs(&[("x-ratelimit-limit-requests", "500"), ("retry-after", "2")]);
        for text in [
            "x-ratelimit-limit-requests: 500\nretry-after: 2",
            "  x-ratelimit-limit-requests:\n500\n retry-after\n2\n",
            "'x-ratelimit-limit-requests': '500',\n'retry-after': '2',",
            ":status: 429\nx-ratelimit-limit-requests: 500\nretry-after: 2",
            "Status Code: 429 Too Many Requests\n\nx-ratelimit-limit-requests: 500\nretry-after: 2",
        ] {
            assert_eq!(headers(text).unwrap().headers, expected, "{text}");
        }
        assert_eq!(headers(":status: 429\nretry-after: 2").unwrap().status, Some(429));
        assert_eq!(headers("note: this is prose\nwith: colons"), None);
        assert_eq!(headers("retry-after: 2\n\n{\"a\": 1}").unwrap().body, "{\"a\": 1}");
    }

    #[test]
    fn a_status_has_three_digits() {
        for (text, status) in
            [("429 Too Many", Some(429)), (" 503", Some(503)), ("4290", None), ("42", None), ("999", None), ("", None)]
        {
            assert_eq!(leading_status(text), status, "{text}");
        }
    }
}

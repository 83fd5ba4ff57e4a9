//! A request as code to paste elsewhere. The key is always `$OPENAI_API_KEY`, never the key itself.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// OpenAI's own API, which clients use when told no other address.
pub(super) const OPENAI: &str = "https://api.openai.com/v1";

/// What `responses.create` of openai-python 3.57.0 takes by name, in the order it is read best.
const KNOWN: [&str; 25] = [
    "model",
    "instructions",
    "input",
    "max_output_tokens",
    "temperature",
    "top_p",
    "reasoning",
    "store",
    "stream",
    "background",
    "include",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "truncation",
    "user",
];

/// The request as a shell command that prints status, headers and body.
///
/// `base_url` is `None` for OpenAI's API, or for whatever `$OPENAI_BASE_URL` names.
pub fn curl(base_url: Option<&str>, body: &Map<String, Value>) -> String {
    let url = match base_url {
        None => format!("\"${{OPENAI_BASE_URL:-{OPENAI}}}/responses\""),
        Some(base) => shell_quote(&format!("{}/responses", base.trim_end_matches('/'))),
    };
    let members: Vec<String> =
        ordered(body).map(|(name, value)| format!("    {}: {value}", Value::from(name.as_str()))).collect();
    let json = format!("{{\n{}\n  }}", members.join(",\n"));
    // Unbuffered: curl holds back what is not a whole block.
    let options = if streams(body) { "-iN" } else { "-i" };
    format!(
        "curl {options} {url} \\\n  -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  -d {}\n",
        shell_quote(&json)
    )
}

/// The request with the official Python package, with headers and usage as the notebook prints them.
pub fn python(base_url: Option<&str>, body: &Map<String, Value>) -> String {
    let client = match base_url {
        None => "client = OpenAI()  # reads OPENAI_API_KEY and, if set, OPENAI_BASE_URL".to_owned(),
        Some(base) => format!("client = OpenAI(base_url={})  # reads OPENAI_API_KEY", python_string(base)),
    };
    let arguments = python_arguments(body, "    ");
    format!(
        "from openai import OpenAI\n\n{client}\n\n\
         raw = client.responses.with_raw_response.create(\n{arguments})\n\
         print(\"Status code:\", raw.status_code)\n\
         for name, value in raw.headers.items():\n    \
             if \"ratelimit\" in name.lower() or name.lower() == \"retry-after\":\n        \
                 print(f\"{{name}}: {{value}}\")\n\n{}",
        if streams(body) { READ_EVENTS } else { READ_RESPONSE }
    )
}

/// The request with the official TypeScript package, with headers and usage as [`python`] prints them.
pub fn typescript(base_url: Option<&str>, body: &Map<String, Value>) -> String {
    let client = match base_url {
        None => "const client = new OpenAI(); // reads OPENAI_API_KEY and, if set, OPENAI_BASE_URL".to_owned(),
        Some(base) => {
            format!("const client = new OpenAI({{ baseURL: {} }}); // reads OPENAI_API_KEY", json_literal(&base.into()))
        }
    };
    let members: Vec<String> = ordered(body)
        .map(|(name, value)| format!("  {}: {},", Value::from(name.as_str()), json_literal(value)))
        .collect();
    let read = if streams(body) { READ_EVENTS_TYPESCRIPT } else { READ_RESPONSE_TYPESCRIPT };
    format!(
        "import OpenAI from \"openai\";\n\n{client}\n\n\
         const {{ data, response }} = await client.responses\n  .create({{\n{}\n  }})\n  .withResponse();\n\
         console.log(\"Status code:\", response.status);\n\
         response.headers.forEach((value, name) => {{\n  \
             if (name.includes(\"ratelimit\") || name === \"retry-after\") console.log(`${{name}}: ${{value}}`);\n\
         }});\n{read}",
        members.iter().map(|member| format!("  {member}")).collect::<Vec<_>>().join("\n")
    )
}

const READ_RESPONSE_TYPESCRIPT: &str = "console.log(data.output_text);
console.log(data.usage);
";

const READ_EVENTS_TYPESCRIPT: &str = "for await (const event of data) {
  if (event.type === \"response.output_text.delta\") process.stdout.write(event.delta);
  if (event.type === \"response.completed\" || event.type === \"response.incomplete\") {
    console.log();
    console.log(event.response.usage);
  }
  if (event.type === \"response.failed\") console.log(event.response.error);
}
";

/// The members of `body` as arguments of `responses.create`, a line each.
pub(super) fn python_arguments(body: &Map<String, Value>, indent: &str) -> String {
    let mut arguments = String::new();
    let mut others = Map::new();
    for (name, value) in ordered(body) {
        if KNOWN.contains(&name.as_str()) {
            let _ = writeln!(arguments, "{indent}{name}={},", python_literal(value));
        } else {
            others.insert(name.clone(), value.clone());
        }
    }
    if !others.is_empty() {
        let _ = writeln!(arguments, "{indent}extra_body={},", python_literal(&Value::Object(others)));
    }
    arguments
}

/// `value` as JSON in one line; what cannot be seen is written out.
pub(super) fn json_literal(value: &Value) -> String {
    let mut literal = String::new();
    for character in value.to_string().chars() {
        if is_unseen(character) {
            let _ = write!(literal, "\\u{:04x}", u32::from(character));
        } else {
            literal.push(character);
        }
    }
    literal
}

const READ_RESPONSE: &str = "response = raw.parse()
print(response.output_text)
print(response.usage)
";

/// What fails in mid-stream is raised by the package where it is an `error` event.
const READ_EVENTS: &str = "for event in raw.parse():
    if event.type == \"response.output_text.delta\":
        print(event.delta, end=\"\", flush=True)
    elif event.type in (\"response.completed\", \"response.incomplete\"):
        print()
        print(event.response.usage)
    elif event.type == \"response.failed\":
        print()
        print(event.response.error)
";

fn streams(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}

/// Members in the order of [`KNOWN`], all others after them.
pub(super) fn ordered(body: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let known = KNOWN.iter().filter_map(|name| body.get_key_value(*name));
    known.chain(body.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())))
}

/// `text` as one word of a POSIX shell. Within single quotes nothing but the single quote means anything.
pub(crate) fn shell_quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => python_string(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(python_literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", python_string(name), python_literal(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// `text` as a Python string literal; what cannot be seen is written out.
pub(super) fn python_string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            unseen if is_unseen(unseen) => {
                let code = u32::from(unseen);
                let escape = if code < 0x100 { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") };
                literal.push_str(&escape);
            }
            plain => literal.push(plain),
        }
    }
    literal.push('"');
    literal
}

/// Controls, line separators, zero-width marks and marks that turn the direction of text: all below U+10000.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn curl_reads_the_key_and_the_address_from_the_environment() {
        let code = curl(
            None,
            &body(json!({"store": false, "input": "It's \"5\" o'clock\n$HOME `id`", "model": "gpt-5-nano"})),
        );
        assert_eq!(
            code,
            r#"curl -i "${OPENAI_BASE_URL:-https://api.openai.com/v1}/responses" \
  -H "Authorization: Bearer $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "gpt-5-nano",
    "input": "It'\''s \"5\" o'\''clock\n$HOME `id`",
    "store": false
  }'
"#
        );
    }

    #[test]
    fn another_server_is_named() {
        let body = body(json!({"model": "m"}));
        assert!(
            curl(Some("http://127.0.0.1:4010/v1/"), &body)
                .starts_with("curl -i http://127.0.0.1:4010/v1/responses \\\n")
        );
        assert!(
            python(Some("http://127.0.0.1:4010/v1"), &body).contains("OpenAI(base_url=\"http://127.0.0.1:4010/v1\")")
        );
        assert!(curl(Some("https://x.test/a b"), &body).starts_with("curl -i 'https://x.test/a b/responses'"));
    }

    #[test]
    fn python_takes_known_names_as_arguments_and_the_rest_in_the_body() {
        let code = python(
            None,
            &body(json!({"model": "gpt-5-nano", "input": "a\\b \"c\"\n\u{202e}é😀", "store": false,
                         "reasoning": {"effort": "low"}, "temperature": 0.5, "new_thing": [null, true]})),
        );
        for line in [
            "    model=\"gpt-5-nano\",\n    input=\"a\\\\b \\\"c\\\"\\n\\u202eé😀\",\n",
            "    temperature=0.5,\n    reasoning={\"effort\": \"low\"},\n    store=False,\n",
            "    extra_body={\"new_thing\": [None, True]},\n",
            "        print(f\"{name}: {value}\")\n",
        ] {
            assert!(code.contains(line), "{line} in {code}");
        }
    }

    #[test]
    fn a_stream_is_read_as_it_comes() {
        let body = body(json!({"model": "gpt-5-nano", "input": "Hi", "store": false, "stream": true}));
        assert!(curl(None, &body).starts_with("curl -iN "));
        let code = python(None, &body);
        for line in [
            "    store=False,\n    stream=True,\n)\n",
            "for event in raw.parse():\n",
            "print(event.delta, end=\"\", flush=True)\n",
        ] {
            assert!(code.contains(line), "{line} in {code}");
        }
        assert!(!code.contains("output_text)\n"), "{code}");
    }

    #[test]
    fn a_shell_and_python_read_back_what_was_written() {
        // The real interpreters are the judges, where they are here.
        let prompt = "It's \"q\" \\ $HOME `id` !! \n\t\u{0} \u{2028} é 😀 '''";
        let members = body(json!({"model": "gpt-5-nano", "input": prompt}));
        let echo = curl(None, &members).replace("curl -i", "printf '%s\\n' ");
        if let Ok(output) = std::process::Command::new("sh").arg("-c").arg(&echo).output() {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let json = text.split_once("-d\n").map(|(_, json)| json.trim()).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), Value::Object(members.clone()), "{text}");
        }
        let program = format!("import json; print(json.dumps({}))", python_literal(&Value::Object(members.clone())));
        if let Ok(output) = std::process::Command::new("python3").arg("-c").arg(&program).output() {
            assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), Value::Object(members));
        }
    }
}

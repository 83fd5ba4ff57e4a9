//! What Python prints.

use crate::responses::Usage;
use crate::usage::Summary;

/// A Python string literal. JSON's literals are Python's too.
pub fn python_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A Python list of strings, as `print` shows it: single quotes where they do.
pub fn python_list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| if item.contains(['\'', '\\']) { python_string(item) } else { format!("'{item}'") })
        .collect();
    format!("[{}]", items.join(", "))
}

/// `print(response.usage)` with openai-python 3.57.0.
pub fn usage_repr(usage: &Usage) -> String {
    let input = format!(
        "InputTokensDetails(cache_write_tokens={}, cached_tokens={}, cache_write_tokens_details=None)",
        usage.cache_write_tokens, usage.cached_tokens
    );
    let output = format!("OutputTokensDetails(reasoning_tokens={})", usage.reasoning_tokens);
    format!(
        "ResponseUsage(input_tokens={}, input_tokens_details={input}, output_tokens={}, output_tokens_details={output}, \
         total_tokens={})",
        usage.input_tokens, usage.output_tokens, usage.total_tokens
    )
}

/// `print(token_stats.summary())`.
pub fn summary_dict(summary: &Summary) -> String {
    format!(
        "{{'total_input_tokens': {}, 'total_output_tokens': {}, 'total_tokens': {}, 'num_calls': {}}}",
        summary.total_input_tokens, summary.total_output_tokens, summary.total_tokens, summary.num_calls
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_python_literals() {
        assert_eq!(python_string("a \"b\"\n\\c"), r#""a \"b\"\n\\c""#);
        assert_eq!(python_string("Say 'hello'"), "\"Say 'hello'\"");
    }

    #[test]
    fn prints_as_python_does() {
        assert_eq!(python_list(["gpt-5-nano", "it's"]), r#"['gpt-5-nano', "it's"]"#);
        let usage =
            Usage { input_tokens: 7, output_tokens: 435, total_tokens: 442, reasoning_tokens: 384, ..Usage::default() };
        assert_eq!(
            usage_repr(&usage),
            "ResponseUsage(input_tokens=7, input_tokens_details=InputTokensDetails(cache_write_tokens=0, cached_tokens=0, \
             cache_write_tokens_details=None), output_tokens=435, \
             output_tokens_details=OutputTokensDetails(reasoning_tokens=384), total_tokens=442)"
        );
        let summary = Summary {
            num_calls: 3,
            total_input_tokens: 1,
            total_output_tokens: 2,
            total_tokens: 3,
            ..Summary::default()
        };
        assert_eq!(
            summary_dict(&summary),
            "{'total_input_tokens': 1, 'total_output_tokens': 2, 'total_tokens': 3, 'num_calls': 3}"
        );
    }
}

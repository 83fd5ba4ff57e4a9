//! An estimate of how many tokens a text is. No tokenizer is on board: these are rules of thumb, and labelled so.

use serde_json::Value;

use crate::responses::{CreateResponse, Input};

/// Tokens that a request costs besides its texts.
const PER_REQUEST: u64 = 3;
/// Tokens that each message costs besides its text; OpenAI's own count of "hello" is 7.
const PER_MESSAGE: u64 = 3;
/// Weights are sixtieths of a token, so that thirds, quarters and fifths are whole.
const TOKEN: u64 = 60;

/// How many tokens `text` is, roughly: 4 characters of English to a token, 1.5 of Chinese.
pub fn estimate_tokens(text: &str) -> u64 {
    text.chars().map(weight).sum::<u64>().div_ceil(TOKEN)
}

/// How many tokens a request's input is, roughly: instructions, messages, tools and the frame around them.
pub fn estimate_input_tokens(request: &CreateResponse) -> u64 {
    let instructions = request.instructions.as_deref().filter(|text| !text.is_empty());
    let instructions = instructions.map_or(0, |text| PER_MESSAGE + estimate_tokens(text));
    let input = match &request.input {
        Input::Text(text) => PER_MESSAGE + estimate_tokens(text),
        Input::Items(items) => items.iter().map(|item| PER_MESSAGE + estimate_item(item)).sum(),
    };
    let tools = request
        .extra
        .get("tools")
        .and_then(Value::as_array)
        .map_or(0, |tools| tools.iter().map(|tool| estimate_tokens(&tool.to_string())).sum::<u64>());
    PER_REQUEST + instructions + input + tools
}

/// The longest beginning of `text` that is at most `tokens` tokens, cut between words where there are any.
pub fn cut_to_tokens(text: &str, tokens: u64) -> &str {
    let budget = tokens.saturating_mul(TOKEN);
    let (mut spent, mut last_break) = (0, 0);
    for (index, character) in text.char_indices() {
        spent += weight(character);
        if spent > budget {
            let cut = if last_break == 0 { index } else { last_break };
            return text.get(..cut).unwrap_or_default();
        }
        if character.is_whitespace() {
            last_break = index;
        }
    }
    text
}

fn estimate_item(item: &Value) -> u64 {
    let text = Input::Items(vec![item.clone()]).text();
    // An earlier call, a file, an image: its JSON is all there is to measure.
    estimate_tokens(&if text.is_empty() { item.to_string() } else { text })
}

const fn weight(character: char) -> u64 {
    match character {
        'a'..='z' | 'A'..='Z' | ' ' => TOKEN / 4,
        '0'..='9' => TOKEN / 3,
        // Latin with marks.
        '\u{80}'..='\u{24f}' => TOKEN * 2 / 5,
        // ASCII punctuation; Greek, Cyrillic, Hebrew, Arabic, Devanagari and their neighbours.
        '\0'..='\x7f' | '\u{250}'..='\u{2fff}' => TOKEN / 2,
        // Kana, Han, Hangul: 1.5 characters to a token.
        '\u{3000}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' => TOKEN * 2 / 3,
        // Emoji and everything rare.
        _ => TOKEN * 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn asking(input: Input) -> CreateResponse {
        CreateResponse { model: "gpt-5-nano".into(), input, ..CreateResponse::default() }
    }

    #[test]
    fn it_knows_the_classes_of_scripts() {
        for (text, tokens) in [
            ("", 0),
            ("Explain what API rate limits are in 2 short bullet points.", 15),
            ("速率限制是什么", 5),
            ("Что такое лимиты запросов", 12),
            ("🐢", 2),
        ] {
            assert_eq!(estimate_tokens(text), tokens, "{text}");
        }
    }

    #[test]
    fn a_message_costs_the_same_however_it_is_written() {
        let text = asking(Input::Text("hello there".into()));
        let item = asking(Input::Items(vec![json!({"role": "user", "content": "hello there"})]));
        let parts = json!({"role": "user", "content": [{"type": "input_text", "text": "hello there"}]});
        let parts = asking(Input::Items(vec![parts]));
        assert_eq!(estimate_input_tokens(&text), 9);
        assert_eq!(estimate_input_tokens(&text), estimate_input_tokens(&item));
        assert_eq!(estimate_input_tokens(&item), estimate_input_tokens(&parts));
    }

    #[test]
    fn instructions_and_tools_count() {
        let mut request = asking(Input::Text("hi".into()));
        let bare = estimate_input_tokens(&request);
        request.instructions = Some("Be brief.".into());
        let instructed = estimate_input_tokens(&request);
        request.extra.insert("tools".into(), json!([{"type": "function", "name": "weather"}]));
        assert!(bare < instructed && instructed < estimate_input_tokens(&request));
    }

    proptest! {
        #[test]
        fn a_cut_text_is_within_its_budget(text in ".{0,300}", tokens in 0u64..80) {
            let cut = cut_to_tokens(&text, tokens);
            prop_assert!(text.starts_with(cut));
            prop_assert!(estimate_tokens(cut) <= tokens);
            prop_assert!(estimate_tokens(&text) > tokens || cut == text);
        }
    }
}

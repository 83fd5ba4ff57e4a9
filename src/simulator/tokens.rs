//! An estimate of how many tokens a text is, for where no tokenizer is on board: rules of thumb, and labelled so.
//!
//! A tokenizer cuts a text into runs of like characters and those into pieces it has seen often, so a run costs something
//! to begin and something with each further character. The costs are fitted to `o200k_base` over the Universal
//! Declaration of Human Rights in 60 languages, and code; `tests/estimate.rs` holds how far off they are.

mod classes;

use serde_json::Value;

use crate::responses::{CreateResponse, Input};
use classes::Runs;

/// Tokens that a request costs besides its texts.
const PER_REQUEST: u64 = 3;
/// Tokens that each message costs besides its text; OpenAI's own count of "hello" is 7.
const PER_MESSAGE: u64 = 3;
/// Costs are sixtieths of a token.
const TOKEN: u64 = 60;

/// How many tokens `text` is, roughly.
pub fn estimate_tokens(text: &str) -> u64 {
    Runs::default().cost_of(text).div_ceil(TOKEN)
}

/// How many tokens a request of text costs besides its texts.
pub fn estimate_frame(request: &CreateResponse) -> u64 {
    let has_instructions = request.instructions.as_deref().is_some_and(|text| !text.is_empty());
    PER_REQUEST + PER_MESSAGE + if has_instructions { PER_MESSAGE } else { 0 }
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
    let (mut runs, mut spent, mut last_break) = (Runs::default(), 0, 0);
    for (index, character) in text.char_indices() {
        spent += runs.cost(character);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn asking(input: Input) -> CreateResponse {
        CreateResponse { model: "gpt-5-nano".into(), input, ..CreateResponse::default() }
    }

    // tiktoken's counts are 13, 4, 6 and 2: of sentences as short as these it may be further off than on average.
    #[test]
    fn it_knows_the_classes_of_scripts() {
        for (text, tokens) in [
            ("", 0),
            ("Explain what API rate limits are in 2 short bullet points.", 13),
            ("速率限制是什么", 6),
            ("Что такое лимиты запросов", 8),
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
        assert_eq!(estimate_input_tokens(&text), 8);
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
        fn a_text_costs_what_its_characters_do(text in "([a-z]{0,9}|\\PC)[ A-Z0-9é速\u{300}.,\n]{0,3}[a-z]{0,9}\\PC{0,20}") {
            let (mut one_by_one, mut at_once) = (Runs::default(), Runs::default());
            let sum: u64 = text.chars().map(|character| one_by_one.cost(character)).sum();
            prop_assert_eq!(at_once.cost_of(&text), sum);
        }

        #[test]
        fn a_cut_text_is_within_its_budget(text in ".{0,300}", tokens in 0u64..80) {
            let cut = cut_to_tokens(&text, tokens);
            prop_assert!(text.starts_with(cut));
            prop_assert!(estimate_tokens(cut) <= tokens);
            prop_assert!(estimate_tokens(&text) > tokens || cut == text);
        }
    }
}

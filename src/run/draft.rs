//! A request as it is being written: texts in fields, until they make a request.

use serde::{Deserialize, Serialize};

use crate::models;
use crate::responses::{CreateResponse, Input, ReasoningEffort};

/// The fields of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestDraft {
    /// The prompt.
    pub prompt: String,
    /// The instructions; empty for none.
    pub instructions: String,
    /// Empty for no bound.
    pub max_output_tokens: String,
    /// Empty for the model's own.
    pub temperature: String,
    /// A name of [`ReasoningEffort`], or empty for the model's own.
    pub effort: String,
    /// Whether the answer comes as an event stream.
    pub stream: bool,
    /// Whether the server may keep the response.
    pub store: bool,
    /// The model, where it is not the default one.
    pub model: Option<String>,
    /// The id of the retry policy.
    pub policy: String,
}

impl Default for RequestDraft {
    fn default() -> Self {
        Self {
            // The notebook's first call.
            prompt: "Explain what API rate limits are in 2 short bullet points.".to_owned(),
            instructions: String::new(),
            max_output_tokens: String::new(),
            temperature: String::new(),
            effort: String::new(),
            stream: false,
            store: false,
            model: None,
            policy: crate::retry::Preset::Sluice.id().to_owned(),
        }
    }
}

/// What is wrong with a field, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftErrors {
    /// Of the prompt.
    pub prompt: Option<&'static str>,
    /// Of the model.
    pub model: Option<&'static str>,
    /// Of the output bound.
    pub max_output_tokens: Option<&'static str>,
    /// Of the temperature.
    pub temperature: Option<&'static str>,
}

impl DraftErrors {
    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl RequestDraft {
    /// The request to `model`. What the model does not take is left out, whatever stands in its field.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn request(&self, model: &str) -> Result<CreateResponse, DraftErrors> {
        let mut errors = DraftErrors::default();
        let model = model.trim();
        if model.is_empty() {
            errors.model = Some("Choose a model.");
        }
        if self.prompt.trim().is_empty() {
            errors.prompt = Some("Write a prompt.");
        }
        let max_output_tokens = match number(&self.max_output_tokens).map(str::parse::<u64>) {
            None => None,
            Some(Ok(tokens)) if tokens >= 1 => Some(tokens),
            Some(_) => {
                errors.max_output_tokens = Some("A whole number of tokens, 1 or more; empty for no bound.");
                None
            }
        };
        let temperature = match number(&self.temperature).map(str::parse::<f64>) {
            _ if !models::takes_temperature(model) => None,
            None => None,
            Some(Ok(temperature)) if (0.0..=2.0).contains(&temperature) => Some(temperature),
            Some(_) => {
                errors.temperature = Some("A number from 0 to 2; empty for the model's own.");
                None
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(CreateResponse {
            model: model.to_owned(),
            input: Input::Text(self.prompt.clone()),
            instructions: self.sent_instructions(),
            max_output_tokens,
            temperature,
            reasoning_effort: self.reasoning_effort(model),
            stream: self.stream,
            store: Some(self.store),
            ..CreateResponse::default()
        })
    }

    /// The instructions, unless they are empty.
    pub fn sent_instructions(&self) -> Option<String> {
        Some(self.instructions.clone()).filter(|text| !text.trim().is_empty())
    }

    fn reasoning_effort(&self, model: &str) -> Option<ReasoningEffort> {
        ReasoningEffort::from_name(&self.effort).filter(|_| takes_effort(model))
    }
}

/// Whether a model takes a reasoning effort. Unknown models may.
pub fn takes_effort(model: &str) -> bool {
    models::facts(model).is_none_or(|facts| facts.reasoning)
}

fn number(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notebooks_first_call_is_ready_to_send() {
        let request = RequestDraft::default().request("gpt-5-nano").unwrap();
        assert_eq!((request.store, request.stream, request.max_output_tokens), (Some(false), false, None));
        assert_eq!(request.instructions, None);
        let streamed = RequestDraft { stream: true, ..RequestDraft::default() }.request("gpt-5-nano").unwrap();
        assert_eq!((streamed.store, streamed.stream), (Some(false), true));
    }

    #[test]
    fn a_model_gets_only_what_it_takes() {
        let draft = RequestDraft { temperature: "0.7".into(), effort: "low".into(), ..RequestDraft::default() };
        let reasoning = draft.request("gpt-5-nano").unwrap();
        assert_eq!((reasoning.temperature, reasoning.reasoning_effort), (None, Some(ReasoningEffort::Low)));
        let plain = draft.request("gpt-4o").unwrap();
        assert_eq!((plain.temperature, plain.reasoning_effort), (Some(0.7), None));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let draft = RequestDraft {
            prompt: "  ".into(),
            max_output_tokens: "0".into(),
            temperature: "nan".into(),
            ..RequestDraft::default()
        };
        let errors = draft.request("gpt-4o").unwrap_err();
        assert!(errors.prompt.is_some() && errors.max_output_tokens.is_some() && errors.temperature.is_some());
        assert!(draft.request(" ").unwrap_err().model.is_some());
        for tokens in ["1.5", "-3", "many", "99999999999999999999"] {
            let draft = RequestDraft { max_output_tokens: tokens.into(), ..RequestDraft::default() };
            assert!(draft.request("gpt-4o").is_err(), "{tokens}");
        }
    }

    #[test]
    fn a_draft_of_an_older_page_still_reads() {
        let draft: RequestDraft = serde_json::from_str(r#"{"prompt":"Hi","gone":1}"#).unwrap();
        assert_eq!((draft.prompt.as_str(), draft.store), ("Hi", false));
    }
}

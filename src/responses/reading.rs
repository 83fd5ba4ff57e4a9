//! A response as a person reads it: its text, and what there is to say of it.

use super::response::{ContentPart, OutputItem, Response, ResponseStatus};

/// Something to say of a response besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// All output tokens went into reasoning before the first word.
    SpentOnReasoning {
        /// How many, where it is told.
        reasoning_tokens: Option<u64>,
    },
    /// Cut off, and why.
    Incomplete {
        /// `max_output_tokens`, `content_filter`, …
        reason: Option<String>,
    },
    /// The model declined, in its words.
    Refusal(String),
    /// The model asks for a call of a function.
    ToolCall {
        /// Its name.
        name: String,
        /// A JSON string.
        arguments: String,
    },
    /// It failed, inside a success.
    Failed {
        /// The code.
        code: Option<String>,
        /// The sentence.
        message: String,
    },
    /// It is not finished.
    Unfinished(&'static str),
    /// A status this version does not know.
    UnknownStatus(String),
    /// Output of kinds this version does not show; the raw body has it.
    OtherOutput(Vec<String>),
    /// Complete, and without any text.
    NoText,
}

impl Response {
    /// What there is to say of this response, besides its text.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let has_text = self.has_text();
        match &self.status {
            ResponseStatus::Completed => {}
            ResponseStatus::Incomplete => notes.push(self.incomplete(has_text)),
            ResponseStatus::Failed => {
                let error = self.error.clone().unwrap_or_default();
                notes.push(Note::Failed { code: error.code, message: error.message });
            }
            ResponseStatus::InProgress => notes.push(Note::Unfinished("in progress")),
            ResponseStatus::Queued => notes.push(Note::Unfinished("queued")),
            ResponseStatus::Cancelled => notes.push(Note::Unfinished("cancelled")),
            ResponseStatus::Other(status) => notes.push(Note::UnknownStatus(status.clone())),
        }
        let mut others = Vec::new();
        for item in &self.output {
            match item {
                OutputItem::Message { content, .. } => {
                    for part in content {
                        match part {
                            ContentPart::Refusal(words) => notes.push(Note::Refusal(words.clone())),
                            ContentPart::Other(kind) => others.push(kind.clone()),
                            ContentPart::OutputText(_) => {}
                        }
                    }
                }
                OutputItem::FunctionCall { name, arguments, .. } => {
                    notes.push(Note::ToolCall { name: name.clone(), arguments: arguments.clone() });
                }
                OutputItem::Other(kind) => others.push(kind.clone()),
                OutputItem::Reasoning { .. } => {}
            }
        }
        if !others.is_empty() {
            notes.push(Note::OtherOutput(others));
        }
        if !has_text && notes.is_empty() {
            notes.push(Note::NoText);
        }
        notes
    }

    fn incomplete(&self, has_text: bool) -> Note {
        let out_of_tokens =
            self.incomplete_reason.as_deref().is_none_or(|reason| matches!(reason, "max_output_tokens" | "max_tokens"));
        let reasoned = self.output.iter().any(|item| matches!(item, OutputItem::Reasoning { .. }));
        let reasoning_tokens = self.usage.known().map(|usage| usage.reasoning_tokens);
        if out_of_tokens && !has_text && (reasoned || reasoning_tokens.is_some_and(|tokens| tokens > 0)) {
            return Note::SpentOnReasoning { reasoning_tokens };
        }
        Note::Incomplete { reason: self.incomplete_reason.clone() }
    }

    fn has_text(&self) -> bool {
        self.output.iter().any(|item| match item {
            OutputItem::Message { content, .. } => {
                content.iter().any(|part| matches!(part, ContentPart::OutputText(text) if !text.is_empty()))
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responses::{ReportedUsage, Usage};

    fn message(part: ContentPart) -> OutputItem {
        OutputItem::Message { id: None, status: None, content: vec![part] }
    }

    #[test]
    fn an_empty_answer_says_where_the_tokens_went() {
        let response = Response {
            status: ResponseStatus::Incomplete,
            incomplete_reason: Some("max_output_tokens".into()),
            output: vec![OutputItem::Reasoning { id: None, summary: vec![] }],
            usage: ReportedUsage::Known(Usage { output_tokens: 64, reasoning_tokens: 64, ..Usage::default() }),
            ..Response::default()
        };
        assert_eq!(response.notes(), [Note::SpentOnReasoning { reasoning_tokens: Some(64) }]);
    }

    #[test]
    fn a_cut_off_text_is_incomplete_and_not_empty() {
        let response = Response {
            status: ResponseStatus::Incomplete,
            incomplete_reason: Some("max_output_tokens".into()),
            output: vec![message(ContentPart::OutputText("Turtles".into()))],
            ..Response::default()
        };
        assert_eq!(response.notes(), [Note::Incomplete { reason: Some("max_output_tokens".into()) }]);
    }

    #[test]
    fn refusals_and_calls_are_told_and_a_plain_text_needs_no_note() {
        let mut response =
            Response { output: vec![message(ContentPart::Refusal("No.".into()))], ..Response::default() };
        assert_eq!(response.notes(), [Note::Refusal("No.".into())]);
        response.output = vec![message(ContentPart::OutputText("Hello".into()))];
        assert_eq!(response.notes(), []);
        response.output = vec![message(ContentPart::OutputText(String::new()))];
        assert_eq!(response.notes(), [Note::NoText]);
    }
}

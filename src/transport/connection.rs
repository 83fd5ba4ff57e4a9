//! How live requests are addressed and signed: what is sent of headers, and what never is.

use crate::base_url::BaseUrl;
use crate::diagnosis::Situation;
use crate::key::{ApiKey, request_headers};
use crate::redact::Redactor;
use crate::responses::Response;
use crate::transport::{ApiRequest, TransportError};

/// Where live requests go, and as whom.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The API's base URL.
    pub base_url: BaseUrl,
    /// The key; servers on one's own machine often want none.
    pub key: Option<ApiKey>,
    /// `OpenAI-Organization`; sent when it is not blank.
    pub organization: Option<String>,
    /// `OpenAI-Project`; sent when it is not blank.
    pub project: Option<String>,
}

impl Connection {
    /// The URL that `request` goes to.
    pub fn url(&self, request: &ApiRequest) -> String {
        match request {
            ApiRequest::ListModels => self.base_url.endpoint("/models"),
            ApiRequest::CreateResponse(_) => self.base_url.endpoint("/responses"),
            ApiRequest::CountInputTokens(_) => self.base_url.endpoint("/responses/input_tokens"),
            ApiRequest::Batches(call) => self.base_url.endpoint(&call.path()),
        }
    }

    /// All headers that Sluice sends with `request`: no other ever goes out.
    ///
    /// # Errors
    /// [`TransportError::NotSent`] where a value cannot stand in a header; it never shows the value.
    pub fn headers(&self, request: &ApiRequest) -> Result<Vec<(&'static str, String)>, TransportError> {
        let organization = self.organization.as_deref().unwrap_or_default();
        let project = self.project.as_deref().unwrap_or_default();
        let mut headers = request_headers(self.key.as_ref(), organization, project);
        if !request.has_json_body() {
            headers.retain(|(name, _)| *name != "content-type");
        }
        headers.iter().try_for_each(|(name, value)| check(name, value))?;
        Ok(headers)
    }

    /// What is known of it where an answer cannot be read, for a page of `page_origin`.
    pub fn situation(&self, page_origin: String) -> Situation {
        let is_sent = |field: &Option<String>| field.as_deref().is_some_and(|text| !text.trim().is_empty());
        Situation {
            base_url: self.base_url.clone(),
            page_origin,
            has_key: self.key.is_some(),
            has_organization: is_sent(&self.organization),
            has_project: is_sent(&self.project),
        }
    }

    /// What a server sent, without the key: whatever is kept or shown of an answer has passed here before it is read.
    pub fn redacted(&self, text: &str) -> String {
        Redactor::new(self.key.as_ref()).received(text)
    }

    /// Takes the key out of a response's texts, also where it is spelled out over several; says whether it was there.
    pub fn clean(&self, response: &mut Response) -> bool {
        let redactor = Redactor::new(self.key.as_ref());
        // Text is shown apart from all else, and with it.
        let in_text = redactor.received_together(response.output_texts_mut());
        redactor.received_together(response.texts_mut()) || in_text
    }

    /// Headers of an answer, their names in lower case, without the key in either part.
    pub fn redacted_headers(&self, headers: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
        let redactor = Redactor::new(self.key.as_ref());
        let redacted = |(name, value): (String, String)| {
            let name = name.to_ascii_lowercase();
            let value = redactor.header(&name, &value);
            (redactor.received(&name), value)
        };
        headers.map(redacted).collect()
    }
}

/// Refuses what cannot stand in a header: all but visible ASCII and blanks.
fn check(name: &str, value: &str) -> Result<(), TransportError> {
    // Counted in what the user typed.
    let typed = value.strip_prefix("Bearer ").unwrap_or(value);
    let Some(before) = typed.chars().position(|c| !c.is_ascii_graphic() && c != ' ') else { return Ok(()) };
    let what = match name {
        "authorization" => "API key",
        "openai-organization" => "organization",
        "openai-project" => "project",
        other => other,
    };
    Err(TransportError::NotSent(format!(
        "The {what} cannot be sent: its character {} is one that a header cannot hold. Enter it again.",
        before + 1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responses::{BatchCall, CreateBatch, CreateResponse, FileBytes, FileUpload};

    fn connection(organization: Option<&str>, project: Option<&str>) -> Connection {
        Connection {
            base_url: BaseUrl::parse("https://api.openai.com/v1", "null").unwrap(),
            key: Some(ApiKey::parse("sk-canary-0123456789").unwrap().0),
            organization: organization.map(str::to_owned),
            project: project.map(str::to_owned),
        }
    }

    fn create() -> ApiRequest {
        ApiRequest::CreateResponse(CreateResponse::default())
    }

    #[test]
    fn each_request_has_its_endpoint() {
        let connection = connection(None, None);
        for (request, url) in [
            (ApiRequest::ListModels, "https://api.openai.com/v1/models"),
            (create(), "https://api.openai.com/v1/responses"),
            (
                ApiRequest::Batches(BatchCall::Cancel("batch_1".into())),
                "https://api.openai.com/v1/batches/batch_1/cancel",
            ),
            (
                ApiRequest::CountInputTokens(CreateResponse::default()),
                "https://api.openai.com/v1/responses/input_tokens",
            ),
        ] {
            assert_eq!(connection.url(&request), url);
        }
    }

    #[test]
    fn only_the_agreed_headers_go_out() {
        let names = |connection: Connection, request: &ApiRequest| -> Vec<_> {
            connection.headers(request).unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(connection(None, Some(" ")), &create()), ["authorization", "content-type"]);
        assert_eq!(names(connection(None, None), &ApiRequest::ListModels), ["authorization"]);
        // The browser names a form's boundary itself.
        let upload = FileUpload { filename: "requests.jsonl".into(), bytes: FileBytes::Blob(1) };
        let upload = ApiRequest::Batches(BatchCall::UploadFile(upload));
        assert_eq!(names(connection(None, None), &upload), ["authorization"]);
        let job = ApiRequest::Batches(BatchCall::Create(CreateBatch::of_file("file-1")));
        assert_eq!(names(connection(None, None), &job), ["authorization", "content-type"]);
        let all = ["authorization", "content-type", "openai-organization", "openai-project"];
        assert_eq!(names(connection(Some("org-1"), Some(" proj_1 ")), &create()), all);
        let keyless = Connection { key: None, ..connection(None, None) };
        assert_eq!(names(keyless, &create()), ["content-type"]);
    }

    #[test]
    fn values_that_no_header_can_hold_are_refused_without_being_shown() {
        for bad in ["org\n1", "org\u{0}", "\u{201c}org\u{201d}", "орг", "org\u{1f6a7}", "o\trg"] {
            let Err(TransportError::NotSent(message)) = connection(Some(bad), None).headers(&create()) else {
                panic!("{bad:?} was let through")
            };
            assert!(message.starts_with("The organization cannot be sent") && !message.contains(bad), "{message}");
        }
        let error = connection(None, Some("ab\u{e9}")).headers(&create()).unwrap_err();
        assert!(error.to_string().contains("project cannot be sent: its character 3"), "{error}");
    }

    #[test]
    fn the_key_is_blotted_out_and_not_printed() {
        let connection = connection(None, None);
        let echoed = connection.redacted("Incorrect API key provided: sk-canary-0123456789.");
        assert_eq!(echoed, "Incorrect API key provided: [key].");
        assert!(!format!("{connection:?}").contains("canary"));
    }
}

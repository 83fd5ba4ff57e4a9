//! Requests about files and batch jobs, and what they are answered with.

use serde_json::{Map, Value, json};

use super::batches::BatchObject;
use super::files::{FileContent, FileObject, FileUpload, object_id};
use super::json::text_of;

/// The endpoint whose requests a batch holds here.
pub const BATCH_ENDPOINT: &str = "/v1/responses";
/// The one completion window there is.
pub const COMPLETION_WINDOW: &str = "24h";

/// A request about files or batch jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchCall {
    /// `POST /v1/files`, as multipart/form-data.
    UploadFile(FileUpload),
    /// `GET /v1/files/{id}`.
    RetrieveFile(String),
    /// `GET /v1/files/{id}/content`.
    FileContent(String),
    /// `DELETE /v1/files/{id}`.
    DeleteFile(String),
    /// `POST /v1/batches`.
    Create(CreateBatch),
    /// `GET /v1/batches/{id}`.
    Retrieve(String),
    /// `GET /v1/batches`, the newest first.
    List(ListBatches),
    /// `POST /v1/batches/{id}/cancel`.
    Cancel(String),
}

/// What a list of batches is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListBatches {
    /// Only those after the batch of that id.
    pub after: Option<String>,
    /// How many, 1 to 100; 20 unless said.
    pub limit: Option<u32>,
}

/// The body of `POST /v1/batches`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateBatch {
    /// The uploaded file.
    pub input_file_id: String,
    /// `/v1/responses`.
    pub endpoint: String,
    /// `24h`.
    pub completion_window: String,
    /// Kept with the batch.
    pub metadata: Map<String, Value>,
}

impl CreateBatch {
    /// A batch of the Responses API, of an uploaded file.
    pub fn of_file(input_file_id: &str) -> Self {
        Self {
            input_file_id: input_file_id.to_owned(),
            endpoint: BATCH_ENDPOINT.to_owned(),
            completion_window: COMPLETION_WINDOW.to_owned(),
            metadata: Map::new(),
        }
    }

    /// Reads a body. What is missing is empty: the API says what it lacks.
    pub fn from_value(value: &Value) -> Self {
        let text = |name: &str| text_of(value.get(name)).unwrap_or_default();
        Self {
            input_file_id: text("input_file_id"),
            endpoint: text("endpoint"),
            completion_window: text("completion_window"),
            metadata: value.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default(),
        }
    }

    /// The body to send.
    pub fn to_value(&self) -> Value {
        let mut body = json!({
            "input_file_id": self.input_file_id,
            "endpoint": self.endpoint,
            "completion_window": self.completion_window,
        });
        if let Some(members) = body.as_object_mut().filter(|_| !self.metadata.is_empty()) {
            members.insert("metadata".to_owned(), Value::Object(self.metadata.clone()));
        }
        body
    }
}

impl BatchCall {
    /// The path below `/v1`, its query included.
    pub fn path(&self) -> String {
        match self {
            Self::UploadFile(_) => "/files".to_owned(),
            Self::RetrieveFile(id) | Self::DeleteFile(id) => format!("/files/{id}"),
            Self::FileContent(id) => format!("/files/{id}/content"),
            Self::Create(_) => "/batches".to_owned(),
            Self::Retrieve(id) => format!("/batches/{id}"),
            Self::Cancel(id) => format!("/batches/{id}/cancel"),
            Self::List(ListBatches { after, limit }) => {
                let after = after.as_ref().map(|after| format!("after={after}"));
                let limit = limit.map(|limit| format!("limit={limit}"));
                let query: Vec<String> = [limit, after].into_iter().flatten().collect();
                if query.is_empty() { "/batches".to_owned() } else { format!("/batches?{}", query.join("&")) }
            }
        }
    }

    /// The JSON body, where there is one.
    pub fn json_body(&self) -> Option<String> {
        match self {
            Self::Create(create) => Some(create.to_value().to_string()),
            _ => None,
        }
    }

    /// What a success holds.
    pub const fn answers_with(&self) -> BatchAnswerKind {
        match self {
            Self::UploadFile(_) | Self::RetrieveFile(_) => BatchAnswerKind::File,
            Self::FileContent(_) => BatchAnswerKind::Content,
            Self::DeleteFile(_) => BatchAnswerKind::Deleted,
            Self::Create(_) | Self::Retrieve(_) | Self::Cancel(_) => BatchAnswerKind::Batch,
            Self::List(_) => BatchAnswerKind::Batches,
        }
    }
}

/// What a success of a [`BatchCall`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchAnswerKind {
    /// A file object.
    File,
    /// A file's text.
    Content,
    /// That a file is deleted.
    Deleted,
    /// A batch.
    Batch,
    /// A page of the list of batches.
    Batches,
}

/// The answer to a [`BatchCall`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchAnswer {
    /// A file object.
    File(FileObject),
    /// What is in a file, which is the body itself.
    Content(FileContent),
    /// The file of that id is deleted.
    Deleted(String),
    /// A batch.
    Batch(Box<BatchObject>),
    /// A page of the list of batches, and whether more follow.
    Batches(Vec<BatchObject>, bool),
}

impl BatchAnswer {
    /// Reads an answer that is JSON; `None` where it is of another shape.
    pub fn from_value(value: &Value, kind: BatchAnswerKind) -> Option<Self> {
        Some(match kind {
            BatchAnswerKind::File => Self::File(FileObject::from_value(value)?),
            // The body is the content: it is no JSON.
            BatchAnswerKind::Content => return None,
            BatchAnswerKind::Deleted => Self::Deleted(object_id(value.get("id"))?),
            BatchAnswerKind::Batch => Self::Batch(Box::new(BatchObject::from_value(value)?)),
            BatchAnswerKind::Batches => {
                let batches = value.get("data")?.as_array()?.iter().filter_map(BatchObject::from_value).collect();
                Self::Batches(batches, value.get("has_more").and_then(Value::as_bool).unwrap_or(false))
            }
        })
    }

    /// The answer as the API sends it; null for what is no JSON.
    pub fn to_value(&self) -> Value {
        match self {
            Self::File(file) => file.to_value(),
            Self::Content(_) => Value::Null,
            Self::Deleted(id) => json!({ "id": id, "object": "file", "deleted": true }),
            Self::Batch(batch) => batch.to_value(),
            Self::Batches(batches, has_more) => json!({
                "object": "list",
                "data": batches.iter().map(BatchObject::to_value).collect::<Vec<_>>(),
                "first_id": batches.first().map(|batch| batch.id.as_str()),
                "last_id": batches.last().map(|batch| batch.id.as_str()),
                "has_more": has_more,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(BatchCall::FileContent("file-1".into()).path(), "/files/file-1/content");
        assert_eq!(BatchCall::List(ListBatches::default()).path(), "/batches");
        let page = ListBatches { after: Some("batch_1".into()), limit: Some(5) };
        assert_eq!(BatchCall::List(page).path(), "/batches?limit=5&after=batch_1");
    }
}

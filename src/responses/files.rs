//! Files, as the Batch API takes and gives them (`/v1/files`; openai-python 3.57.0 `types/file_object.py`).

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::json::text_of;

/// A file to upload for a batch, with purpose `batch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUpload {
    /// Its name, which must end in `.jsonl`.
    pub filename: String,
    /// Its bytes.
    pub bytes: FileBytes,
}

/// Where the bytes of a file to upload are.
#[derive(Clone, PartialEq, Eq)]
pub enum FileBytes {
    /// Here.
    Held(Arc<[u8]>),
    /// With the browser, under that number (`transport::fetch::blobs`): they never are in the program's memory.
    Blob(u64),
}

impl fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(bytes) => write!(f, "Held({} bytes)", bytes.len()),
            Self::Blob(number) => write!(f, "Blob({number})"),
        }
    }
}

impl FileBytes {
    /// The bytes, where they are here.
    pub fn held(&self) -> Option<Arc<[u8]>> {
        match self {
            Self::Held(bytes) => Some(Arc::clone(bytes)),
            Self::Blob(_) => None,
        }
    }
}

/// What is in a file of the API, as its download brings it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    /// Its bytes; a blob is there as long as the answer that brought it.
    pub bytes: FileBytes,
    /// How many they are.
    pub size: u64,
}

impl From<Arc<[u8]>> for FileContent {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self { size: u64::try_from(bytes.len()).unwrap_or(u64::MAX), bytes: FileBytes::Held(bytes) }
    }
}

/// A file that the API keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileObject {
    /// Its id.
    pub id: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was made, seconds since 1970.
    pub created_at: u64,
    /// When it is deleted, seconds since 1970, if it is.
    pub expires_at: Option<u64>,
    /// Its name.
    pub filename: String,
    /// `batch` or `batch_output`.
    pub purpose: String,
}

impl FileObject {
    /// Reads a file object; `None` where it is none, or has no [usable](is_object_id) id.
    pub fn from_value(value: &Value) -> Option<Self> {
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let text = |name: &str| text_of(value.get(name)).unwrap_or_default();
        Some(Self {
            id: object_id(value.get("id"))?,
            bytes: number("bytes").unwrap_or(0),
            created_at: number("created_at").unwrap_or(0),
            expires_at: number("expires_at"),
            filename: text("filename"),
            purpose: text("purpose"),
        })
    }

    /// The file as the API sends it.
    pub fn to_value(&self) -> Value {
        json!({
            "id": self.id,
            "object": "file",
            "bytes": self.bytes,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
            "status_details": null,
        })
    }
}

/// An id that was read from an answer.
pub(super) fn object_id(value: Option<&Value>) -> Option<String> {
    text_of(value).filter(|id| is_object_id(id))
}

/// Whether `text` can stand in a path as it is: an id comes from a server, and must not lead elsewhere.
pub fn is_object_id(text: &str) -> bool {
    (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte))
}

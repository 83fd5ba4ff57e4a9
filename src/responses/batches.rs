//! Batch jobs (`/v1/batches`; openai-python 3.57.0 `types/batch.py`, OpenAI's Batch guide, both read 2026-11).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::batch_calls::COMPLETION_WINDOW;
use super::files::object_id;
use super::json::text_of;

/// Where a batch job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Its file is looked through.
    #[default]
    Validating,
    /// Its file is wrong, or there is no room for it in the queue: nothing was run.
    Failed,
    /// Its requests are run.
    InProgress,
    /// Its results are put together.
    Finalizing,
    /// All is done.
    Completed,
    /// 24 hours were not enough: what was not run never will be.
    Expired,
    /// It is being cancelled, for up to ten minutes.
    Cancelling,
    /// It was cancelled; what had been run has its results.
    Cancelled,
}

impl BatchStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Validating,
        Self::Failed,
        Self::InProgress,
        Self::Finalizing,
        Self::Completed,
        Self::Expired,
        Self::Cancelling,
        Self::Cancelled,
    ];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Failed => "failed",
            Self::InProgress => "in_progress",
            Self::Finalizing => "finalizing",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that [`BatchStatus::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether nothing more will happen.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Failed | Self::Completed | Self::Expired | Self::Cancelled)
    }
}

/// How many requests of a batch stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestCounts {
    /// All of them; 0 until the file is validated.
    pub total: u64,
    /// With a response.
    pub completed: u64,
    /// Without one.
    pub failed: u64,
}

/// Why a batch failed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BatchFault {
    /// For programs.
    pub code: Option<String>,
    /// For people.
    pub message: String,
    /// The member at fault.
    pub param: Option<String>,
    /// The line of the input file, from 1.
    pub line: Option<u64>,
}

/// When a batch reached each status, seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchTimes {
    /// It was made.
    pub created_at: u64,
    /// Its requests began to be run.
    pub in_progress_at: Option<u64>,
    /// It expires.
    pub expires_at: Option<u64>,
    /// Its results began to be put together.
    pub finalizing_at: Option<u64>,
    /// It was completed.
    pub completed_at: Option<u64>,
    /// It failed.
    pub failed_at: Option<u64>,
    /// It expired.
    pub expired_at: Option<u64>,
    /// It was asked to stop.
    pub cancelling_at: Option<u64>,
    /// It stopped.
    pub cancelled_at: Option<u64>,
}

/// A batch job.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchObject {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub status: BatchStatus,
    /// Its input.
    pub input_file_id: String,
    /// Its endpoint.
    pub endpoint: String,
    /// The model of its requests, where the server tells it.
    pub model: Option<String>,
    /// The file of the requests that succeeded.
    pub output_file_id: Option<String>,
    /// The file of those that did not.
    pub error_file_id: Option<String>,
    /// Why it failed.
    pub errors: Vec<BatchFault>,
    /// How many requests stand where.
    pub request_counts: RequestCounts,
    /// When what happened.
    pub times: BatchTimes,
    /// What was sent along with it.
    pub metadata: Map<String, Value>,
}

impl BatchObject {
    /// Reads a batch; `None` where it is none, has no usable id, or stands where no batch can.
    pub fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| text_of(value.get(name));
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let counts = |name: &str| value.get("request_counts")?.get(name)?.as_u64();
        let faults = value.get("errors").and_then(|errors| errors.get("data")).and_then(Value::as_array);
        Some(Self {
            id: object_id(value.get("id"))?,
            status: BatchStatus::from_name(value.get("status")?.as_str()?)?,
            input_file_id: text("input_file_id").unwrap_or_default(),
            endpoint: text("endpoint").unwrap_or_default(),
            model: text("model"),
            output_file_id: object_id(value.get("output_file_id")),
            error_file_id: object_id(value.get("error_file_id")),
            errors: faults.into_iter().flatten().map(BatchFault::from_value).collect(),
            request_counts: RequestCounts {
                total: counts("total").unwrap_or(0),
                completed: counts("completed").unwrap_or(0),
                failed: counts("failed").unwrap_or(0),
            },
            times: BatchTimes {
                created_at: number("created_at").unwrap_or(0),
                in_progress_at: number("in_progress_at"),
                expires_at: number("expires_at"),
                finalizing_at: number("finalizing_at"),
                completed_at: number("completed_at"),
                failed_at: number("failed_at"),
                expired_at: number("expired_at"),
                cancelling_at: number("cancelling_at"),
                cancelled_at: number("cancelled_at"),
            },
            metadata: value.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    }

    /// The batch as the API sends it.
    pub fn to_value(&self) -> Value {
        let faults: Vec<Value> = self.errors.iter().map(BatchFault::to_value).collect();
        let metadata = Some(&self.metadata).filter(|metadata| !metadata.is_empty());
        json!({
            "id": self.id,
            "object": "batch",
            "endpoint": self.endpoint,
            "model": self.model,
            "errors": (!faults.is_empty()).then(|| json!({ "object": "list", "data": faults })),
            "input_file_id": self.input_file_id,
            "completion_window": COMPLETION_WINDOW,
            "status": self.status.name(),
            "output_file_id": self.output_file_id,
            "error_file_id": self.error_file_id,
            "created_at": self.times.created_at,
            "in_progress_at": self.times.in_progress_at,
            "expires_at": self.times.expires_at,
            "finalizing_at": self.times.finalizing_at,
            "completed_at": self.times.completed_at,
            "failed_at": self.times.failed_at,
            "expired_at": self.times.expired_at,
            "cancelling_at": self.times.cancelling_at,
            "cancelled_at": self.times.cancelled_at,
            "request_counts": {
                "total": self.request_counts.total,
                "completed": self.request_counts.completed,
                "failed": self.request_counts.failed,
            },
            "metadata": metadata,
        })
    }
}

impl BatchFault {
    fn from_value(value: &Value) -> Self {
        Self {
            code: text_of(value.get("code")),
            message: text_of(value.get("message")).unwrap_or_default(),
            param: text_of(value.get("param")),
            line: value.get("line").and_then(Value::as_u64),
        }
    }

    fn to_value(&self) -> Value {
        json!({ "code": self.code, "message": self.message, "param": self.param, "line": self.line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_as_the_reference_shows_it_is_read_and_written_back() {
        // The member names of openai-python's types/batch.py; the values are those of a failed job in its issue 2084.
        let text = r#"{"id":"batch_abc123","object":"batch","endpoint":"/v1/responses","errors":{"object":"list","data":[
            {"code":"token_limit_exceeded","line":null,"message":"Enqueued token limit reached","param":null}]},
            "input_file_id":"file-abc123","completion_window":"24h","status":"failed","output_file_id":null,
            "error_file_id":null,"created_at":1711471533,"failed_at":1711471540,"expires_at":1711557933,
            "request_counts":{"total":0,"completed":0,"failed":0},"metadata":{"job":"7"}}"#;
        let batch = BatchObject::from_value(&serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!((batch.status, batch.times.failed_at), (BatchStatus::Failed, Some(1_711_471_540)));
        assert_eq!(batch.errors[0].code.as_deref(), Some("token_limit_exceeded"));
        assert_eq!(BatchObject::from_value(&batch.to_value()), Some(batch));
    }

    #[test]
    fn ids_that_lead_elsewhere_are_not_taken() {
        for id in ["", "..", "a/b", "a?b", "a b", "ä", "a%2Fb"] {
            assert_eq!(BatchObject::from_value(&json!({ "id": id, "status": "completed" })), None, "{id}");
        }
        let stolen = json!({ "id": "batch_1", "status": "completed", "output_file_id": "../../admin" });
        assert_eq!(BatchObject::from_value(&stolen).unwrap().output_file_id, None);
    }
}

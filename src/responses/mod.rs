//! The Responses API as it is on the wire: requests, responses, usage, errors and the model list.
//!
//! Everything a server may leave out is optional here, and unknown members never break a reading.

mod batch_calls;
mod batches;
mod error;
mod files;
pub mod json;
mod models;
mod pretty;
mod reading;
mod request;
mod response;
pub mod stream;
mod usage;

pub use batch_calls::{
    BATCH_ENDPOINT, BatchAnswer, BatchAnswerKind, BatchCall, COMPLETION_WINDOW, CreateBatch, ListBatches,
};
pub use batches::{BatchFault, BatchObject, BatchStatus, BatchTimes, RequestCounts};
pub use error::{ApiError, Unreadable};
pub use files::{FileBytes, FileContent, FileObject, FileUpload, is_object_id};
pub use models::ModelEntry;
pub use pretty::pretty_json;
pub use reading::Note;
pub use request::{ApiRequest, CreateResponse, Input, InvalidRequest, ReasoningEffort};
pub use response::{ContentPart, OutputItem, Response, ResponseError, ResponseStatus};
pub use usage::{ReportedUsage, Usage};

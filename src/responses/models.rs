//! The model list, `GET /v1/models`.

/// One entry of the model list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelEntry {
    /// The name to send as `model`.
    pub id: String,
    /// Seconds since the epoch; compatible servers leave it out.
    pub created: Option<u64>,
    /// Who owns it; compatible servers leave it out.
    pub owned_by: Option<String>,
    /// `YYYY-MM-DD`, the day the model stops answering (openai-python 3.57.0 types/model.py).
    pub shutdown_date: Option<String>,
}

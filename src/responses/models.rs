//! The model list, `GET /v1/models`.

use serde_json::{Value, json};

use super::json::text_of;

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

impl ModelEntry {
    /// Reads a model list: `{"object":"list","data":[…]}`, or the bare list. Entries without an `id` are passed over.
    pub fn list_from_value(value: &Value) -> Option<Vec<Self>> {
        let entries = match value {
            Value::Array(entries) => entries,
            Value::Object(members) => match members.get("data").or_else(|| members.get("models"))? {
                Value::Array(entries) => entries,
                Value::Null => return Some(Vec::new()),
                _ => return None,
            },
            _ => return None,
        };
        Some(entries.iter().filter_map(Self::from_value).collect())
    }

    /// The model list as the API sends it.
    pub fn list_to_value(entries: &[Self]) -> Value {
        json!({ "object": "list", "data": entries.iter().map(Self::to_value).collect::<Vec<_>>() })
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            id: text_of(value.get("id")).or_else(|| text_of(value.get("name")))?,
            created: value.get("created").and_then(Value::as_u64),
            owned_by: text_of(value.get("owned_by")),
            shutdown_date: text_of(value.get("shutdown_date")),
        })
    }

    fn to_value(&self) -> Value {
        json!({
            "id": self.id,
            "object": "model",
            "created": self.created.unwrap_or(0),
            "owned_by": self.owned_by.as_deref().unwrap_or("system"),
            "shutdown_date": self.shutdown_date,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_all_kinds() {
        let value = json!({"object": "list", "data": [
            {"id": "a", "created": 1, "owned_by": "system", "shutdown_date": "2026-12-11"}, {"id": "local:latest"}, {"x": 1},
        ]});
        let entries = ModelEntry::list_from_value(&value).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["a", "local:latest"]);
        assert_eq!(entries[0].shutdown_date.as_deref(), Some("2026-12-11"));
        assert_eq!(ModelEntry::list_from_value(&ModelEntry::list_to_value(&entries)).unwrap()[0], entries[0]);
        assert_eq!(ModelEntry::list_from_value(&json!({"data": null})), Some(vec![]));
        assert_eq!(ModelEntry::list_from_value(&json!({"error": {}})), None);
    }
}

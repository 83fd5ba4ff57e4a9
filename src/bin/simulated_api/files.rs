//! Files and batch jobs over HTTP: forms and paths in, requests of the simulator out.

use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use serde_json::Value;
use sluice::responses::{BatchCall, CreateBatch, FileBytes, FileUpload, InvalidRequest, ListBatches};
use sluice::simulator::BadCall;
use sluice::transport::ApiRequest;

/// Whether it is an upload, whose body is a form.
pub fn is_upload(parts: &Parts) -> bool {
    parts.method == Method::POST && parts.uri.path() == "/v1/files"
}

/// Reads an upload: the fields `purpose`, which must be `batch`, and `file`; others are passed over.
pub async fn read_upload(request: Request) -> Result<ApiRequest, BadCall> {
    let wrong = |why: String| BadCall::NotAnUpload(why);
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| wrong(error.body_text()))?;
    let (mut purpose, mut upload) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|error| wrong(error.body_text()))? {
        match field.name() {
            Some("purpose") => purpose = Some(field.text().await.map_err(|error| wrong(error.body_text()))?),
            Some("file") => {
                let filename = field.file_name().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(|error| wrong(error.body_text()))?;
                upload = Some(FileUpload { filename, bytes: FileBytes::Held(Arc::from(bytes.as_ref())) });
            }
            _ => {}
        }
    }
    match purpose.as_deref() {
        Some("batch") => upload.map(|upload| ApiRequest::Batches(BatchCall::UploadFile(upload))),
        Some(other) => return Err(wrong(format!("'{other}' is not one of ['batch'], the purposes simulated here."))),
        None => return Err(missing("purpose")),
    }
    .ok_or_else(|| missing("file"))
}

/// Reads a call of the files and batches endpoints; `None` where it is another's.
pub fn read_call(method: &Method, uri: &Uri, body: &[u8]) -> Option<Result<BatchCall, BadCall>> {
    let path = uri.path();
    let parts: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
    let id = |id: &&str| (*id).to_owned();
    Some(Ok(match (method, parts.as_slice()) {
        (&Method::GET, ["files", file]) => BatchCall::RetrieveFile(id(file)),
        (&Method::GET, ["files", file, "content"]) => BatchCall::FileContent(id(file)),
        (&Method::DELETE, ["files", file]) => BatchCall::DeleteFile(id(file)),
        (&Method::GET, ["batches"]) => BatchCall::List(list_of(uri)),
        (&Method::POST, ["batches"]) => {
            let read = serde_json::from_slice::<Value>(body).map_err(|_| BadCall::NotJson);
            return Some(read.map(|body| BatchCall::Create(CreateBatch::from_value(&body))));
        }
        (&Method::GET, ["batches", batch]) => BatchCall::Retrieve(id(batch)),
        (&Method::POST, ["batches", batch, "cancel"]) => BatchCall::Cancel(id(batch)),
        (_, ["files" | "batches", ..]) => {
            return Some(Err(BadCall::WrongMethod { method: method.to_string(), path: path.to_owned() }));
        }
        _ => return None,
    }))
}

fn list_of(uri: &Uri) -> ListBatches {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let of = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    ListBatches { after: of("after"), limit: of("limit").and_then(|limit| limit.parse().ok()) }
}

fn missing(name: &str) -> BadCall {
    BadCall::Invalid(InvalidRequest {
        message: format!("Missing required parameter: '{name}'."),
        param: Some(name.to_owned()),
        code: Some("missing_required_parameter".to_owned()),
    })
}

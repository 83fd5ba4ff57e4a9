//! Error bodies, in all the shapes that servers send.

/// What an error body says. Strings such as `"None"` and `""` count as nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiError {
    /// The sentence for people, as sent; redact it before it is shown.
    pub message: String,
    /// `type`: `tokens`, `requests`, `insufficient_quota`, `invalid_request_error`, …
    pub kind: Option<String>,
    /// The parameter at fault.
    pub param: Option<String>,
    /// `code`, numbers turned into text.
    pub code: Option<String>,
    /// Headers carried inside the body (OpenRouter's `error.metadata.headers`).
    pub headers: Vec<(String, String)>,
}

/// An answer that is neither a response nor an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No body at all.
    #[error("The answer has no body.")]
    EmptyBody,
    /// A web page where JSON was due: the base URL most likely points at a site, not at an API.
    #[error("The answer is a web page, not JSON. Check the base URL: it should end in /v1.")]
    Html,
    /// JSON that breaks off or is malformed, and where.
    #[error("The answer is not valid JSON (line {line}, column {column}).")]
    NotJson {
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
    },
    /// Valid JSON of a shape this endpoint does not have.
    #[error("The answer is JSON, but not of the expected kind: {found}.")]
    OtherShape {
        /// What stood there instead, in a few words.
        found: String,
    },
    /// Nested deeper than is safe to read.
    #[error("The answer is nested too deep to read.")]
    TooDeep,
    /// Larger than the cap.
    #[error("The answer is larger than {limit_bytes} bytes and was cut off.")]
    TooLarge {
        /// The cap, in bytes.
        limit_bytes: usize,
    },
}

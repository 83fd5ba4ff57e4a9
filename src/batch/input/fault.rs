//! What can be wrong with a file, and with one of its lines: what it is, where, and what to do.

use std::fmt;

/// Something wrong with one line; the others may be well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line's number in the file, from 1; of a CSV record, the number of its first line.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub kind: FaultKind,
}

impl std::error::Error for LineFault {}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, column {}: {}", self.line, self.column, self.kind)
    }
}

/// What is wrong with a line, and what to do about it. No message repeats what may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A byte that UTF-8 does not have here.
    #[error("the byte 0x{byte:02X} is not UTF-8. Save the file as UTF-8.")]
    NotUtf8 {
        /// The byte.
        byte: u8,
    },
    /// A NUL byte.
    #[error("a NUL byte. The file may be UTF-16 or no text at all; save it as UTF-8 text.")]
    Nul,
    /// Longer than is read.
    #[error(
        "the line is longer than {} kB. Shorten it, or send the file as an OpenAI Batch job. In a CSV file, a quote may \
         not have been closed.", limit_bytes / 1_000
    )]
    TooLong {
        /// The most that is read of a line.
        limit_bytes: usize,
    },
    /// No JSON.
    #[error("not JSON: {message}. Write one JSON object a line.")]
    NotJson {
        /// What the parser says.
        message: String,
    },
    /// JSON that goes on.
    #[error(
        "the JSON ends in the middle. Write each object on one line; `jq -c .` makes that of JSON laid out over several."
    )]
    EndsEarly,
    /// JSON too deep to be read.
    #[error("nested more than 128 levels deep. Flatten it.")]
    TooDeep,
    /// JSON of another kind.
    #[error("{found} where an object is due. {}", advice_for(found))]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },
    /// No `body`.
    #[error("no `body`. Put the request into it: {{\"custom_id\": …, \"body\": {{\"model\": …, \"input\": …}}}}.")]
    NoBody,
    /// Another method.
    #[error("the method is {found}; only POST creates responses. Write \"POST\".")]
    WrongMethod {
        /// The method.
        found: String,
    },
    /// Another endpoint of the API.
    #[error(
        "the url is {url}; only /v1/responses is sent to. Write \"/v1/responses\", and in the body `input` in place of \
         `messages` and `max_output_tokens` in place of `max_tokens`."
    )]
    OtherEndpoint {
        /// The path.
        url: String,
    },
    /// Somewhere else.
    #[error("the url is {url}. Write \"/v1/responses\": where requests go is set under Connection, for all lines.")]
    ForeignUrl {
        /// The url.
        url: String,
    },
    /// A `custom_id` that is no text.
    #[error(
        "`custom_id` is {found}. Write it as text, in quotes, and not empty; or leave it out, and the line's number is used."
    )]
    BadCustomId {
        /// What it is instead.
        found: &'static str,
    },
    /// A `custom_id` that another line has.
    #[error("`custom_id` \"{custom_id}\" is that of line {first_line} too. Give each line its own, or leave it out.")]
    DuplicateCustomId {
        /// The id.
        custom_id: String,
        /// The line that had it first.
        first_line: u32,
    },
    /// A key in the file.
    #[error(
        "`{member}` is refused, and not read: a key in a file ends up where files go. Take it out; one key is set under Connection."
    )]
    Secret {
        /// The member's name.
        member: String,
    },
    /// A destination in the file.
    #[error("`{member}` is refused: where requests go is set under Connection, for all lines. Take it out.")]
    Destination {
        /// The member's name.
        member: String,
    },
    /// `stream: true`.
    #[error("`stream` is true: a batch wants whole answers. Take it out.")]
    Streams,
    /// `background: true`.
    #[error("`background` is true: the answer would only say \"queued\". Take it out.")]
    Background,
    /// `model: null`.
    #[error("`model` is null. Name a model, or take the member out to use the batch's own.")]
    NullModel,
    /// No model at all.
    #[error("no `model`, and the batch has none to put in. Choose the batch's model.")]
    NoModel,
    /// What the API would answer with a 400, in its words.
    #[error("{message} Correct the body.")]
    WouldBeRefused {
        /// The API's sentence.
        message: String,
    },
    /// A CSV record with more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}. Quote a field that holds the separator.")]
    FieldCount {
        /// How many the header has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A CSV field whose quote is open at the end of the file.
    #[error("a quote that begins here is not closed by the end of the file. Close it, or double it where it is meant.")]
    UnclosedQuote,
    /// A prompt without a word.
    #[error("the prompt is empty. Fill in the columns that the template names.")]
    EmptyPrompt,
}

/// What to do about a line that is JSON of another kind.
fn advice_for(found: &str) -> &'static str {
    match found {
        "a list" => "Write one JSON object a line, not a list around them.",
        "null" => "Take the line out, or write its request: one JSON object a line.",
        _ => "Write one JSON object a line.",
    }
}

/// Something wrong with the file: nothing of it can be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Two bytes a character.
    #[error("The file is UTF-16. Save it as UTF-8.")]
    Utf16,
    /// An archive or a spreadsheet.
    #[error("The file is packed: an archive or a spreadsheet. Unpack it, or save the sheet as CSV.")]
    Packed,
    /// Larger than is read.
    #[error("The file is larger than {} MB. Split it, or send it as an OpenAI Batch job.", limit_bytes / 1_000_000)]
    TooLarge {
        /// The most that is read.
        limit_bytes: u64,
    },
    /// More lines than are read.
    #[error("The file has more than {limit} lines. Split it, or send it as an OpenAI Batch job.")]
    TooManyRequests {
        /// The most that is read.
        limit: usize,
    },
    /// No request in it.
    #[error("The file holds no request: it is empty, or has only blank lines.")]
    Empty,
    /// A CSV file without a header.
    #[error("The CSV header cannot be read: {why}. Write the columns' names into the first line.")]
    NoHeader {
        /// Why.
        why: &'static str,
    },
    /// A template that does not fit.
    #[error("The prompt template names {{{{{name}}}}}, which is no column. The columns are {columns}.")]
    UnknownColumn {
        /// The name.
        name: String,
        /// The names there are.
        columns: String,
    },
}

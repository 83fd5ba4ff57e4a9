//! A file that is downloaded: its bytes go to a blob of the browser's, and are read from there a window at a time.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::blobs::{BlobWriter, KeptBlob};
use super::{Connection, chunk, message_of};
use crate::clock::Clock;
use crate::rate_limit::ReplyHeaders;
use crate::reply::{Content, Reply, WireText};
use crate::responses::{BatchAnswer, FileContent, Unreadable};
use crate::time::Instant;
use crate::transport::{Head, TransportError};

/// How much is waited for and taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Until when.
    pub until: Instant,
    /// How long that was, from the request on.
    pub timeout: Duration,
    /// The most bytes.
    pub most: usize,
}

/// Takes in the file. The key is not taken out here: whoever reads a line does that first ([`crate::run::JobRun`]).
pub(super) async fn spool<C: Clock>(
    stream: &ReadableStream,
    (connection, clock): (&Connection, &C),
    head: Head,
    bounds: Bounds,
) -> Result<Reply, TransportError> {
    let cut = |why: String| TransportError::CutOff { message: connection.redacted(&why), received: String::new() };
    let reader = ReadableStreamDefaultReader::new(stream).map_err(|thrown| cut(message_of(&thrown)))?;
    let mut blob = BlobWriter::default();
    loop {
        let step = match select(JsFuture::from(reader.read()), pin!(clock.sleep_until(bounds.until))).await {
            Either::Left((step, _)) => step,
            Either::Right(_) => return Err(TransportError::TimedOut(bounds.timeout)),
        };
        let Some(bytes) = step.and_then(|step| chunk(&step)).map_err(|thrown| cut(message_of(&thrown)))? else { break };
        blob.write_array(&bytes).map_err(cut)?;
        if usize::try_from(blob.size()).is_ok_and(|size| size > bounds.most) {
            let too_large = Unreadable::TooLarge { limit_bytes: bounds.most };
            return Ok(reply(head, Content::Unreadable(too_large), None));
        }
    }
    let size = blob.size();
    let blob = blob.finish().map_err(cut)?;
    let content = Content::Batches(BatchAnswer::Content(FileContent { bytes: blob.bytes(), size }));
    Ok(reply(head, content, Some(blob)))
}

fn reply(head: Head, content: Content, blob: Option<KeptBlob>) -> Reply {
    let Head { status, headers, visibility, wall, .. } = head;
    let parsed = ReplyHeaders::parse(&headers, visibility, wall);
    Reply { status, headers: parsed, content, wire: Arc::new(SpooledText { headers, _blob: blob }) }
}

/// Keeps the blob as long as the answer.
#[derive(Debug)]
struct SpooledText {
    headers: Vec<(String, String)>,
    _blob: Option<KeptBlob>,
}

impl WireText for SpooledText {
    fn headers(&self) -> Vec<(String, String)> {
        self.headers.clone()
    }

    fn body(&self) -> String {
        "The file is with the browser; it is not shown as a whole.".to_owned()
    }
}

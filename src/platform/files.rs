//! Files that people drop or pick, read in slices so that no file is ever in memory as a whole.

pub use super::dom::{FileError, read_text_file as read_text};

use std::ops::Range;

use futures_util::Stream;
use futures_util::stream::unfold;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, DragEvent, File};

/// The first file dropped, if it was files that were dropped.
pub fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}

/// The bytes of a file, read when they are asked for.
#[derive(Debug, Clone)]
pub struct FileBytes {
    blob: Blob,
}

impl FileBytes {
    /// The bytes of `file`, a `File` or any other `Blob`.
    pub fn new(file: impl Into<Blob>) -> Self {
        Self { blob: file.into() }
    }

    /// The bytes of a text, as UTF-8. `None` where the browser does not take it.
    pub fn of_text(text: &str) -> Option<Self> {
        let kind = BlobPropertyBag::new();
        kind.set_type("text/plain");
        let pieces = js_sys::Array::of1(&text.into());
        Blob::new_with_str_sequence_and_options(&pieces, &kind).ok().map(|blob| Self { blob })
    }

    /// The file itself, to keep it in a store.
    pub const fn blob(&self) -> &Blob {
        &self.blob
    }

    /// How many bytes there are.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a whole number of bytes
    pub fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    /// The bytes of `range`, fewer where it goes beyond the end.
    ///
    /// # Errors
    /// Where the file has gone, was changed since it was picked, or may not be read.
    #[allow(clippy::cast_precision_loss)] // files are smaller than 2^53 bytes
    pub async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, FileError> {
        let failed = |thrown: JsValue| FileError(super::message_of(&thrown));
        let slice = self.blob.slice_with_f64_and_f64(range.start as f64, range.end as f64).map_err(failed)?;
        let buffer = JsFuture::from(slice.array_buffer()).await.map_err(failed)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    /// All bytes in order, at most `size` at a time. Between two of them the page gets its turn.
    pub fn chunks(self, size: u32) -> impl Stream<Item = Result<Vec<u8>, FileError>> {
        unfold((self, Some(0)), move |(file, from)| async move {
            let from: u64 = from.filter(|from| *from < file.size())?;
            let end = from + u64::from(size.max(1));
            let read = file.read(from..end).await;
            // Nothing comes after what could not be read.
            let next = read.is_ok().then_some(end);
            Some((read, (file, next)))
        })
    }
}

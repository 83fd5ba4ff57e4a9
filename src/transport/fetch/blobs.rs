//! Files that the browser holds for an upload or of a download, known by number: as a whole they never are in the program.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, FormData};

use super::{message_of, not_sent};
use crate::responses::{FileBytes, FileUpload};
use crate::transport::TransportError;

thread_local! {
    static KEPT: RefCell<BTreeMap<u64, Blob>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

/// A blob that requests may name. It is let go of when this is dropped.
#[derive(Debug)]
pub struct KeptBlob(u64);

impl KeptBlob {
    /// Keeps `blob`.
    pub fn new(blob: Blob) -> Self {
        let number = NEXT.get();
        NEXT.set(number.wrapping_add(1));
        KEPT.with_borrow_mut(|kept| kept.insert(number, blob));
        Self(number)
    }

    /// What a request says for it.
    pub const fn bytes(&self) -> FileBytes {
        FileBytes::Blob(self.0)
    }
}

/// The blob that `bytes` names, where it is one that is kept.
pub fn blob_of(bytes: &FileBytes) -> Option<Blob> {
    match bytes {
        FileBytes::Held(_) => None,
        FileBytes::Blob(number) => KEPT.with_borrow(|kept| kept.get(number).cloned()),
    }
}

/// Pieces go to the browser when they are some so many bytes together; it puts large blobs on the disk.
const PIECE_BYTES: u32 = 1 << 20;

/// A blob that is written a piece at a time.
#[derive(Debug, Default)]
pub struct BlobWriter {
    blobs: Array,
    pieces: Array,
    piece_bytes: u32,
    size: u64,
}

impl BlobWriter {
    /// Writes `bytes` at the end.
    ///
    /// # Errors
    /// In the browser's words, where it has no room.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.write_array(&Uint8Array::from(bytes))
    }

    /// The same of bytes that the browser holds already.
    pub(super) fn write_array(&mut self, bytes: &Uint8Array) -> Result<(), String> {
        self.pieces.push(bytes);
        self.piece_bytes = self.piece_bytes.saturating_add(bytes.length());
        self.size = self.size.saturating_add(bytes.length().into());
        if self.piece_bytes >= PIECE_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// How many bytes were written.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The blob.
    ///
    /// # Errors
    /// In the browser's words, where it has no room.
    pub fn finish(mut self) -> Result<KeptBlob, String> {
        self.hand_over()?;
        let whole = Blob::new_with_blob_sequence(&self.blobs).map_err(|thrown| message_of(&thrown))?;
        Ok(KeptBlob::new(whole))
    }

    fn hand_over(&mut self) -> Result<(), String> {
        let piece = Blob::new_with_u8_array_sequence(&self.pieces).map_err(|thrown| message_of(&thrown))?;
        self.blobs.push(&piece);
        self.pieces = Array::new();
        self.piece_bytes = 0;
        Ok(())
    }
}

impl Drop for KeptBlob {
    fn drop(&mut self) {
        KEPT.with_borrow_mut(|kept| kept.remove(&self.0));
    }
}

/// The form of an upload.
pub(super) fn form(upload: &FileUpload) -> Result<FormData, TransportError> {
    let refused = |thrown| not_sent(&message_of(&thrown));
    let blob = match &upload.bytes {
        FileBytes::Held(bytes) => {
            Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes.as_ref()))).map_err(refused)?
        }
        FileBytes::Blob(number) => KEPT
            .with_borrow(|kept| kept.get(number).cloned())
            .ok_or_else(|| not_sent("the file to upload was let go of; choose it again"))?,
    };
    let form = FormData::new().map_err(refused)?;
    form.append_with_str("purpose", "batch").map_err(refused)?;
    form.append_with_blob_and_filename("file", &blob, &upload.filename).map_err(refused)?;
    Ok(form)
}

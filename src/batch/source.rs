//! Where the text of a file is read again.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

/// A file whose bytes can be read anywhere, as often as wanted: a browser's `File`, a pasted text.
pub trait LineSource {
    /// The bytes of `range`, all of them.
    ///
    /// # Errors
    /// [`SourceError`] where they cannot be read.
    fn read(&self, range: Range<u64>) -> impl Future<Output = Result<Vec<u8>, SourceError>>;
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It is shorter than it was.
    #[error("The file is shorter than when it was opened. Choose it again.")]
    Short,
    /// The browser says no: the file was moved, or may no longer be read.
    #[error("The file cannot be read ({0}). Choose it again.")]
    Unreadable(String),
}

impl LineSource for Arc<[u8]> {
    async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, SourceError> {
        let place = |at: u64| usize::try_from(at).ok();
        let bytes = place(range.start).zip(place(range.end)).and_then(|(start, end)| self.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or(SourceError::Short)
    }
}

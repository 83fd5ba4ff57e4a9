//! Files that people drop.

pub use super::dom::{FileError, read_text_file as read_text};

use web_sys::{DragEvent, File};

/// The first file dropped, if it was files that were dropped.
pub fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}

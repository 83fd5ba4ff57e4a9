//! Writing a link.

use std::fmt::Write as _;

use super::percent::encode;
use super::{LONGEST, SharedSettings, VERSION};
use crate::redact::Redactor;

/// The settings do not fit into a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A link holds {most} bytes at most, and this one would have {length}: share it without its text.", most = LONGEST)]
pub struct TooLong {
    /// How long it would be, in bytes.
    pub length: usize,
}

/// The fragment of a link to the view at `path` (such as `request`) with these settings; `redactor` takes keys out of them.
///
/// # Errors
/// Where it would be too long.
pub fn link(path: &str, settings: &SharedSettings, redactor: &Redactor) -> Result<String, TooLong> {
    let mut link = format!("#/{path}?v={VERSION}");
    let (settings, _) = settings.without_keys(redactor);
    for (field, value) in settings.iter().filter(|(field, _)| field.is_of(path)) {
        let _ = write!(link, "&{}={}", field.name(), encode(value));
    }
    if link.len() > LONGEST { Err(TooLong { length: link.len() }) } else { Ok(link) }
}

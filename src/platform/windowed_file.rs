//! A file whose lines are read by themselves: the browser is asked for a window of it, once for all lines in it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};

use super::files::FileBytes;
use crate::batch::{LineSource, SourceError};

/// Bytes of a window. Each read costs the page about a millisecond, whatever its size (Chromium 156).
const WINDOW: u64 = 256 * 1024;
/// Windows that are kept: lines are read in order, and some a second time.
const KEPT: usize = 8;

type Window = Shared<LocalBoxFuture<'static, Result<Rc<Vec<u8>>, SourceError>>>;

/// The lines of a file. Clones share what was read.
#[derive(Clone)]
pub struct WindowedFile {
    file: FileBytes,
    windows: Rc<RefCell<VecDeque<(u64, Window)>>>,
}

impl WindowedFile {
    /// The lines of `file`, none of them read yet.
    pub fn new(file: FileBytes) -> Self {
        Self { file, windows: Rc::default() }
    }

    /// The file itself.
    pub const fn file(&self) -> &FileBytes {
        &self.file
    }

    /// The window of that number, which is on its way or there.
    fn window(&self, number: u64) -> Window {
        let mut windows = self.windows.borrow_mut();
        if let Some((_, window)) = windows.iter().find(|(known, _)| *known == number) {
            return window.clone();
        }
        let file = self.file.clone();
        let read = async move { file.read(number * WINDOW..(number + 1) * WINDOW).await };
        let read =
            read.map(|read| read.map(Rc::new).map_err(|error| SourceError::Unreadable(error.reason().to_owned())));
        let window = read.boxed_local().shared();
        windows.push_back((number, window.clone()));
        if windows.len() > KEPT {
            windows.pop_front();
        }
        window
    }

    /// What could not be read is asked for again the next time.
    fn forget(&self, number: u64) {
        self.windows.borrow_mut().retain(|(known, _)| *known != number);
    }
}

impl LineSource for WindowedFile {
    async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let number = at / WINDOW;
            let begins = number * WINDOW;
            let window = self.window(number).await.inspect_err(|_| self.forget(number))?;
            let place = |at: u64| usize::try_from(at - begins).ok();
            let part = place(at).zip(place(range.end.min(begins + WINDOW)));
            let part = part.and_then(|(from, to)| window.get(from..to)).ok_or(SourceError::Short)?;
            bytes.extend_from_slice(part);
            at = begins + WINDOW;
        }
        Ok(bytes)
    }
}

impl fmt::Debug for WindowedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowedFile").field("file", &self.file).finish_non_exhaustive()
    }
}

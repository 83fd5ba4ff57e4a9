//! The job's file: written line by line into a blob of the browser's, and given to a simulated API that has forgotten it.

use std::sync::Arc;

use leptos::prelude::Set as _;

use super::super::state::Batch;
use crate::batch::input::LineEntry;
use crate::batch::job::JobFile;
use crate::batch::{LineSource, LineState, SourceError};
use crate::clock::Clock;
use crate::platform::WindowedFile;
use crate::platform::files::FileBytes as FileReader;
use crate::platform::timer::next_task;
use crate::responses::{ApiRequest, BatchCall, CreateBatch, FileBytes, FileUpload};
use crate::run::batch::{BatchBook, BatchJob};
use crate::state::api::{Api, PageTransport};
use crate::transport::fetch::blobs::{BlobWriter, KeptBlob, blob_of};

/// The name that the file is uploaded under.
const FILE_NAME: &str = "requests.jsonl";
/// How many lines are written in one turn of the page.
const WRITTEN_TOGETHER: usize = 200;

/// A job's file, ready to be uploaded.
pub(super) struct Made {
    pub file: JobFile,
    pub upload: FileUpload,
    /// Keeps the bytes as long as they are needed.
    pub blob: Option<KeptBlob>,
}

impl Batch {
    /// Writes the file of a job of the lines that wait.
    pub(super) async fn job_file(
        self,
        api: &Api,
        job: &BatchJob<WindowedFile>,
        book: &BatchBook,
    ) -> Result<Made, String> {
        let entries = waiting(job, book);
        let defaults = book.state().settings().defaults.clone();
        let (mut file, mut blob) = (JobFile::default(), BlobWriter::default());
        for (written, some) in (0u32..).zip(entries.chunks(WRITTEN_TOGETHER)) {
            let mut text = String::new();
            for entry in some {
                let request =
                    job.file.request(entry, &job.source, &defaults).await.map_err(|error| error.to_string())?;
                text.push_str(&file.line(entry, &request).map_err(|fault| fault.to_string())?);
            }
            blob.write(text.as_bytes())?;
            let _ = self.job.written.try_set(Some(written * u32::try_from(WRITTEN_TOGETHER).unwrap_or(u32::MAX)));
            next_task().await;
        }
        let _ = self.job.written.try_set(None);
        let size = blob.size();
        let blob = blob.finish()?;
        let named = |bytes| FileUpload { filename: FILE_NAME.to_owned(), bytes };
        if matches!(&*api.transport, PageTransport::Live(_)) {
            return Ok(Made { file, upload: named(blob.bytes()), blob: Some(blob) });
        }
        // The simulated API is in this page, and what it is given is in its memory.
        let kept = blob_of(&blob.bytes()).ok_or("The browser let go of the job's file.")?;
        let bytes = FileReader::new(kept).read(0..size).await.map_err(|error| error.to_string())?;
        Ok(Made { file, upload: named(FileBytes::Held(Arc::from(bytes))), blob: None })
    }

    /// Gives a simulated API, which goes with its page, the file and the job that the journal knows.
    pub(super) async fn remind_simulator(
        self,
        api: &Api,
        job: &BatchJob<WindowedFile>,
        book: &BatchBook,
    ) -> Result<(), String> {
        let PageTransport::Simulated(transport) = &*api.transport else { return Ok(()) };
        let (file_id, seen) = {
            let state = book.state();
            (state.job().file_id().map(str::to_owned), state.job().batch().cloned())
        };
        let Some(file_id) = file_id else { return Ok(()) };
        let seen_id = seen.as_ref().map(|seen| seen.id.as_str());
        if transport.simulator().borrow().has_job(&file_id, seen_id) {
            return Ok(());
        }
        let made = self.job_file(api, job, book).await?;
        let bytes = made.upload.bytes.held().ok_or("The browser let go of the job's file.")?;
        let now = (api.clock.now(), api.clock.wall());
        transport.simulator().borrow_mut().take_over_job(&file_id, &bytes, None, now);
        // A file of 50,000 lines is read a slice at a time.
        let create = ApiRequest::Batches(BatchCall::Create(CreateBatch::of_file(&file_id)));
        while !transport.simulator().borrow_mut().prepare(&create, now) {
            next_task().await;
        }
        transport.simulator().borrow_mut().take_over_job(&file_id, &bytes, seen.as_ref(), now);
        Ok(())
    }
}

/// The lines of a job: those that wait, or all where none does, as when all its results are here but not yet closed.
fn waiting(job: &BatchJob<WindowedFile>, book: &BatchBook) -> Vec<LineEntry> {
    let state = book.state();
    let waits = |entry: &&LineEntry| state.line(entry.line) == LineState::Waiting;
    let waiting: Vec<LineEntry> = job.file.entries.iter().filter(waits).cloned().collect();
    if waiting.is_empty() { job.file.entries.clone() } else { waiting }
}

/// A downloaded file, wherever it is.
pub(super) enum Results {
    Held(Arc<[u8]>),
    Blob(FileReader),
}

impl Results {
    /// The file of `bytes`, where it is still there.
    pub fn of(bytes: &FileBytes) -> Option<Self> {
        bytes.held().map(Self::Held).or_else(|| blob_of(bytes).map(|blob| Self::Blob(FileReader::new(blob))))
    }
}

impl LineSource for Results {
    async fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, SourceError> {
        match self {
            Self::Held(bytes) => {
                // What is read from memory leaves the page no turn.
                next_task().await;
                bytes.read(range).await
            }
            Self::Blob(file) => {
                file.read(range).await.map_err(|error| SourceError::Unreadable(error.reason().to_owned()))
            }
        }
    }
}

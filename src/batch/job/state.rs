//! Where a job stands, and which request is next.

use std::collections::BTreeSet;

use super::record::JobRecord;
use crate::reply::{Content, Reply};
use crate::responses::{
    ApiRequest, BatchAnswer, BatchCall, BatchObject, BatchStatus, CreateBatch, FileUpload, ListBatches,
};

/// How many of the newest jobs are looked through for one whose creation was not answered.
const LOOKED_THROUGH: u32 = 100;

/// Where a batch's job stands, as its records say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobState {
    prepared: Option<Prepared>,
    file_id: Option<String>,
    creating: bool,
    refused: Option<String>,
    batch: Option<BatchObject>,
    cancel_wanted: bool,
    merged: BTreeSet<String>,
    strays: u32,
    closed: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Prepared {
    requests: u32,
    bytes: u64,
    model: String,
}

/// What is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is no job.
    Prepare,
    /// The file goes to the server.
    Upload,
    /// The job is made of the file of that id. [`JobRecord::AboutToCreate`] comes first.
    Create(String),
    /// Nobody knows whether the job was made of the file of that id: the newest jobs are looked through.
    Find(String),
    /// The job of that id is to stop.
    Cancel(String),
    /// The job of that id is looked at, after [`super::poll_interval`].
    Poll(String),
    /// The file of that id holds results.
    Download(String),
    /// All results are here: [`JobRecord::Closed`] is next.
    Close,
    /// Nothing more.
    Over(JobEnd),
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// All its requests were run.
    Completed,
    /// Its file or the account was refused, and nothing was run: [`BatchObject::errors`] says why.
    Failed,
    /// 24 hours were not enough for all.
    Expired,
    /// It was cancelled.
    Cancelled,
    /// It was never made.
    NotCreated,
    /// A person gave it up: what it does, if it is there, is not fetched.
    GivenUp,
}

/// An answer that is none to its step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Among the newest jobs is none of that file: it was not made, or has not come up yet.
    #[error(
        "Nobody knows whether the job was made: its creation was not answered, and the newest jobs show none of this file. \
         Look again in a while; make it again only if there is none on OpenAI's Batches page."
    )]
    NotFound,
    /// The server says something else.
    #[error("The answer is of another kind than was asked for. Check that the base URL's server has the Batch API.")]
    OtherAnswer,
}

impl JobState {
    /// Takes in a record. One that says nothing new changes nothing.
    pub fn apply(&mut self, record: &JobRecord) {
        match record {
            JobRecord::Prepared { requests, bytes, model } => {
                if !self.is_open() {
                    let prepared = Prepared { requests: *requests, bytes: *bytes, model: model.clone() };
                    *self = Self { prepared: Some(prepared), ..Self::default() };
                }
            }
            JobRecord::Uploaded { file_id } => self.file_id = Some(file_id.clone()),
            JobRecord::AboutToCreate => {
                self.creating = true;
                self.refused = None;
            }
            JobRecord::NotCreated { reason } => {
                self.creating = false;
                self.refused = Some(reason.clone());
            }
            JobRecord::CreateAgain => self.creating = false,
            JobRecord::Seen(batch) => {
                self.creating = false;
                self.batch = Some((**batch).clone());
            }
            JobRecord::CancelWanted => self.cancel_wanted = true,
            JobRecord::CancelRefused => self.cancel_wanted = false,
            JobRecord::Stray { .. } => self.strays = self.strays.saturating_add(1),
            JobRecord::Merged { file_id } => drop(self.merged.insert(file_id.clone())),
            JobRecord::Closed => self.closed = true,
        }
    }

    /// Which request is next.
    pub fn step(&self) -> Step {
        if self.prepared.is_none() {
            return Step::Prepare;
        }
        if self.closed {
            return Step::Over(self.end());
        }
        let Some(batch) = &self.batch else {
            return match &self.file_id {
                Some(file_id) if self.creating => Step::Find(file_id.clone()),
                // Nothing runs yet, so there is nothing to cancel.
                _ if self.cancel_wanted => Step::Close,
                Some(file_id) => Step::Create(file_id.clone()),
                None => Step::Upload,
            };
        };
        if !batch.status.is_over() {
            let is_cancelling = batch.status == BatchStatus::Cancelling;
            let id = batch.id.clone();
            return if self.cancel_wanted && !is_cancelling { Step::Cancel(id) } else { Step::Poll(id) };
        }
        let mut files = [&batch.output_file_id, &batch.error_file_id].into_iter().flatten();
        files.find(|file| !self.merged.contains(*file)).map_or(Step::Close, |file| Step::Download(file.clone()))
    }

    /// The request of `step`; `upload` is the file, which only [`Step::Upload`] needs. `None` where there is none to send.
    pub fn request(&self, step: &Step, upload: Option<&FileUpload>) -> Option<ApiRequest> {
        Some(ApiRequest::Batches(match step {
            Step::Upload => BatchCall::UploadFile(upload?.clone()),
            Step::Create(file_id) => BatchCall::Create(CreateBatch::of_file(file_id)),
            Step::Find(_) => BatchCall::List(ListBatches { after: None, limit: Some(LOOKED_THROUGH) }),
            Step::Cancel(id) => BatchCall::Cancel(id.clone()),
            Step::Poll(id) => BatchCall::Retrieve(id.clone()),
            Step::Download(id) => BatchCall::FileContent(id.clone()),
            Step::Prepare | Step::Close | Step::Over(_) => return None,
        }))
    }

    /// What a success says to `step`, as a record; a download's is taken by a [`super::Merger`].
    ///
    /// # Errors
    /// [`NotTaken`] where it does not answer the step.
    pub fn take(&self, step: &Step, reply: &Reply) -> Result<JobRecord, NotTaken> {
        let Content::Batches(answer) = &reply.content else { return Err(NotTaken::OtherAnswer) };
        match (step, answer) {
            (Step::Upload, BatchAnswer::File(file)) => Ok(JobRecord::Uploaded { file_id: file.id.clone() }),
            (Step::Create(_) | Step::Cancel(_) | Step::Poll(_), BatchAnswer::Batch(batch)) => {
                Ok(JobRecord::Seen(batch.clone()))
            }
            (Step::Find(file_id), BatchAnswer::Batches(batches, _)) => {
                let ours = batches.iter().find(|batch| batch.input_file_id == *file_id);
                ours.map(|batch| JobRecord::Seen(Box::new(batch.clone()))).ok_or(NotTaken::NotFound)
            }
            _ => Err(NotTaken::OtherAnswer),
        }
    }

    /// Whether a job holds what waits, so that nothing may be sent otherwise.
    pub const fn is_open(&self) -> bool {
        self.prepared.is_some() && !self.closed
    }

    /// The job as the server last told of it.
    pub const fn batch(&self) -> Option<&BatchObject> {
        self.batch.as_ref()
    }

    /// How many requests its file holds.
    pub fn requests(&self) -> u32 {
        self.prepared.as_ref().map_or(0, |prepared| prepared.requests)
    }

    /// The id of its file, once that is with the server.
    pub fn file_id(&self) -> Option<&str> {
        self.file_id.as_deref()
    }

    /// The size of its file in bytes.
    pub fn bytes(&self) -> u64 {
        self.prepared.as_ref().map_or(0, |prepared| prepared.bytes)
    }

    /// The model of its requests.
    pub fn model(&self) -> Option<&str> {
        self.prepared.as_ref().map(|prepared| prepared.model.as_str())
    }

    /// Why the server did not make it.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Whether a person wants it cancelled.
    pub const fn is_cancel_wanted(&self) -> bool {
        self.cancel_wanted
    }

    /// Lines of results that belong to no line of the file.
    pub const fn strays(&self) -> u32 {
        self.strays
    }

    fn end(&self) -> JobEnd {
        match self.batch.as_ref().map(|batch| batch.status) {
            Some(status) if !status.is_over() => JobEnd::GivenUp,
            None if self.creating => JobEnd::GivenUp,
            Some(BatchStatus::Completed) => JobEnd::Completed,
            Some(BatchStatus::Expired) => JobEnd::Expired,
            Some(BatchStatus::Cancelled) => JobEnd::Cancelled,
            Some(_) => JobEnd::Failed,
            None => JobEnd::NotCreated,
        }
    }
}

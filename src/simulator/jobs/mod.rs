//! Files and batch jobs of the simulated API. A job is planned when it is made; what it is at any time follows from that.

mod job;
mod results;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::answer::AnswerBody;
use super::compose::hex_id;
use super::scenario::Scenario;
use crate::random::RandomSource;
use crate::responses::{
    ApiError, BATCH_ENDPOINT, BatchAnswer, BatchCall, BatchObject, COMPLETION_WINDOW, CreateBatch, FileBytes,
    FileObject, FileUpload, ListBatches,
};
use crate::time::{Instant, UnixTime};
use job::{Job, OutputKind};
use results::Draft;
use validate::Reading;

/// The largest file of a batch, in bytes (OpenAI's Batch guide).
const LARGEST_FILE: usize = 200_000_000;
/// How long files of batches are kept: 30 days (an upload recorded in litellm pull request 37527, 2026-08).
const FILE_LIFE_SECONDS: u64 = 2_592_000;
/// How many lines are read or composed at a time: a few milliseconds of a page's.
const SLICE: usize = 32;
/// How many batches a list holds unless asked for another number.
const PAGE: u32 = 20;

/// Status and error body.
#[derive(Debug, Clone)]
pub(super) struct Refused(pub(super) Box<(u16, ApiError)>);

impl From<(u16, ApiError)> for Refused {
    fn from(refused: (u16, ApiError)) -> Self {
        Self(Box::new(refused))
    }
}

/// What a request comes into.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) now: Instant,
    pub(super) wall: UnixTime,
}

impl World<'_> {
    /// A time of jobs, at the scenario's pace.
    fn scaled(&self, time: Duration) -> Duration {
        Duration::try_from_secs_f64(time.as_secs_f64() * self.scenario.latency.scale.max(0.0)).unwrap_or(Duration::MAX)
    }
}

/// The files and jobs there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Jobs {
    files: BTreeMap<String, Stored>,
    /// In the order in which they were made.
    made: Vec<Job>,
    /// Files of results that are being composed, by id.
    drafts: BTreeMap<String, Draft>,
}

#[derive(Debug, Clone)]
struct Stored {
    object: FileObject,
    bytes: Arc<[u8]>,
    /// As far as it is read for a job to be made of it.
    reading: Reading,
}

impl Jobs {
    /// Does a slice of what answering `call` takes long; says whether nothing is left of it.
    pub(super) fn prepare(&mut self, call: &BatchCall, world: &World<'_>) -> bool {
        match call {
            BatchCall::Create(create) => {
                let stored = self.files.get_mut(&create.input_file_id);
                stored.is_none_or(|stored| stored.reading.step(&stored.bytes, SLICE))
            }
            BatchCall::FileContent(id) => result_file(&self.made, id, world.now).is_none_or(|(job, kind)| {
                let draft = self.drafts.entry(id.clone()).or_insert_with(|| Draft::new(job, kind));
                draft.step(job, SLICE, world)
            }),
            _ => true,
        }
    }

    /// Answers `call`.
    pub(super) fn answer(
        &mut self,
        call: &BatchCall,
        world: &World<'_>,
        random: &mut impl RandomSource,
    ) -> Result<AnswerBody, Refused> {
        let answer = match call {
            BatchCall::UploadFile(upload) => BatchAnswer::File(self.upload(upload, world, random)?),
            BatchCall::RetrieveFile(id) => BatchAnswer::File(self.file(id, world)?),
            BatchCall::FileContent(id) => return Ok(AnswerBody::FileContent(self.content(id, world)?)),
            BatchCall::DeleteFile(id) => self.delete(id, world)?,
            BatchCall::Create(create) => {
                let job = self.create(create, world, random)?;
                let object = job.object(world.now);
                self.made.push(job);
                BatchAnswer::Batch(Box::new(object))
            }
            BatchCall::Retrieve(id) => BatchAnswer::Batch(Box::new(self.job(id)?.object(world.now))),
            BatchCall::List(list) => self.list(list, world.now),
            BatchCall::Cancel(id) => {
                let job = self.made.iter_mut().find(|job| job.id == *id).ok_or_else(|| no_such_batch(id))?;
                job.cancel(world)?;
                BatchAnswer::Batch(Box::new(job.object(world.now)))
            }
        };
        Ok(AnswerBody::Batches(answer))
    }

    fn upload(
        &mut self,
        upload: &FileUpload,
        world: &World<'_>,
        random: &mut impl RandomSource,
    ) -> Result<FileObject, Refused> {
        let FileBytes::Held(bytes) = &upload.bytes else {
            return Err(invalid(400, "The simulated API takes the file's bytes, not a handle to them.", Some("file")));
        };
        if !upload.filename.to_ascii_lowercase().ends_with(".jsonl") {
            // As recorded in litellm pull request 37527, 2026-08.
            return Err(invalid(400, "Invalid file format for Batch API. Must be .jsonl", None));
        }
        if bytes.len() > LARGEST_FILE {
            // The limit is documented, its words are not known.
            return Err(invalid(413, "The file is larger than the 200 MB that the Batch API takes.", Some("file")));
        }
        let created_at = world.wall.as_secs();
        let object = FileObject {
            id: hex_id("file-", 22, random),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            created_at,
            expires_at: Some(created_at.saturating_add(FILE_LIFE_SECONDS)),
            filename: upload.filename.clone(),
            purpose: "batch".to_owned(),
        };
        self.files.insert(
            object.id.clone(),
            Stored { object: object.clone(), bytes: bytes.clone(), reading: Reading::default() },
        );
        Ok(object)
    }

    fn file(&self, id: &str, world: &World<'_>) -> Result<FileObject, Refused> {
        if let Some(stored) = self.files.get(id) {
            return Ok(stored.object.clone());
        }
        let (job, kind) = result_file(&self.made, id, world.now).ok_or_else(|| no_such_file(id))?;
        Ok(job.file_object(kind, Draft::new(job, kind).finish(job, world).len()))
    }

    fn content(&mut self, id: &str, world: &World<'_>) -> Result<Arc<str>, Refused> {
        if let Some(stored) = self.files.get(id) {
            return Ok(String::from_utf8_lossy(&stored.bytes).into());
        }
        let (job, kind) = result_file(&self.made, id, world.now).ok_or_else(|| no_such_file(id))?;
        let draft = self.drafts.remove(id).unwrap_or_else(|| Draft::new(job, kind));
        Ok(draft.finish(job, world).into())
    }

    fn delete(&mut self, id: &str, world: &World<'_>) -> Result<BatchAnswer, Refused> {
        self.drafts.remove(id);
        if self.files.remove(id).is_none() {
            let result = self.made.iter_mut().find(|job| job.result_kind(id, world.now).is_some());
            result.ok_or_else(|| no_such_file(id))?.forget(id);
        }
        Ok(BatchAnswer::Deleted(id.to_owned()))
    }

    fn create(
        &mut self,
        create: &CreateBatch,
        world: &World<'_>,
        random: &mut impl RandomSource,
    ) -> Result<Job, Refused> {
        for (name, given, supported) in [
            ("endpoint", &create.endpoint, BATCH_ENDPOINT),
            ("completion_window", &create.completion_window, COMPLETION_WINDOW),
        ] {
            if given != supported {
                let message = format!("Invalid value: '{given}'. Supported values are: '{supported}'.");
                return Err(invalid(400, &message, Some(name)));
            }
        }
        let stored = self.files.get_mut(&create.input_file_id).ok_or_else(|| no_such_file(&create.input_file_id))?;
        let read = (Arc::clone(&stored.bytes), std::mem::take(&mut stored.reading));
        let queued = |family: &str| {
            let unfinished = self.made.iter().filter(|job| !job.status(world.now).is_over());
            unfinished.filter(|job| job.family() == family).map(Job::input_tokens).sum()
        };
        Ok(Job::plan(hex_id("batch_", 32, random), create, read, queued, world))
    }

    /// Takes over what another simulator had: the file `file_id`, and the job `seen` that was made of it.
    pub(super) fn take_over(
        &mut self,
        file_id: &str,
        bytes: &Arc<[u8]>,
        seen: Option<&BatchObject>,
        world: &World<'_>,
    ) {
        self.files.entry(file_id.to_owned()).or_insert_with(|| {
            let created_at = world.wall.as_secs();
            let object = FileObject {
                id: file_id.to_owned(),
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                created_at,
                expires_at: Some(created_at.saturating_add(FILE_LIFE_SECONDS)),
                filename: "requests.jsonl".to_owned(),
                purpose: "batch".to_owned(),
            };
            Stored { object, bytes: Arc::clone(bytes), reading: Reading::default() }
        });
        let Some(seen) = seen.filter(|seen| self.job(&seen.id).is_err()) else { return };
        let create = CreateBatch { metadata: seen.metadata.clone(), ..CreateBatch::of_file(file_id) };
        let reading = self.files.get_mut(file_id).map(|stored| std::mem::take(&mut stored.reading)).unwrap_or_default();
        let mut job = Job::plan(seen.id.clone(), &create, (Arc::clone(bytes), reading), |_| 0, world);
        job.go_on_from(seen);
        self.made.push(job);
    }

    /// Whether there is that file, and that job.
    pub(super) fn has(&self, file_id: &str, job: Option<&str>) -> bool {
        self.files.contains_key(file_id) && job.is_none_or(|id| self.job(id).is_ok())
    }

    fn list(&self, list: &ListBatches, now: Instant) -> BatchAnswer {
        let size = usize::try_from(list.limit.unwrap_or(PAGE).clamp(1, 100)).unwrap_or(100);
        let newest_first = || self.made.iter().rev();
        let skipped = list.after.as_ref().map_or(0, |after| {
            newest_first().position(|job| job.id == *after).map_or(self.made.len(), |place| place + 1)
        });
        let batches: Vec<BatchObject> = newest_first().skip(skipped).take(size).map(|job| job.object(now)).collect();
        let has_more = skipped + batches.len() < self.made.len();
        BatchAnswer::Batches(batches, has_more)
    }

    fn job(&self, id: &str) -> Result<&Job, Refused> {
        self.made.iter().find(|job| job.id == id).ok_or_else(|| no_such_batch(id))
    }
}

fn result_file<'a>(jobs: &'a [Job], id: &str, now: Instant) -> Option<(&'a Job, OutputKind)> {
    jobs.iter().find_map(|job| Some((job, job.result_kind(id, now)?)))
}

/// From memory; not recorded.
fn no_such_file(id: &str) -> Refused {
    invalid(404, &format!("No such File object: {id}"), Some("id"))
}

/// From memory; not recorded.
fn no_such_batch(id: &str) -> Refused {
    invalid(404, &format!("No batch found with id '{id}'."), None)
}

fn invalid(status: u16, message: &str, param: Option<&str>) -> Refused {
    let error = ApiError {
        message: message.to_owned(),
        kind: Some("invalid_request_error".to_owned()),
        param: param.map(str::to_owned),
        code: None,
        headers: Vec::new(),
    };
    (status, error).into()
}

//! A batch's job, driven: uploaded, made, looked at, fetched and merged, each step through the one retry loop.

use std::pin::pin;

use futures_util::future::select;

use crate::batch::input::BatchFile;
use crate::batch::job::{JobBook, JobEnd, JobRecord, Merged, Merger, NotTaken, ResultLines, Step, poll_interval};
use crate::batch::journal::Tokens;
use crate::batch::{LineSource, Record, SourceError};
use crate::client::{CallEnd, CallEvent, CallResult, Client, execute};
use crate::clock::Clock;
use crate::random::RandomSource;
use crate::redact::Redactor;
use crate::reply::{Content, Reply};
use crate::responses::{BatchAnswer, FileBytes, FileUpload};
use crate::retry::{Class, Outcome, Preset, RetryPolicy};
use crate::time::Instant;
use crate::transport::Transport;
use crate::usage::Prices;

/// How many lines of results are kept together: one transaction, and one turn of the page.
const KEPT_TOGETHER: usize = 20;

/// What a job is driven with.
pub struct JobRun<'a, T, C, R, L> {
    /// Sends the requests.
    pub client: Client<'a, T, C, R>,
    /// What to do about failures; the job's creation alone is never sent again.
    pub policy: RetryPolicy,
    /// The file whose lines the results belong to.
    pub file: &'a BatchFile,
    /// The job's own file, which is needed until it is uploaded.
    pub upload: Option<FileUpload>,
    /// Where a downloaded file is read; `None` where its bytes have gone.
    pub open: &'a dyn Fn(&FileBytes) -> Option<L>,
    /// Takes the key out of results, before they are read.
    pub redactor: &'a Redactor,
    /// What results cost.
    pub prices: &'a Prices,
}

/// What a view may tell of.
#[derive(Debug)]
pub enum JobEvent<'a> {
    /// A step's request goes on.
    Call(&'a Step, &'a CallEvent<'a>),
    /// Nothing happens until then.
    Waits(Instant),
    /// The batch's state has changed.
    Changed,
    /// A line has its response, in the journal; with its tokens, where they are told.
    Answered {
        /// Its number in the file.
        line: u32,
        /// Its tokens.
        tokens: Option<Tokens>,
    },
    /// Results are merged, so many by now.
    Merged(Merged),
}

/// Why nothing more happens. But for [`JobStop::Over`], the same call goes on where it was.
#[derive(Debug, Clone, PartialEq)]
pub enum JobStop<E> {
    /// The job is over, and all its results are in the journal. What was never run waits again.
    Over(JobEnd),
    /// There is no job: [`JobRecord::Prepared`] begins one.
    NotPrepared,
    /// The job's file is not uploaded yet, and was not given.
    FileNeeded,
    /// The server, or the connection, does not let this step happen.
    Refused(Step, Box<Outcome>),
    /// Nobody knows, or the answer is of another kind.
    Unclear(Step, NotTaken),
    /// What was downloaded cannot be read.
    Unreadable(SourceError),
    /// The journal was not written.
    NotKept(E),
}

/// Drives the job of `book` until it is over or stuck. Dropping the future stops it, and nothing is lost.
pub async fn run_job<T: Transport, C: Clock, R: RandomSource, L: LineSource, B: JobBook>(
    run: &JobRun<'_, T, C, R, L>,
    book: &B,
    observe: &dyn Fn(JobEvent<'_>),
) -> JobStop<B::Error> {
    // After a reload nobody has looked for a while.
    let mut driver = Driver { run, book, observe, looks: 0, is_due: true };
    loop {
        if let Err(stop) = driver.step().await {
            return stop;
        }
    }
}

struct Driver<'a, T, C, R, L, B> {
    run: &'a JobRun<'a, T, C, R, L>,
    book: &'a B,
    observe: &'a dyn Fn(JobEvent<'_>),
    /// Looks at the job since something happened.
    looks: u32,
    /// Whether the next look need not be waited for.
    is_due: bool,
}

impl<T: Transport, C: Clock, R: RandomSource, L: LineSource, B: JobBook> Driver<'_, T, C, R, L, B> {
    async fn step(&mut self) -> Result<(), JobStop<B::Error>> {
        let step = self.book.state().job().step();
        match &step {
            Step::Prepare => return Err(JobStop::NotPrepared),
            Step::Over(end) => return Err(JobStop::Over(*end)),
            Step::Close => return self.keep(JobRecord::Closed).await,
            Step::Poll(_) if !std::mem::replace(&mut self.is_due, false) => {
                self.wait().await;
                // What is wanted may be another step by now.
                self.is_due = true;
                return Ok(());
            }
            _ => self.is_due = false,
        }
        let request = self.book.state().job().request(&step, self.run.upload.as_ref());
        let request = request.ok_or(JobStop::FileNeeded)?;
        if matches!(step, Step::Create(_)) {
            self.keep(JobRecord::AboutToCreate).await?;
        }
        // A job made twice is paid twice; a second cancel meets the conflict that the first one made.
        let once = Preset::None.policy();
        let is_once = matches!(step, Step::Create(_) | Step::Cancel(_));
        let policy = if is_once { &once } else { &self.run.policy };
        let tell = |event: CallEvent<'_>| (self.observe)(JobEvent::Call(&step, &event));
        let CallResult { end, outcome, result, .. } = execute(&self.run.client, policy, &request, tell).await;
        match (end, result) {
            (CallEnd::Succeeded, Ok(reply)) => self.succeeded(step, reply).await,
            _ => self.failed(step, outcome).await,
        }
    }

    async fn succeeded(&mut self, step: Step, reply: Reply) -> Result<(), JobStop<B::Error>> {
        if let Step::Download(file_id) = step {
            let Content::Batches(BatchAnswer::Content(content)) = &reply.content else {
                return Err(JobStop::Unclear(Step::Download(file_id), NotTaken::OtherAnswer));
            };
            let gone = || JobStop::Unreadable(SourceError::Unreadable("the browser let go of the download".to_owned()));
            let source = (self.run.open)(&content.bytes).ok_or_else(gone)?;
            self.merge(ResultLines::new(source, content.size)).await?;
            return self.keep(JobRecord::Merged { file_id }).await;
        }
        let (taken, before) = {
            let state = self.book.state();
            (state.job().take(&step, &reply), state.job().batch().cloned())
        };
        match taken {
            Ok(JobRecord::Seen(batch)) => {
                let same_status = before.as_ref().is_some_and(|before| before.status == batch.status);
                self.looks = if same_status { self.looks.saturating_add(1) } else { 0 };
                if before.as_ref() == Some(&*batch) { Ok(()) } else { self.keep(JobRecord::Seen(batch)).await }
            }
            Ok(record) => self.keep(record).await,
            Err(why) => Err(JobStop::Unclear(step, why)),
        }
    }

    async fn failed(&mut self, step: Step, outcome: Outcome) -> Result<(), JobStop<B::Error>> {
        let may_pass = matches!(
            outcome.class,
            Class::Opaque
                | Class::Unknown
                | Class::RateLimit
                | Class::Overload
                | Class::Server
                | Class::Timeout
                | Class::Conflict
        );
        match step {
            // Most likely it is over meanwhile; the next look tells.
            Step::Cancel(_) if matches!(outcome.class, Class::Conflict | Class::BadRequest | Class::NotFound) => {
                self.keep(JobRecord::CancelRefused).await
            }
            // Whether it was made shows in the list.
            Step::Create(_) if may_pass && outcome.class != Class::RateLimit => {
                self.wait().await;
                Ok(())
            }
            Step::Create(_) => {
                self.keep(JobRecord::NotCreated { reason: outcome.message.clone() }).await?;
                Err(JobStop::Refused(step, Box::new(outcome)))
            }
            // Each look has its wait before it.
            Step::Poll(_) if may_pass => {
                self.looks = self.looks.saturating_add(1);
                Ok(())
            }
            // These change nothing the second time: they are tried as long as somebody waits.
            Step::Cancel(_) | Step::Download(_) | Step::Find(_) if may_pass => {
                self.looks = self.looks.saturating_add(1);
                self.wait().await;
                Ok(())
            }
            _ => Err(JobStop::Refused(step, Box::new(outcome))),
        }
    }

    async fn merge(&self, mut results: ResultLines<L>) -> Result<(), JobStop<B::Error>> {
        let mut merger = Merger::new(self.run.file, self.run.prices);
        while let Some(lines) = results.next().await.map_err(JobStop::Unreadable)? {
            for some in lines.chunks(KEPT_TOGETHER) {
                let mut records = Vec::new();
                for line in some {
                    let line = self.run.redactor.received(line);
                    records.extend(merger.line(&line, &self.book.state()));
                }
                let answered = |record: &Record| match record {
                    Record::Answered { line, tokens, .. } => Some((*line, *tokens)),
                    _ => None,
                };
                let answers: Vec<_> = records.iter().filter_map(answered).collect();
                self.keep_all(records).await?;
                for (line, tokens) in answers {
                    (self.observe)(JobEvent::Answered { line, tokens });
                }
                (self.observe)(JobEvent::Merged(merger.merged()));
            }
        }
        Ok(())
    }

    async fn keep(&self, record: JobRecord) -> Result<(), JobStop<B::Error>> {
        self.keep_all(vec![Record::Job(record)]).await
    }

    async fn keep_all(&self, records: Vec<Record>) -> Result<(), JobStop<B::Error>> {
        if !records.is_empty() {
            self.book.keep(records).await.map_err(JobStop::NotKept)?;
            (self.observe)(JobEvent::Changed);
        }
        Ok(())
    }

    /// Waits for the next look, or until somebody calls.
    async fn wait(&self) {
        let until = self.run.client.clock.now() + poll_interval(self.looks);
        (self.observe)(JobEvent::Waits(until));
        select(pin!(self.run.client.clock.sleep_until(until)), pin!(self.book.called())).await;
    }
}

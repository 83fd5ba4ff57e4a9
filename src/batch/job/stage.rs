//! Where a job stands, in words for people.

use super::state::{JobEnd, JobState, Step};
use crate::batch::input::{BatchFile, LineEntry};
use crate::batch::{BatchState, LineState};
use crate::format::format_count;
use crate::responses::{BatchFault, BatchStatus};

/// Where a job stands, from a person's view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its file goes to the server.
    Uploading,
    /// It is about to be made.
    Creating,
    /// Whether it was made is not known.
    Searching,
    /// The server looks through its file.
    Validating,
    /// Its requests are run.
    InProgress,
    /// Its results are put together.
    Finalizing,
    /// It is being cancelled.
    Cancelling,
    /// Its results are fetched and merged.
    Fetching,
    /// It is over, and all it brought is here.
    Over(JobEnd),
}

impl Stage {
    /// Where `job` stands; `None` while there is none.
    pub fn of(job: &JobState) -> Option<Self> {
        Some(match job.step() {
            Step::Prepare => return None,
            Step::Upload => Self::Uploading,
            Step::Create(_) => Self::Creating,
            Step::Find(_) => Self::Searching,
            Step::Cancel(_) => Self::Cancelling,
            Step::Poll(_) => match job.batch().map(|batch| batch.status) {
                Some(BatchStatus::InProgress) => Self::InProgress,
                Some(BatchStatus::Finalizing) => Self::Finalizing,
                Some(BatchStatus::Cancelling) => Self::Cancelling,
                _ => Self::Validating,
            },
            Step::Download(_) | Step::Close => Self::Fetching,
            Step::Over(end) => Self::Over(end),
        })
    }

    /// Its name, with OpenAI's own beside it where that is another.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "Uploading the file",
            Self::Creating => "Creating the job",
            Self::Searching => "Looking for the job",
            Self::Validating => "Validating",
            Self::InProgress => "Running (in_progress)",
            Self::Finalizing => "Putting results together (finalizing)",
            Self::Cancelling => "Cancelling",
            Self::Fetching => "Fetching results",
            Self::Over(JobEnd::Completed) => "Completed",
            Self::Over(JobEnd::Failed) => "Failed",
            Self::Over(JobEnd::Expired) => "Expired",
            Self::Over(JobEnd::Cancelled) => "Cancelled",
            Self::Over(JobEnd::NotCreated) => "Not created",
            Self::Over(JobEnd::GivenUp) => "Given up",
        }
    }

    /// What that means, and what a person can expect.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Uploading => "The file is on its way. Nothing is billed yet.",
            Self::Creating => "The file is there; the job is being made of it, once.",
            Self::Searching => {
                "The job may have been created, and no answer came. The newest jobs are looked through for it; it is not created a second time."
            }
            Self::Validating => "The server looks through the file. Nothing is run yet.",
            Self::InProgress => "Requests are run, in no order. The job goes on without this page.",
            Self::Finalizing => "All is run. The results are being put together.",
            Self::Cancelling => "It stops within ten minutes. What has been run is billed, and its results come.",
            Self::Fetching => "The job is over. Its results are fetched and matched to the lines by custom_id.",
            Self::Over(JobEnd::Completed) => "Every request was run. The results are below, in the file's order.",
            Self::Over(JobEnd::Failed) => "Nothing was run, and nothing is billed. All lines wait as before.",
            Self::Over(JobEnd::Expired) => {
                "24 hours were not enough. What was run is below; the rest waits, to be sent again or run here."
            }
            Self::Over(JobEnd::Cancelled) => {
                "What had been run is below; the rest waits, to be sent again or run here."
            }
            Self::Over(JobEnd::NotCreated) => "There is no job. All lines wait as before.",
            Self::Over(JobEnd::GivenUp) => {
                "You gave it up. If it runs on the server, it is billed there, and its results are not fetched here."
            }
        }
    }

    /// Name and meaning where nobody sees to the job: after its end as ever, before it what was last known.
    pub const fn at_rest(self) -> (&'static str, &'static str) {
        match self {
            Self::Uploading => {
                ("Not uploaded yet", "The file was not uploaded, so there is no job and nothing is billed.")
            }
            Self::Creating => {
                ("Not created yet", "The file is with the server. No job was made of it, and nothing is billed.")
            }
            Self::Searching => (
                self.name(),
                "The job may have been created, and no answer came. Nobody looks for it now; it is not created a second time.",
            ),
            Self::Fetching => {
                (self.name(), "The job is over. Its results are still with the server: nobody fetches them now.")
            }
            Self::Over(_) => (self.name(), self.meaning()),
            _ => (
                self.name(),
                "That is how it stood when it was last looked at. Nobody looks at it now; whatever runs on the server goes on there.",
            ),
        }
    }

    /// The share that is done, 0 to 1, where it can be told.
    pub fn share(self, job: &JobState) -> Option<f64> {
        #[allow(clippy::cast_precision_loss)] // counts are far below 2^53
        if let Self::Over(JobEnd::NotCreated | JobEnd::Failed) = self {
            Some(0.0)
        } else {
            let counts = job.batch()?.request_counts;
            let run = if self.was_cut_short() { counts.completed } else { counts.completed + counts.failed };
            (counts.total > 0).then(|| run as f64 / counts.total as f64)
        }
    }

    const fn was_cut_short(self) -> bool {
        matches!(self, Self::Over(JobEnd::Cancelled | JobEnd::Expired))
    }

    /// How far it is, such as "120 of 200 requests run, 3 failed".
    pub fn progress(self, job: &JobState) -> String {
        let counts = job.batch().map(|batch| batch.request_counts).unwrap_or_default();
        if counts.total == 0 {
            return format!("{} requests", format_count(job.requests().into()));
        }
        if self.was_cut_short() {
            // Those that were not run are among the failed ones of the counts.
            let mut words =
                format!("{} of {} requests run", format_count(counts.completed), format_count(counts.total));
            if counts.failed > 0 {
                words.extend([", ", format_count(counts.failed).as_str(), " failed or not run"]);
            }
            return words;
        }
        let run = counts.completed.saturating_add(counts.failed);
        let mut words = format!("{} of {} requests run", format_count(run), format_count(counts.total));
        if counts.failed > 0 {
            words.extend([", ", format_count(counts.failed).as_str(), " failed"]);
        }
        words
    }
}

/// The line of the file that `fault` is about. A job's file holds the lines that waited, in order, so its line numbers are
/// its own; once some of them have gone elsewhere, nobody can tell.
pub fn line_at_fault<'a>(file: &'a BatchFile, state: &BatchState, fault: &BatchFault) -> Option<&'a LineEntry> {
    let place = usize::try_from(fault.line?).ok()?.checked_sub(1)?;
    if state.counts().waiting != state.job().requests() {
        return None;
    }
    file.entries.iter().filter(|entry| state.line(entry.line) == LineState::Waiting).nth(place)
}

/// What the server finds wrong, with the line in the words of the file that was opened.
pub fn fault_words(fault: &BatchFault, entry: Option<&LineEntry>) -> String {
    let place = match (entry, fault.line) {
        (Some(entry), _) => format!("Line {} ({}): ", format_count(entry.line.into()), entry.custom_id),
        (None, Some(line)) => format!("Line {} of the job's file: ", format_count(line)),
        (None, None) => String::new(),
    };
    let code = fault.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    let what = match fault.code.as_deref() {
        Some("token_limit_exceeded") => " Wait until other jobs of this model are over, or run the file here.",
        Some("billing_hard_limit_reached" | "insufficient_quota") => " Add credit to the account, then send it again.",
        Some("duplicate_custom_id" | "invalid_json_line" | "missing_required_parameter" | "url_mismatch") => {
            " Mend the line, and open the file again."
        }
        Some("model_mismatch") => " Split the file by model, or run it here.",
        _ => "",
    };
    format!("{place}{}{code}{what}", fault.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::job::JobRecord;
    use crate::responses::{BatchObject, RequestCounts};

    fn job(records: &[JobRecord]) -> JobState {
        let mut job = JobState::default();
        for record in records {
            job.apply(record);
        }
        job
    }

    fn seen(status: BatchStatus, completed: u64, failed: u64) -> JobRecord {
        let request_counts = RequestCounts { total: 1_200, completed, failed };
        let output_file_id = (status == BatchStatus::Completed).then(|| "file-out".to_owned());
        let batch = BatchObject { id: "batch_1".into(), status, request_counts, output_file_id, ..Default::default() };
        JobRecord::Seen(Box::new(batch))
    }

    #[test]
    fn each_step_has_its_stage() {
        let prepared = JobRecord::Prepared { requests: 1_200, bytes: 9, model: "gpt-5-nano".into() };
        let uploaded = JobRecord::Uploaded { file_id: "file-1".into() };
        let stage = |records: &[&JobRecord]| {
            Stage::of(&job(&records.iter().map(|record| (*record).clone()).collect::<Vec<_>>()))
        };
        assert_eq!(stage(&[]), None);
        assert_eq!(stage(&[&prepared]), Some(Stage::Uploading));
        assert_eq!(stage(&[&prepared, &uploaded]), Some(Stage::Creating));
        assert_eq!(stage(&[&prepared, &uploaded, &JobRecord::AboutToCreate]), Some(Stage::Searching));
        for (status, wanted) in [
            (BatchStatus::Validating, Stage::Validating),
            (BatchStatus::InProgress, Stage::InProgress),
            (BatchStatus::Finalizing, Stage::Finalizing),
            (BatchStatus::Cancelling, Stage::Cancelling),
            (BatchStatus::Completed, Stage::Fetching),
            (BatchStatus::Failed, Stage::Fetching),
        ] {
            let seen = seen(status, 0, 0);
            assert_eq!(stage(&[&prepared, &uploaded, &seen]), Some(wanted));
            // The name on the wire is in the name for people.
            assert!(status.is_over() || wanted.name().to_lowercase().contains(status.name()), "{}", wanted.name());
        }
        let running = seen(BatchStatus::InProgress, 0, 0);
        assert_eq!(stage(&[&prepared, &uploaded, &running, &JobRecord::CancelWanted]), Some(Stage::Cancelling));
        let failed = seen(BatchStatus::Failed, 0, 0);
        assert_eq!(stage(&[&prepared, &uploaded, &failed, &JobRecord::Closed]), Some(Stage::Over(JobEnd::Failed)));
    }

    #[test]
    fn what_nobody_sees_to_is_not_said_to_be_under_way() {
        // What nobody has sent is not on its way.
        let (name, meaning) = Stage::Uploading.at_rest();
        assert_eq!(name, "Not uploaded yet");
        assert!(meaning.contains("no job") && !meaning.contains("on its way"), "{meaning}");
        for stage in [Stage::Validating, Stage::InProgress, Stage::Finalizing, Stage::Cancelling] {
            assert_eq!(stage.at_rest().0, stage.name());
            assert!(stage.at_rest().1.contains("last looked at"));
        }
        let over = Stage::Over(JobEnd::Completed);
        assert_eq!(over.at_rest(), (over.name(), over.meaning()));
    }

    #[test]
    fn progress_is_told_in_words_and_as_a_share() {
        let prepared = JobRecord::Prepared { requests: 1_200, bytes: 9, model: "gpt-5-nano".into() };
        let begun = job(std::slice::from_ref(&prepared));
        assert_eq!(
            (Stage::Uploading.progress(&begun), Stage::Uploading.share(&begun)),
            ("1,200 requests".into(), None)
        );
        let running = job(&[prepared, seen(BatchStatus::InProgress, 297, 3)]);
        assert_eq!(Stage::InProgress.progress(&running), "300 of 1,200 requests run, 3 failed");
        assert_eq!(Stage::InProgress.share(&running), Some(0.25));
    }

    #[test]
    fn faults_name_their_line_and_what_to_do() {
        let fault = BatchFault {
            code: Some("token_limit_exceeded".into()),
            message: "Enqueued token limit reached.".into(),
            param: None,
            line: None,
        };
        assert_eq!(
            fault_words(&fault, None),
            "Enqueued token limit reached. (token_limit_exceeded) Wait until other jobs of this model are over, or run the file here."
        );
        let fault = BatchFault { code: None, line: Some(2), message: "Wrong.".into(), param: None };
        assert_eq!(fault_words(&fault, None), "Line 2 of the job's file: Wrong.");
    }
}

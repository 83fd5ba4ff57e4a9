//! Files and batch jobs of the simulated API, call by call.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::sync::Arc;
use std::time::Duration;

use sluice::rate_limit::Visibility;
use sluice::reply::{Content, Endpoint, Reply, WireText};
use sluice::responses::{
    ApiRequest, BatchAnswer, BatchCall, BatchObject, BatchStatus, CreateBatch, CreateResponse, FileBytes, FileObject,
    FileUpload, Input, ListBatches, Response,
};
use sluice::simulator::{Answer, BatchQueue, Scenario, ScenarioPreset, Simulator, estimate_input_tokens};
use sluice::time::{Instant, UnixTime};

const NOVEMBER: UnixTime = UnixTime::from_secs(1_795_000_000);

struct Api {
    simulator: Simulator,
    now: Instant,
}

impl Api {
    fn new(scenario: impl Into<Scenario>) -> Self {
        Self { simulator: Simulator::new(scenario.into(), 5), now: Instant::ORIGIN }
    }

    fn call(&mut self, call: BatchCall) -> Answer {
        let request = ApiRequest::Batches(call);
        let wall = NOVEMBER + self.now.since_origin();
        let answer = self.simulator.answer(&request, Some("sk-simulated"), self.now, wall);
        // Whatever is answered reads back from its text.
        let endpoint = Endpoint::from(&request);
        let read = Reply::from_http(answer.status, answer.headers(), answer.body(), Visibility::Full, wall, endpoint);
        let typed = answer.clone().into_reply();
        assert_eq!((&read.content, &read.headers), (&typed.content, &typed.headers));
        answer
    }

    fn upload(&mut self, filename: &str, text: &str) -> Answer {
        let bytes = FileBytes::Held(Arc::from(text.as_bytes()));
        self.call(BatchCall::UploadFile(FileUpload { filename: filename.into(), bytes }))
    }

    fn batch(&mut self, call: BatchCall) -> BatchObject {
        match self.call(call).into_reply().content {
            Content::Batches(BatchAnswer::Batch(batch)) => *batch,
            other => panic!("{other:?}"),
        }
    }

    /// Uploads a file and makes a job of it.
    fn job(&mut self, text: &str) -> BatchObject {
        let file = file_of(self.upload("requests.jsonl", text));
        self.batch(BatchCall::Create(CreateBatch::of_file(&file.id)))
    }

    fn later(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    fn look(&mut self, job: &BatchObject) -> BatchObject {
        self.batch(BatchCall::Retrieve(job.id.clone()))
    }
}

fn file_of(answer: Answer) -> FileObject {
    match answer.into_reply().content {
        Content::Batches(BatchAnswer::File(file)) => file,
        other => panic!("{other:?}"),
    }
}

fn error_of(answer: &Answer) -> (u16, String) {
    match answer.clone().into_reply().content {
        Content::Error(error) => (answer.status, error.message),
        other => panic!("{other:?}"),
    }
}

fn line(custom_id: &str, model: &str) -> String {
    format!(
        r#"{{"custom_id":"{custom_id}","method":"POST","url":"/v1/responses","body":{{"model":"{model}","input":"Hello"}}}}"#
    ) + "\n"
}

fn lines(count: usize) -> String {
    (0..count).map(|number| line(&format!("r{number}"), "gpt-5-nano")).collect()
}

#[test]
fn files_are_kept_and_given_back() {
    let mut api = Api::new(Scenario::default());
    let text = lines(2);
    let file = file_of(api.upload("a.jsonl", &text));
    assert_eq!((usize::try_from(file.bytes).unwrap(), file.purpose.as_str()), (text.len(), "batch"));
    // 30 days, as in an upload recorded in litellm pull request 37527.
    assert_eq!(file.expires_at, Some(file.created_at + 2_592_000));
    assert_eq!(file_of(api.call(BatchCall::RetrieveFile(file.id.clone()))), file);
    let content = api.call(BatchCall::FileContent(file.id.clone()));
    assert_eq!(content.body(), text);
    assert_eq!(content.headers()[0].1, "application/octet-stream");
    assert_eq!(api.call(BatchCall::DeleteFile(file.id.clone())).status, 200);
    for call in [BatchCall::RetrieveFile(file.id.clone()), BatchCall::FileContent(file.id.clone())] {
        assert_eq!(error_of(&api.call(call)).0, 404);
    }
    assert_eq!(api.call(BatchCall::Create(CreateBatch::of_file(&file.id))).status, 404);
    let wrong = api.upload("a.txt", &text);
    assert_eq!(error_of(&wrong), (400, "Invalid file format for Batch API. Must be .jsonl".to_owned()));
}

#[test]
fn a_job_goes_its_course_on_the_clock() {
    let mut api = Api::new(Scenario::default());
    let job = api.job(&lines(100));
    assert_eq!((job.status, job.request_counts.total), (BatchStatus::Validating, 0));
    let mut seen = vec![job.status];
    let mut completed = vec![0];
    for _ in 0..120 {
        api.later(1);
        let now = api.look(&job);
        if seen.last() != Some(&now.status) {
            seen.push(now.status);
        }
        completed.push(now.request_counts.completed);
        assert_eq!(now.output_file_id.is_some(), now.status == BatchStatus::Completed);
    }
    let course = [BatchStatus::Validating, BatchStatus::InProgress, BatchStatus::Finalizing, BatchStatus::Completed];
    assert_eq!(seen, course);
    assert!(completed.is_sorted() && completed.last() == Some(&100));
}

#[test]
fn results_are_responses_and_the_same_for_the_same_seed() {
    let results = || {
        let mut api = Api::new(Scenario::default());
        let job = api.job(&lines(20));
        api.later(3_600);
        let id = api.look(&job).output_file_id.unwrap();
        let text = api.call(BatchCall::FileContent(id.clone())).body();
        assert_eq!(text, api.call(BatchCall::FileContent(id)).body());
        text
    };
    let text = results();
    assert_eq!(text, results());
    let mut ids = Vec::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        ids.push(line["custom_id"].as_str().unwrap().to_owned());
        assert_eq!(line["response"]["status_code"], 200);
        let response = Response::from_value(&line["response"]["body"]).unwrap();
        assert!(response.output_text().starts_with("[simulated]") && response.usage.known().is_some());
    }
    let in_order: Vec<String> = (0..20).map(|number| format!("r{number}")).collect();
    assert_ne!(ids, in_order);
    ids.sort_by_key(|id| id[1..].parse::<u32>().unwrap());
    assert_eq!(ids, in_order);
}

#[test]
fn a_large_job_is_read_and_composed_in_slices_and_is_the_same() {
    // A bad line, one that is refused, and a last one without a line feed.
    let refused = line("other", "gpt-5-nano").replace("\"body\":{", "\"body\":{\"max_output_tokens\":5,");
    let last = line("last", "gpt-5-nano");
    let text = format!("{}\nnot JSON\n{refused}\n{}", lines(150).trim_end(), last.trim_end());
    let mended = text.replace("not JSON\n", "");
    let run = |text: &str, in_slices: bool| {
        let mut api = Api::new(Scenario::default());
        let mut steps = Vec::new();
        let mut ask = |api: &mut Api, call: BatchCall| {
            let (request, mut count) = (ApiRequest::Batches(call.clone()), 1);
            while in_slices && !api.simulator.prepare(&request, (api.now, NOVEMBER + api.now.since_origin())) {
                count += 1;
            }
            steps.push(count);
            api.call(call)
        };
        let file = file_of(api.upload("requests.jsonl", text));
        let Content::Batches(BatchAnswer::Batch(job)) =
            ask(&mut api, BatchCall::Create(CreateBatch::of_file(&file.id))).into_reply().content
        else {
            panic!("no job")
        };
        api.later(3_600);
        let over = api.look(&job);
        let files: Vec<String> = [&over.output_file_id, &over.error_file_id]
            .into_iter()
            .flatten()
            .map(|id| ask(&mut api, BatchCall::FileContent(id.clone())).body())
            .collect();
        (over, files, steps)
    };
    for text in [&text, &mended] {
        let (whole, sliced) = (run(text, false), run(text, true));
        assert_eq!((&whole.0, &whole.1), (&sliced.0, &sliced.1));
        assert!(sliced.2[0] > 4, "{:?}", sliced.2);
    }
    let (over, files, steps) = run(&text, true);
    assert_eq!((over.status, over.errors[0].line, files.len()), (BatchStatus::Failed, Some(151), 0));
    assert_eq!(steps.len(), 1);
    let (over, files, steps) = run(&mended, true);
    assert_eq!((over.request_counts.completed, over.request_counts.failed), (151, 1));
    assert_eq!((files[0].lines().count(), files[1].lines().count()), (151, 1));
    assert!(steps[1] > 4, "{steps:?}");
}

#[test]
fn wrong_files_fail_the_job_with_the_line() {
    let body = r#""body":{"model":"gpt-5-nano","input":"x"}"#;
    let cases = [
        ("not json\n".to_owned(), "invalid_json_line", Some(1)),
        (format!("{{\"method\":\"POST\",\"url\":\"/v1/responses\",{body}}}\n"), "missing_required_parameter", Some(1)),
        (
            format!("{{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",{body}}}"),
            "url_mismatch",
            Some(1),
        ),
        (line("a", "gpt-5-nano") + &line("a", "gpt-5-nano"), "duplicate_custom_id", Some(2)),
        (line("a", "gpt-5-nano") + "\n" + &line("b", "gpt-5-mini"), "model_mismatch", Some(3)),
        ("\n".to_owned(), "empty_file", None),
        (lines(50_001), "too_many_tasks", None),
    ];
    for (text, code, line) in cases {
        let mut api = Api::new(Scenario::default());
        let job = api.job(&text);
        assert_eq!(job.status, BatchStatus::Validating);
        api.later(60);
        let failed = api.look(&job);
        assert_eq!(failed.status, BatchStatus::Failed, "{code}");
        assert_eq!((failed.errors[0].code.as_deref(), failed.errors[0].line), (Some(code), line));
        assert_eq!((failed.output_file_id, failed.request_counts.total), (None, 0));
    }
}

#[test]
fn an_account_without_credit_runs_no_job() {
    let mut api = Api::new(ScenarioPreset::QuotaExhausted);
    let job = api.job(&lines(1));
    api.later(60);
    assert_eq!(api.look(&job).errors[0].code.as_deref(), Some("billing_hard_limit_reached"));
}

#[test]
fn unfinished_jobs_of_a_model_share_its_queue() {
    let hello = CreateResponse { model: "gpt-5-nano".into(), input: Input::Text("Hello".into()), ..Default::default() };
    // Room for one and a half.
    let enqueued_tokens = Some(estimate_input_tokens(&hello) * 150);
    let batches = BatchQueue { enqueued_tokens, ..BatchQueue::default() };
    let mut api = Api::new(Scenario { batches, ..Scenario::default() });
    let first = api.job(&lines(100));
    let second = api.job(&lines(100));
    let other = api.job(&line("a", "gpt-5-mini"));
    api.later(3_600);
    let third = api.job(&lines(100));
    api.later(3_600);
    let status = |api: &mut Api, job: &BatchObject| api.look(job).status;
    assert_eq!(status(&mut api, &first), BatchStatus::Completed);
    assert_eq!(status(&mut api, &second), BatchStatus::Failed);
    assert_eq!(status(&mut api, &other), BatchStatus::Completed);
    assert_eq!(status(&mut api, &third), BatchStatus::Completed);
}

#[test]
fn the_newest_jobs_are_listed_first_and_by_pages() {
    let mut api = Api::new(Scenario::default());
    let jobs: Vec<String> = (0..5).map(|_| api.job(&lines(1)).id).collect();
    let mut page = |after: Option<String>| match api
        .call(BatchCall::List(ListBatches { after, limit: Some(2) }))
        .into_reply()
        .content
    {
        Content::Batches(BatchAnswer::Batches(batches, more)) => {
            (batches.into_iter().map(|batch| batch.id).collect::<Vec<_>>(), more)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(page(None), (vec![jobs[4].clone(), jobs[3].clone()], true));
    assert_eq!(page(Some(jobs[3].clone())), (vec![jobs[2].clone(), jobs[1].clone()], true));
    assert_eq!(page(Some(jobs[1].clone())), (vec![jobs[0].clone()], false));
}

#[test]
fn what_is_over_is_not_cancelled() {
    let mut api = Api::new(Scenario::default());
    let job = api.job(&lines(3));
    api.later(3_600);
    let (status, message) = error_of(&api.call(BatchCall::Cancel(job.id)));
    assert_eq!(status, 409);
    assert!(message.contains("'completed'"), "{message}");
    assert_eq!(error_of(&api.call(BatchCall::Retrieve("batch_none".into()))).0, 404);
    let elsewhere = CreateBatch { endpoint: "/v1/embeddings".into(), ..CreateBatch::of_file("file-1") };
    assert_eq!(error_of(&api.call(BatchCall::Create(elsewhere))).0, 400);
}

#[test]
fn one_cancelled_before_it_began_has_run_nothing() {
    let mut api = Api::new(Scenario::default());
    let job = api.job(&lines(3));
    assert_eq!(api.batch(BatchCall::Cancel(job.id.clone())).status, BatchStatus::Cancelling);
    api.later(60);
    let over = api.look(&job);
    assert_eq!((over.status, over.output_file_id, over.times.in_progress_at), (BatchStatus::Cancelled, None, None));
    let text = api.call(BatchCall::FileContent(over.error_file_id.unwrap())).body();
    assert_eq!(text.lines().filter(|line| line.contains("batch_cancelled")).count(), 3);
}

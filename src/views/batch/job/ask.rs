//! What is asked before it is done to a job.

use leptos::prelude::*;

use super::super::state::use_batch;
use super::state::Question;
use crate::components::{Button, ButtonKind, Dialog};
use crate::format::format_count;
use crate::run_view::BudgetOutlook;
use crate::state::api::ApiSource;

/// The question, where there is one.
#[component]
pub fn Ask() -> impl IntoView {
    let batch = use_batch();
    let question = batch.job.question;
    // A dialog that closes keeps its words.
    let last = Memo::new(move |before: Option<&Question>| question.get().or(before.copied()).unwrap_or(Question::Send));
    let cost = move || {
        let (comparison, _) = batch.comparison()?;
        let requests = batch.job.offer.with(|offer| offer.as_ref().map(|offer| offer.estimate.totals().requests))?;
        let requests = format_count(requests);
        Some(if comparison.job.cost.is_bounded() {
            format!(
                "{requests} requests: costs up to {} (input estimated), half the price of single ones.",
                comparison.job.cost.most
            )
        } else {
            format!(
                "{requests} requests. Nobody can say what they cost at most: a model has no price here, or some output no bound."
            )
        })
    };
    let planned = move || {
        batch.job.offer.with(|offer| {
            let totals = offer.as_ref()?.estimate.totals();
            Some(totals.planned(&totals.job_cost))
        })
    };
    let title = move || match last.get() {
        Question::Send => "Send a paid OpenAI Batch job?",
        Question::Cancel => "Cancel the job?",
        Question::CreateAgain => "Create the job again?",
        Question::GiveUp => "Give the job up?",
    };
    let text = move || match last.get() {
        Question::Send => {
            "The job is real, and what it runs is billed. Its file, with all prompts, goes to the server's file storage, which keeps it until you or the server delete it."
        }
        Question::Cancel => {
            "It stops within ten minutes. What has been run by then is billed, and its results are fetched."
        }
        Question::CreateAgain => {
            "If it was created the first time, it runs and is billed twice. Look on the server's page of batches first."
        }
        Question::GiveUp => {
            "Its results are not fetched here any more, and the lines wait again. A job that runs on the server goes on there, and is billed."
        }
    };
    let leave = move || match last.get() {
        Question::Send => "Send nothing",
        Question::Cancel | Question::GiveUp => "Keep it",
        Question::CreateAgain => "Leave it",
    };
    let act = move || match last.get() {
        Question::Send => "Send the job",
        Question::Cancel => "Cancel the job",
        Question::CreateAgain => "Create it again",
        Question::GiveUp => "Give it up",
    };
    let kind = move || if last.get() == Question::Send { ButtonKind::Primary } else { ButtonKind::Danger };
    let yes = move || match question.try_update(Option::take).flatten() {
        Some(Question::Send) => batch.send_job(),
        Some(Question::Cancel) => batch.cancel_job(),
        Some(Question::CreateAgain) => batch.create_job_again(),
        Some(Question::GiveUp) => batch.give_up_job(),
        None => {}
    };
    view! {
        <Dialog
            title=Signal::derive(move || title().to_owned())
            open=Signal::derive(move || question.get().is_some())
            on_close=move |()| question.set(None)
            actions=move || {
                view! {
                    <Button on_click=move |()| question.set(None)>{leave}</Button>
                    {move || view! { <Button kind=kind() on_click=move |()| yes()>{act}</Button> }}
                }
            }
        >
            <p>{text}</p>
            <Show when=move || last.get() == Question::Send>
                <p class="num">{cost}</p>
                <BudgetOutlook source=ApiSource::Live planned=planned />
            </Show>
        </Dialog>
    }
}

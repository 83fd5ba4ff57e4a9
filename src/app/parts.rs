//! The parts of the page that are fetched when they are first used (`platform::lazy`).

use leptos::prelude::*;

use super::connection::ConnectionDialog;
use super::help::HelpDialog;
use super::key_in_prompt::KeyInPrompt;
use super::share::{OpenedLink, ShareDialog};
use super::toasts::UndoToasts;
use crate::platform::lazy::{LazyView, lazy_view};
use crate::state::route::View;
use crate::views::{batch, burst, explain, lab, request, usage};

lazy_view! {
    /// The view Request.
    pub fn request_view in request = view! { <request::RequestView /> }.into_any();
}
lazy_view! {
    /// The view Burst.
    pub fn burst_view in burst = view! { <burst::BurstView /> }.into_any();
}
lazy_view! {
    /// The view Explain.
    pub fn explain_view in explain = view! { <explain::ExplainView /> }.into_any();
}
lazy_view! {
    /// The view Batch.
    pub fn batch_view in batch = view! { <batch::BatchView /> }.into_any();
}
lazy_view! {
    /// The view Lab.
    pub fn lab_view in lab = view! { <lab::LabView /> }.into_any();
}
lazy_view! {
    /// The view Usage.
    pub fn usage_view in usage = view! { <usage::UsageView /> }.into_any();
}
lazy_view! {
    /// The dialog "Connection".
    pub fn connection_dialog in connection = view! { <ConnectionDialog /> }.into_any();
}
lazy_view! {
    /// The dialog that makes a link.
    pub fn share_dialog in share = view! { <ShareDialog /> }.into_any();
}
lazy_view! {
    /// The dialog of keys and terms.
    pub fn help_dialog in help = view! { <HelpDialog /> }.into_any();
}
lazy_view! {
    /// What a link does that was opened.
    pub fn opened_link in link = view! { <OpenedLink /> }.into_any();
}
lazy_view! {
    /// The question about a key in a prompt.
    pub fn key_in_prompt in prompt = view! { <KeyInPrompt /> }.into_any();
}

lazy_view! {
    /// The messages with Undo.
    pub fn undo_toasts in undo = view! { <UndoToasts /> }.into_any();
}

/// The part that a view is in; the Guide is there from the start.
pub const fn of_view(view: View) -> Option<LazyView> {
    match view {
        View::Guide => None,
        View::Request => Some(request_view()),
        View::Burst => Some(burst_view()),
        View::Explain => Some(explain_view()),
        View::Batch => Some(batch_view()),
        View::Lab => Some(lab_view()),
        View::Usage => Some(usage_view()),
    }
}

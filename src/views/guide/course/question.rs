//! A question: bet first, then find out by running something.

use leptos::prelude::*;

use crate::components::{Choice, Glyph, Icon, RadioGroup};
use crate::course::{Finding, Stage, stage};
use crate::state::announcer::use_announcer;
use crate::views::guide::state::use_guide;

/// A question that is answered by running something.
#[component]
pub fn Question(
    /// Its step in the course.
    step: &'static str,
    /// The question.
    ask: &'static str,
    /// What to bet on.
    options: &'static [&'static str],
    /// What to run.
    how: &'static str,
    /// Why it is so.
    why: &'static str,
    /// What was seen, once it was.
    #[prop(into)]
    finding: Signal<Option<Finding>>,
    /// What to run it with, in place.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (course, announcer) = (use_guide().course, use_announcer());
    let bet = move || course.bets.with(|bets| bets.get(step).copied());
    let finding = Memo::new(move |_| finding.get());
    let stage = Memo::new(move |_| finding.with(|finding| stage(bet(), finding.as_ref())));
    let before = Memo::new(move |_| course.steps().has(step));
    let words = move || match (stage.get(), finding.get()) {
        (Stage::Open, _) if before.get() => {
            format!("Answered on an earlier visit. Once more: bet, then find out. {how}")
        }
        (Stage::Open, _) => format!("Place your bet, then find out. {how}"),
        (Stage::Bet, _) => format!("Your bet stands. Now find out. {how}"),
        (Stage::Seen, _) => "You have run it. Place your bet, and it is judged by what you saw.".to_owned(),
        (Stage::Right, Some(finding)) => format!("Right. {}", finding.words),
        (_, Some(finding)) => format!("Not so. {}", finding.words),
        (_, None) => String::new(),
    };
    // The bet that was settled stays: another one would be no bet.
    let answered = Signal::derive(move || stage.get().is_answered());
    Effect::new(move |last: Option<bool>| {
        let answered = stage.get().is_answered();
        if answered {
            course.mark(step);
            // What stood here before is no news.
            if last == Some(false) {
                announcer.say(untrack(words));
            }
        }
        answered
    });
    let choices = Signal::derive(move || {
        options.iter().enumerate().map(|(index, option)| Choice::new(index.to_string(), *option)).collect::<Vec<_>>()
    });
    let choose = move |value: String| {
        if let Ok(index) = value.parse() {
            course.bets.update(|bets| {
                bets.insert(step, index);
            });
        }
    };
    let glyph = move || match stage.get() {
        Stage::Right => Glyph::Check,
        Stage::Wrong => Glyph::Cross,
        _ => Glyph::Help,
    };
    let is = move |wanted| move || stage.get() == wanted;
    view! {
        <div class="question" class:question-right=is(Stage::Right) class:question-wrong=is(Stage::Wrong) role="group" aria-label="Question">
            <RadioGroup
                label=ask
                options=choices
                value=Signal::derive(move || bet().map(|index| index.to_string()).unwrap_or_default())
                on_change=choose
                disabled=answered
            />
            {children.map(|children| view! { <div class="question-try">{children()}</div> })}
            <p class="question-verdict num">
                <Icon glyph=Signal::derive(glyph) />
                <span>{words}</span>
            </p>
            <Show
                when=move || stage.get().is_answered()
                fallback=move || view! {
                    <details class="question-answer">
                        <summary>"Show the answer"</summary>
                        <p>{why}</p>
                    </details>
                }
            >
                <p class="question-why">{why}</p>
            </Show>
        </div>
    }
}

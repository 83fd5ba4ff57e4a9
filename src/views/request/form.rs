//! The request as it is written, and the button that sends it.

use leptos::prelude::*;

use super::answered_by::AnsweredBy;
use super::settings::Settings;
use super::state::{RequestState, use_request};
use super::take_away::TakeAway;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Glyph, Keys, Shortcut, TextArea};
use crate::format::format_count;
use crate::platform::location;
use crate::responses::{CreateResponse, Usage};
use crate::retry::Preset;
use crate::run::CostBound;
use crate::run_view::{BudgetOutlook, TokenLine};
use crate::simulator::{estimate_frame, estimate_input_tokens};
use crate::state::api::ApiSource;
use crate::state::prices::use_prices;
use crate::state::session::{Session, use_session};
use crate::state::shortcuts::on_command_enter;
use crate::transport::ApiRequest;
use crate::usage::{Planned, Prices, Tier};

/// The id of the button that sends.
pub const SEND: &str = "request-send";

/// The fields and the button.
#[component]
pub fn RequestForm() -> impl IntoView {
    let state = use_request();
    let (session, prices) = (use_session(), use_prices());
    on_command_enter(Callback::new(move |()| {
        if !is_framed_live(session) {
            state.send();
        }
    }));
    let prompt_error = Signal::derive(move || state.errors.with(|errors| errors.prompt.map(str::to_owned)));
    // A page in another's frame could be made to send by a click meant for something else.
    let is_framed_live = Signal::derive(move || is_framed_live(session));
    view! {
        <section class="request-form" aria-label="Request">
            <TextArea
                label="Prompt"
                rows=4
                value=Signal::derive(move || state.draft.with(|draft| draft.prompt.clone()))
                on_input=move |text| state.edit(|draft| draft.prompt = text)
                error=prompt_error
            />
            <TokenLine
                name=Signal::derive(move || {
                    let both = state.draft.with(|draft| !draft.instructions.trim().is_empty());
                    if both { "Prompt and instructions" } else { "Prompt" }.to_owned()
                })
                texts=Signal::from(Memo::new(move |_| {
                    state.draft.with(|draft| vec![draft.prompt.clone(), draft.sent_instructions().unwrap_or_default()])
                }))
                model=Signal::derive(move || state.model())
                exact=state.exact
            />
            <Settings />
            <div class="request-send">
                <Button
                    kind=ButtonKind::Primary
                    icon=Glyph::Play
                    id=SEND
                    shortcut=Shortcut::Run
                    on_click=move || state.send()
                    disabled=is_framed_live
                    reason=Signal::derive(move || is_framed_live.get().then(|| "Not from within another page".to_owned()))
                >
                    "Send"
                </Button>
                <span class="request-shortcut" aria-hidden="true"><Keys keys=Shortcut::Run.keys() /></span>
                <Button kind=ButtonKind::Quiet icon=Glyph::Reset on_click=move || state.reset()>"Reset fields"</Button>
                <span class="request-cost num">{move || price_note(state, session.source.get(), &prices.get())}</span>
            </div>
            <BudgetOutlook source=session.source planned=move || planned(state, &prices.get()) />
            <AnsweredBy />
            {move || {
                // A connection made since then, or another API, has solved it.
                let stands = session.source.get() == ApiSource::Live && session.connection.with(Option::is_none);
                state.refusal.get().filter(|_| stands).map(|why| view! {
                    <Callout kind=CalloutKind::Warn title="Nothing was sent" alert=true>
                        <p>{why}</p>
                        <p>"Your prompt and settings are kept."</p>
                        <Button on_click=move |()| session.connection_open.set(true)>"Open Connection"</Button>
                    </Callout>
                })
            }}
            <TakeAway />
        </section>
    }
}

fn is_framed_live(session: Session) -> bool {
    location::is_framed() && session.source.get() == ApiSource::Live
}

/// What the request is going to cost at most, as an estimate.
fn price_note(state: RequestState, source: ApiSource, prices: &Prices) -> String {
    let model = state.model();
    let Ok(request) = state.draft.with(|draft| draft.request(&model)) else { return String::new() };
    let input = match state.counted() {
        Some(counted) => counted + estimate_frame(&request),
        None => estimate_input_tokens(&request),
    };
    let tokens = format!("about {} input tokens, message frame included", format_count(input));
    match source {
        ApiSource::Simulated => format!("Simulated: costs nothing · {tokens}"),
        ApiSource::Live => format!("{} · {tokens}", live_cost(&request, input, prices)),
    }
}

/// The most that the request comes to, tracked; `None` while it cannot be sent.
fn planned(state: RequestState, prices: &Prices) -> Option<Planned> {
    let model = state.model();
    let (request, policy) =
        state.draft.with(|draft| draft.request(&model).ok().map(|request| (request, draft.policy.clone())))?;
    let policy = Preset::from_id(&policy).unwrap_or(Preset::Sluice).policy();
    let request = ApiRequest::CreateResponse(request);
    Some(CostBound::of_requests(std::iter::once(&request), &policy, prices).planned())
}

fn live_cost(request: &CreateResponse, input_tokens: u64, prices: &Prices) -> String {
    let Some(price) = prices.price(&request.model, Tier::Standard) else {
        return "No price known for this model".to_owned();
    };
    let cost = |output_tokens| price.cost(&Usage { input_tokens, output_tokens, ..Usage::default() });
    match request.max_output_tokens {
        Some(bound) => format!("Costs up to about {}", cost(bound)),
        None => format!("Costs about {} for 1,000 output tokens; no bound is set", cost(1_000)),
    }
}

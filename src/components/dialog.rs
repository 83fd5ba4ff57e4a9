//! A window over the page.

use leptos::children::ViewFnOnce;
use leptos::html;
use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph, unique_id};

/// A window over the page, which is inert while it is open. Esc, the cross and a click beside it close it; the browser
/// gives the focus back.
#[component]
pub fn Dialog(
    /// The title, and the accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Called when it has been closed.
    #[prop(into)]
    on_close: Callback<()>,
    /// Buttons at the foot.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// It comes from the right and is as tall as the page: an inspector.
    #[prop(optional)]
    side: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let id = unique_id("dialog");
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        if let Some(dialog) = node.get() {
            if wanted && !dialog.open() {
                // Refused only for a dialog that is not in the page, and then there is nothing to show.
                let _ = dialog.show_modal();
            } else if !wanted && dialog.open() {
                dialog.close();
            }
        }
    });
    let close = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let closed = move |_| {
        if open.try_get_untracked() == Some(true) {
            on_close.run(());
        }
    };
    view! {
        <dialog
            class="dialog"
            class:dialog-side=side
            node_ref=node
            aria-labelledby=id
            on:close=closed
            // The dialog has no padding of its own: a press on the element itself is one on the backdrop.
            on:mousedown=move |event| {
                if event.target() == event.current_target() {
                    // Else the press would take the focus from where closing puts it.
                    event.prevent_default();
                    close();
                }
            }
        >
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2 class="dialog-title" id=id.clone()>
                        {move || title.get()}
                    </h2>
                </div>
                <div class="dialog-body">{children()}</div>
                {actions.map(|actions| view! { <div class="dialog-foot">{actions.run()}</div> })}
                // Last, so that the first thing in the body has the focus when the dialog opens.
                <div class="dialog-close">
                    <Button kind=ButtonKind::Quiet icon=Glyph::Close label="Close" on_click=close />
                </div>
            </div>
        </dialog>
    }
}

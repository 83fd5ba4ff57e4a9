//! The presets of a view.

use leptos::prelude::*;

use crate::presets::Preset;

/// Links to the presets of the view at `path`. Followed within the page, they run at once; copied, they are share links.
#[component]
pub fn PresetLinks(
    /// The view's path, such as `burst`.
    path: &'static str,
) -> impl IntoView {
    let link = |preset: Preset| {
        view! {
            <a class="button preset" href=preset.href() data-preset=preset.id() title=preset.about()>
                {preset.name()}
            </a>
        }
    };
    let of_view = Preset::ALL.into_iter().filter(|preset| preset.path() == path);
    view! {
        <div class="presets" role="group" aria-label="Presets">
            <span class="muted" aria-hidden="true">"Try"</span>
            {of_view.map(link).collect_view()}
        </div>
    }
}

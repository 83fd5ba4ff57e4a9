//! Small drawings, all on one grid of 16 by 16.

use leptos::prelude::*;

/// What an [`Icon`] shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Glyph {
    Alert,
    Arrow,
    Check,
    Chevron,
    Clock,
    Close,
    Copy,
    Cross,
    Dot,
    Download,
    Help,
    Info,
    Key,
    Link,
    Minus,
    Moon,
    More,
    Play,
    Plug,
    Plus,
    Reset,
    Ring,
    Share,
    Stop,
    Sun,
    Table,
    Tokens,
    Upload,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2 14.5 13.5h-13zM8 6.5v3.25M8 11.6v.2",
            Self::Arrow => "M2.5 8h10.5M9 4l4 4-4 4",
            Self::Check => "m3 8.5 3.25 3.25L13 4.75",
            Self::Chevron => "m6 3.5 4.5 4.5L6 12.5",
            Self::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.75V8l2.25 1.5",
            Self::Close | Self::Cross => "m4 4 8 8M12 4l-8 8",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.25V2.5h-8v8h2.75",
            Self::Dot => "M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3",
            Self::Download => "M8 2.5v7.75M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
            Self::Help => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6.25 6.5a1.75 1.75 0 1 1 2.5 1.6c-.5.25-.75.6-.75 1.15M8 11.2v.2"
            }
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.25v3.75M8 4.9v.2",
            Self::Key => "M10.5 2.5a3 3 0 1 1-2.2 5.05L3.5 12.5v1H2v-2l5.6-5.1a3 3 0 0 1 2.9-3.9M11 5.2v.2",
            Self::Link => {
                "M6.75 9.25a2.75 2.75 0 0 0 3.9 0l2.3-2.3a2.75 2.75 0 0 0-3.9-3.9l-.8.8M9.25 6.75a2.75 2.75 0 0 0-3.9 0l-2.3 2.3a2.75 2.75 0 0 0 3.9 3.9l.8-.8"
            }
            Self::Minus => "M3.5 8h9",
            Self::Moon => "M13.5 9.5A5.75 5.75 0 0 1 6.5 2.5a5.75 5.75 0 1 0 7 7z",
            Self::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Self::Play => "M4.5 2.75v10.5L13 8z",
            Self::Plug => "M5.75 2v3M10.25 2v3M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5V14",
            Self::Plus => "M8 3.5v9M3.5 8h9",
            Self::Reset => "M3 8a5 5 0 1 0 1.6-3.65L3 5.75M3 2.5v3.25h3.25",
            Self::Ring => "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9",
            Self::Share => "M8 9.5V2M5 4.75 8 2l3 2.75M4.5 7.5h-1.5v6.5h10V7.5h-1.5",
            Self::Stop => "M4 4h8v8H4z",
            Self::Sun => {
                "M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
            }
            Self::Table => "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.75h11M6.5 6.5V13",
            Self::Tokens => "M3 4.5h7M3 8h10M3 11.5h5",
            Self::Upload => "M8 10.5V2.75M4.5 6 8 2.5 11.5 6M2.5 13.5h11",
        }
    }

    const fn is_filled(self) -> bool {
        matches!(self, Self::Dot | Self::Play | Self::Stop)
    }
}

/// A drawing beside a text that says the same.
#[component]
pub fn Icon(
    /// What to draw.
    #[prop(into)]
    glyph: Signal<Glyph>,
) -> impl IntoView {
    view! {
        <svg class="icon" class:icon-filled=move || glyph.get().is_filled() viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=move || glyph.get().path()></path>
        </svg>
    }
}

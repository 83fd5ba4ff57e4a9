//! One bucket, drawn: its level, its limit to drag, and requests that fall in.

use leptos::prelude::*;

use super::state::BucketsState;
use crate::components::{Icon, NumberField, NumberRange, Slider, Tone};
use crate::course::{Bucket, Sent};
use crate::format::{format_count, format_decimal, format_duration};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Requests per minute.
    Requests,
    /// Tokens per minute.
    Tokens,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Requests => "Requests",
            Self::Tokens => "Tokens",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Requests => Tone::Requests,
            Self::Tokens => Tone::Tokens,
        }
    }

    const fn field(self) -> &'static str {
        match self {
            Self::Requests => "RPM limit",
            Self::Tokens => "TPM limit",
        }
    }

    const fn header(self) -> &'static str {
        match self {
            Self::Requests => "x-ratelimit-reset-requests",
            Self::Tokens => "x-ratelimit-reset-tokens",
        }
    }

    fn read(self, lab: BucketsState) -> Bucket {
        let tokens = lab.charged();
        lab.buckets.with(|buckets| match self {
            Self::Requests => buckets.requests(),
            Self::Tokens => buckets.tokens(tokens),
        })
    }

    fn limits(self, lab: BucketsState, limit: f64) -> (u64, u64) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // fields and tracks give whole numbers in range
        let limit = (limit as u64).max(1);
        match self {
            Self::Requests => (limit, lab.tpm.get_untracked()),
            Self::Tokens => (lab.rpm.get_untracked(), limit),
        }
    }
}

/// A level as one reads it: tenths of requests, whole tokens.
fn level_words(kind: Kind, bucket: &Bucket) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a level is between nothing and its limit
    let whole = bucket.level as u64;
    match kind {
        Kind::Requests if bucket.limit < 100 => {
            format!("{} of {} requests", format_decimal(&format!("{:.1}", bucket.level)), format_count(bucket.limit))
        }
        Kind::Requests => format!("{} of {} requests", format_count(whole), format_count(bucket.limit)),
        Kind::Tokens => format!("{} of {} tokens", format_count(whole), format_count(bucket.limit)),
    }
}

/// A bucket with its gauge, its field and its times.
#[component]
pub fn Tank(kind: Kind, lab: BucketsState) -> impl IntoView {
    let bucket = Memo::new(move |_| kind.read(lab));
    let (limit, top) = match kind {
        Kind::Requests => (lab.rpm, lab.rpm_top),
        Kind::Tokens => (lab.tpm, lab.tpm_top),
    };
    #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
    let whole = move |value: u64| value as f64;
    let step = move |top: u64| if kind == Kind::Requests { (top / 60).max(1) } else { (top / 60).max(1_000) };
    let share = move |part: f64| format!("{:.2}%", (100.0 * part / whole(top.get().max(1))).clamp(0.0, 100.0));
    let words = Memo::new(move |_| bucket.with(|bucket| level_words(kind, bucket)));
    let typed = move |typed: Option<f64>| {
        if let Some(typed) = typed {
            let (rpm, tpm) = kind.limits(lab, typed);
            lab.set_limits(rpm, tpm);
        }
    };
    let dragged = move |value: f64| {
        let (rpm, tpm) = kind.limits(lab, value);
        lab.drag(rpm, tpm);
    };
    // A line for each whole request, where they can be told apart.
    let units = move || if limit.get() <= 20 && kind == Kind::Requests { limit.get() } else { 1 };
    let most = if kind == Kind::Requests { 10_000.0 } else { 100_000_000.0 };
    view! {
        <div class=format!("tank-box {}", kind.tone().class()) role="group" aria-label=kind.name()>
            <p class="tank-title">
                <Icon glyph=kind.tone().glyph() />
                <strong>{kind.name()}</strong>
                <span class="num">{move || words.get()}</span>
            </p>
            <div class="tank">
                <div class="tank-scale">
                    <div
                        class="tank-bucket"
                        style:--limit=move || share(whole(limit.get()))
                        style:--units=move || units().to_string()
                    >
                        <div
                            class="tank-water"
                            style:--level=move || bucket.with(|bucket| format!("{:.2}%", (100.0 * bucket.level / whole(bucket.limit.max(1))).clamp(0.0, 100.0)))
                        ></div>
                    </div>
                    <Drops lab=lab />
                </div>
                <Slider
                    label=format!("{}, drag", kind.field())
                    value=Signal::derive(move || whole(limit.get()))
                    on_input=dragged
                    bounds=Signal::derive(move || {
                        let top = top.get();
                        let step = step(top);
                        // From nothing, so that the handle is level with the brim; the least that is taken is 1.
                        (0.0, whole(top), whole(step))
                    })
                    text=Signal::derive(move || format!("{} a minute", format_count(limit.get())))
                    upright=true
                />
            </div>
            <NumberField
                label=kind.field()
                value=Signal::derive(move || Some(whole(limit.get())))
                on_change=typed
                range=NumberRange::new(1.0, most, 1.0)
                unit="a minute".to_owned()
            />
            <Facts kind=kind bucket=bucket />
        </div>
    }
}

/// How fast it refills, and when the next request fits and all of it is back.
#[component]
fn Facts(kind: Kind, bucket: Memo<Bucket>) -> impl IntoView {
    let period = Memo::new(move |_| {
        bucket.with(|bucket| match kind {
            Kind::Requests => format!("1 request every {}", format_duration(bucket.period())),
            Kind::Tokens => format!("{} tokens a second", format_count(bucket.limit / 60)),
        })
    });
    let fits = Memo::new(move |_| match bucket.with(|bucket| bucket.until_fits) {
        None => "never: it is larger than the limit".to_owned(),
        Some(wait) if wait.is_zero() => "now".to_owned(),
        Some(wait) => format!("in {}", format_duration(wait)),
    });
    let full = Memo::new(move |_| match bucket.with(|bucket| bucket.until_full) {
        left if left.is_zero() => "it is full".to_owned(),
        left => format!("in {}", format_duration(left)),
    });
    view! {
        <dl class="tank-facts num">
            <div><dt>"Refills"</dt><dd>{move || period.get()}</dd></div>
            <div><dt>"Next one fits"</dt><dd>{move || fits.get()}</dd></div>
            <div><dt>"Full again"</dt><dd>{move || full.get()}</dd></div>
        </dl>
        <p class="tank-header">"“Full again” is what "<code>{kind.header()}</code>" says."</p>
    }
}

/// The requests that fall in, or are turned away at the brim.
#[component]
fn Drops(lab: BucketsState) -> impl IntoView {
    // Those of this visit to the view alone: what fell before does not fall again.
    let first = lab.buckets.with_untracked(|buckets| buckets.sent().next().map_or(0, |sent| sent.number));
    let newest = Memo::new(move |_| {
        lab.buckets.with(|buckets| buckets.sent().filter(|sent| sent.number > first).cloned().collect::<Vec<Sent>>())
    });
    let drop = move |sent: Sent| {
        let before = newest
            .with_untracked(|all| all.iter().filter(|other| other.at == sent.at && other.number < sent.number).count());
        view! {
            <span class="drop" class:drop-refused=sent.refused.is_some() style:--order=move || before.to_string()></span>
        }
    };
    view! {
        <span class="drops" aria-hidden="true">
            <For each=move || newest.get() key=|sent| sent.number children=drop />
        </span>
    }
}

//! The bucket: what is used, what was asked for on top of it, and the limit.

use leptos::prelude::*;

use crate::explain::{Bucket, BucketPicture};

/// A bar with the limit across it, and the same in words.
#[component]
pub fn BucketFigure(bucket: Bucket) -> impl IntoView {
    BucketPicture::of(&bucket).map(|picture| {
        let percent = |share: f64| format!("{share:.2}%");
        let within = picture.requested.min(picture.limit);
        let bar = |class: &'static str, from: f64, to: f64| {
            (to > from).then(|| {
                view! { <rect class=class x=percent(from) y="4" width=percent(to - from) height="16"></rect> }
            })
        };
        view! {
            <figure class="explain-bucket">
                <svg class="explain-bar" role="img" aria-label=picture.text.clone()>
                    <rect class="bucket-ground" x="0" y="4" width=percent(picture.limit) height="16"></rect>
                    {bar("bucket-used", 0.0, picture.used.min(picture.limit))}
                    {bar("bucket-over", picture.limit, picture.used)}
                    {bar("bucket-asked", picture.used, within)}
                    {bar("bucket-over", picture.used.max(picture.limit), picture.requested)}
                    <line class="bucket-limit" x1=percent(picture.limit) x2=percent(picture.limit) y1="0" y2="24"></line>
                </svg>
                <figcaption class="num">
                    <span class="bucket-key bucket-key-used">"used"</span>
                    {bucket.requested.map(|_| view! { <span class="bucket-key bucket-key-asked">"asked for"</span> })}
                    {(picture.requested > picture.limit)
                        .then(|| view! { <span class="bucket-key bucket-key-over">"over the limit"</span> })}
                    <span aria-hidden="true">{picture.text}</span>
                </figcaption>
            </figure>
        }
    })
}

//! What is known of an answer, each with how it is known.

use std::time::Duration;

use super::bucket::{Bucket, Known, Source};
use super::evidence::Evidence;
use super::verdict::Fact;
use super::words::{amount, exact, holder_words, limit_words};
use crate::format::format_count;
use crate::rate_limit::{Field, LimitReached, RetryAfter};
use crate::retry::status_meaning;
use crate::run::lanes::class_words;

/// All facts, the telling ones first.
pub(super) fn of(evidence: &Evidence<'_>, bucket: Option<&Bucket>, told: &[Bucket]) -> Vec<Fact> {
    let mut facts = Facts::default();
    facts.what_came(evidence);
    if let Some(bucket) = bucket {
        facts.limit(bucket, evidence.text.as_ref());
    }
    facts.waits(evidence);
    if let Some(bucket) = bucket {
        facts.computed(bucket);
    }
    let state = |bucket: &Bucket| (bucket.scope, bucket.limit.value, bucket.used.map(|used| used.value));
    for other in told.iter().filter(|other| bucket.map(state) != Some(state(other))) {
        facts.other(other);
    }
    facts.moment(evidence);
    facts.0
}

#[derive(Default)]
struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, name: impl Into<String>, value: impl Into<String>, source: impl Into<String>) {
        self.0.push(Fact { name: name.into(), value: value.into(), source: source.into() });
    }

    fn what_came(&mut self, evidence: &Evidence<'_>) {
        if let Some(status) = evidence.status {
            let is_named = evidence.paste.names_status();
            let source = if is_named { "as pasted" } else { "not pasted: what such an answer comes with" };
            self.add("Status", format!("{status} {}", status_meaning(status)), source);
        }
        let Some(outcome) = &evidence.outcome else { return };
        self.add("Kind", class_words(outcome.class), "from the status, the code and the text");
        if let Some(code) = &outcome.code {
            self.add("Code", code.clone(), "from the body");
        }
        if let Some(verdict) = outcome.should_retry {
            let words = if verdict { "try again" } else { "do not try again" };
            self.add("Server's own verdict", words, "from x-should-retry");
        }
    }

    fn limit(&mut self, bucket: &Bucket, text: Option<&LimitReached>) {
        let window = match bucket.window {
            None => "; over what time is not said".to_owned(),
            Some(window) if window.source == bucket.limit.source => String::new(),
            Some(window) => format!("; the window {}", window.source.words()),
        };
        self.add("Limit", limit_words(bucket), format!("{}{window}", bucket.limit.source.words()));
        self.add("Whose limit", holder_words(bucket.holder), bucket.limit.source.words());
        if let Some(text) = text {
            let tier = text.service_tier.as_ref().map(|tier| format!(", service tier {tier}")).unwrap_or_default();
            match (&text.shared_limit, &text.model) {
                (Some(family), _) => {
                    self.add("Shared by", format!("all models under the limit of {family}{tier}"), "from the text");
                }
                (None, Some(model)) => {
                    let words = format!("all requests for {model} under this limit, whatever their key{tier}");
                    self.add("Shared by", words, "from the text");
                }
                (None, None) => {}
            }
        }
        let mut count = |name: &str, known: Option<Known<u64>>| {
            if let Some(known) = known {
                self.add(name, amount(known.value, bucket.scope), known.source.words());
            }
        };
        count("Used", bucket.used);
        count("Asked for by this request", bucket.requested);
    }

    fn waits(&mut self, evidence: &Evidence<'_>) {
        let stated = evidence.outcome.as_ref().and_then(|outcome| outcome.limit.as_ref()?.try_again_in);
        if let Some(stated) = stated {
            let source = "from the text; cut off to whole milliseconds, so 1 ms may be missing";
            self.add("Stated wait", exact(stated), source);
        }
        for (name, field) in
            [("retry-after-ms", &evidence.headers.retry_after_ms), ("retry-after", &evidence.headers.retry_after)]
        {
            match field {
                Field::Exposed(RetryAfter::Wait(wait) | RetryAfter::WithUnit { wait, .. }) => {
                    self.add(name, exact(*wait), "from the header");
                }
                Field::Exposed(RetryAfter::Zero) => self.add(name, "0: no usable hint", "from the header"),
                Field::Exposed(RetryAfter::Past) => {
                    self.add(name, "a date that has passed: no hint", "from the header");
                }
                Field::Exposed(RetryAfter::Astronomic(_)) => {
                    self.add(name, "longer than any clock holds", "from the header");
                }
                Field::Malformed(_) => self.add(name, "makes no sense", "from the header"),
                Field::Hidden | Field::Absent => {}
            }
        }
    }

    fn computed(&mut self, bucket: &Bucket) {
        if let Some(fit) = bucket.earliest_fit().filter(|_| !bucket.never_fits()) {
            self.add("Earliest fit", exact(fit), "computed: (used + asked for − limit) × window ÷ limit");
        }
        if let Some(left) = bucket.left() {
            self.add("Largest request that fits now", amount(left, bucket.scope), Source::Computed.words());
        }
        if let (Some(window), Some(_)) = (bucket.window, bucket.used) {
            let after =
                |wait: Duration| Some(format!("{} after {}", format_count(bucket.largest_after(wait)?), exact(wait)));
            let moments = [window.value / 60, window.value / 6, window.value / 2, window.value];
            let words: Vec<String> = moments.into_iter().filter_map(after).collect();
            self.add("Largest that fits later", words.join(", "), "computed, if nothing else is used");
        }
        if let Some(full) = bucket.until_full() {
            let source = if bucket.reset.is_some() { Source::Header } else { Source::Computed };
            self.add("Full again in", exact(full), format!("{}, if nothing else is used", source.words()));
        }
    }

    fn other(&mut self, bucket: &Bucket) {
        let left = bucket
            .left()
            .map_or_else(|| "what is left is not told".to_owned(), |left| format!("{} left", format_count(left)));
        let full = bucket.until_full().map(|full| format!(", full in {}", exact(full))).unwrap_or_default();
        let window = match bucket.window {
            Some(window) if window.source != Source::Header => {
                format!("from the headers; window {}", window.source.words())
            }
            _ => "from the headers".to_owned(),
        };
        let name = format!("Also told: {}", limit_words(bucket));
        let whose = match bucket.holder {
            super::Holder::Project | super::Holder::Upstream => format!(" ({})", holder_words(bucket.holder)),
            _ => String::new(),
        };
        self.add(name, format!("{left}{full}{whose}"), window);
    }

    fn moment(&mut self, evidence: &Evidence<'_>) {
        if let Some(date) = evidence.date {
            let (year, month, day) = date.date();
            let second = date.as_secs() % 86_400;
            let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
            let words = format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02} UTC");
            self.add("As of", words, "from the date header");
        } else {
            self.add("As of", "the moment the answer came", "no date header was pasted");
        }
    }
}

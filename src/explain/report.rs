//! A verdict as plain text, to be copied.

use std::fmt::Write as _;

use super::clients::{Send, Timing};
use super::picture::BucketPicture;
use super::verdict::Verdict;
use super::words::exact;
use crate::run::lanes::source_words;
use std::time::Duration;

impl Send {
    /// The wait before it: `0.5 s to 1.5 s`.
    pub fn wait_words(&self) -> String {
        range(self.wait)
    }

    /// When it goes out, counted from the answer.
    pub fn at_words(&self) -> String {
        range(self.at)
    }

    /// Whether it comes in time.
    pub const fn timing_words(&self) -> &'static str {
        match self.timing {
            Timing::TooEarly => "too early",
            Timing::InVain => "in vain",
            Timing::MayBeTooEarly => "perhaps too early",
            Timing::InTime => "in time",
            Timing::Unknown => "unknown",
        }
    }

    /// What sets the wait.
    pub const fn source_words(&self) -> &'static str {
        source_words(self.source)
    }
}

impl Verdict {
    /// All of it as text, without secrets.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.answer.headline(), self.happened);
        if let Some(outcome) = self.outcome.as_ref().filter(|outcome| !outcome.message.is_empty()) {
            let _ = writeln!(text, "> {}", outcome.message);
        }
        if let Some(picture) = self.bucket.as_ref().and_then(BucketPicture::of) {
            let _ = writeln!(text, "{}", picture.text);
        }
        for conflict in &self.conflicts {
            let _ = writeln!(text, "Contradiction: {} {}", conflict.says(), conflict.trust());
        }
        for (number, step) in self.steps.iter().enumerate() {
            let _ = writeln!(text, "{}. {step}", number + 1);
        }
        text.push('\n');
        for fact in &self.facts {
            let _ = writeln!(text, "{}: {} ({})", fact.name, fact.value, fact.source);
        }
        if !self.forecasts.is_empty() {
            text.push_str("\nWhat clients would do with it:\n");
        }
        for forecast in &self.forecasts {
            let sends: Vec<String> =
                forecast.sends.iter().map(|send| format!("{} {}", send.at_words(), send.timing_words())).collect();
            let sends = if sends.is_empty() { String::new() } else { format!(" [{}]", sends.join("; ")) };
            let detail = Some(forecast.ending_detail()).filter(|detail| !detail.is_empty());
            let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
            let _ = writeln!(
                text,
                "{}: {}{detail}, {} HTTP requests in all{sends}",
                forecast.client.name,
                forecast.ending_words(),
                forecast.requests_words()
            );
        }
        text
    }
}

fn range((least, most): (Duration, Duration)) -> String {
    let (least, most) = (exact(least), exact(most));
    if least == most { least } else { format!("{least} to {most}") }
}

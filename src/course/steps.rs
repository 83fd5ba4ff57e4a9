//! What a reader has done: steps by name, kept as one line of text.

use std::collections::BTreeSet;

use super::checklist::CHECKLIST;
use super::sections::Section;

/// The steps done: cells run, questions answered, items ticked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps(BTreeSet<String>);

impl Steps {
    /// Reads what [`Steps::print`] wrote; words that are no step do no harm.
    pub fn parse(text: &str) -> Self {
        Self(text.split_whitespace().take(100).map(str::to_owned).collect())
    }

    /// As one line, the steps in alphabetical order.
    pub fn print(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Whether `step` is done.
    pub fn has(&self, step: &str) -> bool {
        self.0.contains(step)
    }

    /// Notes that `step` is done, and ticks what it proves; says whether that is news.
    pub fn add(&mut self, step: &str) -> bool {
        let is_new = self.0.insert(step.to_owned());
        if is_new {
            // Ticked once: whoever takes the tick away has the last word.
            self.0.extend(CHECKLIST.iter().filter(|item| item.proof == Some(step)).map(|item| item.id.to_owned()));
        }
        is_new
    }

    /// Ticks an item of the checklist, or takes the tick away.
    pub fn tick(&mut self, item: &str, is_ticked: bool) {
        if is_ticked {
            self.0.insert(item.to_owned());
        } else {
            self.0.remove(item);
        }
    }

    /// How many of `steps` are done.
    pub fn count(&self, steps: &[&str]) -> usize {
        steps.iter().filter(|step| self.has(step)).count()
    }

    /// Whether a section's cells have run and its questions are answered.
    pub fn finished(&self, section: Section) -> bool {
        let all = |steps: &[&str]| self.count(steps) == steps.len();
        all(section.cells()) && all(section.questions())
    }

    /// How far a section is, in words; `None` where nothing is done.
    pub fn progress(&self, section: Section) -> Option<String> {
        let (answered, ran) = (self.count(section.questions()), self.count(section.cells()));
        let questions = section.questions().len();
        if answered + ran == 0 {
            None
        } else if self.finished(section) {
            Some("done".to_owned())
        } else {
            Some(format!("{answered} of {questions} answered"))
        }
    }

    /// How far the whole course is, in words.
    pub fn words(&self) -> String {
        let total = |steps: fn(Section) -> &'static [&'static str]| {
            Section::ALL
                .into_iter()
                .fold((0, 0), |(done, all), section| (done + self.count(steps(section)), all + steps(section).len()))
        };
        let (answered, questions) = total(Section::questions);
        let (ran, cells) = total(Section::cells);
        let ticked = CHECKLIST.iter().filter(|item| self.has(item.id)).count();
        format!(
            "{answered} of {questions} questions answered, {ran} of {cells} cells run, {ticked} of {} points ticked",
            CHECKLIST.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_survive_a_reload() {
        let mut steps = Steps::default();
        assert!(steps.add("q-refill") && !steps.add("q-refill"));
        assert_eq!(Steps::parse(&steps.print()), steps);
        assert_eq!(Steps::parse("  "), Steps::default());
    }

    #[test]
    fn what_was_learnt_is_ticked_once_and_can_be_unticked() {
        let mut steps = Steps::default();
        let item = CHECKLIST.iter().find(|item| item.proof == Some("q-refill")).unwrap();
        steps.add("q-refill");
        assert!(steps.has(item.id));
        steps.tick(item.id, false);
        steps.add("q-refill");
        assert!(!steps.has(item.id));
        steps.tick(item.id, true);
        assert!(steps.has(item.id));
    }

    #[test]
    fn progress_is_told_in_words() {
        let mut steps = Steps::default();
        assert_eq!(steps.progress(Section::Limits), None);
        assert_eq!(steps.words(), "0 of 10 questions answered, 0 of 8 cells run, 0 of 9 points ticked");
        steps.add("first");
        assert_eq!(steps.progress(Section::Limits).as_deref(), Some("0 of 2 answered"));
        steps.add("q-refill");
        steps.add("q-output");
        assert_eq!(steps.progress(Section::Limits).as_deref(), Some("done"));
        assert_eq!(steps.words(), "2 of 10 questions answered, 1 of 8 cells run, 2 of 9 points ticked");
    }

    #[test]
    fn every_proof_is_a_step_of_the_course() {
        let known: Vec<&str> = Section::ALL
            .iter()
            .flat_map(|section| section.questions().iter().chain(section.cells()))
            .copied()
            .collect();
        for item in CHECKLIST {
            assert!(item.proof.is_none_or(|proof| known.contains(&proof)), "{item:?}");
        }
    }
}

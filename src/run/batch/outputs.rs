//! The output of a batch, read back from its journal line by line: complete at any moment.

use std::sync::Arc;

use super::BatchBook;
use crate::batch::input::{BatchFile, Fingerprint};
use crate::batch::output::OutputLine;
use crate::batch::{LineState, Record};
use crate::store::{Store, StoreError};

/// Which outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputSelection {
    /// Those with a response.
    Results,
    /// Those without: failed, unknown, left out, cancelled.
    Errors,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputOrder {
    /// The file's.
    File,
    /// As they were completed; lines without a record of their own come last.
    Completed,
}

/// Reads outputs one after the other, however many there are.
#[derive(Debug)]
pub struct OutputReader {
    /// What is to be read, the next one last.
    left: Vec<Item>,
    file: Fingerprint,
    /// Records read ahead: the number of the first, and their texts.
    page: (u64, Vec<String>),
}

#[derive(Debug)]
enum Item {
    Stored(u32, u64),
    Ready(u32, Box<OutputLine>),
    /// Made when its turn comes: all of a large file may be cancelled.
    Cancelled(u32, Arc<str>),
}

/// How many records are read at a time where outputs follow each other.
const PAGE: u32 = 64;

impl OutputReader {
    /// The outputs as they are now.
    pub fn new(file: &BatchFile, book: &BatchBook, selection: OutputSelection, order: OutputOrder) -> Self {
        let state = book.state();
        let unsaved = book.unsaved();
        let mut left = Vec::new();
        for (line, of_line, output) in state.touched() {
            let is_result = of_line == LineState::Done;
            if is_result != (selection == OutputSelection::Results) {
                continue;
            }
            match (unsaved.get(&line), output) {
                (Some(output), _) => left.push(Item::Ready(line, Box::new(output.clone()))),
                (None, Some(sequence)) if is_result || matches!(of_line, LineState::Failed(_)) => {
                    left.push(Item::Stored(line, sequence));
                }
                _ if of_line == LineState::Unknown => {
                    if let Some(entry) = file.entry(line) {
                        left.push(Item::Ready(line, Box::new(OutputLine::unknown(file.fingerprint, entry))));
                    }
                }
                _ => {}
            }
        }
        if selection == OutputSelection::Errors {
            let skipped = file.faults.iter();
            left.extend(
                skipped.map(|fault| Item::Ready(fault.line, Box::new(OutputLine::skipped(file.fingerprint, fault)))),
            );
            let cancelled = file.entries.iter().filter(|entry| state.line(entry.line) == LineState::Cancelled);
            left.extend(cancelled.map(|entry| Item::Cancelled(entry.line, Arc::clone(&entry.custom_id))));
        }
        match order {
            OutputOrder::File => left.sort_by_key(Item::line),
            OutputOrder::Completed => left.sort_by_key(|item| match item {
                Item::Stored(_, sequence) => (*sequence, 0),
                Item::Ready(line, _) | Item::Cancelled(line, _) => (u64::MAX, *line),
            }),
        }
        left.reverse();
        Self { left, file: file.fingerprint, page: (0, Vec::new()) }
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.left.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The next output with its line.
    ///
    /// # Errors
    /// Where the store does not give it; asking again goes on with the next.
    pub async fn next<S: Store>(&mut self, store: &S, id: &str) -> Result<Option<(u32, OutputLine)>, StoreError> {
        while let Some(item) = self.left.pop() {
            match item {
                Item::Ready(line, output) => return Ok(Some((line, *output))),
                Item::Cancelled(line, id) => return Ok(Some((line, OutputLine::cancelled(self.file, line, &id)))),
                Item::Stored(line, sequence) => {
                    if let Some(output) = self.stored(store, id, sequence).await? {
                        return Ok(Some((line, output)));
                    }
                }
            }
        }
        Ok(None)
    }

    async fn stored<S: Store>(&mut self, store: &S, id: &str, sequence: u64) -> Result<Option<OutputLine>, StoreError> {
        let place = |page: &(u64, Vec<String>)| usize::try_from(sequence.checked_sub(page.0)?).ok();
        if place(&self.page).is_none_or(|place| place >= self.page.1.len()) {
            // Lines are completed in nearly the order of the file: the next is near, before or after.
            let from = sequence.saturating_sub(u64::from(PAGE / 2));
            self.page = (from, store.read(id, from, PAGE).await?);
        }
        let text = place(&self.page).and_then(|place| self.page.1.get(place));
        Ok(text.and_then(|text| Record::from_json(text).ok()).and_then(|record| record.output().cloned()))
    }
}

impl Item {
    const fn line(&self) -> u32 {
        match self {
            Self::Stored(line, _) | Self::Ready(line, _) | Self::Cancelled(line, _) => *line,
        }
    }
}

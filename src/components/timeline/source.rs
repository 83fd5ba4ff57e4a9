//! What a timeline draws, and how it asks for it.

use leptos::prelude::*;

use crate::chart::{Lanes, Level, Place};

/// A moment of what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Beat {
    /// Another one where other lanes have taken the place of those before.
    pub series: u64,
    /// Changes with the lanes or the level.
    pub revision: u64,
    /// The time now, in seconds on the axis of the lanes.
    pub now: f64,
    /// Whether time goes on.
    pub running: bool,
}

type Read = Box<dyn Fn(&mut dyn FnMut(&Lanes, &Level))>;

/// Where a timeline reads what it draws: the lanes stay where they are, and words are made only for what is looked at.
#[derive(Clone, Copy)]
pub struct TimelineSource {
    /// When to look again.
    pub beat: Signal<Beat>,
    /// What a row is called.
    pub name: Callback<usize, String>,
    /// What is to be said of a segment now.
    pub text: Callback<Place, String>,
    read: StoredValue<Read, LocalStorage>,
}

impl TimelineSource {
    /// A source whose lanes and level `read` hands to whoever it is given.
    pub fn new(
        beat: Signal<Beat>,
        name: Callback<usize, String>,
        text: Callback<Place, String>,
        read: impl Fn(&mut dyn FnMut(&Lanes, &Level)) + 'static,
    ) -> Self {
        Self { beat, name, text, read: StoredValue::new_local(Box::new(read)) }
    }

    /// Reads the lanes and the level, untracked.
    pub(super) fn read<O: Default>(self, take: impl FnOnce(&Lanes, &Level) -> O) -> O {
        let (mut take, mut taken) = (Some(take), O::default());
        let _ = self.read.try_with_value(|read| {
            read(&mut |lanes, level| {
                if let Some(take) = take.take() {
                    taken = take(lanes, level);
                }
            });
        });
        taken
    }

    /// What `read` makes of the lanes and the level each time they change.
    pub(super) fn memo<O>(self, read: impl Fn(&Lanes, &Level) -> O + Send + Sync + 'static) -> Memo<O>
    where
        O: Default + PartialEq + Send + Sync + 'static,
    {
        let revision = Memo::new(move |_| {
            let beat = self.beat.get();
            (beat.series, beat.revision)
        });
        Memo::new(move |_| {
            // Read, not only tracked: a memo that nobody reads is never made anew.
            revision.get();
            self.read(&read)
        })
    }
}

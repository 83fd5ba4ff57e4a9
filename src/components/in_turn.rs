//! Pieces of the page that are made one after the other while it starts, so that no task of it is long.

use leptos::prelude::*;

/// The pieces that wait for their turn; `None` once the page has started.
#[derive(Debug, Clone, Copy)]
pub struct Turns(StoredValue<Option<Waiting>>);

/// Whether a piece comes last, and what tells it of its turn.
type Waiting = Vec<(bool, RwSignal<bool>)>;

impl Turns {
    /// Lets pieces wait, until [`Turns::end`].
    pub fn begin() -> Self {
        Self(StoredValue::new(Some(Vec::new())))
    }

    /// Gives its turn to the piece that waits longest, of those that come last or of the others: it is made once this
    /// task's effects run. `false` where none waits.
    pub fn give_next(self, last: bool) -> bool {
        let next = |waiting: &mut Option<Waiting>| {
            let waiting = waiting.as_mut()?;
            let at = waiting.iter().position(|(is_last, _)| *is_last == last)?;
            Some(waiting.remove(at).1)
        };
        let turn = self.0.try_update_value(next).flatten();
        turn.map(|turn| turn.try_set(true)).is_some()
    }

    /// Whether a piece waits that does not come last.
    pub fn is_awaited(self) -> bool {
        let is_first = |waiting: &Option<Waiting>| waiting.iter().flatten().any(|(is_last, _)| !is_last);
        self.0.try_with_value(is_first).unwrap_or(false)
    }

    /// From now on pieces are made at once.
    pub fn end(self) {
        self.0.set_value(None);
    }
}

/// What is made in a task of its own while the page starts, after what stands before it, and at once later on.
#[component]
pub fn InTurn(
    /// What.
    children: Children,
    /// Whether it comes last, once all that does not is on the page: what is below the first window, or over it.
    #[prop(optional)]
    last: bool,
) -> impl IntoView {
    let turn = RwSignal::new(false);
    let wait = |Turns(waiting): Turns| {
        waiting.try_update_value(|waiting| waiting.as_mut().map(|waiting| waiting.push((last, turn)))).flatten()
    };
    if use_context().and_then(wait).is_none() {
        return children();
    }
    let children = StoredValue::new_local(Some(children));
    let make = move || children.try_update_value(Option::take).flatten().map(|make| untrack(make));
    (move || turn.get().then(make)).into_any()
}

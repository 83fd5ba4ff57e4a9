//! Requests that wait, by size: whatever fits is found without walking through all of them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::cost::RequestCost;
use crate::time::Instant;

/// Sizes of a power of two each, in quarters.
const CLASSES: usize = 256;

/// A request that was given to the pacer: its place in the queue, then in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Requests go first come, first served, by this.
    order: u64,
    slot: u32,
    /// Tells a slot's present owner from earlier ones.
    issue: u64,
}

impl Ticket {
    /// Its place in the order of arrival, which a request that comes back may keep.
    pub const fn order(self) -> u64 {
        self.order
    }

    /// The index of its slot: small, and used again once it is settled.
    pub const fn slot(self) -> usize {
        self.slot as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Waiting,
    InFlight { number: u64 },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) ticket: Ticket,
    pub(super) cost: RequestCost,
    pub(super) state: State,
    /// Tokens of smaller requests that went while this one was first.
    pub(super) overtaken: f64,
}

/// Where the requests stand that are not settled.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    classes: Vec<VecDeque<Ticket>>,
    // A bit for each class that is not empty.
    occupied: [u64; CLASSES / 64],
    later: BinaryHeap<Reverse<(Instant, Ticket)>>,
    next_order: u64,
    next_issue: u64,
    pub(super) waiting: usize,
    pub(super) waiting_cost: RequestCost,
    pub(super) in_flight: usize,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            classes: vec![VecDeque::new(); CLASSES],
            occupied: [0; CLASSES / 64],
            later: BinaryHeap::new(),
            next_order: 0,
            next_issue: 0,
            waiting: 0,
            waiting_cost: RequestCost { input_tokens: 0, max_output_tokens: Some(0) },
            in_flight: 0,
        }
    }

    /// Adds a request, at its old place where it had one.
    pub(super) fn add(&mut self, cost: RequestCost, order: Option<u64>, not_before: Instant, now: Instant) -> Ticket {
        let is_back = order.is_some();
        let order = order.unwrap_or_else(|| {
            self.next_order += 1;
            self.next_order
        });
        self.next_issue += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        let ticket = Ticket { order, slot, issue: self.next_issue };
        if let Some(entry) = self.entries.get_mut(ticket.slot()) {
            *entry = Some(Entry { ticket, cost, state: State::Waiting, overtaken: 0.0 });
        }
        self.waiting += 1;
        self.count(cost, true);
        if not_before > now {
            self.later.push(Reverse((not_before, ticket)));
        } else {
            self.line_up(ticket, cost, is_back);
        }
        ticket
    }

    pub(super) fn get(&self, ticket: Ticket) -> Option<&Entry> {
        self.entries.get(ticket.slot())?.as_ref().filter(|entry| entry.ticket == ticket)
    }

    pub(super) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        self.entries.get_mut(ticket.slot())?.as_mut().filter(|entry| entry.ticket == ticket)
    }

    /// Lines up those whose time has come.
    pub(super) fn bring_forward(&mut self, now: Instant) {
        while let Some(Reverse((_, ticket))) = self.later.peek().copied().filter(|Reverse((due, _))| *due <= now) {
            self.later.pop();
            if let Some(cost) = self.get(ticket).map(|entry| entry.cost) {
                self.line_up(ticket, cost, true);
            }
        }
    }

    /// When the next one's time comes, of those that must not go yet.
    pub(super) fn next_due(&mut self) -> Option<Instant> {
        self.next_later().map(|(due, _)| due)
    }

    /// The next of those that must not go yet.
    pub(super) fn first_later(&mut self) -> Option<Ticket> {
        self.next_later().map(|(_, ticket)| ticket)
    }

    fn next_later(&mut self) -> Option<(Instant, Ticket)> {
        while let Some(Reverse((due, ticket))) = self.later.peek().copied() {
            if self.get(ticket).is_some() {
                return Some((due, ticket));
            }
            self.later.pop();
        }
        None
    }

    /// The first of each size, smallest sizes first; those that were taken out are dropped on the way.
    pub(super) fn fronts(&mut self, found: &mut Vec<Ticket>) {
        found.clear();
        for word in 0..self.occupied.len() {
            let mut bits = self.occupied.get(word).copied().unwrap_or_default();
            while bits != 0 {
                let bit = bits.trailing_zeros();
                bits &= bits - 1;
                let class = word * 64 + usize::try_from(bit).unwrap_or_default();
                found.extend(self.front(class));
            }
        }
    }

    /// Takes a waiting request to send it, as draw `number`.
    pub(super) fn depart(&mut self, ticket: Ticket, number: u64) {
        let Some(entry) = self.get_mut(ticket).filter(|entry| entry.state == State::Waiting) else { return };
        entry.state = State::InFlight { number };
        let cost = entry.cost;
        self.waiting = self.waiting.saturating_sub(1);
        self.count(cost, false);
        self.in_flight += 1;
        // It is the front of its class, and goes with the next look at it.
    }

    /// Takes a request out, wherever it stands.
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Entry> {
        let entry = self.get(ticket).copied()?;
        match entry.state {
            State::Waiting => {
                self.waiting = self.waiting.saturating_sub(1);
                self.count(entry.cost, false);
            }
            State::InFlight { .. } => self.in_flight = self.in_flight.saturating_sub(1),
        }
        if let Some(slot) = self.entries.get_mut(ticket.slot()) {
            *slot = None;
            self.free.push(ticket.slot);
        }
        Some(entry)
    }

    fn front(&mut self, class: usize) -> Option<Ticket> {
        loop {
            let ticket = self.classes.get(class)?.front().copied();
            let Some(ticket) = ticket else {
                self.set_occupied(class, false);
                return None;
            };
            if self.get(ticket).is_some_and(|entry| entry.state == State::Waiting) {
                return Some(ticket);
            }
            self.classes.get_mut(class)?.pop_front();
        }
    }

    fn line_up(&mut self, ticket: Ticket, cost: RequestCost, is_back: bool) {
        let class = class_of(cost.most_tokens());
        if let Some(line) = self.classes.get_mut(class) {
            // One that comes back has been here before all that wait.
            if is_back {
                line.push_front(ticket);
            } else {
                line.push_back(ticket);
            }
            self.set_occupied(class, true);
        }
    }

    fn set_occupied(&mut self, class: usize, is: bool) {
        if let Some(word) = self.occupied.get_mut(class / 64) {
            let bit = 1u64 << (class % 64);
            *word = if is { *word | bit } else { *word & !bit };
        }
    }

    fn count(&mut self, cost: RequestCost, add: bool) {
        let change = |total: u64, part: u64| if add { total.saturating_add(part) } else { total.saturating_sub(part) };
        self.waiting_cost.input_tokens = change(self.waiting_cost.input_tokens, cost.input_tokens);
        let output = self.waiting_cost.max_output_tokens.unwrap_or(0);
        self.waiting_cost.max_output_tokens = Some(change(output, cost.max_output_tokens.unwrap_or(0)));
    }
}

/// The class of a size: four to each power of two.
fn class_of(tokens: u64) -> usize {
    let size = tokens.saturating_add(4);
    let power = size.ilog2();
    let quarter = (size >> (power - 2)) & 3;
    usize::try_from(u64::from(power) * 4 + quarter).unwrap_or_default().min(CLASSES - 1)
}

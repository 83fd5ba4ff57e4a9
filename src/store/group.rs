//! Group commit: what comes while a commit is under way, or while the next one waits for more, goes into the next one, so
//! that many small appends cost few commits.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};

use super::StoreError;

/// Records to append to one batch, all or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The batch's name.
    pub batch: String,
    /// The records, in order.
    pub records: Vec<String>,
}

/// Writes a group of entries.
pub trait Commit: Clone + 'static {
    /// Writes all entries or none, and gives the number of each entry's first record once they are durable.
    ///
    /// # Errors
    /// Why none was written.
    fn commit(&self, group: &[Entry]) -> impl Future<Output = Result<Vec<u64>, StoreError>>;

    /// Waits for more to share the next commit, of which `records` wait already. Not at all, unless a commit costs more
    /// than waiting does.
    fn gather(&self, _records: usize) -> impl Future<Output = ()> {
        std::future::ready(())
    }
}

/// Appends by way of few commits. Clones share the queue.
#[derive(Clone)]
pub struct GroupCommit<C> {
    commit: C,
    queue: Rc<RefCell<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<(Entry, Rc<RefCell<Slot>>)>,
    // Commits group after group until nothing waits. Whoever waits drives it; so it goes on whoever is dropped.
    writing: Option<Shared<LocalBoxFuture<'static, ()>>>,
    has_driver: bool,
}

#[derive(Default)]
struct Slot {
    result: Option<Result<u64, StoreError>>,
    waker: Option<Waker>,
}

impl<C: Commit> GroupCommit<C> {
    /// A queue before `commit`.
    pub fn new(commit: C) -> Self {
        Self { commit, queue: Rc::default() }
    }

    /// Queues `entry`, and gives what waits for it to be durable. Dropping that takes nothing back, but then somebody
    /// else must drive the writing: see [`take_writing`](Self::take_writing).
    pub fn append(&self, entry: Entry) -> Appending {
        let slot = Rc::<RefCell<Slot>>::default();
        let mut queue = self.queue.borrow_mut();
        queue.waiting.push((entry, Rc::clone(&slot)));
        let writing = queue.writing.get_or_insert_with(|| {
            let (commit, queue) = (self.commit.clone(), Rc::clone(&self.queue));
            write(commit, queue).boxed_local().shared()
        });
        Appending { slot, writing: writing.clone() }
    }

    /// What writes until nothing waits, for an executor to drive; `None` where nothing waits, and where it was taken
    /// already.
    pub fn take_writing(&self) -> Option<Shared<LocalBoxFuture<'static, ()>>> {
        let mut queue = self.queue.borrow_mut();
        let writing = queue.writing.clone().filter(|_| !queue.has_driver)?;
        queue.has_driver = true;
        Some(writing)
    }
}

async fn write<C: Commit>(commit: C, queue: Rc<RefCell<Queue>>) {
    loop {
        // Whatever else runs at this moment may append as well.
        once_round().await;
        let records = {
            let mut queue = queue.borrow_mut();
            if queue.waiting.is_empty() {
                (queue.writing, queue.has_driver) = (None, false);
                return;
            }
            queue.waiting.iter().map(|(entry, _)| entry.records.len()).sum()
        };
        commit.gather(records).await;
        let group = std::mem::take(&mut queue.borrow_mut().waiting);
        let (entries, slots): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        match commit.commit(&entries).await {
            Ok(firsts) => settle(&slots, firsts.into_iter().map(Ok)),
            // One by one: the entry that finds no room must not keep those out that would.
            Err(StoreError::Full(_)) if entries.len() > 1 => {
                for (entry, slot) in entries.iter().zip(&slots) {
                    let result = commit.commit(std::slice::from_ref(entry)).await;
                    let first = result.map(|firsts| firsts.first().copied().unwrap_or_default());
                    settle(std::slice::from_ref(slot), [first]);
                }
            }
            Err(error) => settle(&slots, std::iter::repeat_n(Err(error), slots.len())),
        }
    }
}

/// Lets all others that are ready run first.
async fn once_round() {
    let mut is_over = false;
    poll_fn(|context| {
        if std::mem::replace(&mut is_over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn settle(slots: &[Rc<RefCell<Slot>>], results: impl IntoIterator<Item = Result<u64, StoreError>>) {
    for (slot, result) in slots.iter().zip(results) {
        let waker = {
            let mut slot = slot.borrow_mut();
            slot.result = Some(result);
            slot.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Completes when what was appended is durable, with the number of its first record, or not kept.
#[must_use = "only its end says that the records are durable"]
pub struct Appending {
    slot: Rc<RefCell<Slot>>,
    writing: Shared<LocalBoxFuture<'static, ()>>,
}

impl Future for Appending {
    type Output = Result<u64, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Before the writing is driven: it may settle this very slot.
        self.slot.borrow_mut().waker = Some(context.waker().clone());
        let written = self.slot.borrow_mut().result.take();
        if let Some(result) = written {
            return Poll::Ready(result);
        }
        let is_over = self.writing.poll_unpin(context).is_ready();
        match self.slot.borrow_mut().result.take() {
            Some(result) => Poll::Ready(result),
            // It wrote all that waited before it ended.
            None if is_over => Poll::Ready(Err(StoreError::Failed("writing stopped".to_owned()))),
            None => Poll::Pending,
        }
    }
}

impl std::fmt::Debug for Appending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Appending")
    }
}

impl<C> std::fmt::Debug for GroupCommit<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupCommit").field("waiting", &self.queue.borrow().waiting.len()).finish_non_exhaustive()
    }
}

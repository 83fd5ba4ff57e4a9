use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{join, join_all};
use proptest::prelude::*;

use super::*;
use crate::clock::{Clock, VirtualClock};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// A store whose writes take 3 ms each, with the batch `b`.
fn slow() -> (VirtualClock, MemoryStore) {
    let (clock, store) = (VirtualClock::default(), MemoryStore::<Rc<[u8]>>::new());
    clock.run(store.create("b", "label")).unwrap().unwrap();
    let timer = clock.clone();
    store.set_wait(move || {
        let timer = timer.clone();
        async move { timer.sleep(Duration::from_millis(3)).await }
    });
    (clock, store)
}

async fn all<S: Store>(store: &S, batch: &str) -> Vec<String> {
    let mut found = Vec::new();
    read_all(store, batch, |number, record| {
        assert_eq!(number, found.len() as u64);
        found.push(record);
    })
    .await
    .unwrap();
    found
}

#[test]
fn appends_of_one_moment_share_a_commit_and_later_ones_the_next() {
    let (clock, store) = slow();
    let before = store.commits();
    let append = |at: u64, text: &'static str| {
        let (clock, store) = (&clock, &store);
        async move {
            clock.sleep(Duration::from_millis(at)).await;
            let first = store.append("b", texts(&[text, text])).await.unwrap();
            (first, clock.now().since_origin().as_millis())
        }
    };
    let ended = clock.run(join_all([append(0, "a"), append(0, "b"), append(1, "c"), append(2, "d")])).unwrap();
    // Two records each; the second pair waits for the first commit, and then for its own.
    assert_eq!(ended, [(0, 3), (2, 3), (4, 6), (6, 6)]);
    assert_eq!(store.commits() - before, 2);
    assert_eq!(clock.run(all(&store, "b")).unwrap().concat(), "aabbccdd");
}

/// Commits at once, but for each 50 ms after the last one at the earliest.
#[derive(Clone)]
struct Patient(VirtualClock, Rc<RefCell<Vec<(u128, usize)>>>);

impl Commit for Patient {
    async fn commit(&self, group: &[Entry]) -> Result<Vec<u64>, StoreError> {
        let records = group.iter().map(|entry| entry.records.len()).sum();
        self.1.borrow_mut().push((self.0.now().since_origin().as_millis(), records));
        Ok(vec![0; group.len()])
    }

    async fn gather(&self, records: usize) {
        let last = self.1.borrow().last().map(|(at, _)| *at);
        if let Some(last) = last.filter(|_| records < 3) {
            let next = Duration::from_millis(u64::try_from(last).unwrap() + 50);
            self.0.sleep_until(crate::time::Instant::from_origin(next)).await;
        }
    }
}

#[test]
fn what_comes_while_a_commit_waits_for_more_is_in_it() {
    let clock = VirtualClock::default();
    let commits = Rc::<RefCell<Vec<_>>>::default();
    let group = GroupCommit::new(Patient(clock.clone(), Rc::clone(&commits)));
    let append = |at: u64, records: &'static [&'static str]| {
        let (clock, group) = (&clock, &group);
        async move {
            clock.sleep(Duration::from_millis(at)).await;
            let entry = Entry { batch: "b".to_owned(), records: texts(records) };
            group.append(entry).await.unwrap();
            clock.now().since_origin().as_millis()
        }
    };
    let appends =
        [append(0, &["a"]), append(20, &["b"]), append(40, &["c"]), append(130, &["d"]), append(140, &["e", "f", "g"])];
    let ended = clock.run(join_all(appends)).unwrap();
    // The first goes at once, and so does one after a rest, or as many as are worth it; those between share the one that is due.
    assert_eq!(*commits.borrow(), [(0, 1), (50, 2), (130, 1), (140, 3)]);
    assert_eq!(ended, [0, 50, 50, 130, 140]);
}

#[test]
fn what_was_acknowledged_outlives_a_crash_and_nothing_is_written_after_it() {
    let (clock, store) = slow();
    clock.run(store.append("b", texts(&["kept"]))).unwrap().unwrap();
    let underway = store.append("b", texts(&["on its way"]));
    let after = store.crashed();
    assert!(clock.run(underway).is_none());
    assert_eq!(clock.run(all(&after, "b")).unwrap(), ["kept"]);
    assert_eq!(clock.run(after.append("b", texts(&["more"]))).unwrap(), Ok(1));
    assert_eq!(clock.run(all(&after, "b")).unwrap(), ["kept", "more"]);
}

#[test]
fn an_append_that_nobody_waits_for_is_written_all_the_same() {
    let (clock, store) = slow();
    drop(store.append("b", texts(&["dropped"])));
    assert_eq!(clock.run(store.append("b", texts(&["kept"]))).unwrap(), Ok(1));
    assert_eq!(clock.run(all(&store, "b")).unwrap(), ["dropped", "kept"]);
}

#[test]
fn the_writing_is_given_to_one_driver_each_time_that_it_begins() {
    let (clock, store) = slow();
    let group = store.group();
    let append = || group.append(Entry { batch: "b".to_owned(), records: texts(&["x"]) });
    assert!(group.take_writing().is_none());
    for _ in 0..2 {
        let appending = append();
        let writing = group.take_writing().unwrap();
        drop(append());
        assert!(group.take_writing().is_none());
        drop(appending);
        clock.run(writing).unwrap();
    }
    assert_eq!(clock.run(all(&store, "b")).unwrap().len(), 4);
}

#[test]
fn a_commit_that_fails_is_told_to_all_in_it_and_leaves_no_gap() {
    for error in [StoreError::Failed("aborted".to_owned()), StoreError::Gone, StoreError::Conflict, StoreError::Newer] {
        let (clock, store) = slow();
        store.fail_next(error.clone());
        let both = join(store.append("b", texts(&["x", "y"])), store.append("b", texts(&["z"])));
        assert_eq!(clock.run(both).unwrap(), (Err(error.clone()), Err(error)));
        assert_eq!(clock.run(store.append("b", texts(&["again"]))).unwrap(), Ok(0));
    }
}

#[test]
fn a_record_without_room_does_not_keep_smaller_ones_out() {
    let (clock, store) = slow();
    store.set_quota(Some(105));
    let large = "x".repeat(200);
    let appends = [texts(&["one"]), vec![large], texts(&["two"])].map(|records| store.append("b", records));
    let ended = clock.run(join_all(appends)).unwrap();
    // The label has 5 bytes, "one" three more.
    assert_eq!(ended, [Ok(0), Err(StoreError::Full(Some(StorageUsage { used: 8, quota: 105 }))), Ok(1)]);
    assert_eq!(clock.run(all(&store, "b")).unwrap(), ["one", "two"]);
}

proptest! {
    /// Whatever is appended when, and whichever commits fail: each append is answered, and what was acknowledged is
    /// there, under its number, without gaps.
    #[test]
    fn what_is_acknowledged_is_there_under_its_number(
        appends in prop::collection::vec((0u64..20, 0usize..4, any::<bool>()), 1..40),
        faults in prop::collection::vec(0u64..20, 0..6),
    ) {
        let (clock, store) = slow();
        let append = |(at, records, is_dropped): (u64, usize, bool)| {
            let (clock, store) = (&clock, &store);
            async move {
                clock.sleep(Duration::from_millis(at)).await;
                let records: Vec<_> = (0..records).map(|record| format!("{at} {record}")).collect();
                let appending = store.append("b", records.clone());
                if is_dropped { None } else { Some((records, appending.await)) }
            }
        };
        let fail = |at| {
            let (clock, store) = (&clock, &store);
            async move {
                clock.sleep(Duration::from_millis(at)).await;
                store.fail_next(StoreError::Failed("aborted".to_owned()));
            }
        };
        let both = join(join_all(appends.into_iter().map(append)), join_all(faults.into_iter().map(fail)));
        let (ended, _) = clock.run(both).expect("each append is answered");
        let found = clock.run(all(&store, "b")).unwrap();
        for (records, first) in ended.into_iter().flatten() {
            if let Ok(first) = first {
                let first = usize::try_from(first).unwrap();
                prop_assert_eq!(&found[first..first + records.len()], &records);
            }
        }
    }
}

#[test]
fn large_journals_are_read_in_pages() {
    let (clock, store) = (VirtualClock::default(), MemoryStore::<Rc<[u8]>>::new());
    clock.run(store.create("b", "")).unwrap().unwrap();
    let records: Vec<_> = (0..10_000).map(|n| n.to_string().repeat(if n < 3_000 { 1 } else { 300 })).collect();
    clock.run(store.append("b", records.clone())).unwrap().unwrap();
    assert_eq!(clock.run(all(&store, "b")).unwrap(), records);
    assert_eq!(clock.run(store.read("b", 9_999, 5)).unwrap().unwrap(), [records[9_999].clone()]);
    assert_eq!(clock.run(store.read("elsewhere", 0, 5)).unwrap().unwrap(), Vec::<String>::new());
}

#[test]
fn batches_are_listed_relabelled_and_deleted_with_their_files() {
    let (clock, store) = (VirtualClock::default(), MemoryStore::<Rc<[u8]>>::new());
    clock.run(async {
        store.create("b", "second").await.unwrap();
        store.create("a", "first").await.unwrap();
        assert_eq!(store.create("a", "again").await, Err(StoreError::Conflict));
        store.relabel("a", "renamed").await.unwrap();
        store.append("b", texts(&["1", "2"])).await.unwrap();
        store.keep_file("a", &Rc::from(b"content".as_slice())).await.unwrap();
        let stored = |id: &str, label: &str, records, has_file| StoredBatch {
            id: id.to_owned(),
            label: label.to_owned(),
            records,
            has_file,
        };
        assert_eq!(store.list().await.unwrap(), [stored("a", "renamed", 0, true), stored("b", "second", 2, false)]);
        assert_eq!(store.file("a").await.unwrap().as_deref(), Some(b"content".as_slice()));
        store.delete("a").await.unwrap();
        store.delete("a").await.unwrap();
        assert_eq!(store.append("a", texts(&["late"])).await, Err(StoreError::Gone));
        assert_eq!(store.list().await.unwrap(), [stored("b", "second", 2, false)]);
    });
}

#[test]
fn every_error_says_what_happened_what_is_kept_and_what_to_do() {
    let usage = StorageUsage { used: 1_399_999_999, quota: 1_400_000_000 };
    assert_eq!(usage.free(), 1);
    assert!(StoreError::Full(Some(usage)).to_string().contains("full (1.4 GB of 1.4 GB in use)."));
    let all = [
        StoreError::Full(None),
        StoreError::Blocked("refused".to_owned()),
        StoreError::Newer,
        StoreError::Gone,
        StoreError::Conflict,
        StoreError::Failed("aborted".to_owned()),
    ];
    for error in all {
        let text = error.to_string();
        assert!(text.contains("download") || text.contains("Download") || text.contains("reload"), "{text}");
        assert!(text.matches(['.', ':']).count() >= 2, "{text}");
    }
}

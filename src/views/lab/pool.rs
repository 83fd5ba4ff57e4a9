//! Workers that carry out an order together, each its share.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::lab::{Order, Report, Share};
use crate::platform::lab_worker::{LabNews, LabWorker};

/// What is told of an order.
#[derive(Debug)]
pub enum PoolNews {
    /// What has come of one worker's share since its last report.
    Report(usize, Box<Report>),
    /// It cannot be carried out, and why.
    Failed(String),
}

/// Workers, started with the first order and kept for the next. Copies are handles on the same.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    size: u32,
    workers: StoredValue<Vec<LabWorker>, LocalStorage>,
    // Of the newest order: what the older ones still tell is no news.
    id: StoredValue<u32>,
    tell: StoredValue<Option<Callback<PoolNews>>>,
}

impl Pool {
    /// Of so many workers, none of which is started.
    pub fn new(size: u32) -> Self {
        Self {
            size: size.max(1),
            workers: StoredValue::new_local(Vec::new()),
            id: StoredValue::new(0),
            tell: StoredValue::new(None),
        }
    }

    /// Has an order carried out, in shares; what is under way ends.
    pub fn order(self, order: impl Fn(Share) -> Order + 'static, tell: Callback<PoolNews>) {
        let id = self.next();
        self.tell.set_value(Some(tell));
        spawn_local(async move {
            if let Err(why) = self.start().await {
                self.fail(id, why);
                return;
            }
            if self.id.try_get_value() != Some(id) {
                return;
            }
            self.workers.with_value(|workers| {
                for (worker, working) in (0u32..).zip(workers) {
                    working.order(id, &order(Share { worker, workers: self.size }));
                }
            });
        });
    }

    /// Ends what is under way; nothing more is told of it.
    pub fn stop(self) {
        let id = self.next();
        self.tell.set_value(None);
        self.workers.with_value(|workers| workers.iter().for_each(|worker| worker.stop(id)));
    }

    fn next(self) -> u32 {
        let id = self.id.get_value().wrapping_add(1);
        self.id.set_value(id);
        id
    }

    async fn start(self) -> Result<(), String> {
        while self.workers.with_value(Vec::len) < usize::try_from(self.size).unwrap_or(1) {
            let place = self.workers.with_value(Vec::len);
            let worker = LabWorker::start(move |news| self.hear(place, news)).await?;
            // Two orders may have started workers at once: one too many ends here.
            let _ = self.workers.try_update_value(|workers| {
                if workers.len() == place {
                    workers.push(worker);
                }
            });
        }
        Ok(())
    }

    fn hear(self, place: usize, news: LabNews) {
        match news {
            LabNews::Report(id, report) => self.tell(id, PoolNews::Report(place, report)),
            LabNews::Refused(id, why) => self.fail(id, why),
            LabNews::Failed(why) => self.fail(self.id.get_value(), why),
        }
    }

    // The next order begins with new workers.
    fn fail(self, id: u32, why: String) {
        self.tell(id, PoolNews::Failed(why));
        if self.id.try_get_value() == Some(id) {
            let _ = self.workers.try_update_value(Vec::clear);
        }
    }

    fn tell(self, id: u32, news: PoolNews) {
        if self.id.try_get_value() != Some(id) {
            return;
        }
        if let Some(tell) = self.tell.try_get_value().flatten() {
            tell.run(news);
        }
    }
}

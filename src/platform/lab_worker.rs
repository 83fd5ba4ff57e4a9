//! The Lab in a worker: the engine without the page (`lab_worker/`), loaded when the Lab first runs.

use js_sys::Array;
use wasm_bindgen::JsCast;

use super::program_worker::ProgramWorker;
use crate::lab::{Order, Report};

/// What a worker tells.
#[derive(Debug)]
pub enum LabNews {
    /// What has come of the order of that number since the last report.
    Report(u32, Box<Report>),
    /// The order of that number cannot be carried out, and why.
    Refused(u32, String),
    /// There is no worker, and why.
    Failed(String),
}

/// A worker; it ends when this is dropped.
#[derive(Debug)]
pub struct LabWorker(ProgramWorker);

impl LabWorker {
    /// Starts the worker, which loads its program by itself.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn start(tell: impl Fn(LabNews) + Clone + 'static) -> Result<Self, String> {
        let worker = ProgramWorker::start("lab-worker", move |message| match message {
            Ok(data) => {
                if let Some(news) = data.dyn_ref::<Array>().and_then(read) {
                    tell(news);
                }
            }
            Err(why) => tell(LabNews::Failed(why)),
        });
        Ok(Self(worker.await?))
    }

    /// Carries out `order` under the number `id`; what is under way ends.
    pub fn order(&self, id: u32, order: &Order) {
        match serde_json::to_string(order) {
            Ok(json) => self.0.post(&Array::of2(&id.into(), &json.into())),
            // Orders are plain data: JSON has all of it.
            Err(_) => self.stop(id),
        }
    }

    /// Ends what is under way.
    pub fn stop(&self, id: u32) {
        self.0.post(&Array::of1(&id.into()));
    }
}

/// The processors that the browser says there are; 1 where it does not say.
pub fn processors() -> u32 {
    let told = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the bounds
    let count = told.clamp(1.0, 1_024.0) as u32;
    count
}

fn read(parts: &Array) -> Option<LabNews> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // this page's own whole number
    let id = parts.get(0).as_f64()? as u32;
    if let Some(why) = parts.get(2).as_string() {
        return Some(LabNews::Refused(id, why));
    }
    let report = serde_json::from_str(&parts.get(1).as_string()?);
    Some(match report {
        Ok(report) => LabNews::Report(id, report),
        Err(error) => LabNews::Refused(id, error.to_string()),
    })
}

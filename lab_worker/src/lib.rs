//! The Lab's worker: the engine alone, without a page, built to be fast. `worker.js` calls it.

use sluice::lab::Work;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// The one order that is carried out. Orders and reports are JSON, as `sluice::lab` has them.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
#[derive(Debug, Default)]
pub struct Lab {
    work: Option<Work>,
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
impl Lab {
    /// Without an order.
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen(constructor))]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins with an order, the one before it is dropped; says why where it cannot be carried out.
    pub fn begin(&mut self, order: &str) -> Option<String> {
        self.work = None;
        let begun = serde_json::from_str(order).map_err(|error| error.to_string());
        match begun.and_then(|order| Work::begin(order).map_err(|error| error.to_string())) {
            Ok(work) => {
                self.work = Some(work);
                None
            }
            Err(why) => Some(why),
        }
    }

    /// Goes on for at most `polls` steps, or to the end of a trial; true where nothing is left to do.
    pub fn step(&mut self, polls: usize) -> bool {
        self.work.as_mut().is_none_or(|work| work.step(polls))
    }

    /// What has come of it since this was last asked; empty without an order.
    pub fn report(&mut self) -> String {
        self.work.as_mut().and_then(|work| serde_json::to_string(&work.report()).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_cannot_be_carried_out_is_said_to_be() {
        let mut lab = Lab::new();
        assert!(lab.begin("{").is_some_and(|why| why.contains("EOF")));
        assert_eq!((lab.step(1), lab.report()), (true, String::new()));
    }

    #[test]
    fn an_order_is_carried_out_in_steps() {
        let mut lab = Lab::new();
        let order = r#"{"Grid":{"runs":1,"first_seed":1,"share":{"worker":0,"workers":95}}}"#;
        assert_eq!(lab.begin(order), None);
        while !lab.step(1_000) {}
        let report: serde_json::Value = serde_json::from_str(&lab.report()).unwrap();
        assert_eq!((&report["done"], &report["of"], &report["is_over"]), (&1.into(), &1.into(), &true.into()));
        assert_eq!(report["contention"][0]["clients"], 10);
    }
}

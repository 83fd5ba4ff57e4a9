//! The token counter in its worker: a program of its own (`tokenizer/`), loaded when it is first asked for.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::program_worker::ProgramWorker;

/// What the worker tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// How far a count is.
    Count(Count),
    /// There is no counter, and why.
    Failed(String),
}

/// How far a count is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The number that it was asked for under.
    pub id: u32,
    /// Tokens so far.
    pub tokens: u64,
    /// The counted part of the texts; 1 when it is done.
    pub share: f64,
}

/// A worker; it ends when this is dropped.
#[derive(Debug)]
pub struct TokenWorker(ProgramWorker);

impl TokenWorker {
    /// Starts the worker, which loads its program by itself.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn start(told: impl Fn(Told) + Clone + 'static) -> Result<Self, String> {
        let worker = ProgramWorker::start("token-counter", move |message| match message {
            Ok(data) => {
                if let Some(count) = read(&data) {
                    told(Told::Count(count));
                }
            }
            Err(why) => told(Told::Failed(why)),
        });
        Ok(Self(worker.await?))
    }

    /// Counts these texts together; a count that is under way ends.
    pub fn count(&self, id: u32, texts: &[String]) {
        let message = Array::of1(&id.into());
        for text in texts {
            message.push(&text.into());
        }
        self.0.post(&message);
    }
}

fn read(data: &JsValue) -> Option<Count> {
    let parts = data.dyn_ref::<Array>()?;
    let part = |index| parts.get(index).as_f64();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the worker's own whole numbers
    let (id, tokens) = (part(0)? as u32, part(1)? as u64);
    Some(Count { id, tokens, share: part(2)? })
}

//! What the worker's script (`tokenizer/worker.js`) calls.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::job::Job;
use crate::tokenizer::Tokenizer;

/// The tables, and the one text that is being counted.
#[wasm_bindgen]
pub struct Counter {
    tokenizer: Tokenizer,
    job: Job,
}

#[wasm_bindgen]
impl Counter {
    /// Builds the tables, in a fraction of a second.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self { tokenizer: Tokenizer::o200k(), job: Job::new(String::new()) }
    }

    /// Begins a text; the one before it is dropped.
    pub fn start(&mut self, text: String) {
        self.job = Job::new(text);
    }

    /// Counts at least `bytes` further and says whether the text is done.
    pub fn step(&mut self, bytes: usize) -> bool {
        self.job.step(&self.tokenizer, bytes)
    }

    /// Tokens so far. A double holds any count that memory allows.
    pub fn tokens(&self) -> f64 {
        self.job.tokens() as f64
    }

    /// The counted part of the text, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.job.share()
    }
}
